"""What the calendar adds to the frame: its menu line and the year up to which it is known."""

from django.http import HttpRequest

from waiban.core import context, menu
from waiban.core.time import today
from waiban.workdays.queries import missing_notices, published_until
from waiban.workdays.rules import IMPORTERS


def missing_count(request: HttpRequest) -> int:
    """Number of notices that should have been imported by now: tells the keeper of the system."""
    return len(missing_notices(today()))


context.provide("calendar_until", published_until)
menu.register(
    menu.Item(
        "支撑",
        "工作日历",
        "workdays:index",
        "calendar-event",
        80,
        roles=frozenset(IMPORTERS),
        badge=missing_count,
    )
)
