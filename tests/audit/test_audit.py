"""The log only grows, its chain shows every change, and personal values are opened one at a time."""

import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.db.utils import InternalError
from django.template import Context, Template
from django.test import Client, RequestFactory, override_settings

from waiban.accounts.actors import actor_for
from waiban.accounts.models import User
from waiban.audit import reveals
from waiban.audit.models import AuditEvent
from waiban.audit.services import record, reveal, verify_chain
from waiban.core import context, menu
from waiban.core.errors import BadInput, Refused
from waiban.core.time import now

PHONE = "13812345678"


@pytest.fixture
def three(people: dict[str, User]) -> list[AuditEvent]:
    actor = actor_for(people["outbound_clerk"])
    return [
        record("printed", actor=actor, object_text=f"表{n}", detail={"n": n, "日": "甲"}) for n in (1, 2, 3)
    ]


def force(sql: str, *values: Any) -> None:
    """Do what only somebody with the keys of the database server can do."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, values)
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.mark.parametrize(
    "sql",
    ["UPDATE audit_auditevent SET reason = 'x'", "DELETE FROM audit_auditevent", "TRUNCATE audit_auditevent"],
)
def test_the_database_refuses_to_change_or_empty_the_log(three: list[AuditEvent], sql: str) -> None:
    with (
        pytest.raises(InternalError, match=r"append.only|annot"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        # The checks of foreign keys that wait for the end of the test would refuse TRUNCATE first.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(sql)
    assert AuditEvent.objects.count() == 3


def test_numbers_follow_one_another_and_the_chain_holds(three: list[AuditEvent]) -> None:
    assert [event.number for event in three] == [1, 2, 3]
    assert three[2].previous_hash == three[1].hash
    report = verify_chain()
    assert (report.ok, report.rows) == (True, 3)
    assert verify_chain(last=2).rows == 2


@pytest.mark.parametrize(
    ("sql", "broken_at", "why"),
    [
        ("UPDATE audit_auditevent SET actor_name = '别人' WHERE number = 2", 2, "内容与摘要不符"),
        ("UPDATE audit_auditevent SET detail = '{}' WHERE number = 3", 3, "内容与摘要不符"),
        ("DELETE FROM audit_auditevent WHERE number = 2", 2, "序号不连续"),
        ("DELETE FROM audit_auditevent WHERE number = 1", 1, "序号不连续"),
        ("UPDATE audit_auditevent SET previous_hash = repeat('0', 64) WHERE number = 2", 2, "摘要不符"),
    ],
)
def test_a_row_changed_or_removed_behind_the_triggers_is_named(
    three: list[AuditEvent], sql: str, broken_at: int, why: str
) -> None:
    force(sql)
    report = verify_chain()
    assert report.broken_at == broken_at
    assert why in report.why


def test_a_chain_rewritten_without_the_key_does_not_hold(three: list[AuditEvent]) -> None:
    with override_settings(BLIND_INDEX_KEY="QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="):
        forged = AuditEvent.objects.get(number=3)
        forged.actor_name = "别人"
        forged.hash = forged.compute_hash()
    force("UPDATE audit_auditevent SET actor_name = '别人', hash = %s WHERE number = 3", forged.hash)
    assert verify_chain().broken_at == 3


def test_readiness_turns_red_when_the_tail_is_broken(three: list[AuditEvent], client: Client) -> None:
    force("UPDATE audit_auditevent SET actor_name = '别人' WHERE number = 3")
    answer = client.get("/readyz")
    assert answer.json()["checks"]["audit"] == {"ok": False, "detail": "第 3 条起不完整"}


@pytest.mark.django_db(transaction=True)
def test_writers_at_the_same_moment_make_one_chain() -> None:
    def write() -> None:
        try:
            for _ in range(5):
                record("printed", object_text="并发")
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (verify_chain().ok, verify_chain().rows) == (True, 20)


def test_personal_numbers_and_nul_do_not_get_into_the_log(people: dict[str, User]) -> None:
    event = record("printed", object_text=f"a\0{PHONE}", reason="护照 PE1234536")
    assert event.object_text == "a�138****5678"
    assert event.reason == "护照 PE*****36"


def test_an_address_reads_back_as_it_was_hashed(rf: RequestFactory, people: dict[str, User]) -> None:
    for address in ("10.1.2.3", "2001:0DB8::0001", "::ffff:10.1.2.3"):
        record("printed", request=rf.get("/", REMOTE_ADDR=address))
    assert verify_chain().ok


# Opening personal values


@pytest.fixture
def holder(people: dict[str, User], monkeypatch: pytest.MonkeyPatch) -> User:
    """A colleague whose phone the section's people may open."""
    monkeypatch.setattr(reveals, "_RULES", {})
    reveals.register(User, ["phone"], lambda actor, obj, field: actor.has("outbound_clerk", "outbound_chief"))
    people["member1"].phone = PHONE
    people["member1"].save()
    return User.objects.get(username="member1")


