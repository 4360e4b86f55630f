"""What an office tunes about trips abroad: thresholds, visa rules, the year's plan. Each change has a reason.

Nothing here reaches back: steps that are done stay as they are, the next check of a running delegation
uses the new values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import models, transaction

from delegations.enums import SettingTopic
from delegations.models import AnnualPlan, OfficeSetting, SettingChange, VisaRule
from waiban.accounts.actors import Actor
from waiban.accounts.enums import Role
from waiban.core.errors import BadInput, Refused, Stale
from waiban.core.time import now
from waiban.places.models import Place

EDITORS = (Role.OUTBOUND_CHIEF, Role.DEPUTY_DIRECTOR, Role.DIRECTOR)
"""Roles that may tune the office's own values."""

READERS_ONLY = "出访参数只对外办人员和领导开放。"
EDITORS_ONLY = "出访参数由出国管理科科长、分管副主任或主任修改，请联系他们。"
NO_REASON = "请写明修改的理由，修改记录会永久保存。"
UNCHANGED = "没有改动任何内容，不需要保存。"
CHANGED_MEANWHILE = "打开页面以后，这些内容已被他人修改。请重新打开页面，核对后再改。"

# Nothing acts on the deadline of the report yet: it is not offered.
# Nothing acts on the deadline of the report yet: it is not offered.
LIMIT_FIELDS = tuple(
    field.name for field in OfficeSetting._meta.concrete_fields if field.name not in ("office", "report_days")
)
RULE_FIELDS = ("visa_kind", "submit_place", "e_visa", "source")
PLACE_FIELDS = ("visa_free_official", "needs_presence", "sensitive", "long_haul")
PLAN_FIELDS = ("deadline", "state", "quota_groups", "quota_people")


def may_read(actor: Actor) -> bool:
    """Whether the actor may see the office's values: its staff and the leaders, not who keeps the system."""
    return actor.is_office or actor.is_leader


def may_edit(actor: Actor) -> bool:
    """Whether the actor may change them."""
    return actor.has(*EDITORS)


def require_reader(actor: Actor) -> None:
    """Raise `Refused` for who may not see the values."""
    if not may_read(actor):
        raise Refused(READERS_ONLY, "OFFICE_ONLY")


def require_editor(actor: Actor) -> None:
    """Raise `Refused` for who may not change the values."""
    if not may_edit(actor):
        raise Refused(EDITORS_ONLY, "NOT_EDITOR")


def seen_of(office_id: int, topic: SettingTopic, subject: str = "") -> int:
    """Return the key of the last change of a subject, 0 when there is none: what a page has seen."""
    rows = SettingChange.objects.filter(office_id=office_id, topic=topic, subject=subject)
    return rows.order_by("-pk").values_list("pk", flat=True).first() or 0


def require_fresh(actor: Actor, topic: SettingTopic, subject: str, seen: int) -> None:
    """Raise `Stale` when somebody changed the subject after the page was opened. Call it under a lock."""
    if seen_of(actor.office_id, topic, subject) != seen:
        raise Stale(CHANGED_MEANWHILE, "SETTING_STALE")


def require_reason(reason: str) -> str:
    """Return the reason without blanks around it; raises `BadInput` when there is none."""
    if not reason.strip():
        raise BadInput({"reason": NO_REASON})
    return reason.strip()


def words_of(value: Any) -> str:
    """Return a value as people read it in the history."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def change_of(
    actor: Actor, topic: SettingTopic, subject: str, field: str, old: str, new: str, reason: str
) -> SettingChange:
    """Make a row of the history without writing it."""
    return SettingChange(
        office_id=actor.office_id,
        topic=topic,
        subject=subject,
        field=field,
        old=old,
        new=new,
        reason=reason,
        at=now(),
        by_id=actor.user_id,
    )


def _shown(row: models.Model, name: str) -> str:
    if row._meta.get_field(name).choices:
        return str(getattr(row, f"get_{name}_display")())
    return words_of(getattr(row, name))


def _apply(
    rows: Iterable[tuple[models.Model, Iterable[str]]], values: Mapping[str, Any]
) -> list[tuple[str, str, str]]:
    """Set the values on their rows; return (words of the field, old, new) for each one that changed."""
    changed = []
    for row, names in rows:
        for name in names:
            if name not in values or getattr(row, name) == values[name]:
                continue
            old = _shown(row, name)
            setattr(row, name, values[name])
            changed.append((str(row._meta.get_field(name).verbose_name), old, _shown(row, name)))
    return changed


def _write(
    actor: Actor,
    topic: SettingTopic,
    subject: str,
    changed: Iterable[tuple[str, str, str]],
    reason: str,
) -> int:
    """Write the history; raises `BadInput` when nothing has changed. Returns the number of changes."""
    rows = [change_of(actor, topic, subject, field, old, new, reason) for field, old, new in changed]
    if not rows:
        raise BadInput(UNCHANGED, "UNCHANGED")
    SettingChange.objects.bulk_create(rows)
    return len(rows)


@transaction.atomic
def change_limits(*, actor: Actor, values: Mapping[str, Any], reason: str, seen: int) -> int:
    """Change thresholds and prefixes of the actor's office; returns how many values changed.

    Writes `OfficeSetting` and one `SettingChange` a value. Raises `Refused`, `BadInput`, `Stale`.
    """
    require_editor(actor)
    reason = require_reason(reason)
    row, _made = OfficeSetting.objects.select_for_update().get_or_create(office_id=actor.office_id)
    require_fresh(actor, SettingTopic.LIMITS, "", seen)
    changed = _apply([(row, LIMIT_FIELDS)], values)
    number = _write(actor, SettingTopic.LIMITS, "", changed, reason)
    row.save()
    return number


@transaction.atomic
def change_visa_rule(*, actor: Actor, place: Place, values: Mapping[str, Any], reason: str, seen: int) -> int:
    """Change how a country takes official travellers; returns how many values changed.

    Writes `VisaRule`, the four marks of `Place` and the history. Raises `Refused`, `BadInput`, `Stale`.
    """
    require_editor(actor)
    reason = require_reason(reason)
    place = Place.objects.select_for_update().get(pk=place.pk)
    require_fresh(actor, SettingTopic.VISA, place.name_zh, seen)
    rule = VisaRule.objects.filter(place=place).first() or VisaRule(place=place)
    changed = _apply([(rule, RULE_FIELDS), (place, PLACE_FIELDS)], values)
    if place.visa_free_official and rule.e_visa:
        raise BadInput({"e_visa": "免签与电子签证只能选一项，请核对。"})
    number = _write(actor, SettingTopic.VISA, place.name_zh, changed, reason)
    rule.save()
    place.save(update_fields=PLACE_FIELDS)
    return number


@transaction.atomic
def change_plan(*, actor: Actor, year: int, values: Mapping[str, Any], reason: str, seen: int) -> int:
    """Set deadline, state and control figures of a year's plan, which is opened when it is the first time.

    Returns how many values changed. Raises `Refused`, `BadInput`, `Stale`.
    """
    require_editor(actor)
    reason = require_reason(reason)
    row, _made = AnnualPlan.objects.select_for_update().get_or_create(office_id=actor.office_id, year=year)
    subject = plan_subject(year)
    require_fresh(actor, SettingTopic.PLAN, subject, seen)
    number = _write(actor, SettingTopic.PLAN, subject, _apply([(row, PLAN_FIELDS)], values), reason)
    row.save()
    return number


def plan_subject(year: int) -> str:
    """Return how the history names the plan of a year."""
    return f"{year} 年度计划"
