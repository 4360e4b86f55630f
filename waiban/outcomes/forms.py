"""Forms of the register. They read what was typed; what is sound is decided in `rules`."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError

from waiban.core.text import clean_text
from waiban.core.time import today
from waiban.outcomes.enums import Currency, Kind, ProjectType, Status
from waiban.outcomes.models import Outcome
from waiban.outcomes.rules import OutcomeData
from waiban.places.models import Place

UNITS = {"1": "元", "10000": "万元", "100000000": "亿元"}


class DayInput(forms.DateInput):
    """The browser's own picker of days."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def _day(label: str, *, required: bool = True, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, required=required, widget=DayInput(), **more)


def _text(label: str, length: int, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=length, required=False, **more)


def _number(label: str, **more: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=100_000, required=False, **more)


def _section(legend: str, names: str) -> Fieldset:
    return Fieldset(legend, Div(*names.split(), css_class="form-grid"), css_class="form-section")


class OutcomeForm(forms.Form):
    """One outcome as it is entered: the amount in the unit in which people speak of it."""

    kind = forms.ChoiceField(label="类别", choices=Kind)
    title = forms.CharField(
        label="名称（主题）", max_length=120, help_text="项目名称、推介会主题或被拜会单位。"
    )
    signed_on = _day("日期", help_text="签约日期；推介、拜会填举办日期。")
    place = forms.ModelChoiceField(
        Place.objects.abroad(), label="国家（地区）", required=False, empty_label="未选择"
    )
    city = _text("城市", 60)
    partner = _text("外方单位", 200, help_text="中外文名称。")
    domestic_partner = _text("中方单位", 200)
    count = forms.IntegerField(label="场次（家数）", min_value=1, max_value=10_000, initial=1)
    foreign_units = _number("到会外方单位数")
    people = _number("到会人数")
    is_top500 = forms.BooleanField(label="世界 500 强或链主企业", required=False)
    project_type = forms.ChoiceField(
        label="项目类型", choices=[("", "未选择"), *ProjectType.choices], required=False
    )
    amount = forms.DecimalField(
        label="金额（原币）",
        max_digits=16,
        decimal_places=4,
        min_value=Decimal(0),
        required=False,
        help_text="投资额与贸易额按项目类型分列，不相加。",
    )
    unit = forms.ChoiceField(label="单位", choices=list(UNITS.items()), initial="10000", required=False)
    currency = forms.ChoiceField(label="币种", choices=Currency, initial=Currency.CNY, required=False)
    rate = forms.DecimalField(
        label="折算汇率",
        max_digits=12,
        decimal_places=6,
        min_value=Decimal(0),
        required=False,
        help_text="1 单位原币折合人民币元；人民币留空即为 1。",
    )
    project_code = _text("项目编码", 40, help_text="同一项目跨团组只登记一次，以此去重。")
    status = forms.ChoiceField(label="进展", choices=Status, initial=Status.INTENDED, required=False)
    county = _text("落地县市区", 40)
    evidence = _text("佐证材料", 300, help_text="合同、协议的名称与日期；登记金额时必填。")
    department_text = _text("跟进部门", 80)
    next_on = _day("下次跟进", required=False, help_text="项目和线索留空时按 30 日后跟进。")

    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.layout = Layout(
        _section("基本情况", "kind title signed_on place city partner domestic_partner"),
        _section("推介与拜会", "count foreign_units people is_top500"),
        _section(
            "签约项目",
            "project_type amount unit currency rate project_code status county evidence",
        ),
        _section("跟进", "department_text next_on"),
    )

    def clean(self) -> dict[str, Any]:
        """Fold what was typed: spaces, full-width codes, a rate of 1 for 元."""
        cleaned = super().clean() or {}
        for name, field in self.fields.items():
            if isinstance(field, forms.CharField) and name in cleaned:
                try:
                    cleaned[name] = clean_text(cleaned[name], identifier=name == "project_code")
                except ValidationError as error:
                    self.add_error(name, error)
        if cleaned.get("currency", "") in ("", Currency.CNY) and cleaned.get("rate") is None:
            cleaned["rate"] = Decimal(1)
        return cleaned

    def data_given(self) -> OutcomeData:
        """Return the entry of a valid form."""
        cleaned = self.cleaned_data
        amount = cleaned["amount"]
        place = cleaned["place"]
        return OutcomeData(
            place_id=place.pk if place else None,
            original_amount=None if amount is None else amount * Decimal(cleaned["unit"] or "1"),
            rate=cleaned["rate"] if amount is not None else None,
            currency=cleaned["currency"] or Currency.CNY,
            foreign_units=cleaned["foreign_units"] or 0,
            people=cleaned["people"] or 0,
            status=cleaned["status"] or Status.INTENDED,
            **{
                name: cleaned[name]
                for name in (
                    "kind", "title", "signed_on", "city", "partner", "domestic_partner", "count", "is_top500",
                    "project_type", "project_code", "county", "evidence", "department_text", "next_on",
                )
            },
        )  # fmt: skip

    def take_faults(self, fields: dict[str, str]) -> None:
        """Show at its field what the service refused."""
        names = {"original_amount": "amount"}
        for name, sentence in fields.items():
            shown = names.get(name, name)
            self.add_error(shown if shown in self.fields else None, sentence)


def initial_of(outcome: Outcome) -> dict[str, Any]:
    """Return what the form shows of an entry: the amount in the largest unit in which it is exact."""
    initial = {name: getattr(outcome, name) for name in OutcomeForm.base_fields if hasattr(outcome, name)}
    amount = outcome.original_amount
    if amount is not None:
        unit = next(
            size for size in reversed(UNITS) if (amount / Decimal(size) * 100) % 1 == 0 or size == "1"
        )
        initial |= {"amount": (amount / Decimal(unit)).normalize(), "unit": unit, "rate": outcome.rate}
    return initial | {"place": outcome.place_id}


class FollowUpForm(forms.Form):
    """What was learnt on a day."""

    on = _day("跟进日期", initial=today)
    status = forms.ChoiceField(label="进展", choices=[("", "不变"), *Status.choices], required=False)
    next_on = _day("下次跟进", required=False, help_text="留空表示不再跟进。")
    note = forms.CharField(label="跟进情况", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.layout = Layout(Div("on", "status", "next_on", css_class="form-grid"), "note")