def test_opening_a_value_gives_it_and_logs_who_what_and_why_but_not_the_value(
    people: dict[str, User], holder: User
) -> None:
    assert reveal(actor_for(people["outbound_clerk"]), holder, "phone", "电话核实行程") == PHONE
    event = AuditEvent.objects.get(kind="revealed")
    assert (event.actor_name, event.reason, event.object_label) == ("林晓岚", "电话核实行程", "accounts.user")
    assert event.detail == {"field": "phone", "field_name": "手机号"}
    assert PHONE not in str(event.__dict__)


@pytest.mark.parametrize("reason", ["", "  ", "看看", "a\u200bbcd"])
def test_without_a_reason_nothing_is_opened(people: dict[str, User], holder: User, reason: str) -> None:
    with pytest.raises(BadInput) as refusal:
        reveal(actor_for(people["outbound_clerk"]), holder, "phone", reason)
    assert "reason" in refusal.value.fields
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("username", ["unit_clerk", "member1", "sysadmin", "auditor", "city_leader"])
def test_without_the_right_nothing_is_opened(people: dict[str, User], holder: User, username: str) -> None:
    with pytest.raises(Refused, match="不能查看"):
        reveal(actor_for(people[username]), holder, "phone", "电话核实行程")


def test_a_value_that_no_app_registered_is_open_to_nobody(people: dict[str, User], holder: User) -> None:
    with pytest.raises(Refused):
        reveal(actor_for(people["outbound_clerk"]), holder, "password", "电话核实行程")


@override_settings(REVEALS_PER_DAY=2)
def test_a_person_opens_only_so_many_values_a_day(people: dict[str, User], holder: User) -> None:
    actor = actor_for(people["outbound_clerk"])
    with time_machine.travel(now().replace(hour=3), tick=False) as clock:
        for _ in range(2):
            reveal(actor, holder, "phone", "电话核实行程")
        with pytest.raises(Refused, match="达到每日上限"):
            reveal(actor, holder, "phone", "电话核实行程")
        reveal(actor_for(people["outbound_chief"]), holder, "phone", "电话核实行程")
        clock.shift(timedelta(days=1))
        assert reveal(actor, holder, "phone", "电话核实行程") == PHONE


def address(holder: User) -> str:
    return f"/audit/reveal/accounts.user/{holder.pk}/phone/"


def test_the_door_opens_by_htmx_and_as_a_page(client: Client, people: dict[str, User], holder: User) -> None:
    client.force_login(people["outbound_clerk"])
    data = {"reason": "电话核实行程"}
    partial = client.post(address(holder), data, headers={"HX-Request": "true"}).content.decode()
    assert PHONE in partial
    assert "<html" not in partial
    page = client.post(address(holder), data)
    assert PHONE in page.content.decode()
    assert page["Cache-Control"] == "no-store, private"
    assert AuditEvent.objects.filter(kind="revealed").count() == 2


def test_a_missing_reason_is_said_at_the_field(client: Client, people: dict[str, User], holder: User) -> None:
    client.force_login(people["outbound_clerk"])
    for headers in ({}, {"HX-Request": "true"}):
        answer = client.post(address(holder), {"reason": ""}, headers=headers)
        assert answer.status_code == 422
        assert "请写明查看事由" in answer.content.decode()
        assert PHONE not in answer.content.decode()


