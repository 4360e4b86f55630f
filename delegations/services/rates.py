"""The allowance rates by version: a rate that a trip has used is ended and a new one added, never edited.

A rate holds for trips whose day of exit lies in it (财行〔2013〕516号 and later adjustments). For one country
no city has two rates on the same day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from delegations.enums import SettingTopic
from delegations.models import AllowanceRate, Delegation, SettingChange
from delegations.rules.rate_table import cities_of
from delegations.services.settings import change_of, require_editor, require_reason
from waiban.accounts.actors import Actor
from waiban.core.errors import BadInput, Conflict
from waiban.places.models import Place

RATE_FIELDS = ("place", "city", "currency", "lodging", "meals", "misc", "valid_from", "source")
USED = "已有团组按这条标准核定经费，不能更正；请终止它，再新增一条。"
ENDED = "这条标准已经终止，不能再改。"
DAY = timedelta(days=1)


def is_used(rate: AllowanceRate) -> bool:
    """Whether a delegation was or will be reckoned by the rate: it leaves for the country on such a day."""
    trips = Delegation.objects.filter(stops__place=rate.place_id, exit_date__gte=rate.valid_from)
    if rate.valid_to:
        trips = trips.filter(exit_date__lte=rate.valid_to)
    return trips.exists()


def subject_of(place: Place, city: str) -> str:
    """Return how the history names a rate."""
    return f"{place.name_zh} {city or '全境（其他城市）'}"


def told(rate: AllowanceRate) -> str:
    """Return a rate in words for the history."""
    amounts = "·".join(f"{value.normalize():f}" for value in (rate.lodging, rate.meals, rate.misc))
    until = f"至 {rate.valid_to}" if rate.valid_to else "起"
    return f"{rate.currency} 住宿·伙食·公杂 {amounts}，{rate.valid_from} {until}"


@transaction.atomic
def add_rate(*, actor: Actor, values: Mapping[str, Any], reason: str) -> tuple[AllowanceRate, bool]:
    """Add a rate; the one that holds for the same city ends the day before. Returns it and whether one ended.

    values: `RATE_FIELDS`. Writes the history. Raises `Refused`; `BadInput` when a city would have two rates.
    """
    require_editor(actor)
    reason = require_reason(reason)
    rate = AllowanceRate(**{name: values[name] for name in RATE_FIELDS})
    _lock([rate.place_id])
    old = _make_room(rate)
    history = []
    if old is not None:
        history.append(_end(actor, old, rate.valid_from - DAY, reason))
        old.save(update_fields=["valid_to"])
    rate.save()
    history.append(_added(actor, rate, reason))
    SettingChange.objects.bulk_create(history)
    return rate, old is not None


@transaction.atomic
def correct_rate(
    *, actor: Actor, rate: AllowanceRate, values: Mapping[str, Any], reason: str
) -> AllowanceRate:
    """Put a rate right that no trip has used yet; the new values may not meet another rate of the city.

    Writes the history. Raises `Refused`, `BadInput`, and `Conflict` for a rate that is used or ended.
    """
    require_editor(actor)
    reason = require_reason(reason)
    _lock([rate.place_id, values["place"].pk])
    known = AllowanceRate.objects.select_for_update(of=("self",)).select_related("place").get(pk=rate.pk)
    if known.valid_to is not None:
        raise Conflict(ENDED, "RATE_ENDED")
    if is_used(known):
        raise Conflict(USED, "RATE_USED")
    before, subject = told(known), subject_of(known.place, known.city)
    for name in RATE_FIELDS:
        setattr(known, name, values[name])
    if is_used(known):
        raise Conflict("更正后的国家和生效日期会改变已有团组的标准，请改为新增一条。", "RATE_USED")
    if _make_room(known) is not None:
        raise BadInput({"valid_from": "更正后会与该城市原来的标准重叠，请调整生效日期。"})
    known.save()
    moved = subject_of(known.place, known.city)
    if moved != subject:
        before = f"{subject}：{before}"[:240]
    change_of(actor, SettingTopic.RATE, moved, "更正", before, told(known), reason).save()
    return known


@transaction.atomic
def end_rate(*, actor: Actor, rate: AllowanceRate, last_day: date, reason: str) -> AllowanceRate:
    """End a rate: `last_day` is the last day of exit on which it holds. Writes the history.

    Raises `Refused`, `Conflict` for one that has ended, `BadInput` for a day before it began.
    """
    require_editor(actor)
    reason = require_reason(reason)
    known = AllowanceRate.objects.select_for_update(of=("self",)).select_related("place").get(pk=rate.pk)
    if known.valid_to is not None:
        raise Conflict(ENDED, "RATE_ENDED")
    if last_day < known.valid_from:
        raise BadInput({"valid_to": f"失效日期不能早于生效日期 {known.valid_from}。"})
    _end(actor, known, last_day, reason).save()
    known.save(update_fields=["valid_to"])
    return known


def _lock(place_ids: Iterable[int]) -> None:
    """Let one person at a time change the rates of a country."""
    list(Place.objects.select_for_update().filter(pk__in=set(place_ids)).order_by("pk").values_list("pk"))


def _make_room(rate: AllowanceRate) -> AllowanceRate | None:
    """Return the rate of the same city that must end before the new one, or None.

    Raises `BadInput` when the new one cannot stand beside the others.
    """
    others = AllowanceRate.objects.filter(place=rate.place_id).exclude(pk=rate.pk)
    problem, old = conflict_of(rate.city, rate.valid_from, list(others.since(rate.valid_from)))
    if problem:
        raise BadInput({problem[0]: f"{problem[1]}。"})
    return old


def conflict_of(
    city: str, valid_from: date, others: Sequence[AllowanceRate]
) -> tuple[tuple[str, str] | None, AllowanceRate | None]:
    """Compare a new rate with those of the country that hold then or later.

    Returns (field, sentence without stop) of what forbids it, and the rate that it takes over from.
    """
    old, wanted = None, cities_of(city)
    for other in others:
        if other.city == city and other.valid_from < valid_from:
            old = other
        elif other.city == city and other.valid_from == valid_from:
            return ("valid_from", "该城市同日生效的标准已存在"), None
        elif other.city == city:
            return ("valid_from", f"该城市已有 {other.valid_from} 起生效的标准，生效日期须在其后"), None
        elif shared := wanted & cities_of(other.city) - {""}:
            name = "、".join(sorted(shared))
            return ("city", f"{name}已列在“{other.city}”的标准中，请先终止该标准"), None
    return None, old


def _end(actor: Actor, rate: AllowanceRate, last_day: date, reason: str) -> SettingChange:
    """Set the last day, not saved yet, and return its history."""
    before = rate.valid_to.isoformat() if rate.valid_to else "未定"
    rate.valid_to = last_day
    subject = subject_of(rate.place, rate.city)
    return change_of(actor, SettingTopic.RATE, subject, "失效", before, last_day.isoformat(), reason)


def _added(actor: Actor, rate: AllowanceRate, reason: str) -> SettingChange:
    return change_of(
        actor, SettingTopic.RATE, subject_of(rate.place, rate.city), "新增", "", told(rate), reason
    )


@transaction.atomic
def replace_rates(
    *,
    actor: Actor,
    ended: Sequence[AllowanceRate],
    added: Sequence[AllowanceRate],
    last_day_before: date,
    reason: str,
) -> None:
    """Write a whole table at once: end some rates the day before a day, and add others. For `rate_import`.

    Raises `Conflict` when the database finds two rates for a city after all.
    """
    require_editor(actor)
    reason = require_reason(reason)
    history = [_end(actor, rate, last_day_before - DAY, reason) for rate in ended]
    history += [_added(actor, rate, reason) for rate in added]
    try:
        with transaction.atomic():
            AllowanceRate.objects.bulk_update(ended, ["valid_to"])
            AllowanceRate.objects.bulk_create(added)
    except IntegrityError:
        raise Conflict("标准表在预览之后有改动，请重新预览。", "RATES_CHANGED") from None
    SettingChange.objects.bulk_create(history)
