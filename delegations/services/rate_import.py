"""Importing a published table of allowance rates: what each line would do, and doing exactly that.

A country comes in whole or not at all: one faulty line keeps back the other lines of its country.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.db.models import TextChoices

from delegations.models import AllowanceRate
from delegations.rules.rate_table import RateLine, cities_of
from delegations.services.rates import conflict_of, replace_rates
from delegations.services.settings import require_editor, require_reason
from waiban.accounts.actors import Actor
from waiban.core.errors import BadInput, Stale
from waiban.places.models import Place

FAR_APART = 2
"""How many times more or less than before an amount must be to be pointed out."""


class Fate(TextChoices):
    """What becomes of a line."""

    NEW = "new", "新增"
    REPLACES = "replaces", "接替"
    SAME = "same", "无变化"
    FAULTY = "faulty", "有误"


@dataclass(slots=True)
class Planned:
    """One line, what becomes of it, the rate it takes over from, faults (kept out) and doubts (look at)."""

    line: RateLine
    place: Place | None
    fate: Fate = Fate.NEW
    old: AllowanceRate | None = None
    faults: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would do. ended: rates without a line, which end because the table is whole."""

    valid_from: date
    source: str
    rows: tuple[Planned, ...]
    ended: tuple[AllowanceRate, ...]

    @property
    def counts(self) -> Mapping[str, int]:
        """Number of lines by fate."""
        found = Counter(str(row.fate.value) for row in self.rows)
        return {fate.value: found[fate.value] for fate in Fate}

    @property
    def writes(self) -> bool:
        """Whether anything would be written."""
        return bool(self.counts["new"] or self.counts["replaces"] or self.ended)

    @property
    def digest(self) -> str:
        """Return what must be the same when the preview is confirmed."""
        parts = [f"{row.line.number}{row.fate.value}{row.old.pk if row.old else ''}" for row in self.rows]
        parts += [f"end{rate.pk}" for rate in self.ended]
        return hashlib.sha256("|".join(parts).encode()).hexdigest()


def plan_import(lines: Sequence[RateLine], *, valid_from: date, source: str, whole: bool) -> ImportPlan:
    """Work out what a table would do; writes nothing, two queries.

    whole: the table is complete for its countries, so that their other rates end the day before.
    """
    places = {place.name_zh: place for place in Place.objects.abroad()}
    rows = [Planned(line, _place_of(line.country, places), faults=list(line.problems)) for line in lines]
    for row in rows:
        if row.place is None and row.line.country:
            row.faults.append(f"没有名为“{row.line.country}”的国家（地区）")
    known = _known_rates(rows, valid_from)
    groups: dict[int, list[Planned]] = defaultdict(list)
    for row in rows:
        if row.place is not None:
            groups[row.place.pk].append(row)
    ended: list[AllowanceRate] = []
    for place_id, group in groups.items():
        ended += _judge_country(group, known[place_id], valid_from, whole)
    for row in rows:
        if row.faults:
            row.fate, row.old = Fate.FAULTY, None
    return ImportPlan(valid_from, source, tuple(rows), tuple(ended))


def _place_of(name: str, places: Mapping[str, Place]) -> Place | None:
    # Regions of China are entered under their full names.
    return places.get(name) or places.get(f"中国{name}")


def _known_rates(rows: Iterable[Planned], valid_from: date) -> Mapping[int, list[AllowanceRate]]:
    found: dict[int, list[AllowanceRate]] = defaultdict(list)
    places = {row.place.pk for row in rows if row.place is not None}
    rates = AllowanceRate.objects.filter(place__in=places).since(valid_from).select_related("place")
    for rate in rates.order_by("pk"):
        found[rate.place_id].append(rate)
    return found


