"""The only clock of the project: every "now" and "today" is asked here, in Beijing time."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.utils import timezone

SHANGHAI = ZoneInfo("Asia/Shanghai")

MORNING = 0
AFTERNOON = 1
HALF_DAYS_PER_DAY = 2
NOON = time(12, 0)
END_OF_DAY = time(17, 30)

WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
WEEKDAYS_LONG = ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日")


_pretended: ContextVar[datetime | None] = ContextVar("pretended", default=None)


def now() -> datetime:
    """Return the present moment as an aware datetime (UTC inside, as stored)."""
    return _pretended.get() or timezone.now()


@contextmanager
def pretend(moment: datetime) -> Iterator[None]:
    """Let the clock stand at an aware moment, in this context only: the demo office lives its year through
    it.
    """
    token = _pretended.set(moment)
    try:
        yield
    finally:
        _pretended.reset(token)


def today() -> date:
    """Return the calendar day in Shanghai, whatever the zone of the machine."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """Return an aware datetime on the wall clock of Shanghai; a naive one is refused with ValueError."""
    return timezone.localtime(moment, SHANGHAI)


def at(day: date, clock: str | time) -> datetime:
    """Return the aware moment at which the wall clock of Shanghai reads `clock` ("17:30") on `day`."""
    wall = time.fromisoformat(clock) if isinstance(clock, str) else clock
    return datetime.combine(day, wall, tzinfo=SHANGHAI)
