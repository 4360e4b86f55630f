"""Lists of delegations as Excel files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse

from waiban.accounts.actors import Actor
from waiban.core.tables import Column, export_xlsx

COLUMNS = (
    Column("编号", "reference", 20),
    Column("团组", "title", 34),
    Column("类别", "delegation.get_category_display", 14),
    Column("组团单位", "department.short_name", 18),
    Column("国家（地区）", lambda case: "、".join(case.place_names), 22),
    Column("人数", "people", 8, "number"),
    Column("出境日期", lambda case: case.delegation.actual_exit or case.delegation.exit_date, 12, "date"),
    Column("回国日期", lambda case: case.delegation.actual_entry or case.delegation.entry_date, 12, "date"),
    Column("在外天数", lambda case: case.delegation.actual_days or case.delegation.days, 10, "number"),
    Column("状态", "get_status_display", 10),
    Column("办理方式", "get_mode_display", 10),
    Column("在办环节", "holder_text", 26),
    Column("经办人", "owner.name", 10),
    Column("预计成行", "forecast_date", 12, "date"),
    Column("余量（工作日）", lambda case: None if case.slack is None else case.slack / 2, 14, "number"),
    Column("灯", "light_word", 10),
)


def export_delegations(cases: Iterable[Any], *, actor: Actor) -> HttpResponse:
    """Return the filtered list as a workbook; the export is written to the audit log."""
    return export_xlsx("因公出访团组", COLUMNS, cases, actor=actor)


LIBRARY = (
    Column("持有人", "traveller.name", 12),
    Column("单位", "traveller.department.short_name", 18),
    Column("种类", "get_kind_display", 20),
    Column("证照号码", "number", 16),
    Column("签发日期", "issued_on", 12, "date"),
    Column("有效期至", "expires_on", 12, "date"),
    Column("空白签证页", "pages_left", 10, "number"),
    Column("状态", "get_custody_display", 12),
    Column("存放位", "location", 12),
)


def export_passports(passports: Iterable[Any], *, actor: Actor) -> HttpResponse:
    """Return the filtered library as a workbook; numbers leave the house masked, and audit is told."""
    return export_xlsx("证照库", LIBRARY, passports, actor=actor)
