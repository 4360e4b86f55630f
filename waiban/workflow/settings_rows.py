"""What an office has tuned about the steps of a flow, merged over the defaults of the table."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from waiban.accounts.actors import Actor
from waiban.accounts.enums import Role
from waiban.core.errors import BadInput, Refused
from waiban.core.time import now

from .definition import Flow
from .enums import Mode, SettingField
from .models import StepSetting, StepSettingChange

EDITORS = (Role.OUTBOUND_CHIEF, Role.DEPUTY_DIRECTOR, Role.DIRECTOR)
"""Roles that may tune limits, holders and reminders."""


def rows_of(office_id: int, flow: Flow) -> dict[str, StepSetting]:
    """Return the setting rows of a flow by step key. One query."""
    return {row.step_key: row for row in StepSetting.objects.filter(office_id=office_id, flow_key=flow.key)}


def limits_of(office_id: int, flow: Flow, mode: Mode) -> dict[str, int]:
    """Return the limit of every step in half-days under a mode. One query."""
    rows = rows_of(office_id, flow)
    field = "fast" if mode == Mode.FAST else "limit"
    limits = {}
    for step in flow.steps:
        tuned = getattr(rows.get(step.key), field, None)
        limits[step.key] = getattr(step, field) if tuned is None else tuned
    return limits


def holders_of(office_id: int, flow: Flow) -> dict[str, int]:
    """Return the departments to which steps are offered by default. One query."""
    rows = StepSetting.objects.filter(office_id=office_id, flow_key=flow.key, holder__isnull=False)
    return dict(rows.values_list("step_key", "holder_id"))


FIELDS: Mapping[str, SettingField] = {
    "limit": SettingField.LIMIT,
    "fast": SettingField.FAST,
    "holder_id": SettingField.HOLDER,
    "remind_before": SettingField.REMIND,
    "remind_every": SettingField.REMIND,
}


@transaction.atomic
def change_setting(
    *, flow: Flow, step_key: str, actor: Actor, values: Mapping[str, int | None], reason: str
) -> StepSetting:
    """Tune one step; None gives a value back to the default of the table.

    `values` has keys of `FIELDS`, limits in half-days. Applies to cases started from now on. Writes the row
    and one history row per changed value. Raises `Refused` for other roles, `BadInput` without reason or for
    a bad value.
    """
    if not actor.has(*EDITORS):
        raise Refused("环节参数由科长以上人员修改。", "NOT_EDITOR")
    if not reason.strip():
        raise BadInput({"reason": "请写明修改的理由，修改记录会永久保存。"})
    if step_key not in flow.by_key:
        raise BadInput({"step_key": "没有这个环节。"})
    row, _made = StepSetting.objects.select_for_update().get_or_create(
        office_id=actor.office_id, flow_key=flow.key, step_key=step_key
    )
    for name, value in values.items():
        if name.startswith(("limit", "fast")) and value is not None and not 0 <= value <= 400:
            raise BadInput({name: "时限须在 0 至 200 个工作日之间。"})
        _change(row, name, value, actor, reason.strip())
    row.save()
    return row


def _change(row: StepSetting, name: str, value: int | None, actor: Actor, reason: str) -> None:
    old = getattr(row, name)
    if old == value:
        return
    setattr(row, name, value)
    StepSettingChange.objects.create(
        office_id=row.office_id,
        flow_key=row.flow_key,
        step_key=row.step_key,
        field=FIELDS[name],
        old="" if old is None else f"{name}={old}",
        new="" if value is None else f"{name}={value}",
        reason=reason,
        at=now(),
        by_id=actor.user_id,
    )
