"""The outbox: sent once, tried again in growing steps, and never silently forgotten."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from pytest_django.fixtures import Settings

from tests.notices.house import ARRIVED, House
from waiban.accounts.actors import Actor
from waiban.accounts.enums import Role
from waiban.accounts.models import User
from waiban.core.errors import Conflict
from waiban.core.time import now
from waiban.notices import channels
from waiban.notices.channels import compose_mail
from waiban.notices.dispatch import claim, dispatch, recover_expired
from waiban.notices.enums import Channel, State
from waiban.notices.models import Notice
from waiban.notices.rules import BACKOFF, LEASE, message_id, retry_after, scrub
from waiban.notices.services import NoticeRow, confirm_delivered, enqueue, send_again

Clock = Callable[[datetime], None]


class Far:
    """A far side that does what the test says, and keeps what it was given."""

    idempotent = False

    def __init__(self, taken: list[int], answers: list[Exception | None], clock: Clock | None = None) -> None:
        self.taken, self.answers, self.clock = taken, answers, clock

    def __call__(self) -> "Far":
        return self

    def send(self, notice: Notice) -> None:
        self.taken.append(notice.pk)
        if self.clock:
            self.clock(now() + timedelta(minutes=1))
        answer = self.answers.pop(0) if self.answers else None
        if answer:
            raise answer

    def close(self) -> None:
        raise OSError("already closed")


@pytest.fixture
def bot(monkeypatch: pytest.MonkeyPatch) -> Iterator[Far]:
    far = Far([], [])
    monkeypatch.setitem(channels.SENDERS, Channel.BOT, far)
    yield far


def outbox(house: House, count: int = 1, channel: str = Channel.EMAIL) -> list[Notice]:
    user = house.people.get(Role.OUTBOUND_CLERK) or house.person(Role.OUTBOUND_CLERK, name="林晓岚")
    enqueue(
        [
            NoticeRow(user.pk, "near", f"item:{n}", f"临近到期 {n}", url="/cases/1/", channel=channel)
            for n in range(count)
        ]
    )
    return list(Notice.objects.filter(channel=channel).order_by("pk"))


def test_mail_is_sent_once_and_marked(house: House) -> None:
    notices = outbox(house, 3)
    assert dispatch() == 3
    assert dispatch() == 0
    assert [message.subject for message in mail.outbox] == [f"{n.title} - 外办一点通" for n in notices]
    assert set(Notice.objects.values_list("state", "attempts", "lease_until")) == {(State.SENT, 1, None)}


def test_a_mail_has_words_a_link_the_hour_and_no_personal_numbers(house: House) -> None:
    outbox(house)
    Notice.objects.update(
        title="护照 PE1234536 将到期",
        body="身份证 371602199001010010，手机 13812345678",
        due_at=ARRIVED,
        late=True,
    )
    notice = Notice.objects.select_related("recipient").get()
    message = compose_mail(notice)
    html = str(message.alternatives[0][0])
    for text in (message.body, html):
        assert "时限截至当日17:30" in text
        assert "2026年12月2日" in text
        assert f"http://127.0.0.1:8000/notices/{notice.pk}/" in text
        assert "迟发" in text
        assert "林晓岚" in text
        assert "3716**********0010" in text
        assert not any(number in text for number in ("PE1234536", "371602199001010010", "13812345678"))
    assert "style=" not in html
    assert message.subject == "【迟发】护照 PE*****36 将到期 - 外办一点通"
    assert message.to == [notice.recipient.email]


def test_the_message_id_follows_the_identity_of_the_row(house: House) -> None:
    first, second = outbox(house, 2)
    assert compose_mail(first).extra_headers["Message-ID"] == message_id(first.key, "http://127.0.0.1:8000")
    assert message_id(first.key, "https://a.test") != message_id(second.key, "https://a.test")
    assert message_id(first.key, "").endswith("@localhost>")


@pytest.mark.parametrize(
    "harmless", ["滨外出〔2026〕26号", "钟〔2026〕1号，时限：2026年12月4日 17:30", "共 4650000000 元"]
)
def test_numbers_that_are_not_personal_stay(harmless: str) -> None:
    assert scrub(harmless) == harmless


def test_a_failed_mail_is_tried_again_in_growing_steps_and_then_given_up(
    house: House, bot: Far, clock: Clock
) -> None:
    clock(ARRIVED)
    outbox(house, channel=Channel.BOT)
    bot.answers += [OSError("拒绝连接")] * 6
    moment = ARRIVED
    for wait in BACKOFF:
        assert dispatch() == 0
        notice = Notice.objects.get()
        assert (notice.state, notice.send_after, notice.error) == (State.FAILED, moment + wait, "拒绝连接")
        clock(moment + wait - timedelta(seconds=1))
        assert dispatch() == 0
        moment += wait
        clock(moment)
    assert dispatch() == 0
    notice.refresh_from_db()
    assert (notice.state, notice.send_after, notice.attempts, len(bot.taken)) == (State.FAILED, None, 6, 6)
    assert retry_after(6) is None


def test_one_that_cannot_be_sent_does_not_hold_up_the_others(house: House, bot: Far) -> None:
    outbox(house, 3, Channel.BOT)
    bot.answers += [None, ValueError(), None]
    assert dispatch() == 2
    assert Notice.objects.get(state=State.FAILED).error == "ValueError"


def test_two_dispatchers_never_claim_the_same_row(house: House) -> None:
    outbox(house, 3)
    _lease, first = claim(Channel.EMAIL, limit=2)
    _lease, second = claim(Channel.EMAIL, limit=2)
    assert (len(first), len(second)) == (2, 1)
    assert not {n.pk for n in first} & {n.pk for n in second}


def test_a_mail_cut_off_in_mid_sending_is_sent_once_more_with_the_same_id_and_then_shown_to_a_person(
    house: House, clock: Clock
) -> None:
    clock(ARRIVED)
    outbox(house)
    claim(Channel.EMAIL)
    clock(ARRIVED + LEASE)
    assert recover_expired() == 0
    clock(ARRIVED + LEASE + timedelta(seconds=1))
    assert recover_expired() == 1
    notice = Notice.objects.get()
    assert (notice.state, notice.resent) == (State.NEW, True)
    claim(Channel.EMAIL)
    clock(ARRIVED + 3 * LEASE)
    assert dispatch() == 0
    notice.refresh_from_db()
    assert (notice.state, notice.lease_until) == (State.UNKNOWN, None)


def test_a_bot_message_cut_off_in_mid_sending_is_never_sent_again_by_itself(
    house: House, bot: Far, clock: Clock
) -> None:
    clock(ARRIVED)
    outbox(house, channel=Channel.BOT)
    claim(Channel.BOT)
    clock(ARRIVED + 2 * LEASE)
    assert dispatch() == 0
    assert (Notice.objects.get().state, bot.taken) == (State.UNKNOWN, [])


def test_what_the_lease_no_longer_covers_is_given_back_untouched(
    house: House, bot: Far, clock: Clock
) -> None:
    clock(ARRIVED)
    outbox(house, 8, Channel.BOT)
    bot.clock = clock
    assert dispatch() == 8
    assert now() == ARRIVED + timedelta(minutes=8)  # longer than one lease
    assert len(set(bot.taken)) == len(bot.taken) == 8
    assert set(Notice.objects.values_list("state", "attempts")) == {(State.SENT, 1)}


def test_who_lost_his_lease_cannot_overwrite_what_happened_since(house: House, bot: Far) -> None:
    outbox(house, channel=Channel.BOT)

    def cancelled_meanwhile(notice: Notice) -> None:
        Notice.objects.update(state=State.UNKNOWN, lease_until=None)

    bot.send = cancelled_meanwhile  # type: ignore[method-assign]
    dispatch()
    assert Notice.objects.get().state == State.UNKNOWN


def keeper(house: House) -> Actor:
    user: User = house.person(Role.SYSADMIN, name="管理员")
    return Actor(user.pk, user.name, user.office_id)


def test_a_person_decides_about_a_message_of_unknown_fate_once(house: House) -> None:
    first, second = outbox(house, 2)
    Notice.objects.update(state=State.UNKNOWN, attempts=2, resent=True)
    actor = keeper(house)
    confirm_delivered(first.pk, actor=actor)
    send_again(second.pk, actor=actor)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, "管理员" in first.error) == (State.SENT, True)
    assert (second.state, second.attempts, second.resent) == (State.NEW, 0, False)
    for settled in (first, second):
        with pytest.raises(Conflict):
            confirm_delivered(settled.pk, actor=actor)
    with pytest.raises(Conflict):
        send_again(first.pk, actor=actor)
    assert dispatch() == 1


class TakesNothing(BaseEmailBackend):
    """A mail server that accepts the connection and no mail."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        return 0


def test_a_mail_server_that_takes_nothing_counts_as_failed(house: House, settings: Settings) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.TakesNothing"
    outbox(house)
    assert dispatch() == 0
    assert Notice.objects.get().error == "邮件服务器没有接收"
