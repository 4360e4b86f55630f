"""What lies outside the office's hands, and what may make the case late."""

from __future__ import annotations

from waiban.core.time import local

from ..enums import ItemState
from ..record import Record

Risk = tuple[str, str, str]


def risks(record: Record) -> list[Risk]:
    """Return (icon, sentence, second line) for what is waited for, what is late and what is tentative."""
    found: list[Risk] = []
    if record.case.paused_at is not None:
        found.append(
            ("player-pause", f"{local(record.case.paused_at):%m-%d} 起挂起", "恢复以前时限不走，也不能办理")
        )
    if record.case.slack is not None and record.case.slack < 0:
        late = -record.case.slack / 2
        found.append(
            (
                "alert-triangle",
                f"按现有进度晚 {late:g} 个工作日",
                f"计划日期 {record.state.target_date:%m-%d}",
            )
        )
    for item in record.items:
        if not item.is_open or not (item.outside or item.state == ItemState.OUTSIDE):
            continue
        step = record.state.step(item)
        days = max(record.axis.index_at(record.now) - record.axis.index_at(item.ready_at), 0) / 2
        who = record.person_names.get(item.participant_id or 0, "")
        due = f"应于 {local(item.due_at):%m-%d} 前" if item.due_at else ""
        text = f"等待{record.holder(item)}：{step.name}" + (f"（{who}）" if who else "")
        found.append(("hourglass", text, f"已 {days:g} 个工作日，{due}".strip("，")))
    if record.case.forecast_tentative:
        found.append(("calendar-question", "预计日期落在尚未公布放假安排的年份", "放假安排导入后自动重算"))
    return found
