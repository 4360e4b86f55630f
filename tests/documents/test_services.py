"""Storing, withdrawing and sweeping files: whole or not at all, once, and only by those who may."""

import errno
import hashlib
import io
import os
import time
import uuid
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from tests.documents import bad_files as bad
from tests.documents.conftest import Group
from waiban.core.errors import BadInput, Conflict, Refused
from waiban.core.time import now
from waiban.documents import access, services, signals
from waiban.documents.enums import ContentType
from waiban.documents.models import Document
from waiban.documents.queries import paper_list, papers_of
from waiban.documents.services import open_document, sweep_orphans, withdraw_document
from waiban.documents.storage import private_storage
from waiban.documents.sweep import remove_orphans
from waiban.workflow.enums import CaseStatus


def files_of(root) -> list[str]:
    return sorted(path.name for path in Path(root).rglob("*") if path.is_file())


def test_an_upload_is_kept_whole_under_a_name_of_our_own(group: Group, settings) -> None:
    content = bad.pdf()
    document = group.upload(content=content, item_id=group.item.pk, name="邀请函（定稿）.pdf")
    document.refresh_from_db()
    assert document.sha256 == hashlib.sha256(content).hexdigest()
    assert (document.size, document.content_type) == (len(content), ContentType.PDF)
    assert document.original_name == "邀请函(定稿).pdf"
    assert document.file.name == f"documents/{str(document.pk)[:2]}/{document.pk}"
    path = Path(settings.MEDIA_ROOT) / document.file.name
    assert path.read_bytes() == content
    assert path.stat().st_mode & 0o777 == 0o600
    with open_document(document) as file:
        assert file.read() == content
    assert str(document) == "邀请函：邀请函(定稿).pdf"


def test_private_files_have_no_address_of_their_own(group: Group) -> None:
    with pytest.raises(ValueError, match="没有直接地址"):
        _ = group.upload().file.url


def test_a_bad_file_leaves_nothing_behind(group: Group, settings) -> None:
    with pytest.raises(BadInput) as caught:
        group.upload(content=bad.pdf(bad.script))
    assert caught.value.code == "ACTIVE" and list(caught.value.fields) == ["file"]
    assert not Document.objects.exists() and not files_of(settings.MEDIA_ROOT)


@pytest.mark.parametrize("paper", ["", "   ", "长" * 81, "邀请函\u200b"])
def test_a_paper_needs_a_readable_name(group: Group, paper: str) -> None:
    with pytest.raises(BadInput, match="请写明材料名称"):
        group.upload(paper=paper)


def test_the_same_content_twice_is_refused_with_the_name_of_the_first(group: Group, settings) -> None:
    content = bad.pdf()
    group.upload(content=content)
    with pytest.raises(BadInput, match="内容相同的文件已由孟凡成于") as caught:
        group.upload(content=content, name="另一个名字.pdf")
    assert caught.value.code == "SAME"
    assert len(files_of(settings.MEDIA_ROOT)) == 1
    group.upload(content=content, paper="日程安排表")
    group.upload(content=content, participant_id=group.first.pk)
    assert Document.objects.count() == 3


def test_a_withdrawn_file_may_be_handed_in_again(group: Group) -> None:
    content = bad.pdf()
    first = group.upload(content=content)
    withdraw_document(document_id=first.pk, actor=group.actor("unit_clerk"))
    assert group.upload(content=content).pk != first.pk


@pytest.mark.parametrize("username", ["city_leader", "finance", "auditor", "translator"])
def test_who_has_no_right_to_hand_in_is_refused(group: Group, username: str, settings) -> None:
    with pytest.raises(Refused, match="请联系该办件的经办人"):
        group.upload(username)
    assert not files_of(settings.MEDIA_ROOT)


def test_without_a_registered_rule_nobody_may_hand_in(group: Group, monkeypatch) -> None:
    monkeypatch.setattr(access, "_rules", [])
    with pytest.raises(Refused):
        group.upload()


def test_rules_and_lists_are_registered_once(monkeypatch) -> None:
    access.register(lambda actor, case, item: True)
    access.register_checklist(lambda case, item: [access.Slot("甲")])
    assert len(access._rules) == len(access._listers) == 1
    assert access.slots_of(None) == [access.Slot("甲")]


def test_on_a_closed_case_nothing_is_taken_in_or_back(group: Group) -> None:
    document = group.upload()
    group.case.status, group.case.closed_at = CaseStatus.CLOSED, now()
    group.case.save()
    with pytest.raises(Conflict, match="已结案"):
        group.upload(content=bad.png(), name="a.png")
    with pytest.raises(Conflict, match="已结案"):
        withdraw_document(document_id=document.pk, actor=group.actor("unit_clerk"))


