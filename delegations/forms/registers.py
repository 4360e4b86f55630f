"""Forms of the registers beside the flow: the library of passports and the annual plan."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from delegations.enums import Movement, PlanType, Quarter
from delegations.forms.base import chinese_field, speak
from delegations.forms.parts import Sections
from delegations.models import Passport, PlanItem
from delegations.rules.person import add_months
from delegations.services.passports import MOVES
from waiban.accounts.models import Department
from waiban.core.time import today
from waiban.places.models import Place


class MovementForm(forms.Form):
    """One hand-over of a document."""

    movement = forms.ChoiceField(label="动作")
    to_whom = forms.CharField(label="交接对象", max_length=60, required=False)
    note = forms.CharField(label="备注", max_length=200, required=False)

    def __init__(self, *args: Any, custody: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        possible = [(m.value, m.label) for m, (before, _after) in MOVES.items() if custody in before]
        self.fields["movement"].choices = possible
        speak(self.fields["movement"])

    def clean(self) -> dict[str, Any]:
        """Who gets a document out of the house stands in the register; a loss is explained."""
        data = super().clean() or self.cleaned_data
        movement = data.get("movement")
        if movement in (Movement.LOAN_OUT, Movement.RELEASE) and not data.get("to_whom"):
            self.add_error("to_whom", "出库或发放须写明交给谁。")
        if movement in (Movement.LOSE, Movement.CANCEL) and not data.get("note"):
            self.add_error("note", "注销或挂失须写明原因。")
        return data


class PassportFilter(forms.Form):
    """What is asked of the library. Unknown values in the address are ignored."""

    q = forms.CharField(label="持有人、单位", required=False, max_length=40)
    custody = forms.ChoiceField(label="状态", required=False)
    kind = forms.ChoiceField(label="种类", required=False)
    expiry = forms.ChoiceField(label="有效期", required=False)

    EXPIRY = [("", "全部"), ("expired", "已过期"), ("6", "6 个月内到期"), ("12", "12 个月内到期")]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        custody = Passport._meta.get_field("custody").choices or []
        kinds = Passport._meta.get_field("kind").choices or []
        self.fields["custody"].choices = [("", "在用证照"), *custody, ("all", "全部")]
        self.fields["kind"].choices = [("", "全部"), *kinds]
        self.fields["expiry"].choices = self.EXPIRY
        for name, field in self.fields.items():
            field.widget.attrs["class"] = "form-control" if name == "q" else "form-select"

    @property
    def asked(self) -> dict[str, str]:
        """What was asked for and understood."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def until(self) -> date | None:
        """The day before which the documents end, or None."""
        wanted = self.asked.get("expiry")
        if not wanted:
            return None
        return today() if wanted == "expired" else add_months(today(), int(wanted))


class PlanItemForm(Sections, forms.ModelForm):
    """What a unit declares for the year."""

    year = forms.IntegerField(label="计划年度", min_value=2000, max_value=2100)
    sections = (
        ("计划", "年度计划是审批团组的依据；计划外团组须专门说明。", ("year", "department", "plan_type")),
        (
            "团组",
            "人数、天数、国家与以后实际不符时，预检会提示偏差。",
            ("name", "category", "places", "quarter", "month", "people", "days", "purpose", "is_investment"),
        ),
    )
    wide = ("name", "purpose", "places")

    class Meta:
        model = PlanItem
        fields = [
            "department",
            "plan_type",
            "name",
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

    def __init__(self, *args: Any, units: QuerySet[Department], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = units
        self.fields["department"].label_from_instance = lambda unit: unit.short_name
        self.fields["department"].empty_label = "请选择"
        self.fields["places"].queryset = Place.objects.abroad()
        self.fields["places"].help_text = "按住 Ctrl 可选多个，最多 3 个。"
        self.fields["year"].initial = self.instance.plan.year if self.instance.pk else today().year
        speak(self.fields["year"])

    def clean_places(self) -> Any:
        """Three countries and regions at most (R2)."""
        places = self.cleaned_data["places"]
        if len(places) > 3:
            raise ValidationError("每个团组最多 3 个国家（地区），请减少。")
        return places

    def clean(self) -> dict[str, Any]:
        """Month and quarter agree; a group outside the plan says why."""
        data = super().clean() or self.cleaned_data
        month, quarter = data.get("month"), data.get("quarter")
        if month and quarter and (month - 1) // 3 + 1 != quarter:
            self.add_error("month", f"{month} 月不在{Quarter(quarter).label}，请核对。")
        if data.get("plan_type") == PlanType.UNPLANNED and not data.get("purpose"):
            self.add_error("purpose", "计划外团组须在出访目的中写明理由。")
        return data


class PlanDecisionForm(forms.ModelForm):
    """The reply to a declared item, with number and control figures."""

    verdict = forms.ChoiceField(
        label="批复结果", choices=[("approve", "列入计划"), ("reject", "未列入")], widget=forms.RadioSelect
    )

    class Meta:
        model = PlanItem
        fields = ["number", "quota_groups", "quota_people", "reply_no", "replied_on"]
        formfield_callback = chinese_field

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["verdict"].initial = "approve"
        self.initial["quota_people"] = self.instance.quota_people or self.instance.people
        self.initial["replied_on"] = self.instance.replied_on or today()
        speak(self.fields["verdict"])

    @property
    def approves(self) -> bool:
        """Whether the item goes into the plan."""
        return self.cleaned_data.get("verdict") == "approve"

    def clean(self) -> dict[str, Any]:
        """An approved item has its number, figures and letter; nothing is replied tomorrow."""
        data = super().clean() or self.cleaned_data
        if data.get("verdict") == "approve":
            for name in ("number", "quota_people", "reply_no", "replied_on"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, f"列入计划的，请填写{self.fields[name].label}。")
        if data.get("replied_on") and data["replied_on"] > today():
            self.add_error("replied_on", "批复日期不能晚于今天，请核对。")
        return data
