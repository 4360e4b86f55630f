"""The axis of working half-days: pure arithmetic over a precomputed table, no database, no clock.

Words used here and everywhere that time is counted:

* a **half-day** is numbered by an integer index; 0 is the first working morning of the axis.
  Morning = half 0, ends 12:00. Afternoon = half 1, ends 17:30.
* a **boundary** ``b`` is the instant between half-day ``b - 1`` and half-day ``b``. Work of ``n`` half-days
  that begins with half-day ``i`` occupies ``i … i+n-1`` and ends at boundary ``i + n``.

All clock times are Asia/Shanghai; a naive datetime is taken as Shanghai wall time. Rule source: State Council
notices on holidays (国务院办公厅关于…部分节假日安排的通知); limits end at 17:30 of the day.
"""

from array import array
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime

from waiban.core.time import AFTERNOON, END_OF_DAY, MORNING, NOON, SHANGHAI

FIRST_YEAR = 2020
LAST_YEAR = 2040

Pause = tuple[datetime, datetime | None]


class OutOfCalendar(ValueError):
    """A date or index lies outside the years that the axis covers; the text is a Chinese sentence."""

    def __init__(self, what: object) -> None:
        super().__init__(f"{what} 超出工作日历的范围（{FIRST_YEAR} 年至 {LAST_YEAR} 年），请检查日期。")


def _wall(moment: datetime) -> datetime:
    """Return the moment as naive Shanghai wall time."""
    return moment if moment.tzinfo is None else moment.astimezone(SHANGHAI).replace(tzinfo=None)


class Axis:
    """Immutable table of the working half-days of 2020–2040.

    ``exceptions`` maps a date to True (make-up working day) or False (day off); every other day follows the
    plain week. ``published`` holds the years whose notice has been imported.
    Every method raises ``OutOfCalendar`` (a ``ValueError`` with a Chinese sentence) beyond the table.
    """

    __slots__ = ("_before", "_days", "_origin", "_published", "version")

    def __init__(
        self, version: int, exceptions: Mapping[date, bool], published: Collection[int] = ()
    ) -> None:
        self.version = version
        self._published = frozenset(published)
        self._origin = date(FIRST_YEAR, 1, 1).toordinal()
        end = date(LAST_YEAR, 12, 31).toordinal()
        before = array("i")
        days: list[date] = []
        for ordinal in range(self._origin, end + 1):
            before.append(len(days))
            day = date.fromordinal(ordinal)
            if exceptions.get(day, day.weekday() < 5):
                days.append(day)
        before.append(len(days))
        self._before = before  # working days before the k-th calendar day
        self._days = tuple(days)  # the n-th working day

    # -- calendar days ---------------------------------------------------------------------------------

    def _offset(self, d: date) -> int:
        """Position of a calendar day in the table."""
        offset = d.toordinal() - self._origin
        if offset < 0 or offset >= len(self._before) - 1:
            raise OutOfCalendar(f"{d:%Y-%m-%d}")
        return offset

    def is_workday(self, d: date) -> bool:
        """True when the office works on that day."""
        offset = self._offset(d)
        return self._before[offset + 1] > self._before[offset]

    def add(self, d: date, days: int) -> date:
        """Return the working day that is ``days`` working days after ``d`` (``d`` itself is not counted).

        ``days`` 0 gives ``d`` when it is a working day, else the next working day; negative counts back.
        """
        before = self._before
        offset = d.toordinal() - self._origin
        if offset < 0 or offset >= len(before) - 1:
            raise OutOfCalendar(f"{d:%Y-%m-%d}")
        position = before[offset + 1] - 1 + days if days > 0 else before[offset] + days
        if position < 0 or position >= len(self._days):
            raise OutOfCalendar(f"{d:%Y-%m-%d} 起第 {days} 个工作日")
        return self._days[position]

    def due_date_after_receipt(self, d: date, days: int) -> date:
        """Last day of a limit of ``days`` ≥ 0 working days; counting starts the working day after ``d``."""
        if days < 0:
            raise ValueError(f"工作日数不能为负数：{days}。")
        return self.add(d, days)

    def between(self, a: date, b: date) -> int:
        """Working half-days in ``a ≤ day < b``; negative when ``b`` is before ``a``."""
        return 2 * (self._before[self._offset(b)] - self._before[self._offset(a)])

    # -- half-days -------------------------------------------------------------------------------------

    def index(self, d: date, half: int = MORNING) -> int:
        """Index of the working half-day at or after (d, half)."""
        if half not in (MORNING, AFTERNOON):
            raise ValueError(f"半天只能是 0（上午）或 1（下午），不能是 {half}。")
        offset = self._offset(d)
        before = self._before[offset]
        return self._inside(2 * before + (half if self._before[offset + 1] > before else 0))

    def index_at(self, moment: datetime) -> int:
        """Index of the half-day in which a moment falls.

        12:00 begins the afternoon; from 17:30 on the moment still belongs to that afternoon; a moment on a
        day off belongs to the next working morning.
        """
        wall = _wall(moment)
        return self.index(wall.date(), AFTERNOON if wall.time() >= NOON else MORNING)

    def index_open(self, moment: datetime) -> int:
        """Index of the first working half-day that is not over at the moment (17:30 sharp is over)."""
        wall = _wall(moment)
        return self.index_at(wall) + (1 if wall.time() >= END_OF_DAY and self.is_workday(wall.date()) else 0)

    def date_of(self, index: int) -> tuple[date, int]:
        """Date and half (0 morning, 1 afternoon) of a working half-day."""
        self._inside(index)
        return self._days[index >> 1], index & 1

    def end_of(self, boundary: int) -> datetime:
        """Shanghai time of a boundary: the end, 12:00 or 17:30, of half-day ``boundary - 1``."""
        day, half = self.date_of(boundary - 1)
        return datetime.combine(day, END_OF_DAY if half else NOON, SHANGHAI)

    def last_boundary_on_or_before(self, d: date) -> int:
        """Boundary at the end of the last working half-day on or before ``d``."""
        return 2 * self._before[self._offset(d) + 1]

    def next_day_start(self, boundary: int) -> int:
        """Round a boundary up to the start of a whole working day."""
        return boundary + (boundary & 1)

    def tentative(self, boundary: int) -> bool:
        """True when the boundary lies in a year whose notice has not been imported (待定)."""
        day, _half = self.date_of(max(boundary - 1, 0))
        return day.year not in self._published

    def year_published(self, year: int) -> bool:
        """True when the notice of that year has been imported."""
        return year in self._published

    def _inside(self, index: int) -> int:
        """Return the index unchanged, or refuse one beyond the table."""
        if index < 0 or index >= 2 * len(self._days):
            raise OutOfCalendar(f"第 {index} 个半天")
        return index


