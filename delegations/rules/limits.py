"""The office's thresholds. The values here are the defaults; an office changes them in its settings row."""

from collections.abc import Mapping
from dataclasses import dataclass, field

DAYS_BY_COUNTRIES: Mapping[int, int] = {1: 5, 2: 8, 3: 10}
"""Longest stay in days by number of countries, day of exit and day of entry included (R3)."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Thresholds of the compliance rules; days are calendar days unless the name says workdays."""

    max_members: int = 6
    max_countries: int = 3
    days: Mapping[int, int] = field(default_factory=lambda: DAYS_BY_COUNTRIES)
    long_haul_extra: int = 1
    publicity_workdays: int = 5
    official_share: tuple[int, int] = (2, 3)
    passport_months: int = 6
    blank_pages: int = 2
    bureau_trips: int = 1
    bureau_years: int = 2
    division_trips: int = 1
    division_years: int = 2
    split_days: int = 3
    health_age: int = 70
    exit_proof: bool = True
    return_days: int = 7
    report_days: int = 30

    def longest_stay(self, countries: int, *, long_haul: bool) -> int:
        """Return the longest stay in days for a number of countries (R3, R4)."""
        allowed = self.days.get(countries) or max(self.days.values())
        return allowed + self.long_haul_extra if long_haul else allowed
