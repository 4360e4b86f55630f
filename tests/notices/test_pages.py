"""The bell, the in-box and the operations page, as a browser meets them."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.notices.house import House
from waiban.accounts.enums import Role
from waiban.accounts.models import User
from waiban.core.time import now
from waiban.notices import beat, queries
from waiban.notices.enums import Channel, State
from waiban.notices.models import Heartbeat, Notice
from waiban.notices.services import NoticeRow, enqueue

HX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def reader(house: House, client: Client) -> User:
    beat.sync()
    user = house.person(Role.OUTBOUND_CLERK, name="林晓岚")
    client.force_login(user)
    return user


def write(user: User, count: int, *, first: int = 0, **more: object) -> list[Notice]:
    enqueue(
        [
            NoticeRow(user.pk, "near", f"item:{n}", f"消息{n}号", url=f"/cases/{n}/", **more)
            for n in range(first, first + count)
        ]
    )
    return list(Notice.objects.filter(recipient=user, channel=Channel.INAPP).order_by("pk"))


def text_of(client: Client, name: str, query: str = "", **headers: str) -> str:
    response = client.get(reverse(name) + query, **headers)
    assert response.status_code == 200
    return response.content.decode()


def test_the_bell_shows_the_last_eight_unread_first(client: Client, reader: User) -> None:
    notices = write(reader, 10)
    Notice.objects.filter(pk__in=[n.pk for n in notices[5:]]).update(read_at=now())
    html = text_of(client, "notices:bell", **HX)
    assert [f"消息{n}号" in html for n in range(10)] == [True] * 5 + [False] * 2 + [True] * 3
    assert 'class="bell-count" aria-hidden="true">5<' in html
    assert html.index("消息4号") < html.index("消息9号")


def test_the_bell_stops_counting_at_ninety_nine(client: Client, reader: User) -> None:
    write(reader, 120)
    assert ">99+<" in text_of(client, "notices:bell", **HX)


def test_an_empty_bell_says_what_will_come(client: Client, reader: User) -> None:
    html = text_of(client, "notices:bell", **HX)
    assert "还没有消息" in html
    assert 'class="bell-count"' not in html


@pytest.mark.parametrize("count", [1, 3])
def test_the_bell_takes_the_same_statements_for_one_and_for_three(
    client: Client, reader: User, count: int
) -> None:
    write(reader, count)
    with CaptureQueriesContext(connection) as counted:
        text_of(client, "notices:bell", **HX)
    ours = [query["sql"] for query in counted if "notices_" in query["sql"]]
    assert len(ours) == 4  # count; unread; read; heartbeats


def test_the_banner_comes_and_goes_with_the_background_work(client: Client, reader: User) -> None:
    assert "提醒可能延迟" not in text_of(client, "notices:bell", **HX)
    Heartbeat.objects.filter(pk="workflow.reminders").update(at=now() - timedelta(minutes=16))
    html = text_of(client, "notices:bell", **HX)
    assert "提醒可能延迟" in html
    assert 'id="late-banner" role="status" aria-live="polite" hx-swap-oob="true"' in html


def test_opening_a_notice_leads_to_the_matter_and_marks_it_read(client: Client, reader: User) -> None:
    (notice,) = write(reader, 1)
    response = client.get(reverse("notices:open", args=[notice.pk]))
    assert (response.status_code, response["Location"]) == (302, "/cases/0/")
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_a_notice_without_address_leads_to_the_in_box(client: Client, reader: User) -> None:
    enqueue([NoticeRow(reader.pk, "informed", "x", "已知悉")])
    response = client.get(reverse("notices:open", args=[Notice.objects.get().pk]))
    assert response["Location"] == reverse("notices:list")


@pytest.mark.parametrize("name", ["notices:open", "notices:read"])
def test_a_notice_of_somebody_else_does_not_exist(
    client: Client, house: House, reader: User, name: str
) -> None:
    (foreign,) = write(house.person(Role.SYSADMIN), 1)
    method = client.get if name == "notices:open" else client.post
    assert method(reverse(name, args=[foreign.pk])).status_code == 404
    foreign.refresh_from_db()
    assert foreign.read_at is None


def test_the_in_box_filters_by_unread_and_by_business(client: Client, house: House, reader: User) -> None:
    case = house.case()
    first, _second = write(reader, 2, body="编号\n时限")
    write(reader, 1, first=2, case_id=case.pk)
    Notice.objects.filter(pk=first.pk).update(read_at=now())
    everything = text_of(client, "notices:list")
    assert all(f"消息{n}号" in everything for n in range(3))
    assert "敲钟业务" in everything
    assert "编号 · 时限" in everything
    assert "消息0号" not in text_of(client, "notices:list", "?show=unread")
    of_flow = text_of(client, "notices:list", "?flow=bell_ringing")
    assert ("消息2号" in of_flow, "消息1号" in of_flow) == (True, False)


@pytest.mark.parametrize("query", ["?cursor=abc", "?cursor=W10=", "?flow=' OR 1", "?show=x"])
def test_a_mangled_address_shows_the_whole_in_box(client: Client, reader: User, query: str) -> None:
    write(reader, 1)
    assert "消息0号" in text_of(client, "notices:list", query)


def test_older_notices_are_a_page_further(client: Client, reader: User) -> None:
    write(reader, queries.PAGE + 2)
    first = client.get(reverse("notices:list"))
    second = text_of(client, "notices:list", first.context["next_url"])
    assert ("消息1号" in second, "消息2号" in second) == (True, False)
    assert first.context["previous_url"] == ""


@pytest.mark.parametrize("count", [1, 3])
def test_the_in_box_takes_the_same_statements_for_one_and_for_three(
    client: Client, house: House, reader: User, count: int
) -> None:
    write(reader, count, case_id=house.case().pk)
    with CaptureQueriesContext(connection) as counted:
        text_of(client, "notices:list")
    ours = [query["sql"] for query in counted if "notices_notice" in query["sql"]]
    assert len(ours) == 3  # flows; page; unread


def test_marking_read_returns_to_the_list_as_it_was_filtered(client: Client, reader: User) -> None:
    first, _second = write(reader, 2)
    response = client.post(reverse("notices:read", args=[first.pk]) + "?show=unread&evil=1")
    assert response["Location"] == reverse("notices:list") + "?show=unread"
    response = client.post(reverse("notices:read_all"), follow=True)
    assert "已将 1 条消息标为已读" in response.content.decode()
    assert not Notice.objects.filter(read_at=None).exists()
    assert "没有未读消息" in client.post(reverse("notices:read_all"), follow=True).content.decode()


def test_marking_all_read_from_the_bell_refreshes_the_bell(client: Client, reader: User) -> None:
    write(reader, 2)
    response = client.post(reverse("notices:read_all"), **HX)
    assert (response.status_code, response["HX-Trigger"]) == (204, "notices-changed")


def test_reading_by_address_alone_is_not_possible_for_changes(client: Client, reader: User) -> None:
    assert client.get(reverse("notices:read_all")).status_code == 405


def test_visitors_are_sent_to_the_sign_in_page(client: Client, db: None) -> None:
    for name in ("notices:bell", "notices:list", "notices:operations"):
        assert client.get(reverse(name)).status_code == 302


def test_the_operations_page_is_for_the_administrator_only(
    client: Client, house: House, reader: User
) -> None:
    response = client.get(reverse("notices:operations"))
    assert response.status_code == 403
    assert "提醒运行情况只对系统管理员开放" in response.content.decode()
    assert client.post(reverse("notices:settle", args=[1])).status_code == 403


@pytest.fixture
def keeper(house: House, client: Client) -> User:
    user = house.person(Role.SYSADMIN, name="管理员")
    client.force_login(user)
    return user


def test_the_operations_page_shows_what_stands_still(
    client: Client, house: House, keeper: User, clock: Callable[[datetime], None]
) -> None:
    beat.sync()
    Heartbeat.objects.filter(pk="notices.dispatch").update(error="OSError: 拒绝连接")
    write(house.person(Role.OUTBOUND_CLERK, name="林晓岚"), 3, channel=Channel.EMAIL, body="正文保密")
    lost, failed, _waiting = Notice.objects.order_by("pk")
    Notice.objects.filter(pk=lost.pk).update(state=State.UNKNOWN, error="发送中断")
    Notice.objects.filter(pk=failed.pk).update(state=State.FAILED, error="550 拒收")
    html = text_of(client, "notices:operations")
    for words in (
        "办理时限提醒",
        "OSError: 拒绝连接",
        "550 拒收",
        "发送中断",
        "林晓岚",
        "已送达",
        "重新发送",
    ):
        assert words in html
    assert "正文保密" not in html
    assert queries.outbox_counts() == {"待发": 1, "发送中": 0, "发送失败": 1, "待确认": 1}


def test_the_administrator_settles_what_nobody_knows(client: Client, house: House, keeper: User) -> None:
    write(house.person(Role.OUTBOUND_CLERK), 2, channel=Channel.EMAIL)
    Notice.objects.update(state=State.UNKNOWN)
    first, second = Notice.objects.order_by("pk")
    client.post(reverse("notices:settle", args=[first.pk]), {"act": "delivered"})
    client.post(reverse("notices:settle", args=[second.pk]), {"act": "again"})
    assert list(Notice.objects.order_by("pk").values_list("state", flat=True)) == [State.SENT, State.NEW]
    response = client.post(reverse("notices:settle", args=[first.pk]), {"act": "delivered"})
    assert response.status_code == 409
    assert "已经有人处理过了" in response.content.decode()


def test_messages_inside_the_portal_cannot_be_settled(client: Client, house: House, keeper: User) -> None:
    (notice,) = write(keeper, 1)
    assert client.post(reverse("notices:settle", args=[notice.pk]), {"act": "again"}).status_code == 404
