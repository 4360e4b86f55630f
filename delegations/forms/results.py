"""Forms of the steps 51 and 52: what the trip reached, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from delegations.forms.base import GroupForm, RowSet, Section
from delegations.forms.lines import day_field
from waiban.core.errors import ActError, BadInput
from waiban.core.time import today
from waiban.outcomes.enums import EVENTS, Kind
from waiban.outcomes.forms import FollowUpForm, OutcomeForm
from waiban.outcomes.queries import of_case
from waiban.outcomes.rules import faults, settled
from waiban.outcomes.services import follow_up, register_outcome
from waiban.workflow.engine import Door
from waiban.workflow.state import Item


class OutcomeRow(OutcomeForm):
    """One outcome as a line; a line whose kind is not chosen is empty."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "请选择"), *Kind.choices]
        self.fields["kind"].error_messages["required"] = "请选择成果类别。"
        self.fields["title"].error_messages["required"] = "请填写名称或主题。"
        self.fields["signed_on"].error_messages["required"] = "请填写签约或举办日期。"

    def clean(self) -> dict[str, Any]:
        """Show what the register would refuse at its field."""
        cleaned = super().clean()
        if not self.errors:
            self.take_faults(faults(settled(self.data_given()), today()))
        return cleaned


class PlainRows(forms.BaseFormSet):
    """Lines that are not rows of a table of this app."""

    def gone(self, form: forms.Form) -> bool:
        """Whether a line is marked for deletion."""
        return bool(self.can_delete and self._should_delete_form(form))

    def filled(self) -> list[forms.Form]:
        """Return the lines that are meant."""
        return [form for form in self.forms if not self.gone(form) and form.has_changed()]


class OutcomesForm(GroupForm):
    """Step 51: the outcomes, or the plain statement that there were none."""

    reached = forms.TypedChoiceField(
        label="本次出访成果",
        choices=[("yes", "有成果"), ("no", "无成果")],
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
    )
    none_note = forms.CharField(
        label="无成果说明", required=False, max_length=1000, widget=forms.Textarea({"rows": 2})
    )
    sections = (
        Section(
            "成果",
            "推介场次、拜会、签约项目和线索；金额须有佐证，同一项目跨团组只计一次。",
            ("reached", "none_note"),
        ),
        Section("成果清单", "回国 15 日内登记；已在成果台账登记的不必重填。", ("outcomes[]",)),
    )

    def prepare(self) -> None:
        """Remember what the register has already."""
        self.known = of_case(self.group.pk).count()
        if self.known:
            self.fields["reached"].initial = "yes"
            self.fields["reached"].help_text = f"成果台账已登记 {self.known} 项。"
        elif self.group.has_outcomes is False:
            self.fields["reached"].initial = "no"
            self.fields["none_note"].initial = self.group.no_outcome_note

    def make_rows(self) -> dict[str, Any]:
        """Empty lines for new outcomes."""
        made = forms.formset_factory(OutcomeRow, formset=PlainRows, extra=2, max_num=60, can_delete=False)
        data = self.data if self.is_bound else None
        return {"outcomes": made(data=data, prefix="outcomes")}

    def check_rows(self) -> None:
        """Yes needs an outcome, no its reason."""
        lines = len(self.rowsets["outcomes"].filled())
        reached, note = self.cleaned_data["reached"], self.cleaned_data["none_note"]
        if reached and not lines and not self.known:
            self.add_error("reached", "选择“有成果”的，请至少登记一项成果。")
        elif not reached and (lines or self.known):
            self.add_error("reached", "已登记成果，不能选择“无成果”。")
        elif not reached and not note.strip():
            self.add_error("none_note", "无成果的，请写明情况。")

    def write(self, door: Door, item: Item) -> Mapping[str, Any] | None:
        """Enter the outcomes into the register."""
        reached = self.cleaned_data["reached"]
        for position, form in enumerate(self.rowsets["outcomes"].filled(), 1):
            try:
                register_outcome(case=self.group.case, actor=self.actor, data=form.data_given())
            except ActError as error:
                raise BadInput({"": f"第 {position} 行：{error.message}"}) from error
        self.group.has_outcomes = reached
        self.group.no_outcome_note = "" if reached else self.cleaned_data["none_note"]
        self.group.save(update_fields=["has_outcomes", "no_outcome_note"])
        return {"成果": f"{of_case(self.group.pk).count()} 项"} if reached else None


class FollowRow(FollowUpForm):
    """The follow-up of one outcome."""

    outcome_id = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].error_messages["required"] = "请填写跟进日期。"
        self.fields["note"].error_messages["required"] = "请填写跟进情况。"
        self.fields["note"].required = False
        if title := (self.initial or {}).get("title"):
            self.fields["note"].label = f"{title}：跟进情况"


class FollowForm(GroupForm):
    """Step 52: the first follow-up of each project and lead; later ones are kept in the register."""

    followed_on = day_field("跟踪日期")
    summary = forms.CharField(label="总体进展", max_length=1000, widget=forms.Textarea({"rows": 3}))
    sections = (
        Section(
            "跟踪转化", "首次跟踪后转入成果台账，按 30、90、180、365 日继续提醒。", ("followed_on", "summary")
        ),
        Section("逐项跟踪", "未填写的项目保持原进展。", ("follow[]",)),
    )

    def prepare(self) -> None:
        """Offer today."""
        self.fields["followed_on"].initial = today()

    def make_rows(self) -> dict[str, Any]:
        """One line for each outcome that goes on."""
        self.going = {row.pk: row for row in of_case(self.group.pk).exclude(kind__in=EVENTS)}
        lines = [{"outcome_id": row.pk, "title": row.title, "on": today()} for row in self.going.values()]
        made = forms.formset_factory(FollowRow, formset=PlainRows, extra=0, max_num=200)
        data = self.data if self.is_bound else None
        return {"follow": made(data=data, prefix="follow", initial=lines)} if lines else {}

    def clean(self) -> dict[str, Any]:
        """It has been done."""
        data = super().clean() or self.cleaned_data
        self.not_future("followed_on", "跟踪日期")
        return data

    def write(self, door: Door, item: Item) -> Mapping[str, Any] | None:
        """Write a follow-up for each line with a note."""
        rows: RowSet | None = self.rowsets.get("follow")
        for form in rows.forms if rows is not None else ():
            data = form.cleaned_data
            if data.get("note") and data.get("outcome_id") in self.going:
                follow_up(
                    outcome_id=data["outcome_id"],
                    actor=self.actor,
                    on=data["on"],
                    note=data["note"],
                    status=data["status"],
                    next_on=data["next_on"],
                )
        return None