def add_workdays(axis: Axis, d: date, n_half: int, half: int = MORNING) -> tuple[date, int]:
    """Return (date, half) of the half-day that comes ``n_half`` half-days after the one at (d, half)."""
    return axis.date_of(axis.index(d, half) + n_half)


def workdays_between(axis: Axis, a: date, b: date) -> int:
    """Whole working days in ``a ≤ day < b``; negative when ``b`` is before ``a``."""
    return axis.between(a, b) // 2


def due_at(start: datetime, half_days: int, pauses: Iterable[Pause], axis: Axis) -> datetime | None:
    """Return when a limit of ``half_days`` half-days ends: always 17:30 of a working day.

    Whole-day limits are counted from the working day after the start; a limit with an odd half-day from the
    half-day after that in which it starts. Half-days inside a pause are not counted: the one in which the
    pause begins is given to the holder, the one in which it ends is counted. None while a pause that began
    within the limit is still open.
    """
    if half_days < 0:
        raise ValueError(f"时限不能为负数：{half_days} 个半天。")
    first = axis.index_at(start)
    if axis.is_workday(_wall(start).date()):
        first = first + 1 if half_days & 1 else axis.next_day_start(first + 1)
        boundary = first + half_days
    else:  # nothing is due on a day off: a limit of zero ends with the next working day
        boundary = first + (half_days or 2)
    for begin, end in _merged(pauses):
        skip_from = max(axis.index_open(begin), first)
        if skip_from >= boundary:
            break
        if end is None:
            return None
        boundary += max(axis.index_open(end) - skip_from, 0)
    return axis.end_of(axis.next_day_start(boundary))


def _merged(pauses: Iterable[Pause]) -> list[Pause]:
    """Sort pauses and join those that touch or overlap, so that no half-day is given twice."""
    walls = [(_wall(begin), None if end is None else _wall(end)) for begin, end in pauses]
    merged: list[Pause] = []
    for begin, end in sorted(walls, key=lambda pause: pause[0]):
        if merged and (merged[-1][1] is None or begin <= merged[-1][1]):
            last_begin, last_end = merged[-1]
            merged[-1] = (last_begin, None if last_end is None or end is None else max(last_end, end))
        else:
            merged.append((begin, end))
    return merged
