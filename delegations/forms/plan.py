"""Forms of the steps 1 and 2: what the unit declares for the year, and the reply to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from delegations.enums import PlanItemState, PlanType, Quarter
from delegations.forms.base import RowForm, Section, chinese_field
from delegations.models import AnnualPlan, PlanItem
from waiban.core.time import today
from waiban.places.models import Place
from waiban.workflow.engine import Door
from waiban.workflow.state import Item


class PlanDeclareForm(RowForm):
    """Step 1: the plan item that the unit declares for this group."""

    year = forms.IntegerField(label="计划年度", min_value=2000, max_value=2100)
    plan_note = forms.CharField(
        label="计划外（调整）说明",
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text="计划外团组必填：在团组总量不变前提下调整的理由。",
    )
    also = ("plan", "state")
    sections = (
        Section(
            "计划", "年度计划是后面审批的依据；计划外团组须专门说明。", ("year", "plan_type", "plan_note")
        ),
        Section(
            "团组",
            "人数、天数、国家与以后实际不符时，系统会提示偏差。",
            ("name", "category", "places", "quarter", "month", "people", "days", "purpose", "is_investment"),
        ),
    )

    class Meta:
        model = PlanItem
        fields = [
            "name",
            "plan_type",
            "category",
            "places",
            "quarter",
            "month",
            "people",
            "days",
            "purpose",
            "is_investment",
        ]
        formfield_callback = chinese_field

    def find_instance(self) -> PlanItem:
        """Return the item that was declared before, or a new one with what the record says."""
        if self.group.plan_item is not None:
            return self.group.plan_item
        case = self.group.case
        return PlanItem(
            office_id=case.office_id,
            department_id=case.department_id,
            name=self.group.name,
            category=self.group.category,
            plan_type=self.group.plan_type,
            is_investment=self.group.is_investment,
            people=len(self.members) or None,
            days=self.group.days,
        )

    def prepare(self) -> None:
        """Offer places abroad; the year of the trip or this year."""
        self.fields["places"].queryset = Place.objects.abroad()
        day = self.group.exit_date or today()
        item = self.group.plan_item
        self.fields["year"].initial = item.plan.year if item else day.year
        self.fields["plan_note"].initial = self.group.plan_note
        if item is None:
            stops = self.group.stops.filter(inside_airport=False)
            self.initial["places"] = list(stops.values_list("place_id", flat=True))

    def clean(self) -> dict[str, Any]:
        """A group outside the plan explains itself; month and quarter agree."""
        data = super().clean() or self.cleaned_data
        if data.get("plan_type") == PlanType.UNPLANNED and not data.get("plan_note"):
            self.add_error("plan_note", "计划外团组须写明调整说明。")
        month, quarter = data.get("month"), data.get("quarter")
        if month and quarter and (month - 1) // 3 + 1 != quarter:
            self.add_error("month", f"{month} 月不在{Quarter(quarter).label}，请核对。")
        return data

    def write(self, door: Door, item: Item) -> Mapping[str, Any] | None:
        """File the item under the plan of its year."""
        data = self.cleaned_data
        plan, _new = AnnualPlan.objects.get_or_create(office_id=self.group.case.office_id, year=data["year"])
        self.instance.plan = plan
        if self.instance.state == PlanItemState.REJECTED:
            self.instance.state = PlanItemState.DECLARED
        columns = ("name", "category", "plan_type", "is_investment", "plan_note")
        self.group.plan_item = self.save()
        for name in columns:
            setattr(self.group, name, data[name])
        self.group.save(update_fields=["plan_item", *columns])
        return None


class PlanReplyForm(RowForm):
    """Step 2: the reply to the plan, with number and control figures."""

    also = ("state",)
    sections = (
        Section(
            "批复",
            "计划编号和人次控制数用于以后自动核对，用完时新的团组不能通过预检。",
            ("number", "quota_groups", "quota_people", "reply_no", "replied_on"),
        ),
    )

    class Meta:
        model = PlanItem
        fields = ["number", "quota_groups", "quota_people", "reply_no", "replied_on"]
        formfield_callback = chinese_field

    def find_instance(self) -> PlanItem:
        """Return the declared item."""
        return self.group.plan_item or PlanItem()

    def prepare(self) -> None:
        """Number and quota are needed now; the next free number and the declared people are offered."""
        for name in ("number", "quota_people", "reply_no", "replied_on"):
            self.fields[name].required = True
        if self.instance.number is None:
            numbers = PlanItem.objects.filter(plan=self.instance.plan_id, number__isnull=False)
            last = numbers.order_by("-number").values_list("number", flat=True).first()
            self.initial["number"] = (last or 0) + 1
        self.initial.setdefault("quota_people", self.instance.people)
        if self.initial["quota_people"] is None:
            self.initial["quota_people"] = self.instance.people

    def clean(self) -> dict[str, Any]:
        """The reply has been received."""
        data = super().clean() or self.cleaned_data
        self.not_future("replied_on", "批复日期")
        if self.group.plan_item is None:
            self.add_error(None, "该团组还没有计划申报内容，请先退回“年度计划申报”补填。")
        return data

    def write(self, door: Door, item: Item) -> Mapping[str, Any] | None:
        """Approve the item."""
        self.instance.state = PlanItemState.APPROVED
        self.save()
        return None
