"""The guarded file and the checklist page: rights, headers, each refusal at the place where it happened."""

import re
import uuid
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.documents import bad_files as bad
from tests.documents.conftest import Group
from waiban.core.time import now
from waiban.documents import signals
from waiban.documents.models import Document
from waiban.documents.storage import private_storage
from waiban.workflow.enums import CaseStatus

UPLOAD = "/documents/upload/"
HTMX = {"HX-Request": "true"}


def text_of(response) -> str:
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", response.content.decode()))


def fields(group: Group, name: str = "邀请函.pdf", content: bytes | None = None, **more):
    file = SimpleUploadedFile(name, bad.pdf() if content is None else content)
    given = {"case": group.case.pk, "paper": "邀请函", "file": file, "not_secret": "1", **more}
    return {key: value for key, value in given.items() if value is not None}


# -- the file ------------------------------------------------------------------------------------------------


def test_a_file_is_handed_out_as_a_harmless_attachment_and_noted(group: Group, signed_in) -> None:
    document = group.upload()
    seen = []

    def listen(sender, **kwargs):
        seen.append((kwargs["document"].pk, kwargs["actor"].name))

    signals.downloaded.connect(listen)
    try:
        response = signed_in("outbound_clerk").get(f"/documents/{document.pk}/")
    finally:
        signals.downloaded.disconnect(listen)
    assert response.status_code == 200
    assert len(response.getvalue()) == document.size
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cache-Control"] == "no-store, private"
    assert seen == [(document.pk, "林晓岚")]


def test_a_range_is_not_split_into_a_thousand(group: Group, signed_in) -> None:
    document = group.upload()
    ranges = "bytes=" + ",".join(f"{n}-{n}" for n in range(1000))
    response = signed_in("unit_clerk").get(f"/documents/{document.pk}/", headers={"Range": ranges})
    assert response.status_code == 200 and len(response.getvalue()) == document.size


@pytest.mark.parametrize("username", ["finance", "member8", "translator", "sysadmin", "enterprise_owner"])
def test_strangers_learn_nothing_about_a_file(group: Group, signed_in, username: str) -> None:
    document = group.upload()
    client = signed_in(username)
    assert client.get(f"/documents/{document.pk}/").status_code == 404
    assert client.post(f"/documents/{document.pk}/withdraw/").status_code == 404
    assert client.get(f"/documents/case/{group.case.pk}/").status_code == 404
    assert client.post(UPLOAD, fields(group)).status_code == 404
    assert Document.objects.current().count() == 1


@pytest.mark.parametrize(
    "address", [f"/documents/{uuid.UUID(int=0)}/", "/documents/1/", "/documents/x/", "/documents/../etc/"]
)
def test_an_address_that_is_none_is_not_found(group: Group, signed_in, address: str) -> None:
    assert signed_in("outbound_clerk").get(address).status_code == 404


def test_a_visitor_is_sent_to_sign_in(group: Group, client) -> None:
    response = client.get(f"/documents/{group.upload().pk}/")
    assert response.status_code == 302 and "next=" in response["Location"]


def test_papers_of_another_member_are_refused_with_a_reason(group: Group, signed_in) -> None:
    document = group.upload(paper="护照复印件", participant_id=group.second.pk)
    response = signed_in("member1").get(f"/documents/{document.pk}/")
    assert response.status_code == 403 and "这是成员的个人材料" in text_of(response)
    own = signed_in("member2").get(f"/documents/{document.pk}/")
    assert own.status_code == 200 and own.getvalue()
    assert document.original_name not in text_of(
        signed_in("member1").get(f"/documents/case/{group.case.pk}/")
    )


def test_a_withdrawn_file_says_so(group: Group, signed_in) -> None:
    document = group.upload()
    client = signed_in("unit_clerk")
    client.post(f"/documents/{document.pk}/withdraw/")
    response = client.get(f"/documents/{document.pk}/")
    assert response.status_code == 409 and "这份材料已于" in text_of(response)


def test_a_file_lost_on_disk_is_told_without_an_error_page(group: Group, signed_in) -> None:
    document = group.upload()
    Path(private_storage().path(document.file.name)).unlink()
    response = signed_in("unit_clerk").get(f"/documents/{document.pk}/")
    assert response.status_code == 409 and "文件在存储中丢失" in text_of(response)


# -- the checklist -------------------------------------------------------------------------------------------


