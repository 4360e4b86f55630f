"""Forms of the steps that end in a paper: decision, acceptance, replies, instruction, approval."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from delegations.enums import OrganizeMode, PaperKind
from delegations.forms.base import GroupForm, Section
from delegations.forms.lines import day_field
from delegations.models import IssuedPaper
from delegations.rules.person import official_number_error
from delegations.services import number_for, record_paper
from waiban.core.time import today
from waiban.workflow.engine import Door
from waiban.workflow.state import Item


class PaperForm(GroupForm):
    """A step whose result is one paper with a day and, mostly, a number."""

    kind: ClassVar[PaperKind]
    strict_number: ClassVar[bool] = False
    number_required: ClassVar[bool] = False
    own_series: ClassVar[bool] = False
    issuer_label: ClassVar[str] = ""
    summary_label: ClassVar[str] = ""

    number = forms.CharField(label="文号", required=False, max_length=60)
    issued_on = day_field("日期")
    issuer = forms.CharField(label="发文单位", required=False, max_length=80)
    summary = forms.CharField(
        label="摘要", required=False, max_length=300, widget=forms.Textarea({"rows": 2})
    )

    def prepare(self) -> None:
        """Show what this paper needs; start from the paper of an earlier round."""
        self.fields["number"].required = self.number_required
        self.fields["issued_on"].initial = today()
        for name, label in (("issuer", self.issuer_label), ("summary", self.summary_label)):
            if label:
                self.fields[name].label = label
            else:
                del self.fields[name]
        if self.own_series:
            self.fields["number"].help_text = "留空则自动取本办下一个号。"
        before = IssuedPaper.objects.filter(
            delegation=self.group, kind=self.paper_kind(), member=self.member, void=False
        ).first()
        if before is not None:
            for name in ("number", "issued_on", "issuer", "summary"):
                if name in self.fields:
                    self.initial.setdefault(name, getattr(before, name))

    def paper_kind(self) -> PaperKind:
        """Return the kind of paper that this step makes."""
        return self.kind

    def clean_number(self) -> str:
        """Official numbers have their form."""
        number = self.cleaned_data["number"].strip()
        if number and self.strict_number and (sentence := official_number_error(number)):
            raise forms.ValidationError(sentence)
        return number

    def clean(self) -> dict[str, Any]:
        """A paper is not of tomorrow."""
        data = super().clean() or self.cleaned_data
        self.not_future("issued_on", "日期")
        return data

    def write(self, door: Door, item: Item) -> Mapping[str, Any] | None:
        """File the paper; its number comes from the office's series when it was left empty."""
        kind = self.paper_kind()
        number = self.cleaned_data["number"]
        if not number and self.own_series:
            number = number_for(kind, self.group, self.actor)
        paper = record_paper(
            group=self.group,
            kind=kind,
            issued_on=self.cleaned_data["issued_on"],
            number=number,
            issuer=self.cleaned_data.get("issuer", ""),
            summary=self.cleaned_data.get("summary", ""),
            member=self.member,
        )
        return {kind.label: paper.number} if paper.number else None


class UnitDecisionForm(PaperForm):
    """Step 7: the leadership of the unit decided in a meeting."""

    kind = PaperKind.UNIT_DECISION
    summary_label = "会议决定"
    sections = (Section("研究立项", "会议纪要或立项签报是呈报的附件。", ("issued_on", "number", "summary")),)


class AcceptForm(PaperForm):
    """Step 15: the papers are complete; the application gets its acceptance number."""

    kind = PaperKind.ACCEPTANCE
    own_series = True
    complete = forms.BooleanField(
        label="材料齐全、形式合规",
        error_messages={"required": "材料不齐的，请用“退回”一次性告知全部缺项。"},
    )
    sections = (Section("受理", "受理号自动编取；材料不齐请用退回。", ("complete", "issued_on", "number")),)

    def prepare(self) -> None:
        """The sentence on incomplete papers stays."""
        super().prepare()
        self.fields["complete"].error_messages["required"] = "材料不齐的，请用“退回”一次性告知全部缺项。"


class ConsultReplyForm(PaperForm):
    """Step 17: what the mission or the line department answered."""

    kind = PaperKind.MISSION_REPLY
    issuer_label = "复函单位"
    summary_label = "复函意见"
    sections = (
        Section(
            "复函",
            "驻外使领馆没有系统账号，由外办经办代为登记。",
            ("issuer", "issued_on", "number", "summary"),
        ),
    )

    def prepare(self) -> None:
        """Who answered and what is needed."""
        super().prepare()
        self.fields["issuer"].required = True
        self.fields["summary"].required = True


