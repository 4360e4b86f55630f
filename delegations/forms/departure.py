"""Forms of the steps 42 to 45 and 47: briefing, tickets, documents handed out, departure, documents back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from delegations.enums import Custody, MemberRole, Movement, PaperKind
from delegations.forms.base import GroupForm, RowForm, Section, chinese_field
from delegations.forms.lines import day_field
from delegations.models import IssuedPaper, Passport, Ticketing, TrainingAttendance
from delegations.services import current_document, move_passport
from waiban.core.time import today
from waiban.workflow.engine import Door
from waiban.workflow.state import Item


class TrainingForm(GroupForm):
    """Step 42: the briefing before the trip, attended by everybody (财行〔2013〕516号第二十条)."""

    held_on = day_field("日期")
    place = forms.CharField(label="地点", max_length=80)
    attended = forms.MultipleChoiceField(label="已签到", widget=forms.CheckboxSelectMultiple)
    promised = forms.MultipleChoiceField(label="已签承诺书", widget=forms.CheckboxSelectMultiple)
    sections = (
        Section(
            "行前教育",
            "外事、保密、安全、财经纪律教育须全员参加；未完成的不发照。",
            ("held_on", "place", "attended", "promised"),
        ),
    )

    def prepare(self) -> None:
        """Offer the members and today."""
        choices = [(str(member.pk), member.traveller.name) for member in self.members]
        self.fields["held_on"].initial = today()
        for name in ("attended", "promised"):
            self.fields[name].choices = choices
            self.fields[name].error_messages["required"] = "须全员完成，请逐人勾选。"

    def clean(self) -> dict[str, Any]:
        """Everybody was there and signed."""
        data = super().clean() or self.cleaned_data
        self.not_future("held_on", "行前教育日期")
        for name, words in (("attended", "未签到"), ("promised", "未签承诺书")):
            chosen = set(data.get(name) or ())
            missing = [m.traveller.name for m in self.members if str(m.pk) not in chosen]
            if missing and name not in self.errors:
                self.add_error(name, f"{'、'.join(missing)}{words}，须全员完成后再办结。")
        return data

    def write(self, door: Door, item: Item) -> Mapping[str, Any] | None:
        """One row a member."""
        for member in self.members:
            TrainingAttendance.objects.update_or_create(
                member=member,
                defaults={
                    "held_on": self.cleaned_data["held_on"],
                    "place": self.cleaned_data["place"],
                    "attended": True,
                    "promised": True,
                },
            )
        return None


class TicketForm(RowForm):
    """Step 43: tickets and insurance, bought after the visas were granted (D19)."""

    sections = (
        Section(
            "机票",
            "优先我国航空公司；乘外航须事先经外事和财务部门批准（财行〔2013〕516号第九条）。",
            ("bought_on", "outbound", "inbound", "foreign_carrier", "approval", "amount"),
        ),
        Section("保险", "按驻华使领馆要求或单位规定购买。", ("insurance_no",)),
    )

    class Meta:
        model = Ticketing
        fields = [
            "bought_on",
            "outbound",
            "inbound",
            "foreign_carrier",
            "approval",
            "amount",
            "insurance_no",
        ]
        formfield_callback = chinese_field

    def find_instance(self) -> Ticketing:
        """Return the tickets of the group, or a new row."""
        return Ticketing.objects.filter(delegation=self.group).first() or Ticketing(
            delegation=self.group, bought_on=today()
        )

    def clean(self) -> dict[str, Any]:
        """Foreign carriers are approved before."""
        data = super().clean() or self.cleaned_data
        self.not_future("bought_on", "出票日期")
        if data.get("foreign_carrier") and not data.get("approval"):
            self.add_error("approval", "乘坐外国航空公司须事先批准，请填写审批依据。")
        if data.get("amount") is not None and data["amount"] < 0:
            self.add_error("amount", "票款不得为负，请核对。")
        return data


class DepartureForm(GroupForm):
    """Step 45: the day on which the group left the country, as the border stamp says."""

    actual_exit = day_field("实际出境日期")
    sections = (Section("出境", "以边防出境章日期为准。", ("actual_exit",)),)

    def prepare(self) -> None:
        """Offer the planned day."""
        planned = self.group.exit_date
        self.fields["actual_exit"].initial = min(planned, today()) if planned else today()

    def clean(self) -> dict[str, Any]:
        """R14: not before the approval; not tomorrow."""
        data = super().clean() or self.cleaned_data
        self.not_future("actual_exit", "实际出境日期")
        day = data.get("actual_exit")
        paper = IssuedPaper.objects.filter(
            delegation=self.group, kind__in=[PaperKind.APPROVAL, PaperKind.CONFIRMATION], void=False
        ).first()
        if paper is None:
            self.add_error(None, "尚无任务批件，未批先走不予补办、不予报销。")
        elif day and day < paper.issued_on:
            self.add_error("actual_exit", f"出境日期早于任务批件日期 {paper.issued_on:%Y-%m-%d}，请核对。")
        return data

    def write(self, door: Door, item: Item) -> Mapping[str, Any] | None:
        """Keep the day."""
        self.group.actual_exit = self.cleaned_data["actual_exit"]
        self.group.save(update_fields=["actual_exit"])
        return None


class ReleaseForm(GroupForm):
    """Step 44: the documents are given to the group, kept by one person (行前教育未完成不发照)."""

    released_on = day_field("领照日期")
    keeper = forms.CharField(label="专人保管", max_length=60, help_text="境外期间集中保管证照的成员。")
    sections = (
        Section("发放", "行前教育未全员完成的不得发照；证照由专人集中保管。", ("released_on", "keeper")),
    )

    def prepare(self) -> None:
        """Offer today and the leader."""
        self.fields["released_on"].initial = today()
        leader = next((m for m in self.members if m.role == MemberRole.LEADER), None)
        self.fields["keeper"].initial = leader.traveller.name if leader else ""

    def clean(self) -> dict[str, Any]:
        """D18: everybody was at the briefing; everybody has a document."""
        data = super().clean() or self.cleaned_data
        self.not_future("released_on", "领照日期")
        trained = set(self.group.members.filter(training__attended=True).values_list("pk", flat=True))
        absent = [m.traveller.name for m in self.members if m.pk not in trained]
        if absent:
            self.add_error(None, f"{'、'.join(absent)}未完成行前教育，不得发照，请先补办。")
        bare = [m.traveller.name for m in self.members if current_document(m, self.group) is None]
        if bare:
            self.add_error(None, f"{'、'.join(bare)}没有可用的因公证照，请先办理或将其退出团组。")
        return data

    def write(self, door: Door, item: Item) -> Mapping[str, Any] | None:
        """Hand over every document of the group."""
        for member in self.members:
            passport = current_document(member, self.group)
            if passport is not None and passport.custody != Custody.RELEASED:
                move_passport(
                    passport=passport,
                    movement=Movement.RELEASE,
                    actor=self.actor,
                    delegation=self.group,
                    to_whom=self.cleaned_data["keeper"],
                )
            member.passport, member.released_on = passport, self.cleaned_data["released_on"]
            member.save(update_fields=["passport", "released_on"])
        return None


class ReturnedForm(GroupForm):
    """Step 47: the document is back within seven days after the return."""

    returned_on = day_field("交照日期")
    location = forms.CharField(label="存放位", max_length=40, required=False)
    late_reason = forms.CharField(label="超期原因", max_length=200, required=False)
    sections = (
        Section(
            "收缴",
            "自回国次日起 7 日内交回；请同时上传出入境记录页。",
            ("returned_on", "location", "late_reason"),
        ),
    )

    def prepare(self) -> None:
        """Offer today and the old place."""
        self.fields["returned_on"].initial = today()
        if self.member.passport:
            self.fields["location"].initial = self.member.passport.location

    def clean(self) -> dict[str, Any]:
        """Not before the return; later than seven days with a reason (D22)."""
        data = super().clean() or self.cleaned_data
        self.not_future("returned_on", "交照日期")
        day, home = data.get("returned_on"), self.group.actual_entry
        if day and home:
            if day < home:
                self.add_error("returned_on", f"交照日期早于回国日期 {home:%Y-%m-%d}，请核对。")
            elif (day - home).days > self.limits.return_days and not data.get("late_reason"):
                self.add_error("late_reason", f"已超过回国后 {self.limits.return_days} 日，请写明原因。")
        return data

    def write(self, door: Door, item: Item) -> Mapping[str, Any] | None:
        """Take the document back into the library."""
        passport, data = self.member.passport, self.cleaned_data
        if passport is not None and passport.custody == Custody.RELEASED:
            move_passport(
                passport=passport,
                movement=Movement.RETURN,
                actor=self.actor,
                delegation=self.group,
                note=data["late_reason"],
            )
            if data["location"]:
                Passport.objects.filter(pk=passport.pk).update(location=data["location"])
        self.member.returned_on = data["returned_on"]
        self.member.save(update_fields=["returned_on"])
        return None
