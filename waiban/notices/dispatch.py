"""The dispatcher of the outbox: claim under a lease, commit, send, mark.

A process may die between sending and marking, so nobody can promise "exactly once" outside the house. What
is promised: a channel whose far side recognises the id of a message (mail) is sent again **once**; if its
fate is unclear a second time, or the channel cannot recognise copies at all, the row becomes 待确认 and a
person decides on the page 提醒运行情况.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from time import monotonic

from django.db import transaction
from django.db.models import F

from waiban.core.time import now
from waiban.notices.channels import SENDERS, Sender
from waiban.notices.enums import State
from waiban.notices.models import Notice
from waiban.notices.rules import LEASE, retry_after

log = logging.getLogger(__name__)

CHUNK = 20
MARGIN = LEASE / 4
"""No new mail is begun when less than this is left of the lease; one mail never takes that long."""

_ERROR = 300


def dispatch(*, seconds: float = 200) -> int:
    """Send what waits in the outbox, for at most about `seconds`. Return the number of messages sent.

    Writes the fate of every row it touched. Two dispatchers may run: a row is claimed by one of them.
    """
    recover_expired()
    stop = monotonic() + seconds
    sent = 0
    for channel, factory in SENDERS.items():
        while monotonic() < stop:
            lease, batch = claim(channel)
            if not batch:
                break
            sent += _send_batch(factory, batch, lease)
    return sent


def claim(channel: str, *, limit: int = CHUNK) -> tuple[datetime, list[Notice]]:
    """Take up to `limit` rows that wait, oldest first; they are ours until the returned moment.

    Rows that another dispatcher is just claiming are passed over, not waited for.
    """
    lease = now() + LEASE
    with transaction.atomic():
        waiting = (
            Notice.objects.filter(channel=channel, state__in=(State.NEW, State.FAILED), send_after__lte=now())
            .order_by("send_after", "pk")
            .select_for_update(skip_locked=True)
            .values_list("pk", flat=True)[:limit]
        )
        ids = list(waiting)
        Notice.objects.filter(pk__in=ids).update(
            state=State.SENDING, lease_until=lease, send_after=None, attempts=F("attempts") + 1
        )
    return lease, list(Notice.objects.filter(pk__in=ids).select_related("recipient").order_by("pk"))


def recover_expired() -> int:
    """Ask what became of rows whose dispatcher died. Return how many were found.

    Sent again once where the channel recognises copies, else 待确认.
    """
    expired = Notice.objects.filter(state=State.SENDING, lease_until__lt=now())
    again = [channel for channel, sender in SENDERS.items() if sender.idempotent]
    resent = expired.filter(channel__in=again, resent=False).update(
        state=State.NEW, resent=True, send_after=now(), lease_until=None, error="发送中断，自动补发一次"
    )
    unknown = expired.update(state=State.UNKNOWN, lease_until=None, error="发送中断，是否送达无法确定")
    return resent + unknown


def _send_batch(factory: type[Sender], batch: list[Notice], lease: datetime) -> int:
    """Send claimed rows one by one and mark each at once; what the lease no longer covers is given back."""
    sent = 0
    with _sender(factory) as sender:
        for position, notice in enumerate(batch):
            if now() > lease - MARGIN:
                _give_back(batch[position:], lease)
                break
            sent += _send_one(sender, notice, lease)
    return sent


def _send_one(sender: Sender, notice: Notice, lease: datetime) -> bool:
    """Send one row and write what became of it; True when it was taken."""
    mine = Notice.objects.filter(pk=notice.pk, state=State.SENDING, lease_until=lease)
    try:
        sender.send(notice)
    except Exception as error:  # whatever the far side does must not stop the others
        log.warning("notice %s not sent: %s", notice.pk, error)
        _close(sender)
        wait = retry_after(notice.attempts)
        mine.update(
            state=State.FAILED,
            lease_until=None,
            send_after=now() + wait if wait else None,
            error=(str(error) or type(error).__name__)[:_ERROR],
        )
        return False
    mine.update(state=State.SENT, sent_at=now(), lease_until=None, error="")
    return True


def _give_back(batch: list[Notice], lease: datetime) -> None:
    """Return claimed rows that were never begun."""
    Notice.objects.filter(
        pk__in=[notice.pk for notice in batch], state=State.SENDING, lease_until=lease
    ).update(state=State.NEW, send_after=now(), lease_until=None, attempts=F("attempts") - 1)


@contextmanager
def _sender(factory: type[Sender]) -> Iterator[Sender]:
    """A sender for one batch, closed afterwards even when the far side misbehaves."""
    sender = factory()
    try:
        yield sender
    finally:
        _close(sender)


def _close(sender: Sender) -> None:
    """Close a connection; a far side that is gone already has closed it."""
    try:
        sender.close()
    except OSError as error:
        log.warning("closing the connection failed: %s", error)
