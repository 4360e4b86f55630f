"""The lines of the steps: one small form for each kind of row."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import forms

from delegations.enums import InviterKind, MemberRole, PublicityResult, VisaResult
from delegations.forms.base import CleanRow, DayInput, chinese_field, speak
from delegations.models import (
    AbroadNote,
    BudgetLine,
    Invitation,
    ItineraryEntry,
    Member,
    Publicity,
    SendingUnit,
    Stop,
    Traveller,
    Visa,
)
from delegations.rules.papers import FORBIDDEN_INVITERS

Choices = Sequence[tuple[int | str, str]]


class PlacedRow(CleanRow):
    """A line with a country, whose choices are read once for all lines."""

    def __init__(self, *args: Any, places: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = places


class StopRow(PlacedRow):
    """A country or region of the route."""

    class Meta:
        model = Stop
        fields = ["place", "days", "inside_airport"]
        formfield_callback = chinese_field


class SendingUnitRow(CleanRow):
    """A unit that sends members in a cross-unit group."""

    class Meta:
        model = SendingUnit
        fields = ["name"]
        formfield_callback = chinese_field


class ConsentRow(CleanRow):
    """The consent of a sending unit."""

    class Meta:
        model = SendingUnit
        fields = ["name", "agreed", "letter_no", "agreed_on"]
        formfield_callback = chinese_field

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agreed"].required = True
        self.fields["letter_no"].required = True
        self.fields["agreed_on"].required = True

    def clean_agreed(self) -> bool:
        """Only consent lets the step end; a refusal changes the group."""
        if not self.cleaned_data.get("agreed"):
            raise forms.ValidationError("派员单位不同意的，请先调整成员或退回组团方案。")
        return True


class MemberRow(CleanRow):
    """A member: who, and in which part."""

    class Meta:
        model = Member
        fields = ["traveller", "role"]
        formfield_callback = chinese_field

    def __init__(self, *args: Any, people: Any, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["traveller"].queryset = people
        self.fields["traveller"].choices = choices
        self.fields["traveller"].error_messages["invalid_choice"] = "该人员不在可选范围内，请先在人员库登记。"

    def _post_clean(self) -> None:
        """Lines are checked as a group under the lock, so a person may move from one line to another."""

    @property
    def person(self) -> Traveller:
        """The chosen traveller."""
        return self.cleaned_data["traveller"]

    @property
    def part(self) -> str:
        """The chosen role."""
        return self.cleaned_data.get("role") or MemberRole.MEMBER


class InvitationRow(PlacedRow):
    """A letter of invitation; forbidden inviters and missing parts are refused at their field."""

    class Meta:
        model = Invitation
        fields = [
            "place",
            "inviter_zh",
            "inviter",
            "kind",
            "person",
            "person_title",
            "phone",
            "email",
            "issued_on",
            "valid_from",
            "valid_to",
            "bearer",
            "translated",
            "no_agent",
            "note",
        ]
        formfield_callback = chinese_field

    def clean_kind(self) -> str:
        """Chinese firms abroad, overseas Chinese, foreign missions in China and agents may not invite."""
        kind = self.cleaned_data["kind"]
        if kind in FORBIDDEN_INVITERS:
            label = InviterKind(kind).label
            raise forms.ValidationError(f"{label}不得作为邀请单位，请改由外方对口单位邀请。")
        return kind

    def clean_translated(self) -> bool:
        """A translation belongs to the letter."""
        if not self.cleaned_data["translated"]:
            raise forms.ValidationError("邀请函须附中文译件，请补充后勾选。")
        return True

    def clean_no_agent(self) -> bool:
        """The application states that no agent was used."""
        if not self.cleaned_data["no_agent"]:
            raise forms.ValidationError("须确认未通过中介机构联系或购买邀请函。")
        return True


class ItineraryRow(PlacedRow):
    """One entry of the programme."""

    class Meta:
        model = ItineraryEntry
        fields = [
            "day",
            "half",
            "kind",
            "place",
            "city",
            "activity",
            "host",
            "host_person",
            "lodging_city",
            "transport_no",
            "from_city",
            "to_city",
            "departs_at",
            "arrives_at",
            "carrier",
            "foreign_carrier",
            "cabin",
        ]
        formfield_callback = chinese_field


CENT = Decimal("0.01")


class BudgetRow(PlacedRow):
    """One line of money. Yuan are computed from amount and rate when they are left empty."""

    class Meta:
        model = BudgetLine
        fields = [
            "fee_type",
            "place",
            "city",
            "currency",
            "standard",
            "days",
            "people",
            "amount",
            "rate",
            "rate_on",
            "yuan",
            "over_standard",
            "over_reason",
            "source",
        ]
        formfield_callback = chinese_field

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["yuan"].required = False
        self.fields["yuan"].help_text = "留空时按外币小计乘以汇率计算。"
        for name in ("amount", "yuan", "standard"):
            self.fields[name].min_value = 0

    def clean_currency(self) -> str:
        """Currency codes are three capitals."""
        code = self.cleaned_data["currency"].strip().upper()
        if len(code) != 3 or not code.isascii() or not code.isalpha():
            raise forms.ValidationError("币种请填三位字母代码，例如 CNY、USD、EUR。")
        return code

    def clean(self) -> dict[str, Any]:
        """Compute yuan, refuse negative sums and unexplained excess."""
        data = super().clean()
        amount, rate = data.get("amount"), data.get("rate")
        if amount is not None and amount < 0:
            self.add_error("amount", "金额不得为负，请核对。")
        if rate is not None and rate <= 0:
            self.add_error("rate", "汇率须大于 0，人民币填 1。")
        elif amount is not None and rate is not None and data.get("yuan") is None:
            data["yuan"] = (amount * rate).quantize(CENT, ROUND_HALF_UP)
        if data.get("over_standard") and not data.get("over_reason"):
            self.add_error("over_reason", "超标准的支出须写明事先报批依据。")
        return data


class PublicityRow(CleanRow):
    """The notice of one unit."""

    class Meta:
        model = Publicity
        fields = ["unit", "starts_on", "ends_on", "address", "result", "objection"]
        formfield_callback = chinese_field

    def clean(self) -> dict[str, Any]:
        """Order of days, and the story of an objection."""
        data = super().clean()
        starts, ends = data.get("starts_on"), data.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", "公示截止日期不得早于起始日期，请改正。")
        told = data.get("result") in (PublicityResult.SETTLED, PublicityResult.OBJECTED)
        if told and not data.get("objection"):
            self.add_error("objection", "有异议的，请写明异议内容和处理情况。")
        return data


class VisaNeedRow(PlacedRow):
    """Whether a country of the route asks for a visa, which one, and where it is handed in."""

    class Meta:
        model = Visa
        fields = ["place", "needed", "kind", "submit_place", "presence", "exempt_reason"]
        formfield_callback = chinese_field

    def clean(self) -> dict[str, Any]:
        """A needed visa has a type and a place; one that is not needed has its reason."""
        data = super().clean()
        if not data.get("needed"):
            if not data.get("exempt_reason"):
                self.add_error("exempt_reason", "免办签证的，请写明原因（互免协定、有效签证、电子签证等）。")
            return data
        for name, label in (("kind", "签证类型"), ("submit_place", "送签地")):
            if not data.get(name):
                self.add_error(name, f"须办签证的，请填写{label}。")
        return data


class VisaFormRow(CleanRow):
    """Number of the filled application form of one country."""

    class Meta:
        model = Visa
        fields = ["form_no", "form_on"]
        formfield_callback = chinese_field

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form_on"].required = True
        self.fields["form_no"].help_text = f"{self.instance.place}：如 DS-160 确认页编号。"


class VisaFeeRow(CleanRow):
    """Fee of one visa and the receipt for it."""

    class Meta:
        model = Visa
        fields = ["fee", "fee_receipt"]
        formfield_callback = chinese_field

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fee"].required = True
        self.fields["fee"].help_text = f"{self.instance.place} {self.instance.kind}；免费填 0。"

    def clean(self) -> dict[str, Any]:
        """A paid fee has a receipt."""
        data = super().clean()
        fee = data.get("fee")
        if fee is not None and fee < 0:
            self.add_error("fee", "签证费不得为负，请核对。")
        if fee and not data.get("fee_receipt"):
            self.add_error("fee_receipt", "已缴费的，请填写缴费凭证号。")
        return data


class VisaResultRow(CleanRow):
    """What the embassy decided."""

    class Meta:
        model = Visa
        fields = [
            "result",
            "kind",
            "number",
            "issued_on",
            "expires_on",
            "entries",
            "stay_days",
            "supplement",
            "refusal_reason",
        ]
        formfield_callback = chinese_field

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["result"].help_text = str(self.instance.place)

    def clean(self) -> dict[str, Any]:
        """A visa that was issued has its dates, a refusal its reason."""
        data = super().clean()
        if data.get("result") == VisaResult.ISSUED:
            for name in ("issued_on", "expires_on"):
                if not data.get(name):
                    self.add_error(name, f"已签发的签证，请填写{self.fields[name].label}。")
        elif data.get("result") == VisaResult.REFUSED and not data.get("refusal_reason"):
            self.add_error("refusal_reason", "拒签的，请写明原因。")
        return data


class AbroadRow(CleanRow):
    """A report or a question from abroad."""

    class Meta:
        model = AbroadNote
        fields = ["day", "text", "answer"]
        formfield_callback = chinese_field


def day_field(label: str, *, required: bool = True, help_text: str = "") -> forms.DateField:
    """Return a day with the browser's picker and Chinese sentences."""
    field = forms.DateField(label=label, required=required, widget=DayInput(), help_text=help_text)
    return speak(field)  # type: ignore[return-value]
