"""The audit log as a workbook."""

from collections.abc import Iterable

from django.http import HttpResponse

from waiban.accounts.actors import Actor
from waiban.audit.models import AuditEvent
from waiban.core.tables import Column, export_xlsx

COLUMNS = (
    Column("序号", "number", 8, "number"),
    Column("时间", "at", 18),
    Column("类别", "get_kind_display", 14),
    Column("结果", "get_result_display", 8),
    Column("人员", "actor_name", 12),
    Column("当时岗位", "seat", 22),
    Column("代谁办理", "acting_for", 12),
    Column("对象", lambda event: event.object_text or f"{event.object_label} {event.object_id}".strip(), 40),
    Column("事由", "reason", 40),
    Column("地址", "ip", 16),
    Column("请求编号", "request_id", 36),
    Column("摘要", "hash", 66),
)


def export_events(events: Iterable[AuditEvent], *, actor: Actor) -> HttpResponse:
    """Answer with the given events; the export itself becomes an event."""
    return export_xlsx("审计日志", COLUMNS, events, actor=actor)
