"""Forms of the steps 8 to 14: money, persons, secrecy, publicity, consent, application."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from delegations.enums import FilingResult, LineKind, PublicityKind, PublicityResult
from delegations.forms.base import GroupForm, RowForm, RowSet, Section, chinese_field, rows_of, speak
from delegations.forms.lines import ConsentRow, PublicityRow, day_field
from delegations.models import BudgetLine, Filing, Publicity, SendingUnit, Traveller
from delegations.queries import submission_findings, workdays_inclusive
from delegations.rules import Finding, blockers
from delegations.rules.person import identity_error, mobile_error, pinyin_error
from waiban.core.fields import SealedFormField, index_of
from waiban.core.forms import KeepsSealed
from waiban.core.text import clean_text
from waiban.core.time import today
from waiban.workdays.services import current_axis
from waiban.workflow.engine import Door
from waiban.workflow.state import Item


class BudgetAuditForm(GroupForm):
    """Step 8: finance audits the budget before the task is approved (R15)."""

    in_plan = forms.TypedChoiceField(
        label="是否列入年度预算",
        choices=[("yes", "已列入"), ("no", "未列入")],
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
    )
    approved = forms.DecimalField(label="核定预算（元）", min_value=0, max_digits=14, decimal_places=2)
    reason = forms.CharField(
        label="核减或核增说明", required=False, max_length=300, widget=forms.Textarea({"rows": 2})
    )
    sections = (
        Section(
            "预算财务审核",
            "未通过审核的不得安排出访团组（财行〔2013〕516号第七条）。",
            ("in_plan", "approved", "reason"),
        ),
    )

    def prepare(self) -> None:
        """Offer the sum of the budget."""
        self.total = BudgetLine.objects.filter(delegation=self.group, kind=LineKind.BUDGET).total()
        self.fields["approved"].initial = self.group.budget_approved or self.total
        self.fields["approved"].help_text = f"申报预算 {self.total:,.2f} 元。"

    def clean(self) -> dict[str, Any]:
        """A change of the sum, or money outside the yearly budget, is explained."""
        data = super().clean() or self.cleaned_data
        approved = data.get("approved")
        if approved is not None and approved != self.total and not data.get("reason"):
            self.add_error("reason", "核定数与申报数不一致的，请写明核减或核增的内容。")
        if data.get("in_plan") is False and not data.get("reason"):
            self.add_error("reason", "未列入年度预算的，请写明经费来源和审批依据。")
        return data

    def write(self, door: Door, item: Item) -> Mapping[str, Any] | None:
        """Keep the result with the record."""
        self.group.budget_audited = True
        self.group.budget_in_plan = self.cleaned_data["in_plan"]
        self.group.budget_approved = self.cleaned_data["approved"]
        self.group.save(update_fields=["budget_audited", "budget_in_plan", "budget_approved"])
        return None


class FilingForm(KeepsSealed, RowForm):
    """Step 9: the personnel filing; numbers are checked against one another before anybody prints them."""

    id_number = SealedFormField(label="居民身份证号", required=False)
    birth_date = day_field("出生日期")
    phone = SealedFormField(label="手机", required=False)
    surname_pinyin = forms.CharField(label="姓（拼音）", max_length=40)
    given_pinyin = forms.CharField(label="名（拼音）", max_length=40)
    also = ("filed_on", "result")
    sections = (
        Section(
            "身份",
            "用于护照和签证，须与证件完全一致；只对办理人员可见，查看留痕。",
            ("id_number", "birth_date", "phone", "surname_pinyin", "given_pinyin"),
        ),
        Section(
            "备案内容",
            "按干部管理权限报组织人事部门备案。家庭主要成员每行一人。",
            ("politics", "health", "family", "last_trip", "statement"),
        ),
    )

    class Meta:
        model = Filing
        fields = ["politics", "health", "family", "last_trip", "statement"]
        formfield_callback = chinese_field
        widgets = {"family": forms.Textarea({"rows": 4})}

    def find_instance(self) -> Filing:
        """Return the filing of the member, or a new one."""
        return Filing.objects.filter(member=self.member).first() or Filing(member=self.member)

    def prepare(self) -> None:
        """Show what the office knows already; sealed values only as masks."""
        person = self.member.traveller
        for name in ("id_number", "phone"):
            stored = getattr(person, name)
            field = self.fields[name]
            field.widget.attrs |= {"data-private": "", "autocomplete": "off"}
            field.required = not stored
            field.error_messages["required"] = f"请填写{field.label}。"
            if stored:
                field.help_text = f"已登记 {stored.mask}，留空则保持不变。"
        self.fields["birth_date"].initial = person.born
        self.fields["surname_pinyin"].initial = person.surname_pinyin
        self.fields["given_pinyin"].initial = person.given_pinyin
        self.fields["family"].required = not self.instance.family
        self.fields["family"].help_text = "称谓、姓名、出生年月、政治面貌、单位职务、居住地、国外居留情况。"

    def told(self) -> dict[str, str]:
        """Nothing of it stands in the log, which everybody reads who sees the case."""
        return {}

    def clean_surname_pinyin(self) -> str:
        """Capitals as in the passport."""
        return pinyin(self.cleaned_data["surname_pinyin"])

    def clean_given_pinyin(self) -> str:
        """Capitals as in the passport."""
        return pinyin(self.cleaned_data["given_pinyin"])

    def clean(self) -> dict[str, Any]:
        """The identity number agrees with birth date and gender; the phone is a mobile number."""
        data = super().clean() or self.cleaned_data
        person = self.member.traveller
        number = clean_text(data.get("id_number") or "", identifier=True) or person.id_number.reveal()
        if number:
            sentence = identity_error(number, birth=data.get("birth_date"), gender=person.gender)
            if not sentence and same_number(person, number):
                sentence = "该身份证号已登记在另一人员名下，请核对。"
            if sentence:
                self.add_error("id_number", sentence)
        if data.get("phone") and (sentence := mobile_error(data["phone"])):
            self.add_error("phone", sentence)
        return data

    def write(self, door: Door, item: Item) -> Mapping[str, Any] | None:
        """Keep the filing, and the person's data for his next trips."""
        person, data = self.member.traveller, self.cleaned_data
        for name in ("id_number", "phone"):
            if data.get(name):
                setattr(person, name, clean_text(data[name], identifier=True))
        person.birth_date = data["birth_date"].isoformat()
        person.surname_pinyin, person.given_pinyin = data["surname_pinyin"], data["given_pinyin"]
        person.save()
        self.instance.filed_on = today()
        self.instance.result = FilingResult.PENDING
        self.save()
        return None