def test_a_case_that_is_closed_while_the_file_is_written_takes_nothing_in(
    group: Group, settings, monkeypatch
) -> None:
    keep = services._keep

    def close_meanwhile(*args):
        stored = keep(*args)
        type(group.case).objects.filter(pk=group.case.pk).update(status=CaseStatus.CLOSED, closed_at=now())
        return stored

    monkeypatch.setattr(services, "_keep", close_meanwhile)
    with pytest.raises(Conflict, match="已结案"):
        group.upload()
    assert not files_of(settings.MEDIA_ROOT) and not Document.objects.exists()


def test_an_item_or_member_of_another_case_is_refused(group: Group) -> None:
    other = Group(*_second_case(group))
    for more in ({"item_id": other.item.pk}, {"participant_id": other.first.pk}, {"item_id": 10**12}):
        with pytest.raises(BadInput, match="不属于该办件"):
            group.upload(**more)


def _second_case(group: Group):
    case = type(group.case).objects.get(pk=group.case.pk)
    case.pk, case.reference = None, "滨外出〔2026〕27号"
    case.save()
    item = type(group.item).objects.create(
        case=case, step_key="brew", step_no=1, role="unit_clerk", limit=2, state="ready", ready_at=now()
    )
    member = type(group.first).objects.create(case=case, name="外人", joined_at=now())
    return case, item, member, member, group.people


def test_for_a_member_who_left_nothing_is_taken_in(group: Group) -> None:
    group.first.left_at = now()
    group.first.save()
    with pytest.raises(Conflict, match="刘思齐已退出"):
        group.upload(participant_id=group.first.pk)


def test_the_number_of_files_is_limited(group: Group, monkeypatch, settings) -> None:
    monkeypatch.setattr(services, "MAX_FILES_PER_PAPER", 1)
    group.upload()
    with pytest.raises(BadInput, match="文件数量已达上限"):
        group.upload(content=bad.png(), name="a.png")
    monkeypatch.setattr(services, "MAX_FILES_PER_CASE", 1)
    with pytest.raises(BadInput, match="文件数量已达上限"):
        group.upload(paper="日程安排表")
    assert len(files_of(settings.MEDIA_ROOT)) == 1


def test_a_full_disk_is_told_and_leaves_nothing_cut(group: Group, monkeypatch, settings) -> None:
    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(BadInput, match="服务器存储空间不足"):
        group.upload()
    assert not files_of(settings.MEDIA_ROOT) and not Document.objects.exists()


def test_an_upload_that_cannot_be_recorded_does_not_happen(group: Group, settings) -> None:
    def broken(sender, **kwargs):
        raise RuntimeError("audit is away")

    signals.uploaded.connect(broken)
    try:
        with pytest.raises(RuntimeError):
            group.upload()
    finally:
        signals.uploaded.disconnect(broken)
    assert not Document.objects.exists() and not files_of(settings.MEDIA_ROOT)


def test_uploads_and_withdrawals_are_told(group: Group) -> None:
    seen = []

    def listen(sender, **kwargs):
        seen.append((kwargs["document"].pk, kwargs["actor"].name))

    for signal in (signals.uploaded, signals.withdrawn):
        signal.connect(listen)
    try:
        document = group.upload()
        withdraw_document(document_id=document.pk, actor=group.actor("unit_clerk"))
    finally:
        for signal in (signals.uploaded, signals.withdrawn):
            signal.disconnect(listen)
    assert seen == [(document.pk, "孟凡成")] * 2


def test_the_row_is_refused_by_the_database_when_the_check_was_overtaken(
    group: Group, monkeypatch, settings
) -> None:
    content = bad.pdf()
    group.upload(content=content)
    refuse = services._refuse_repeated
    calls = []

    def first_time_blind(document):
        calls.append(document)
        if len(calls) > 1:
            refuse(document)

    monkeypatch.setattr(services, "_refuse_repeated", first_time_blind)
    with pytest.raises(BadInput, match="内容相同的文件已由"):
        group.upload(content=content)
    assert len(files_of(settings.MEDIA_ROOT)) == 1


def test_another_broken_rule_of_the_database_is_not_taken_for_a_double(group: Group, monkeypatch) -> None:
    monkeypatch.setattr(services, "_digest", lambda upload: "x" * 64)
    with pytest.raises(IntegrityError):
        group.upload()


