"""Who may change the calendar, and what an import changes. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from waiban.accounts.enums import Role
from waiban.workdays.parse import NoticeDay

IMPORTERS = (
    Role.SYSADMIN,
    Role.OUTBOUND_CHIEF,
    Role.RECEPTION_CHIEF,
    Role.DEPUTY_DIRECTOR,
    Role.DIRECTOR,
)
"""Roles that may import a notice: the system's keeper and the heads of the office."""

USUALLY_PUBLISHED = 11
"""Month in which the State Council has usually published next year's notice (2025: 4 Nov; 2024: 12 Nov)."""


@dataclass(frozen=True, slots=True)
class Change:
    """One day that an import would add, alter or take away; None stands where there is no row."""

    date: date
    before: NoticeDay | None
    after: NoticeDay | None

    @property
    def kind(self) -> str:
        """Chinese word of the change."""
        if self.before is None:
            return "新增"
        return "取消" if self.after is None else "更改"


def changes(current: Iterable[NoticeDay], wanted: Iterable[NoticeDay]) -> list[Change]:
    """Return what differs, by date; equal days are left out."""
    before = {day.date: day for day in current}
    after = {day.date: day for day in wanted}
    return [
        Change(day, before.get(day), after.get(day))
        for day in sorted(before.keys() | after.keys())
        if before.get(day) != after.get(day)
    ]


@dataclass(frozen=True, slots=True)
class Festival:
    """One festival of a notice as the preview prints it: first and last day off, number, make-up days."""

    name: str
    off: tuple[date, ...]
    makeup: tuple[date, ...]


def festivals_of(days: Iterable[NoticeDay]) -> list[Festival]:
    """Group the days of a notice by festival, in the order of the year."""
    off: dict[str, list[date]] = {}
    makeup: dict[str, list[date]] = {}
    for day in sorted(days, key=lambda day: day.date):
        (makeup if day.is_workday else off).setdefault(day.name, []).append(day.date)
    names = sorted(off.keys() | makeup.keys(), key=lambda name: (off.get(name) or makeup[name])[0])
    return [Festival(name, tuple(off.get(name, ())), tuple(makeup.get(name, ()))) for name in names]


def missing_years(published: frozenset[int], today: date) -> list[int]:
    """Return the years whose notice should be there by now: this one, and from November on the next."""
    expected = [today.year, today.year + 1] if today.month >= USUALLY_PUBLISHED else [today.year]
    return [year for year in expected if year not in published]