def test_a_refusal_at_the_door_is_logged(client: Client, people: dict[str, User], holder: User) -> None:
    client.force_login(people["unit_clerk"])
    assert client.post(address(holder), {"reason": "电话核实行程"}).status_code == 403
    assert AuditEvent.objects.get(kind="refused").actor_name == "孟凡成"


@pytest.mark.parametrize(
    "path",
    [
        "accounts.user/1/password",
        "auth.group/1/name",
        "nonsense/1/x",
        "accounts.user/x/phone",
        f"accounts.user/{10**30}/phone",
    ],
)
def test_what_cannot_be_opened_is_not_found(
    client: Client, people: dict[str, User], holder: User, path: str
) -> None:
    client.force_login(people["outbound_clerk"])
    assert client.post(f"/audit/reveal/{path}/", {"reason": "电话核实行程"}).status_code == 404


def test_the_door_opens_only_by_post(client: Client, people: dict[str, User], holder: User) -> None:
    client.force_login(people["outbound_clerk"])
    assert client.get(address(holder)).status_code == 405


def test_the_tag_shows_the_mask_and_the_way_in_to_those_who_may(
    rf: RequestFactory, people: dict[str, User], holder: User
) -> None:
    text = Template("{% load audit %}{% sealed person 'phone' %}")
    request = rf.get("/")
    pages = {}
    for username in ("outbound_clerk", "unit_clerk"):
        request.actor = actor_for(people[username])
        pages[username] = text.render(Context({"request": request, "person": holder}))
    assert all("138****5678" in page and PHONE not in page for page in pages.values())
    assert address(holder) in pages["outbound_clerk"]
    assert "<form" not in pages["unit_clerk"]


# Pages


def test_the_auditor_reads_filters_and_exports_the_log(
    client: Client, people: dict[str, User], three: list[AuditEvent]
) -> None:
    client.force_login(people["auditor"])
    page = client.get("/audit/").content.decode()
    assert "林晓岚" in page
    assert "表1" in page
    found = client.get("/audit/?q=表2&kind=printed&since=2020-01-01&until=2099-01-01").content.decode()
    assert "表2" in found
    assert "表1" not in found
    assert "没有符合条件的记录" in client.get("/audit/?since=nonsense").content.decode()
    export = client.get("/audit/?export=xlsx")
    assert export["Content-Type"].endswith("spreadsheetml.sheet")
    assert AuditEvent.objects.filter(kind="exported", actor=people["auditor"]).exists()


@pytest.mark.parametrize("username", ["sysadmin", "director", "unit_clerk", "member1"])
def test_nobody_else_reads_the_log(client: Client, people: dict[str, User], username: str) -> None:
    client.force_login(people[username])
    assert client.get("/audit/").status_code == 403
    assert client.get("/audit/?export=xlsx").status_code == 403
    assert client.post("/audit/verify/").status_code == 403


def test_everybody_reads_his_own_events_and_only_those(
    client: Client, people: dict[str, User], three: list[AuditEvent]
) -> None:
    record("printed", actor=actor_for(people["director"]), object_text="别人的")
    client.force_login(people["outbound_clerk"])
    page = client.get("/audit/mine/").content.decode()
    assert "表1" in page
    assert "别人的" not in page


def test_the_auditor_checks_the_chain_on_the_page(
    client: Client, people: dict[str, User], three: list[AuditEvent]
) -> None:
    client.force_login(people["auditor"])
    assert "日志完整" in client.post("/audit/verify/", follow=True).content.decode()
    force("DELETE FROM audit_auditevent WHERE number = 2")
    assert "从第 2 条起不完整" in client.post("/audit/verify/", follow=True).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_takes_the_same_queries_whatever_its_length(
    client: Client,
    people: dict[str, User],
    rows: int,
    django_assert_num_queries: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The frame of other apps (badges, year of the calendar) is counted by their own tests.
    monkeypatch.setattr(menu, "_ITEMS", {})
    monkeypatch.setattr(context, "_PROVIDERS", {})
    client.force_login(people["auditor"])
    client.get("/healthz")
    for _ in range(rows):
        record("printed", actor=actor_for(people["director"]))
    with django_assert_num_queries(6):  # session, user, actor, the right to read all, events, office
        client.get("/audit/")