def _judge_country(
    group: Sequence[Planned], known: Sequence[AllowanceRate], valid_from: date, whole: bool
) -> list[AllowanceRate]:
    """Decide on the lines of one country; returns the rates that end besides."""
    _find_doubles(group)
    earlier = {rate.city: rate for rate in known if rate.valid_from < valid_from}
    by_city = {rate.city: rate for rate in known}
    others = [rate for rate in known if not (whole and rate.valid_from < valid_from)]
    for row in group:
        same = by_city.get(row.line.city)
        if same is not None and _amounts(same) == row.line.amounts and same.valid_from <= valid_from:
            row.fate, row.old = Fate.SAME, same
            continue
        problem, old = conflict_of(row.line.city, valid_from, others)
        if problem:
            row.faults.append(problem[1])
            continue
        row.old = old or (earlier.get(row.line.city) if whole else None)
        row.fate = Fate.REPLACES if row.old else Fate.NEW
        _find_doubts(row)
    if any(row.faults for row in group):
        for row in group:
            row.faults = row.faults or ["同一国家（地区）另有行有误，整国暂不导入"]
        return []
    kept = {row.old.pk for row in group if row.old}
    return [rate for rate in earlier.values() if whole and rate.pk not in kept]


def _find_doubles(group: Sequence[Planned]) -> None:
    seen: dict[str, int] = {}
    for row in group:
        for city in cities_of(row.line.city):
            if city in seen:
                row.faults.append(f"{city or '全境（其他城市）'}与第 {seen[city]} 行重复")
            seen.setdefault(city, row.line.number)


def _find_doubts(row: Planned) -> None:
    """Point out amounts far from those before; a change of currency cannot be compared."""
    if row.old is None or row.old.currency != row.line.currency:
        if row.old is not None:
            row.doubts.append(f"币种由 {row.old.currency} 改为 {row.line.currency}")
        return
    for name, word in (("lodging", "住宿"), ("meals", "伙食"), ("misc", "公杂")):
        before, after = getattr(row.old, name), getattr(row.line, name)
        if before and not before / FAR_APART <= after <= before * FAR_APART:
            row.doubts.append(f"{word}费与现行相差一倍以上")


def _amounts(rate: AllowanceRate) -> tuple[object, ...]:
    return rate.currency, rate.lodging, rate.meals, rate.misc


@transaction.atomic
def import_rates(
    *,
    actor: Actor,
    lines: Sequence[RateLine],
    valid_from: date,
    source: str,
    whole: bool,
    digest: str,
    skip_faulty: bool,
    reason: str,
) -> ImportPlan:
    """Do what the preview with this digest showed, all of it or nothing; returns what was done.

    Writes rates and history. Raises `Refused`; `BadInput` without a reason or with faulty lines that were not
    given up; `Stale` when the rates have changed since the preview.
    """
    require_editor(actor)
    reason = require_reason(reason)
    list(Place.objects.select_for_update().order_by("pk").values_list("pk", flat=True))
    plan = plan_import(lines, valid_from=valid_from, source=source, whole=whole)
    if plan.digest != digest:
        raise Stale("标准表在预览之后有改动，请重新预览。", "RATES_CHANGED")
    if plan.counts["faulty"] and not skip_faulty:
        raise BadInput({"skip_faulty": "有误的行不会导入，请勾选确认，或改好文件重新预览。"})
    if not plan.writes:
        raise BadInput("没有可以导入的内容。", "UNCHANGED")
    added = [_rate(row, plan) for row in plan.rows if row.fate in (Fate.NEW, Fate.REPLACES)]
    ended = [row.old for row in plan.rows if row.fate == Fate.REPLACES and row.old] + list(plan.ended)
    replace_rates(actor=actor, ended=ended, added=added, last_day_before=valid_from, reason=reason)
    return plan


def _rate(row: Planned, plan: ImportPlan) -> AllowanceRate:
    line = row.line
    return AllowanceRate(
        place=row.place,
        city=line.city,
        currency=line.currency,
        lodging=line.lodging,
        meals=line.meals,
        misc=line.misc,
        valid_from=plan.valid_from,
        source=plan.source,
    )
