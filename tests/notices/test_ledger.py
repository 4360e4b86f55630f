"""The ledger: what is written is written once, and what is moot is not sent."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from tests.notices.house import House
from waiban.accounts.enums import Role
from waiban.accounts.models import User
from waiban.core.time import now
from waiban.notices.enums import Channel, Kind, State
from waiban.notices.models import Heartbeat, Notice
from waiban.notices.services import NoticeRow, cancel_for_items, enqueue, mark_all_read, mark_read


def row(user: User, subject: str = "item:1", **more: object) -> NoticeRow:
    return NoticeRow(recipient_id=user.pk, kind="ready", subject_key=subject, title="请办理", **more)


@pytest.fixture
def reader(house: House) -> User:
    return house.person(Role.OUTBOUND_CLERK, name="林晓岚")


@pytest.mark.parametrize("count", [1, 3])
def test_any_number_of_notices_is_one_statement(reader: User, count: int) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert enqueue([row(reader, f"item:{number}") for number in range(count)]) == count
    assert len(queries) == 1


def test_nothing_to_say_asks_nothing(db: None) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert (enqueue([]), cancel_for_items([])) == (0, 0)
    assert len(queries) == 0


def test_the_same_notice_is_written_once_within_and_across_calls(reader: User) -> None:
    assert enqueue([row(reader), row(reader)]) == 1
    assert enqueue([row(reader), row(reader, channel=Channel.EMAIL), row(reader, round=2)]) == 2


def test_a_notice_in_the_portal_is_delivered_by_being_written(reader: User) -> None:
    enqueue([row(reader), row(reader, channel=Channel.EMAIL)])
    inside = Notice.objects.get(channel=Channel.INAPP)
    outside = Notice.objects.get(channel=Channel.EMAIL)
    assert (inside.state, inside.sent_at is not None, inside.send_after) == (State.SENT, True, None)
    assert (outside.state, outside.sent_at, outside.send_after is not None) == (State.NEW, None, True)


def test_people_who_have_left_and_people_without_address_are_passed_over(house: House, reader: User) -> None:
    gone, silent = house.person(Role.OUTBOUND_CLERK), house.person(Role.OUTBOUND_CLERK)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    User.objects.filter(pk=silent.pk).update(email="")
    both = (Channel.INAPP, Channel.EMAIL)
    rows = [row(user, channel=channel) for user in (gone, silent) for channel in both]
    assert enqueue(rows) == 1
    assert Notice.objects.get().recipient == silent


def test_every_column_arrives_as_it_was_given(house: House, reader: User) -> None:
    item = house.item()
    due = now() + timedelta(days=1)
    given = row(
        reader,
        case_id=item.case_id,
        item_id=item.pk,
        body="第一行\n“第二行” \\ '",
        url="/cases/1/",
        level="near",
        due_at=due,
        late=True,
        ordinal=7,
    )
    enqueue([given])
    notice = Notice.objects.get()
    assert {name: getattr(notice, name) for name in NoticeRow.__dataclass_fields__} == {
        name: getattr(given, name) for name in NoticeRow.__dataclass_fields__
    }


def test_a_title_too_long_for_the_column_is_cut(reader: User) -> None:
    enqueue([NoticeRow(reader.pk, "ready", "x", "长" * 500)])
    assert len(Notice.objects.get().title) == 200


@pytest.mark.parametrize("url", ["https://example.test/", "//example.test/", "javascript:alert(1)"])
def test_a_link_out_of_the_portal_is_refused_by_the_database(reader: User, url: str) -> None:
    with pytest.raises(IntegrityError, match="notice_url_is_local"):
        enqueue([row(reader, url=url)])


def test_closing_a_step_cancels_what_is_unsent_and_settles_what_is_unread(house: House, reader: User) -> None:
    item, other = house.item(), house.item()
    rows = [
        row(reader, channel=channel, item_id=each.pk, subject=f"item:{each.pk}")
        for each in (item, other)
        for channel in (Channel.INAPP, Channel.EMAIL)
    ]
    told = NoticeRow(reader.pk, Kind.INFORMED, "news", "已签批", item_id=item.pk)
    enqueue([*rows, told])
    with CaptureQueriesContext(connection) as queries:
        assert cancel_for_items([item.pk]) == 2
    assert len(queries) == 1
    assert Notice.objects.get(item=item, channel=Channel.EMAIL).state == State.CANCELLED
    assert Notice.objects.get(item=item, kind="ready", channel=Channel.INAPP).read_at is not None
    assert Notice.objects.get(kind=Kind.INFORMED).read_at is None
    assert not Notice.objects.filter(item=other).exclude(read_at=None).exists()


def test_what_is_sent_already_is_not_cancelled(house: House, reader: User) -> None:
    item = house.item()
    enqueue([row(reader, channel=Channel.EMAIL, item_id=item.pk)])
    Notice.objects.update(state=State.SENT, sent_at=now())
    assert cancel_for_items([item.pk]) == 0


def test_who_reads_the_mail_has_read_the_message(reader: User) -> None:
    enqueue([row(reader), row(reader, channel=Channel.EMAIL), row(reader, "item:2")])
    assert mark_read(Notice.objects.get(channel=Channel.EMAIL)) == 2
    assert mark_all_read(reader) == 1
    assert mark_all_read(reader) == 0


def test_a_person_sees_his_own_notices_only(house: House, reader: User) -> None:
    chief = house.person(Role.SYSADMIN)
    enqueue([row(reader), row(chief)])
    assert Notice.objects.visible_to(reader).get().recipient == reader
    assert not Notice.objects.visible_to(AnonymousUser()).exists()
    assert not Heartbeat.objects.visible_to(AnonymousUser()).exists()


@pytest.mark.parametrize(
    "broken",
    [
        {"channel": "pigeon"},
        {"state": "lost"},
        {"level": "loud"},
        {"state": State.NEW},
        {"state": State.SENT, "sent_at": None},
        {"channel": Channel.EMAIL, "state": State.SENDING},
    ],
)
def test_the_database_refuses_impossible_rows(reader: User, broken: dict[str, object]) -> None:
    enqueue([row(reader)])
    with pytest.raises(IntegrityError):
        Notice.objects.update(**broken)
