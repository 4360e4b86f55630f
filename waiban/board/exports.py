"""The queue as an Excel file: exactly the rows that the page shows, in their order."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpResponse

from waiban.accounts.actors import Actor
from waiban.board.desk import Line
from waiban.core.tables import Column, export_xlsx

COLUMNS = (
    Column("灯", "light_word", 10),
    Column("编号", "ref", 20),
    Column("名称", "title", 36),
    Column("业务", "business", 12),
    Column("环节", lambda line: f"{line.step_no} {line.step}", 28),
    Column("单位", "unit", 18),
    Column("人员", lambda line: "、".join(line.names), 20),
    Column("剩余时限", "due_label", 16),
    Column("截止日期", "due_on", 12, "date"),
    Column("余量（工作日）", lambda line: None if line.slack is None else line.slack / 2, 14, "number"),
    Column("办理人", "claimed_by", 12),
)


def export_queue(lines: Sequence[Line], *, title: str, actor: Actor) -> HttpResponse:
    """Return the shown rows as a workbook; the export is written to the audit log."""
    return export_xlsx(f"我的工作台 {title}", COLUMNS, lines, actor=actor)