# -- withdrawal ----------------------------------------------------------------------------------------------


def test_a_withdrawn_document_stays_in_the_archive(group: Group, settings) -> None:
    document = group.upload()
    done = withdraw_document(document_id=document.pk, actor=group.actor("unit_clerk"))
    assert done.withdrawn_at and done.withdrawn_by_id == group.people["unit_clerk"].pk
    assert not Document.objects.current().exists()
    assert files_of(settings.MEDIA_ROOT) == [str(document.pk)]


def test_the_second_withdrawal_is_told_who_was_first(group: Group) -> None:
    document = group.upload()
    withdraw_document(document_id=document.pk, actor=group.actor("outbound_clerk"))
    with pytest.raises(Conflict, match=r"这份材料已由林晓岚于 \d\d:\d\d 撤回"):
        withdraw_document(document_id=document.pk, actor=group.actor("unit_clerk"))


def test_who_handed_in_nothing_and_has_no_right_cannot_withdraw(group: Group) -> None:
    document = group.upload()
    with pytest.raises(Refused):
        withdraw_document(document_id=document.pk, actor=group.actor("finance"))


def test_a_paper_of_a_finished_step_stays(group: Group) -> None:
    document = group.upload(item_id=group.item.pk)
    group.item.state, group.item.done_at, group.item.done_by = "done", now(), group.people["unit_clerk"]
    group.item.save()
    with pytest.raises(Conflict, match="所属环节已经办结，不能撤回"):
        withdraw_document(document_id=document.pk, actor=group.actor("unit_clerk"))


# -- the store -----------------------------------------------------------------------------------------------


def old(path) -> None:
    os.utime(path, (time.time() - 90_000,) * 2)


def stray(settings, name: str = "") -> Path:
    path = Path(settings.MEDIA_ROOT) / "documents" / "ab" / (name or str(uuid.uuid4()))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * 100)
    return path


def test_the_sweep_removes_only_old_files_without_a_row(group: Group, settings, monkeypatch) -> None:
    monkeypatch.setattr(services, "SWEEP_CHUNK", 2)
    document = group.upload()
    kept = Path(private_storage().path(document.file.name))
    young, orphan, part = stray(settings), stray(settings), stray(settings, ".abc.part")
    for path in (kept, orphan, part):
        old(path)
    dry = sweep_orphans(dry_run=True)
    assert len(dry.removed) == 2 and dry.freed == 200 and orphan.exists()
    assert remove_orphans() == 2
    assert kept.exists() and young.exists() and not orphan.exists() and not part.exists()
    assert sweep_orphans().removed == ()


def test_the_sweep_of_an_empty_store_finds_nothing(group: Group) -> None:
    assert sweep_orphans().removed == ()


def test_a_lost_or_changed_file_is_told_and_not_an_error_page(group: Group) -> None:
    document = group.upload()
    path = Path(private_storage().path(document.file.name))
    path.write_bytes(b"short")
    with pytest.raises(Conflict, match="文件在存储中已损坏"):
        open_document(document)
    path.unlink()
    with pytest.raises(Conflict, match="文件在存储中丢失"):
        open_document(document)


def test_the_command_lists_orphans_and_names_damaged_documents(group: Group, settings) -> None:
    document = group.upload()
    other = group.upload(paper="日程安排表", content=bad.png(), name="a.png")
    old(stray(settings))
    out, err = io.StringIO(), io.StringIO()
    call_command("sweep_files", "--dry-run", "--verify", stdout=out)
    assert "将清理 documents/ab/" in out.getvalue() and "共 1 个文件" in out.getvalue()
    assert "所有文件与登记一致" in out.getvalue()
    path = Path(private_storage().path(document.file.name))
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    Path(private_storage().path(other.file.name)).unlink()
    with pytest.raises(CommandError, match="2 个文件与登记不符"):
        call_command("sweep_files", "--verify", stdout=out, stderr=err)
    assert "已清理 documents/ab/" in out.getvalue()
    assert f"内容已改变：{document.pk}" in err.getvalue() and f"文件缺失：{other.pk}" in err.getvalue()
    call_command("sweep_files", stdout=out)


# -- lists ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_the_papers_of_many_cases_cost_one_query(group: Group, count: int, django_assert_num_queries) -> None:
    for number in range(count):
        group.upload(content=bad.png((8 + number, 8)), name="a.png")
    with django_assert_num_queries(1):
        found = papers_of([group.case.pk, 10**9])
        assert [document.uploaded_by.name for document in found[group.case.pk]] == ["孟凡成"] * count
    actor = group.actor("outbound_clerk")
    with django_assert_num_queries(1):
        rows = paper_list(group.case, actor).rows
        assert len(rows[0].files) == count


