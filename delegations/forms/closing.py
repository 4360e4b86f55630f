"""Forms of the steps 46 and 48 to 50: abroad, report, publicity afterwards, settlement."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms

from delegations.enums import LineKind, PublicityKind
from delegations.forms.approval import PublicityForm
from delegations.forms.base import GroupForm, RowForm, RowSet, Section, chinese_field, place_choices, rows_of
from delegations.forms.lines import AbroadRow, BudgetRow, day_field
from delegations.models import AbroadNote, BudgetLine, TripReport, days_between
from waiban.core.time import today
from waiban.workflow.engine import Door
from waiban.workflow.state import Item


class AbroadForm(GroupForm):
    """Step 46: what was reported and asked from abroad, and the day of the return."""

    actual_entry = day_field("实际回国日期")
    deviation = forms.CharField(
        label="与批准行程不一致的说明", required=False, max_length=1000, widget=forms.Textarea({"rows": 3})
    )
    sections = (
        Section(
            "回国",
            "以边防入境章日期为准；证照交回、报告、公示、决算的期限都从这一天算起。",
            ("actual_entry", "deviation"),
        ),
        Section("境外请示报告", "抵达报备、变更请示和答复；变更国别、天数、路线须事先请示。", ("notes[]",)),
    )

    def prepare(self) -> None:
        """Offer the planned day when it has come."""
        planned = self.group.entry_date
        self.fields["actual_entry"].initial = min(planned, today()) if planned else today()

    def make_rows(self) -> dict[str, RowSet]:
        """One line a report."""
        notes = AbroadNote.objects.filter(delegation=self.group)
        return {"notes": rows_of(self, AbroadRow, prefix="notes", queryset=notes, extra=1)}

    def clean(self) -> dict[str, Any]:
        """Not before the exit; longer than approved with a reason."""
        data = super().clean() or self.cleaned_data
        self.not_future("actual_entry", "实际回国日期")
        home, left = data.get("actual_entry"), self.group.actual_exit
        if home and left and home < left:
            self.add_error("actual_entry", f"回国日期早于出境日期 {left:%Y-%m-%d}，请核对。")
        elif home and left and not data.get("deviation"):
            days, approved = days_between(left, home), self.group.days
            if days and approved and days > approved:
                self.add_error("deviation", f"在外 {days} 天，超过批准的 {approved} 天，请写明原因。")
        return data

    def write(self, door: Door, item: Item) -> Mapping[str, Any] | None:
        """Keep the day and the reports."""
        self.group.actual_entry = self.cleaned_data["actual_entry"]
        self.group.save(update_fields=["actual_entry"])
        self.rowsets["notes"].keep(self._own)
        return None

    def _own(self, row: AbroadNote) -> None:
        row.delegation = self.group


class ReportForm(RowForm):
    """Step 48: the report, due after 15 days and at the latest after 30 (D23)."""

    sections = (
        Section(
            "出访报告",
            "写明任务执行、成果和后续建议；过于简单的会被退回。",
            ("reported_on", "text", "actual_people", "beyond_task"),
        ),
    )
    shortest = 50

    class Meta:
        model = TripReport
        fields = ["reported_on", "text", "actual_people", "beyond_task"]
        formfield_callback = chinese_field
        widgets = {"text": forms.Textarea({"rows": 8})}

    def find_instance(self) -> TripReport:
        """Return the report of an earlier round, or a new one."""
        return TripReport.objects.filter(delegation=self.group).first() or TripReport(
            delegation=self.group, reported_on=today(), actual_people=len(self.members)
        )

    def clean_text(self) -> str:
        """An empty shell is no report."""
        text = self.cleaned_data["text"].strip()
        if len(text) < self.shortest:
            raise forms.ValidationError(f"报告正文不少于 {self.shortest} 字，请写明任务执行情况和成果。")
        return text

    def clean(self) -> dict[str, Any]:
        """Not before the return."""
        data = super().clean() or self.cleaned_data
        self.not_future("reported_on", "提交日期")
        day, home = data.get("reported_on"), self.group.actual_entry
        if day and home and day < home:
            self.add_error("reported_on", f"提交日期早于回国日期 {home:%Y-%m-%d}，请核对。")
        if data.get("actual_people") is not None and data["actual_people"] < 1:
            self.add_error("actual_people", "实际人数须大于 0。")
        return data


class PublicityPostForm(PublicityForm):
    """Step 49: what was done is published within a month after the return (D24)."""

    kind = PublicityKind.POST
    sections = (Section("事后公示", "回国后 1 个月内公布实际执行情况和出访报告。", ("notices[]",)),)

    def check_rows(self) -> None:
        """Not before the return, over, and clear."""
        super().check_rows()
        home = self.group.actual_entry
        for form in self.rowsets["notices"].filled():
            if home and form.cleaned_data["starts_on"] < home:
                form.add_error("starts_on", f"事后公示不能早于回国日期 {home:%Y-%m-%d}，请核对。")


class SettlementForm(GroupForm):
    """Step 50: what was spent, against what was approved."""

    note = forms.CharField(
        label="预决算差异说明", required=False, max_length=1000, widget=forms.Textarea({"rows": 3})
    )
    sections = (
        Section("决算", "凭批件、护照出入境记录和票据核销；票据用中文注明内容。", ("lines[]", "note")),
    )

    def prepare(self) -> None:
        """Show the explanation of an earlier round."""
        self.fields["note"].initial = self.group.settlement_note

    def make_rows(self) -> dict[str, RowSet]:
        """The settlement starts from the lines of the budget."""
        lines = BudgetLine.objects.filter(delegation=self.group, kind=LineKind.SETTLEMENT)
        names = (
            "fee_type",
            "place",
            "city",
            "currency",
            "standard",
            "days",
            "people",
            "amount",
            "rate",
            "yuan",
            "source",
        )
        planned = BudgetLine.objects.filter(delegation=self.group, kind=LineKind.BUDGET)
        copied = [] if lines.exists() else list(planned.values(*names))
        return {
            "lines": rows_of(
                self,
                BudgetRow,
                prefix="lines",
                queryset=lines,
                initial=copied,
                meant=len(copied),
                least=1,
                most=100,
                kwargs={"places": place_choices()},
                empty="请填写决算明细。",
            )
        }

    def check_rows(self) -> None:
        """A sum over the approved one is explained."""
        total = sum((form.cleaned_data["yuan"] for form in self.rowsets["lines"].filled()), Decimal(0))
        approved = self.group.budget_approved
        if approved is not None and total > approved and not self.cleaned_data.get("note"):
            self.add_error("note", f"决算 {total:,.2f} 元超过核定预算 {approved:,.2f} 元，请写明原因。")

    def write(self, door: Door, item: Item) -> Mapping[str, Any] | None:
        """Save the lines."""
        self.rowsets["lines"].keep(self._own)
        self.group.settlement_note = self.cleaned_data["note"]
        self.group.save(update_fields=["settlement_note"])
        total = BudgetLine.objects.filter(delegation=self.group, kind=LineKind.SETTLEMENT).total()
        return {"决算合计": f"{total:,.2f} 元"}

    def _own(self, row: BudgetLine) -> None:
        row.delegation, row.kind = self.group, LineKind.SETTLEMENT
