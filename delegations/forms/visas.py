"""Forms of the steps 32 to 40: the visas of the members."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from delegations.enums import Custody, Interview, Movement, VisaResult
from delegations.facts import has_visa, is_free, open_dossier
from delegations.forms.base import (
    GroupForm,
    MomentInput,
    RowSet,
    Section,
    member_places,
    rows_of,
)
from delegations.forms.lines import VisaFeeRow, VisaFormRow, VisaNeedRow, VisaResultRow, day_field
from delegations.models import Visa
from delegations.services import move_passport
from waiban.core.time import local, now, today
from waiban.workflow.engine import Door
from waiban.workflow.state import Item


class VisaNeedForm(GroupForm):
    """Step 32: for each country of the route, whether the member needs a visa and how it is asked for."""

    sections = (Section("签证需求", "免签、已有有效签证的写明原因，后面的签证环节自动跳过。", ("needs[]",)),)

    def make_rows(self) -> dict[str, RowSet]:
        """One line a country, pre-filled from agreements, earlier visas and custom."""
        stops = [stop for stop in self.group.stops.all() if not stop.inside_airport]
        self.visas = Visa.objects.filter(member=self.member, place__in=[s.place_id for s in stops])
        known = set(self.visas.values_list("place_id", flat=True))
        dossier = open_dossier(self.group)
        fresh, seen = [], set(known)
        for stop in dossier.counted:
            if stop.place_id not in seen:
                seen.add(stop.place_id)
                fresh.append(self._guess(dossier, stop))
        return {
            "needs": rows_of(
                self,
                VisaNeedRow,
                prefix="needs",
                queryset=self.visas,
                initial=fresh,
                fixed=True,
                kwargs={"places": member_places(self.group)},
            )
        }

    def _guess(self, dossier: Any, stop: Any) -> dict[str, Any]:
        member = next(m for m in dossier.members if m.pk == self.member.pk)
        rule = dossier.visa_rule(stop)
        reason = ""
        if is_free(dossier, member, stop):
            reason = "互免签证协定"
        elif has_visa(dossier, member, stop):
            reason = "持有有效多次签证"
        elif rule.e_visa:
            reason = "电子签证"
        return {
            "place": stop.place_id,
            "needed": not reason,
            "kind": rule.visa_kind,
            "submit_place": rule.submit_place,
            "presence": stop.place.needs_presence and not reason,
            "exempt_reason": reason,
        }

    def write(self, door: Door, item: Item) -> Mapping[str, Any] | None:
        """Save the lines and draw the sum for the member."""
        saved = self.rowsets["needs"].keep(self._own)
        Visa.objects.filter(member=self.member).exclude(pk__in=[row.pk for row in saved]).delete()
        needed = [row for row in saved if row.needed]
        self.member.visa_needed = bool(needed)
        self.member.presence_needed = any(row.presence for row in needed)
        self.member.save(update_fields=["visa_needed", "presence_needed"])
        words = [f"{row.place}{'须办 ' + row.kind if row.needed else '免办'}" for row in saved]
        return {"签证需求": "；".join(words)}

    def _own(self, row: Visa) -> None:
        row.member = self.member


class VisaRowsForm(GroupForm):
    """Base of the steps that fill something for each visa of a member."""

    row: type[forms.ModelForm]

    def make_rows(self) -> dict[str, RowSet]:
        """One line for each visa that is needed."""
        visas = Visa.objects.filter(member=self.member, needed=True).select_related("place")
        return {"visas": rows_of(self, self.row, prefix="visas", queryset=visas, fixed=True)}

    def write(self, door: Door, item: Item) -> Mapping[str, Any] | None:
        """Save the lines."""
        self.rowsets["visas"].keep(lambda row: None)
        return None


class VisaFillForm(VisaRowsForm):
    """Step 33: the member has filled the application and signs that it is true."""

    row = VisaFormRow
    photo = forms.BooleanField(label="签证照片已提交并合格")
    truthful = forms.BooleanField(label="本人确认所填内容真实、完整")
    sections = (
        Section(
            "签证申请表",
            "上次填过的内容已带入；请核对后确认签字。",
            ("visas[]", "photo", "truthful"),
        ),
    )

    def prepare(self) -> None:
        """Say what is missing when a box is empty."""
        self.fields["photo"].error_messages["required"] = "请先提交合格的签证照片。"
        self.fields["truthful"].error_messages["required"] = "请确认所填内容真实、完整。"


class DossierForm(GroupForm):
    """Step 34: application, photo, letter, programme and bookings are put together."""

    dossier_on = day_field("合成日期")
    complete = forms.BooleanField(label="申请表、照片、邀请函、日程、预订单、保险已齐")
    sections = (Section("材料册", "一人一册，按使馆清单装订。", ("dossier_on", "complete")),)

    def prepare(self) -> None:
        """Offer today."""
        self.fields["dossier_on"].initial = today()
        self.fields["complete"].error_messages["required"] = "材料未齐的，请补齐后再办结。"

    def clean(self) -> dict[str, Any]:
        """It has been done."""
        data = super().clean() or self.cleaned_data
        self.not_future("dossier_on", "合成日期")
        return data

    def write(self, door: Door, item: Item) -> Mapping[str, Any] | None:
        """Keep the day with each visa."""
        Visa.objects.filter(member=self.member, needed=True).update(
            dossier_on=self.cleaned_data["dossier_on"]
        )
        return None


class VisaFeeForm(VisaRowsForm):
    """Step 35: the dossier was checked and the fee paid."""

    row = VisaFeeRow
    sections = (Section("缴费", "免费的填 0；已缴的填写凭证号。", ("visas[]",)),)


class VisaSubmitForm(GroupForm):
    """Step 37: passports and dossiers went to the embassy; interviews are booked for the whole group."""

    submitted_on = day_field("送签日期")
    appointment_at = forms.DateTimeField(label="面谈预约时间", required=False, widget=MomentInput())
    appointment_place = forms.CharField(label="面谈地点", max_length=120, required=False)
    sections = (
        Section(
            "送签",
            "须到场的签证由主管部门统一预约，成员手机上会看到时间、地点和要带的材料。",
            ("submitted_on", "appointment_at", "appointment_place"),
        ),
    )

    def prepare(self) -> None:
        """Offer today; an appointment only where somebody has to appear."""
        self.fields["submitted_on"].initial = today()
        self.presence = Visa.objects.filter(
            member__delegation=self.group, member__left=False, needed=True, presence=True
        ).exists()
        if not self.presence:
            del self.fields["appointment_at"], self.fields["appointment_place"]

    def clean(self) -> dict[str, Any]:
        """The appointment lies behind the submission and before the exit."""
        data = super().clean() or self.cleaned_data
        self.not_future("submitted_on", "送签日期")
        meeting, day = data.get("appointment_at"), data.get("submitted_on")
        if meeting:
            if day and local(meeting).date() < day:
                self.add_error("appointment_at", "面谈时间不能早于送签日期，请核对。")
            elif self.group.exit_date and local(meeting).date() > self.group.exit_date:
                self.add_error("appointment_at", "面谈时间晚于出境日期，请改约或调整行程。")
            if not data.get("appointment_place"):
                self.add_error("appointment_place", "请填写面谈地点。")
        return data

    def write(self, door: Door, item: Item) -> Mapping[str, Any] | None:
        """Keep day and appointment with each visa."""
        visas = Visa.objects.filter(member__delegation=self.group, member__left=False, needed=True)
        visas.update(submitted_on=self.cleaned_data["submitted_on"])
        visas.filter(presence=False).update(interview=Interview.NOT_NEEDED)
        if self.presence and self.cleaned_data.get("appointment_at"):
            visas.filter(presence=True).update(
                appointment_at=self.cleaned_data["appointment_at"],
                appointment_place=self.cleaned_data["appointment_place"],
                interview=Interview.WAITING,
            )
        return None


class InterviewForm(GroupForm):
    """Step 38: the member was at the embassy."""

    interview_on = day_field("面谈日期")
    result = forms.ChoiceField(
        label="结果",
        choices=[
            (Interview.PASSED.value, Interview.PASSED.label),
            (Interview.AGAIN.value, Interview.AGAIN.label),
        ],
        widget=forms.RadioSelect,
    )
    sections = (Section("面谈", "已完成面谈或指纹采集的登记在此。", ("interview_on", "result")),)

    def prepare(self) -> None:
        """Offer the day of the appointment."""
        booked = (
            Visa.objects.filter(member=self.member, presence=True, appointment_at__isnull=False)
            .values_list("appointment_at", flat=True)
            .first()
        )
        self.fields["interview_on"].initial = local(booked).date() if booked and booked <= now() else today()
        self.fields["result"].initial = Interview.PASSED.value

    def clean(self) -> dict[str, Any]:
        """It has taken place; a second interview keeps the step open."""
        data = super().clean() or self.cleaned_data
        self.not_future("interview_on", "面谈日期")
        if data.get("result") == Interview.AGAIN:
            self.add_error("result", "须再次面谈的，请待再次面谈完成后再办结本环节。")
        return data

    def write(self, door: Door, item: Item) -> Mapping[str, Any] | None:
        """Keep it with each visa that asked for presence."""
        Visa.objects.filter(member=self.member, needed=True, presence=True).update(
            interview=Interview.PASSED, interview_on=self.cleaned_data["interview_on"]
        )
        return None


class VisaResultForm(VisaRowsForm):
    """Step 39: what the embassy decided; only granted visas let the step end."""

    row = VisaResultRow
    sections = (Section("审理结果", "待补件、拒签的本环节不能办结，请补件、换人或取消。", ("visas[]",)),)

    def check_rows(self) -> None:
        """All granted, and long enough for the trip."""
        for form in self.rowsets["visas"].filled():
            data = form.cleaned_data
            if data["result"] == VisaResult.REFUSED:
                form.add_error("result", "已被拒签：请由组团单位将该成员退出团组，或由外办取消出访。")
            elif data["result"] != VisaResult.ISSUED:
                form.add_error("result", "签证尚未签发，待签发后再办结本环节。")
            else:
                for name, sentence in visa_faults(self.group, data["expires_on"], data["stay_days"]):
                    form.add_error(name, sentence)


def visa_faults(group: Any, expires_on: Any, stay_days: int | None) -> list[tuple[str, str]]:
    """Return what is wrong with a granted visa for this trip, by field."""
    faults = []
    if expires_on and group.entry_date and expires_on < group.entry_date:
        faults.append(
            ("expires_on", f"签证有效期未覆盖回国日期 {group.entry_date:%Y-%m-%d}，请联系使馆更正。")
        )
    if stay_days is not None and group.days and stay_days < group.days:
        faults.append(("stay_days", f"停留期 {stay_days} 天少于在外天数 {group.days} 天，请联系使馆更正。"))
    return faults


class VisaCollectForm(GroupForm):
    """Step 40: the passports are back with the visas, each checked against the trip."""

    collected_on = day_field("取签日期")
    checked = forms.BooleanField(label="姓名、类型、次数、有效期、停留期均已核对无误")
    sections = (Section("取签核对", "逐本核对签证页，有误的立即联系使馆更正。", ("collected_on", "checked")),)

    def prepare(self) -> None:
        """Offer today."""
        self.fields["collected_on"].initial = today()
        self.fields["checked"].error_messages["required"] = "请逐本核对签证内容后勾选。"

    def clean(self) -> dict[str, Any]:
        """Every visa covers the trip."""
        data = super().clean() or self.cleaned_data
        self.not_future("collected_on", "取签日期")
        visas = Visa.objects.filter(member__delegation=self.group, member__left=False, needed=True)
        for visa in visas.select_related("member__traveller", "place"):
            for _name, sentence in visa_faults(self.group, visa.expires_on, visa.stay_days):
                self.add_error(None, f"{visa.member.traveller.name} {visa.place}：{sentence}")
        return data

    def write(self, door: Door, item: Item) -> Mapping[str, Any] | None:
        """The documents come back into the library."""
        for member in self.group.members.filter(left=False, visa_needed=True).select_related("passport"):
            if member.passport and member.passport.custody == Custody.OUT:
                move_passport(
                    passport=member.passport,
                    movement=Movement.COLLECT,
                    actor=self.actor,
                    delegation=self.group,
                    note="取签回库",
                )
        return None
