"""The log in words, newest first."""

from __future__ import annotations

from waiban.core.time import local

from ..enums import ActionKind
from ..models import Action

LogLine = tuple[str, str, str, str, str]

WORDS = {
    ActionKind.START: "立案",
    ActionKind.COMPLETE: "办结",
    ActionKind.RETURN: "退回",
    ActionKind.REASSIGN: "转办",
}


def log(case_id: int, limit: int | None = None) -> list[LogLine]:
    """Return (who, did, line, note, state) of the newest actions of a case. One query."""
    rows = Action.objects.filter(case_id=case_id).order_by("-seq")
    return [_line(row) for row in (rows[:limit] if limit else rows)]


def _line(row: Action) -> LogLine:
    who = f"{row.actor_name} 代 {row.acting_for_name}" if row.acting_for_name else row.actor_name
    did = WORDS.get(ActionKind(row.kind), ActionKind(row.kind).label)
    if row.kind == ActionKind.REASSIGN:
        did = f"转办给{row.data.get('to', '')}"
    elif row.kind == ActionKind.ADD_SIGNER:
        did = f"请{row.data.get('signer', '')}会签"
    step = (
        f"{row.step_no} {row.step_name}" + (f" 第{row.round}轮" if row.round > 1 else "")
        if row.step_no
        else ""
    )
    line = " · ".join(part for part in (step, f"{local(row.at):%m-%d %H:%M}") if part)
    return who, did, line, row.opinion, ""
