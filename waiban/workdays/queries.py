"""Questions to the working calendar."""

from datetime import date

from waiban.workdays.models import CalendarVersion, CalendarYear, Day


def current_version() -> int:
    """Version of the calendar now in force. One primary-key read."""
    return CalendarVersion.objects.values_list("value", flat=True).get(singleton=True)


def published_years() -> frozenset[int]:
    """Years whose State Council notice has been imported."""
    return frozenset(CalendarYear.objects.values_list("year", flat=True))


def exceptions() -> dict[date, bool]:
    """Every exceptional day: True = make-up working day, False = day off."""
    return dict(Day.objects.values_list("date", "is_workday"))