def test_the_checklist_page_shows_papers_files_and_forms(group: Group, signed_in) -> None:
    group.upload()
    group.upload(paper="护照复印件", participant_id=group.first.pk)
    words = text_of(signed_in("unit_clerk").get(f"/documents/case/{group.case.pk}/"))
    assert "材料清单滨外出〔2026〕26号赴美国经贸招商团组" in words
    assert "未交日程安排表" in words and "外方签字" in words and "刘思齐·" in words
    assert "孟凡成" in words and "本文件不涉密" in words
    of_step = signed_in("unit_clerk").get(
        f"/documents/case/{group.case.pk}/?item={group.item.pk}&participant={group.first.pk}", headers=HTMX
    )
    assert of_step.content.decode().lstrip().startswith(f'<div id="papers-{group.case.pk}-{group.item.pk}-')


def test_who_only_reads_sees_no_forms(group: Group, signed_in) -> None:
    group.upload()
    page = signed_in("director").get(f"/documents/case/{group.case.pk}/").content.decode()
    assert "邀请函.pdf" in page and 'type="file"' not in page and "确认撤回" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_checklist_costs_the_same_with_one_and_three_files(
    group: Group, signed_in, count, django_assert_num_queries
) -> None:
    for number in range(count):
        group.upload(content=bad.png((8 + number, 8)), name="a.png")
    client = signed_in("unit_clerk")
    address = f"/documents/case/{group.case.pk}/"
    client.get(address, headers=HTMX)
    with django_assert_num_queries(5):  # session, user, actor, case, documents
        client.get(address, headers=HTMX)


@pytest.mark.parametrize("query", ["item=999999", "item=x", "item=-1", "participant=" + "9" * 30, "item=２"])
def test_a_step_or_member_that_is_none_is_not_found(group: Group, signed_in, query: str) -> None:
    assert signed_in("unit_clerk").get(f"/documents/case/{group.case.pk}/?{query}").status_code == 404


# -- uploading -----------------------------------------------------------------------------------------------


def test_an_upload_without_scripts_returns_to_the_page_and_says_so(group: Group, signed_in) -> None:
    here = f"/documents/case/{group.case.pk}/?item={group.item.pk}"
    more = {"item": group.item.pk, "participant": group.first.pk, "next": here}
    response = signed_in("unit_clerk").post(UPLOAD, fields(group, **more), follow=True)
    assert response.redirect_chain == [(here, 302)]
    assert "已上传“邀请函”：邀请函.pdf。" in text_of(response)
    document = Document.objects.get()
    assert (document.item_id, document.participant_id) == (group.item.pk, group.first.pk)


def test_an_upload_is_never_led_to_another_host(group: Group, signed_in) -> None:
    response = signed_in("unit_clerk").post(UPLOAD, fields(group, next="https://evil.test/"))
    assert response["Location"] == f"/documents/case/{group.case.pk}/"


def test_an_upload_by_htmx_answers_with_the_fresh_list(group: Group, signed_in) -> None:
    response = signed_in("unit_clerk").post(UPLOAD, fields(group), headers=HTMX)
    assert response.status_code == 200 and response["HX-Trigger"] == "papers-changed"
    assert "邀请函.pdf" in response.content.decode() and "<html" not in response.content.decode()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": "a.pdf.exe"}, "不能上传.exe文件"),
        ({"name": "a\u202egnp.exe"}, "不能上传.exe文件"),
        ({"name": "请示（机密）.pdf"}, "文件名含有“机密”字样"),
        ({"name": "a.pdf", "content": b""}, "这是一个空文件"),
        ({"name": "a.pdf", "content": b"MZ"}, "文件内容与类型不符"),
        ({"name": "a.doc"}, "是旧版格式，请打开后“另存为”docx再上传"),
        ({"content": bad.pdf(bad.script)}, "PDF含有脚本"),
        ({"not_secret": None}, "请先勾选“本文件不涉密”"),
        ({"file": None}, "没有收到文件，请选择文件后再上传"),
        ({"file": "text"}, "没有收到文件，请选择文件后再上传"),
        ({"name": "长" * 300 + ".pdf"}, "文件名"),
        ({"paper": ""}, "请写明材料名称"),
        ({"paper": "长" * 81}, "80"),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_refused_upload_is_told_beside_its_paper_and_changes_nothing(
    group: Group, signed_in, change, sentence, headers
) -> None:
    response = signed_in("unit_clerk").post(UPLOAD, fields(group, **change), headers=headers)
    assert response.status_code == 422
    assert sentence in text_of(response)
    assert 'role="alert"' in response.content.decode()
    assert not Document.objects.exists()