def test_the_checklist_shows_what_is_there_and_what_is_missing(group: Group) -> None:
    group.upload()
    group.upload(paper="附加说明")
    group.upload(paper="护照复印件", participant_id=group.first.pk)
    papers = paper_list(group.case, group.actor("unit_clerk"))
    assert [(row.paper, row.state, len(row.files)) for row in papers.rows] == [
        ("邀请函", "done", 1),
        ("日程安排表", "ready", 0),
        ("护照复印件", "done", 1),
        ("附加说明", "done", 1),
    ]
    assert papers.missing == ["日程安排表"] and papers.may_upload
    assert papers.key == f"{group.case.pk}-0-0"


def test_the_checklist_of_a_step_or_member_leaves_out_what_is_not_theirs(group: Group) -> None:
    group.upload(paper="附加说明")
    group.upload(paper="护照复印件", participant_id=group.first.pk)
    of_second = paper_list(group.case, group.actor("unit_clerk"), item=group.item, participant=group.second)
    assert [(row.paper, row.state) for row in of_second.rows] == [
        ("邀请函", "ready"),
        ("日程安排表", "ready"),
        ("护照复印件", "waiting"),
    ]
    with_slots = paper_list(
        group.case, group.actor("finance"), item=group.item, slots=[access.Slot("附加说明")]
    )
    assert [row.state for row in with_slots.rows] == ["done"] and not with_slots.may_upload


def test_a_sentence_about_an_unknown_paper_gets_a_line_of_its_own(group: Group) -> None:
    papers = paper_list(
        group.case, group.actor("unit_clerk"), item=group.item, errors={"新材料": "不行。", "": "整体。"}
    )
    assert papers.rows[-1].error == "不行。" and papers.error == "整体。"


# -- who may see ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("username", "general", "first", "second"),
    [
        ("unit_clerk", True, True, True),
        ("unit_leader", True, False, False),
        ("outbound_clerk", True, True, True),
        ("passport_clerk", True, True, True),
        ("director", True, False, False),
        ("province", True, True, True),
        ("member1", True, True, False),
        ("member2", True, False, True),
        ("city_leader", True, False, False),
        ("auditor", False, False, False),
        ("finance", False, False, False),
        ("member8", False, False, False),
        ("sysadmin", False, False, False),
        ("translator", False, False, False),
        ("enterprise_owner", False, False, False),
    ],
)
def test_papers_of_a_member_are_seen_by_himself_and_those_who_handle_them(
    group: Group, username, general, first, second
) -> None:
    documents = [
        group.upload(),
        group.upload(paper="护照复印件", participant_id=group.first.pk),
        group.upload(paper="护照复印件", participant_id=group.second.pk),
    ]
    user = group.people[username]
    seen = set(Document.objects.visible_to(user).values_list("pk", flat=True))
    assert [document.pk in seen for document in documents] == [general, first, second]


@pytest.mark.parametrize(("username", "personal"), [("personnel", True), ("finance", False)])
def test_of_the_authorities_asked_only_personnel_opens_members_papers(
    group: Group, username, personal
) -> None:
    type(group.item).objects.create(
        case=group.case, step_key="ask", step_no=2, role=username, limit=2, state="ready", ready_at=now()
    )
    group.upload()
    group.upload(paper="护照复印件", participant_id=group.first.pk)
    assert Document.objects.visible_to(group.people[username]).count() == 1 + personal


def test_whoever_is_not_active_sees_nothing(group: Group) -> None:
    group.upload()
    user = group.people["outbound_clerk"]
    user.is_active = False
    assert not Document.objects.visible_to(user).exists()


@pytest.mark.parametrize(
    "change",
    [
        {"size": 0},
        {"size": 50 * 1024 * 1024 + 1},
        {"sha256": "x"},
        {"paper": ""},
        {"content_type": "text/html"},
        {"withdrawn_at": "2026-01-01T00:00+08:00"},
    ],
)
def test_the_database_refuses_rows_that_make_no_sense(group: Group, change: dict) -> None:
    document = group.upload()
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(**change)


def test_a_file_read_in_pieces_gives_the_same_digest(group: Group) -> None:
    content = bad.png((300, 300))
    upload = SimpleUploadedFile("a.png", content)
    upload.DEFAULT_CHUNK_SIZE = 7
    assert services._digest(upload) == hashlib.sha256(content).hexdigest()
