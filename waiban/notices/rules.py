"""What a notice is, when it is tried again and what may not stand in a mail: pure functions."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from waiban.core.masks import MASKS
from waiban.notices.enums import Channel, Level

LEASE = timedelta(minutes=5)
"""How long a dispatcher may hold a claimed row before another may ask what became of it."""

BACKOFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
)
"""Waiting times after the first, second, … failed attempt; after the last one a person must look."""

STALE_AFTER = timedelta(minutes=15)
"""A sweep silent for longer turns /readyz red and puts 提醒可能延迟 on every page."""

LATE_AFTER = timedelta(minutes=30)
"""A reminder written later than this after its moment says 迟发."""

_PERSONAL = re.compile(
    r"(?<![0-9A-Za-z])(?:(?P<id>[1-9]\d{16}[0-9Xx])|(?P<passport>[A-Z]{1,2}\d{7,8})|(?P<phone>1[3-9]\d{9}))"
    r"(?![0-9A-Za-z])",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One notice to be written; the first six fields are its identity, written at most once.

    `subject_key` names what it is about and carries the due date where one is meant, so that a moved
    deadline is a new subject. `url` is a local path. `due_at` is an aware moment or None.
    """

    recipient_id: int
    kind: str
    subject_key: str
    title: str
    url: str = ""
    body: str = ""
    round: int = 1
    ordinal: int = 0
    channel: str = Channel.INAPP
    case_id: Any = None
    item_id: Any = None
    level: str = Level.INFO
    due_at: datetime | None = None
    late: bool = False

    @property
    def key(self) -> tuple[int, str, str, int, int, str]:
        """The identity, in the order of the unique constraint."""
        return (self.recipient_id, self.kind, self.subject_key, self.round, self.ordinal, str(self.channel))


def message_id(key: tuple[object, ...], portal_url: str) -> str:
    """Return the Message-ID of a mail: the same key gives the same id, so a second copy is recognised."""
    digest = hashlib.sha256("\x1f".join(str(part) for part in key).encode()).hexdigest()[:32]
    host = urlsplit(portal_url).hostname or "localhost"
    return f"<notice.{digest}@{host}>"


def retry_after(attempts: int) -> timedelta | None:
    """Return how long to wait after the given number of failed attempts (1 = the first); None = give up."""
    return BACKOFF[attempts - 1] if 1 <= attempts <= len(BACKOFF) else None


def scrub(text: str) -> str:
    """Return the text with identity, passport and mobile numbers masked: mail leaves the house."""
    return _PERSONAL.sub(lambda match: MASKS[match.lastgroup or "text"](match[0]), text)