def test_the_same_file_twice_is_told_beside_its_paper(group: Group, signed_in) -> None:
    client, content = signed_in("unit_clerk"), bad.pdf()
    client.post(UPLOAD, fields(group, content=content))
    response = client.post(UPLOAD, fields(group, content=content))
    assert response.status_code == 422 and "内容相同的文件已由孟凡成于" in text_of(response)


@pytest.mark.parametrize(
    ("headers", "back"),
    [
        ({}, "/delegations/1/?tab=papers"),
        ({**HTMX, "HX-Current-URL": "http://testserver/delegations/2/?a=b"}, "/delegations/2/?a=b"),
    ],
)
def test_after_a_refusal_the_form_still_knows_the_page_it_stood_on(
    group: Group, signed_in, headers, back
) -> None:
    response = signed_in("unit_clerk").post(
        UPLOAD, fields(group, content=b"", next="/delegations/1/?tab=papers"), headers=headers
    )
    assert f'name="next" value="{back}"' in response.content.decode()


@pytest.mark.parametrize("case", ["", "x", "0", "-1", "999999", "9" * 40, "1 or 1=1"])
def test_a_case_that_is_none_is_not_found(group: Group, signed_in, case: str) -> None:
    assert signed_in("unit_clerk").post(UPLOAD, fields(group, case=case)).status_code == 404


@pytest.mark.parametrize("where", ["item", "participant"])
def test_a_step_or_member_of_nobody_is_not_found(group: Group, signed_in, where: str) -> None:
    assert signed_in("unit_clerk").post(UPLOAD, fields(group, **{where: 999_999})).status_code == 404


def test_who_may_only_look_is_refused_with_a_reason(group: Group, signed_in) -> None:
    response = signed_in("director").post(UPLOAD, fields(group))
    assert response.status_code == 403 and "您的岗位不能为该办件上传或撤回材料" in text_of(response)


def test_a_closed_case_takes_nothing_in(group: Group, signed_in) -> None:
    group.case.status, group.case.closed_at = CaseStatus.CANCELLED, now()
    group.case.save()
    response = signed_in("unit_clerk").post(UPLOAD, fields(group))
    assert response.status_code == 409 and "该办件已结案，不能再上传或撤回材料" in text_of(response)


@pytest.mark.parametrize("address", [UPLOAD, f"/documents/{uuid.UUID(int=0)}/withdraw/"])
def test_writing_needs_a_post(group: Group, signed_in, address: str) -> None:
    assert signed_in("unit_clerk").get(address).status_code == 405


def test_a_broken_upload_is_no_error_page(group: Group, signed_in) -> None:
    response = signed_in("unit_clerk").post(
        UPLOAD, b"--wrong\r\nnonsense", content_type="multipart/form-data; boundary=right"
    )
    assert response.status_code in (400, 404)


# -- withdrawing ---------------------------------------------------------------------------------------------


def test_a_withdrawal_returns_to_the_list_and_says_so(group: Group, signed_in) -> None:
    document = group.upload()
    response = signed_in("unit_clerk").post(
        f"/documents/{document.pk}/withdraw/", {"next": f"/documents/case/{group.case.pk}/"}, follow=True
    )
    assert "已撤回“邀请函”：邀请函.pdf。" in text_of(response)
    assert not Document.objects.current().exists()


def test_a_withdrawal_by_htmx_answers_with_the_list_of_its_step(group: Group, signed_in) -> None:
    document = group.upload(item_id=group.item.pk)
    response = signed_in("unit_clerk").post(
        f"/documents/{document.pk}/withdraw/",
        {"item": group.item.pk, "participant": group.first.pk},
        headers=HTMX,
    )
    key = f"papers-{group.case.pk}-{group.item.pk}-{group.first.pk}"
    assert response.status_code == 200 and f'id="{key}"' in response.content.decode()


def test_a_second_withdrawal_is_told_who_was_first(group: Group, signed_in) -> None:
    document = group.upload()
    client = signed_in("unit_clerk")
    client.post(f"/documents/{document.pk}/withdraw/")
    response = client.post(f"/documents/{document.pk}/withdraw/")
    assert response.status_code == 409 and "这份材料已由孟凡成于" in text_of(response)


def test_pages_carry_no_inline_style_or_script(group: Group, signed_in) -> None:
    group.upload()
    page = signed_in("unit_clerk").get(f"/documents/case/{group.case.pk}/").content.decode()
    assert not re.search(r"\sstyle=|\son[a-z]+=|<script(?![^>]*src)", page)
