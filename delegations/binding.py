"""What delegations add to their flow: forms, the reviewer's points, the figures beside them, the trials."""

from __future__ import annotations

from decimal import Decimal

from delegations.enums import LineKind, PlanType
from delegations.flow import FLOW
from delegations.forms import STEP_FORMS
from delegations.models import BudgetLine, Delegation
from delegations.queries import review_points_of
from waiban.core.money import in_units
from waiban.workflow.definition import Step
from waiban.workflow.models import Case
from waiban.workflow.registry import Binding, WhatIf

REVIEWERS = frozenset(
    {
        "fao_case_review",
        "section_chief_review",
        "deputy_director_review",
        "director_approve",
        "city_leader_approve",
        "province_approve",
    }
)
"""Steps whose holders read the eight points beside their opinion."""


def checks(case: Case, step: Step) -> list[tuple[bool | None, str, str]]:
    """Return the points for a step: whether fulfilled, the short statement, and what to do if not."""
    if step.key not in REVIEWERS:
        return []
    points = review_points_of(_group(case))
    return [(point.ok, point.text, "" if point.ok else point.detail) for point in points]


def summary(case: Case) -> list[tuple[str, str]]:
    """Return the figures that a reviewer wants at hand."""
    group = _group(case)
    item = group.plan_item
    total = group.budget_approved or BudgetLine.objects.filter(delegation=group, kind=LineKind.BUDGET).total()
    plan = "计划外" if group.plan_type == PlanType.UNPLANNED else "计划内"
    rows = [("预算", _yuan(total))]
    if group.target_firms:
        rows.append(("拟访企业", f"{group.target_firms} 家"))
    rows.append(("年度计划", f"第 {item.number} 项，{plan}" if item and item.number else plan))
    return rows


def record_url(case: Case) -> str:
    """Return the address of the record."""
    return f"/delegations/{case.pk}/"


def _yuan(amount: Decimal) -> str:
    text = in_units(amount)
    return text if text.endswith("元") else f"{text}元"


def _group(case: Case) -> Delegation:
    return Delegation.objects.select_related("case", "plan_item__plan").get(pk=case.pk)


BINDING = Binding(
    flow=FLOW,
    label="因公出访",
    menu_url="delegations:list",
    record_url=record_url,
    forms=STEP_FORMS,
    checks=checks,
    summary=summary,
    whatifs=(
        WhatIf(
            "province",
            "需省级审批",
            "增加转报和省委外办审批；标准约多 6 个工作日",
            ("province_submit", "province_approve"),
        ),
        WhatIf(
            "passport",
            "有人新办护照",
            "增加采集、申请、报送、制证、入库；标准约多 12 个工作日",
            (
                "bio_collect",
                "passport_form",
                "passport_review_submit",
                "passport_make",
                "passport_collect_register",
            ),
        ),
    ),
    reference_prefix="滨外出",
    icon="plane-departure",
)