def same_number(person: Traveller, number: str) -> bool:
    """Whether another person of the office has this identity number."""
    index = index_of(Traveller, "id_number", number)
    return Traveller.objects.filter(office=person.office_id, id_index=index).exclude(pk=person.pk).exists()


def pinyin(text: str) -> str:
    """Return a romanised name in capitals; ValidationError when it is none."""
    folded = " ".join(text.upper().split())
    if sentence := pinyin_error(folded):
        raise forms.ValidationError(sentence)
    return folded


class ReviewForm(RowForm):
    """Step 10: the personnel authority takes the filing."""

    also = ("result",)

    sections = (
        Section(
            "审查备案",
            "不同意派出的，请用“退回”，或由组团单位将其退出团组。",
            ("reviewed_by", "reviewed_on"),
        ),
    )

    class Meta:
        model = Filing
        fields = ["reviewed_by", "reviewed_on"]
        formfield_callback = chinese_field

    def find_instance(self) -> Filing:
        """Return the filing that was handed in."""
        return Filing.objects.filter(member=self.member).first() or Filing()

    def prepare(self) -> None:
        """Offer the seat of the reviewer and today."""
        for name in self.fields.keys() - {"opinion", "version"}:
            self.fields[name].required = True
        seat = self.actor.seat_for("personnel")
        if seat and "reviewed_by" in self.fields and not self.initial.get("reviewed_by"):
            self.initial["reviewed_by"] = seat.department
        day = "reviewed_on" if "reviewed_on" in self.fields else "secrecy_on"
        self.initial[day] = self.initial.get(day) or today()

    def clean(self) -> dict[str, Any]:
        """There is a filing, and the review is not of tomorrow."""
        data = super().clean() or self.cleaned_data
        if not self.instance.member_id:
            self.add_error(None, "该成员还没有备案表，请先退回“人员备案表填报”补填。")
        for name in ("reviewed_on", "secrecy_on"):
            self.not_future(name, "审查日期")
        return data

    def write(self, door: Door, item: Item) -> Mapping[str, Any] | None:
        """The authority agrees that the member goes."""
        self.instance.result = FilingResult.AGREED
        self.save()
        return None


class SecrecyForm(ReviewForm):
    """Step 11: the secrecy review of a member who holds, or held, secrets."""

    also = ("secrecy_result",)

    sections = (Section("保密审查", "登记《涉密人员同意派出函》。", ("secrecy_letter_no", "secrecy_on")),)

    class Meta:
        model = Filing
        fields = ["secrecy_letter_no", "secrecy_on"]
        formfield_callback = chinese_field

    def write(self, door: Door, item: Item) -> Mapping[str, Any] | None:
        """Keep the letter."""
        self.instance.secrecy_result = FilingResult.AGREED
        self.save()
        return None


