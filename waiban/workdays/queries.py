"""Questions to the working calendar."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from waiban.workdays.axis import FIRST_YEAR, LAST_YEAR
from waiban.workdays.models import CalendarVersion, CalendarYear, Day
from waiban.workdays.parse import NoticeDay
from waiban.workdays.rules import missing_years

_WEEKS = calendar.Calendar(firstweekday=calendar.MONDAY)


@dataclass(frozen=True, slots=True)
class Cell:
    """One day in the month view. `mark`: 休 day off by notice, 班 make-up working day, "" plain."""

    date: date
    works: bool
    mark: str
    name: str

    @property
    def words(self) -> str:
        """What the cell says to a reader who does not see it."""
        state = {"休": "放假", "班": "调休上班"}.get(self.mark, "工作日" if self.works else "周末")
        return f"{self.date.month}月{self.date.day}日 {self.name}{state}"


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the year view: weeks begin on Monday, None stands for days of the neighbours."""

    number: int
    weeks: tuple[tuple[Cell | None, ...], ...]
    workdays: int


@dataclass(frozen=True, slots=True)
class YearLine:
    """One year in the list: its notice, or None while the year is 待定."""

    year: int
    notice: CalendarYear | None


def current_version() -> int:
    """Version of the calendar now in force. One primary-key read."""
    return CalendarVersion.objects.values_list("value", flat=True).get(singleton=True)


def published_years() -> frozenset[int]:
    """Years whose State Council notice has been imported."""
    return frozenset(CalendarYear.objects.values_list("year", flat=True))


def published_until() -> int | None:
    """Last year whose notice has been imported; None for an empty calendar."""
    return CalendarYear.objects.order_by("-year").values_list("year", flat=True).first()


def missing_notices(today: date) -> list[int]:
    """Years whose notice should have been imported by now; the keeper of the system is to be told."""
    return missing_years(published_years(), today)


def exceptions() -> dict[date, bool]:
    """Every exceptional day: True = make-up working day, False = day off."""
    return dict(Day.objects.values_list("date", "is_workday"))


def days_of_notice(year: int) -> list[NoticeDay]:
    """Rows of one year's notice, by date; empty when it has not been imported."""
    rows = Day.objects.filter(calendar_id=year).order_by("date")
    return [NoticeDay(*row) for row in rows.values_list("date", "is_workday", "name")]


def year_lines(today: date) -> list[YearLine]:
    """Years to show, newest first: every imported one, and those up to the year after next as 待定."""
    notices = CalendarYear.objects.select_related("imported_by").in_bulk()
    last = min(max([today.year + 1, *notices]), LAST_YEAR)
    first = max(min([today.year, *notices]), FIRST_YEAR)
    return [YearLine(year, notices.get(year)) for year in range(last, first - 1, -1)]


def month_view(year: int) -> list[Month]:
    """The twelve months of a year, days off and make-up days marked. One query."""
    rows = Day.objects.filter(date__year=year).values_list("date", "is_workday", "name")
    marked = {day: (works, name) for day, works, name in rows}
    return [_month(year, number, marked) for number in range(1, 13)]


def _month(year: int, number: int, marked: dict[date, tuple[bool, str]]) -> Month:
    """Lay one month out in weeks."""
    weeks = [
        tuple(_cell(day, marked) if day.month == number else None for day in week)
        for week in _WEEKS.monthdatescalendar(year, number)
    ]
    return Month(number, tuple(weeks), sum(cell.works for week in weeks for cell in _filled(week)))


def _filled(week: Sequence[Cell | None]) -> list[Cell]:
    return [cell for cell in week if cell is not None]


def _cell(day: date, marked: dict[date, tuple[bool, str]]) -> Cell:
    """Describe one day: plain week unless the notice says otherwise."""
    if day not in marked:
        return Cell(day, day.weekday() < 5, "", "")
    works, name = marked[day]
    return Cell(day, works, "班" if works else "休", name)
