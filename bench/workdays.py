"""Adding working days: the portal's axis against a day-by-day loop over chinesecalendar."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar

from waiban.workdays.services import current_axis

from .driver import Result, compare

STARTS = [date(2026, 1, 1) + timedelta(days=7 * week) for week in range(30)]
DAYS = 20


def measure() -> list[Result]:
    """Add 20 working days to 30 dates of 2026, and go on where the package raises."""
    axis = current_axis()

    def ours() -> list[date]:
        return [axis.add(day, DAYS) for day in STARTS]

    def loop() -> list[date]:
        found = []
        for day in STARTS:
            left = DAYS
            while left:
                day += timedelta(days=1)
                left -= chinese_calendar.is_workday(day)
            found.append(day)
        return found

    assert ours() == loop()
    axis.add(date(2027, 6, 1), DAYS)
    return [
        compare(
            "add working days", "chinesecalendar, day by day", ours, loop, floor=200, goal=1000,
            note="the same 30 answers; ours also answers for 2027, where the package raises",
        )
    ]  # fmt: skip