class PublicityForm(GroupForm):
    """Step 12: the notice before the trip; the step ends when it is over without open objections (R11)."""

    kind = PublicityKind.PRE
    sections = (
        Section(
            "公示",
            "组团单位和派员单位分别公示人员、任务、日程、航线、邀请函和经费，不少于 5 个工作日。",
            ("notices[]",),
        ),
    )

    def make_rows(self) -> dict[str, RowSet]:
        """One line for the unit and one for each sending unit."""
        notices = Publicity.objects.filter(delegation=self.group, kind=self.kind)
        units = [self.group.case.department.name, *self.group.sending_units.values_list("name", flat=True)]
        have = set(notices.values_list("unit", flat=True))
        fresh = [{"unit": unit, "result": PublicityResult.CLEAR} for unit in units if unit not in have]
        return {
            "notices": rows_of(
                self,
                PublicityRow,
                prefix="notices",
                queryset=notices,
                initial=fresh,
                meant=len(fresh),
                least=1,
                most=20,
                empty="请登记公示情况。",
            )
        }

    def check_rows(self) -> None:
        """Length, end and result of each notice."""
        axis, needed = current_axis(), self.limits.publicity_workdays
        for form in self.rowsets["notices"].filled():
            starts, ends = form.cleaned_data["starts_on"], form.cleaned_data["ends_on"]
            days = workdays_inclusive(starts, ends, axis)
            if self.kind == PublicityKind.PRE and days < needed:
                form.add_error("ends_on", f"公示 {days} 个工作日，不得少于 {needed} 个工作日，请补足。")
            elif ends > today():
                form.add_error("ends_on", f"公示至 {ends:%m-%d} 才期满，请期满后再办结本环节。")
            if form.cleaned_data["result"] not in (PublicityResult.CLEAR, PublicityResult.SETTLED):
                form.add_error("result", "公示有异议未处理或结果未填，请核实处理后再办结。")

    def write(self, door: Door, item: Item) -> Mapping[str, Any] | None:
        """Save the notices."""
        saved = self.rowsets["notices"].keep(self._own)
        words = [f"{row.unit} {row.starts_on:%m-%d} 至 {row.ends_on:%m-%d}" for row in saved]
        return {self.kind.label: "；".join(words)}

    def _own(self, row: Publicity) -> None:
        row.delegation, row.kind = self.group, self.kind


class ConsentForm(GroupForm):
    """Step 13: the units that send members to a cross-unit group agree."""

    sections = (
        Section("派员单位意见", "派员单位及其外事主管部门均须同意；不同意的请调整成员。", ("units[]",)),
    )

    def make_rows(self) -> dict[str, RowSet]:
        """One line a sending unit."""
        units = SendingUnit.objects.filter(delegation=self.group)
        return {
            "units": rows_of(
                self,
                ConsentRow,
                prefix="units",
                queryset=units,
                extra=0 if units.exists() else 1,
                least=1,
                empty="请登记派员单位的同意函。",
            )
        }

    def write(self, door: Door, item: Item) -> Mapping[str, Any] | None:
        """Save the consents."""
        saved = self.rowsets["units"].keep(self._own)
        return {"派员单位": "、".join(row.name for row in saved)}

    def _own(self, row: SendingUnit) -> None:
        row.delegation = self.group


class SubmitForm(GroupForm):
    """Step 14: the formal application; what the rules forbid is stopped here at the latest."""

    submitted_on = day_field("呈报日期")
    sections = (Section("呈报", "呈报后由外办受理；公示、经费、人数、天数在此再次核对。", ("submitted_on",)),)

    def prepare(self) -> None:
        """Offer today."""
        self.fields["submitted_on"].initial = today()
        speak(self.fields["submitted_on"])

    def findings(self) -> list[Finding]:
        """Return what must be right on the day of the application."""
        self.group.submitted_on = self.cleaned_data.get("submitted_on") or today()
        return submission_findings(self.group)

    def clean(self) -> dict[str, Any]:
        """Refuse while a rule that blocks is not fulfilled."""
        data = super().clean() or self.cleaned_data
        self.not_future("submitted_on", "呈报日期")
        for finding in blockers(self.findings()):
            self.add_error(None, finding.sentence)
        return data

    def write(self, door: Door, item: Item) -> Mapping[str, Any] | None:
        """Keep the day."""
        self.group.submitted_on = self.cleaned_data["submitted_on"]
        self.group.save(update_fields=["submitted_on"])
        return None
