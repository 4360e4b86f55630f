"""The register as a workbook: exactly the rows that the list shows, amounts in 元."""

from collections.abc import Iterable

from django.http import HttpResponse

from waiban.accounts.actors import Actor
from waiban.core.tables import Column, export_xlsx
from waiban.outcomes.models import Outcome

COLUMNS = (
    Column("类别", "get_kind_display", 14),
    Column("名称（主题）", "title", 36),
    Column("日期", "signed_on", 12, "date"),
    Column("国家（地区）", lambda row: row.place.name if row.place else "", 14),
    Column("城市", "city", 14),
    Column("外方单位", "partner", 28),
    Column("中方单位", "domestic_partner", 28),
    Column("场次（家数）", "count", 10, "number"),
    Column("项目类型", "get_project_type_display", 12),
    Column("投资额（元）", "investment_yuan", 20, "money"),
    Column("贸易额（元）", "trade_yuan", 20, "money"),
    Column("原币种", lambda row: row.currency if row.original_amount is not None else "", 8),
    Column("原币金额", "original_amount", 20, "money"),
    Column("汇率", lambda row: str(row.rate.normalize()) if row.rate is not None else "", 12),
    Column("进展", "get_status_display", 10),
    Column("落地县市区", "county", 14),
    Column("项目编码", "project_code", 16),
    Column("佐证材料", "evidence", 30),
    Column("跟进部门", "department_text", 16),
    Column("下次跟进", "next_on", 12, "date"),
    Column("来源事项编号", "case.reference", 22),
    Column("来源事项", "case.title", 36),
    Column("组团单位", "case.department.short_name", 18),
)


def export_outcomes(outcomes: Iterable[Outcome], *, actor: Actor) -> HttpResponse:
    """Answer with the workbook; audit is told by the export itself."""
    return export_xlsx("成果台账", COLUMNS, outcomes, actor=actor)