class InstructionForm(PaperForm):
    """Step 21: the instruction of the city's leader; written on paper it is recorded by the office."""

    kind = PaperKind.INSTRUCTION
    issuer_label = "批示领导"
    sections = (Section("批示", "领导在纸上批示的，由外办经办按原文登记。", ("issuer", "issued_on")),)

    def prepare(self) -> None:
        """The leader himself needs not type his name."""
        super().prepare()
        self.fields["issuer"].required = True
        if self.actor.has("city_leader"):
            self.initial.setdefault("issuer", self.actor.name)

    def write(self, door: Door, item: Item) -> Mapping[str, Any] | None:
        """The opinion is the text of the instruction."""
        self.cleaned_data["summary"] = self.cleaned_data["opinion"][:300]
        self.cleaned_data["number"] = ""
        return super().write(door, item)


class ProvinceSubmitForm(PaperForm):
    """Step 22: the request to the province and its receipt number."""

    kind = PaperKind.PROVINCE_SUBMIT
    number_required = True
    sections = (Section("转报", "填写转报件文号，便于省委外办查收。", ("number", "issued_on")),)


class ProvinceReplyForm(PaperForm):
    """Step 23: the approval or confirmation of the province."""

    kind = PaperKind.PROVINCE_REPLY
    number_required = True
    issuer_label = "批复单位"
    sections = (Section("省级批复", "批复文号将写入任务批件。", ("number", "issued_on", "issuer")),)

    def prepare(self) -> None:
        """The province is the usual sender."""
        super().prepare()
        self.initial.setdefault("issuer", "山东省委外办")


class ApprovalForm(PaperForm):
    """Step 24: the task approval, or the confirmation for who joins another group."""

    kind = PaperKind.APPROVAL
    own_series = True
    strict_number = True
    notice_no = forms.CharField(label="任务通知书文号", required=False, max_length=60)
    sections = (
        Section(
            "任务批件",
            "批件须在出境前取得；文号作废后不得再用。",
            ("number", "issued_on", "notice_no"),
        ),
    )

    def prepare(self) -> None:
        """Only a group that takes in other units issues notices to them."""
        super().prepare()
        if not self.group.sending_units.exists():
            del self.fields["notice_no"]
        else:
            self.fields["notice_no"].help_text = "双跨团组同时制发任务通知书；留空则自动取号。"

    def paper_kind(self) -> PaperKind:
        """Who joins another group gets a confirmation."""
        return PaperKind.CONFIRMATION if self.group.organize_mode == OrganizeMode.JOIN else PaperKind.APPROVAL

    def clean(self) -> dict[str, Any]:
        """R14: the approval comes before the exit."""
        data = super().clean()
        day = data.get("issued_on")
        if day and self.group.exit_date and day > self.group.exit_date:
            self.add_error("issued_on", "批件须在出境前取得，未批先走不予补办，请核对日期或退回调整行程。")
        return data

    def write(self, door: Door, item: Item) -> Mapping[str, Any] | None:
        """File the approval and, for other units, the notice."""
        told = dict(super().write(door, item) or {})
        if "notice_no" in self.fields:
            kind = PaperKind.TASK_NOTICE
            number = self.cleaned_data["notice_no"] or number_for(kind, self.group, self.actor)
            record_paper(group=self.group, kind=kind, issued_on=self.cleaned_data["issued_on"], number=number)
            told[kind.label] = number
        return told


class NoteVerbaleForm(PaperForm):
    """Step 36: the note verbale to the embassy."""

    kind = PaperKind.NOTE_VERBALE
    own_series = True
    sections = (Section("照会", "照会与签证事项表一并制作。", ("number", "issued_on")),)


class ExitProofForm(PaperForm):
    """Step 41: the exit certificate of a member for a country that needs no sticker visa."""

    kind = PaperKind.EXIT_PROOF
    own_series = True
    sections = (Section("出境证明", "免签或电子签国家，出境时随护照交验。", ("number", "issued_on")),)

    def write(self, door: Door, item: Item) -> Mapping[str, Any] | None:
        """Keep the number with the member."""
        told = super().write(door, item) or {}
        assert self.member is not None
        self.member.exit_proof_no = told.get(PaperKind.EXIT_PROOF.label, "")
        self.member.save(update_fields=["exit_proof_no"])
        return told


class ArchiveForm(PaperForm):
    """Step 53: the file of the whole case is closed."""

    kind = PaperKind.ARCHIVE
    own_series = True
    summary_label = "归档说明"
    sections = (
        Section("归档", "卷宗号自动编取；归档后内容不能再修改。", ("number", "issued_on", "summary")),
    )
