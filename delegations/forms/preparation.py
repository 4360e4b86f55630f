"""Forms of the steps 4 to 6: invitation, programme and budget, pre-check."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from delegations.enums import EntryKind, FeeType, LineKind
from delegations.facts import open_dossier
from delegations.forms.base import GroupForm, RowSet, Section, place_choices, rows_of
from delegations.forms.lines import BudgetRow, InvitationRow, ItineraryRow, day_field
from delegations.models import BudgetLine, Invitation, ItineraryEntry, PlanItem
from delegations.queries import precheck_of, snapshot_from
from delegations.rules import Finding, blockers, papers
from delegations.rules.papers import invitation_faults
from delegations.rules.snapshot import EntryView, InvitationView, Snapshot
from waiban.core.errors import BadInput
from waiban.core.time import today
from waiban.workflow.engine import Door
from waiban.workflow.state import Item


class InvitationForm(GroupForm):
    """Step 4: the letters of invitation."""

    sections = (
        Section(
            "邀请函",
            "由外方对口单位、相应级别人员邀请；中资企业、华侨社团、驻华机构和中介不得邀请。",
            ("letters[]",),
        ),
    )

    def make_rows(self) -> dict[str, RowSet]:
        """One line a letter."""
        letters = Invitation.objects.filter(delegation=self.group)
        return {
            "letters": rows_of(
                self,
                InvitationRow,
                prefix="letters",
                queryset=letters,
                extra=0 if letters.exists() else 1,
                least=1,
                kwargs={"places": place_choices()},
                empty="请至少登记一份邀请函。",
            )
        }

    def check_rows(self) -> None:
        """The letters cover the days of the trip."""
        view = snapshot_from(open_dossier(self.group))
        for form in self.rowsets["letters"].filled():
            data = form.cleaned_data
            letter = InvitationView(
                data["inviter_zh"],
                data["kind"],
                data["place"].code,
                data["issued_on"],
                data["valid_from"],
                data["valid_to"],
                translated=True,
            )
            for fault in invitation_faults(letter, view):
                form.add_error("issued_on" if "签发" in fault else "valid_to", fault)

    def write(self, door: Door, item: Item) -> Mapping[str, Any] | None:
        """Save the letters."""
        saved = self.rowsets["letters"].keep(self._own)
        return {"邀请单位": "、".join(letter.inviter_zh for letter in saved)}

    def _own(self, row: Invitation) -> None:
        row.delegation = self.group


class ProgrammeForm(GroupForm):
    """Step 5: the programme by half days and the budget."""

    sections = (
        Section("日程", "按上午、下午逐日填写；公务活动不少于三分之二。", ("entries[]",)),
        Section("经费预算", "超标准的须写明事先报批依据；人民币小计可留空由系统计算。", ("lines[]",)),
    )

    def make_rows(self) -> dict[str, RowSet]:
        """Half days of the trip are offered as lines; the six kinds of cost too."""
        places = place_choices()
        entries = ItineraryEntry.objects.filter(delegation=self.group)
        lines = BudgetLine.objects.filter(delegation=self.group, kind=LineKind.BUDGET)
        return {
            "entries": rows_of(
                self,
                ItineraryRow,
                prefix="entries",
                queryset=entries,
                initial=() if entries.exists() else self._half_days(),
                least=1,
                most=200,
                kwargs={"places": places},
                empty="请填写日程。",
            ),
            "lines": rows_of(
                self,
                BudgetRow,
                prefix="lines",
                queryset=lines,
                initial=() if lines.exists() else self._costs(),
                least=1,
                most=100,
                kwargs={"places": places},
                empty="请填写经费预算。",
            ),
        }

    def _half_days(self) -> list[dict[str, Any]]:
        first, days = self.group.exit_date, self.group.days or 0
        if first is None:
            return []
        return [
            {"day": first + timedelta(days=n), "half": half, "kind": EntryKind.OFFICIAL}
            for n in range(days)
            for half in (0, 1)
        ]

    def _costs(self) -> list[dict[str, Any]]:
        shared = {"currency": "CNY", "rate": 1, "people": len(self.members) or None}
        kinds = (FeeType.INTERNATIONAL, FeeType.LODGING, FeeType.MEALS, FeeType.MISC, FeeType.OTHER)
        return [{"fee_type": kind, **shared} for kind in kinds]

    def check_rows(self) -> None:
        """The programme fills the trip and stays inside it."""
        entries = tuple(
            EntryView(form.cleaned_data["day"], form.cleaned_data["half"], form.cleaned_data["kind"])
            for form in self.rowsets["entries"].filled()
        )
        view = Snapshot(exit_date=self.group.exit_date, entry_date=self.group.entry_date, entries=entries)
        finding = papers.programme(view, self.limits)
        if finding.blocks:
            self.add_error(None, finding.sentence)

    def write(self, door: Door, item: Item) -> Mapping[str, Any] | None:
        """Save programme and budget."""
        self.rowsets["entries"].keep(self._own)
        self.rowsets["lines"].keep(self._own)
        total = BudgetLine.objects.filter(delegation=self.group, kind=LineKind.BUDGET).total()
        return {"预算合计": f"{total:,.2f} 元"}

    def _own(self, row: Any) -> None:
        row.delegation = self.group


class PrecheckForm(GroupForm):
    """Step 6: the findings of the rules; what blocks must be put right first."""

    checked_on = day_field("预检日期")
    sections = (Section("预检", "系统按规则逐项核对，未通过的须先改正或退回。", ("checked_on",)),)

    def prepare(self) -> None:
        """Offer today."""
        self.fields["checked_on"].initial = today()

    def findings(self) -> list[Finding]:
        """Return the findings on the present record, for the page and for the check."""
        return precheck_of(self.group)

    def clean(self) -> dict[str, Any]:
        """Refuse while a rule that blocks is not fulfilled."""
        data = super().clean() or self.cleaned_data
        self.not_future("checked_on", "预检日期")
        for finding in blockers(self.findings()):
            self.add_error(None, finding.sentence)
        return data

    def write(self, door: Door, item: Item) -> Mapping[str, Any] | None:
        """Lock the plan item, so that two groups cannot take the same quota, and check again."""
        if self.group.plan_item_id:
            PlanItem.objects.select_for_update().get(pk=self.group.plan_item_id)
        found = self.findings()
        stops = blockers(found)
        if stops:
            raise BadInput({"": "；".join(finding.sentence for finding in stops)})
        doubts = [finding.text for finding in found if finding.ok is False]
        return {"提示": "；".join(doubts)} if doubts else None
