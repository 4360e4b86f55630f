"""Forms of the pages that are no steps: a new delegation, and changing a record while its case is open.

The record is asked with the same fields and rows as the steps that filled it, so a rule stands in one place.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet

from delegations.enums import Category
from delegations.forms.base import DayInput, GroupForm, RowSet, Section, speak
from delegations.forms.formation import FormationForm
from delegations.forms.parts import Sections
from delegations.forms.preparation import InvitationForm, ProgrammeForm
from delegations.models import PlanItem, Stop
from delegations.queries import free_plan_items
from delegations.rules import group as group_rules
from delegations.rules.limits import Limits
from delegations.rules.snapshot import Snapshot, StopView
from waiban.accounts.actors import Actor
from waiban.accounts.enums import DepartmentKind
from waiban.accounts.models import Department
from waiban.core.text import clean_text
from waiban.core.time import today
from waiban.places.models import Place
from waiban.workflow.engine import Door
from waiban.workflow.enums import Mode
from waiban.workflow.models import Case, WorkItem
from waiban.workflow.registry import flow_of
from waiban.workflow.state import Item

PLACES = ("place_1", "place_2", "place_3")
CATEGORIES = [(key, word) for key, word in Category.choices if key != Category.TAIWAN]


class NewDelegationForm(Sections, forms.Form):
    """What is needed to start: each fact once; everything else is asked by the step that needs it."""

    department = forms.ModelChoiceField(
        label="组团单位",
        queryset=Department.objects.none(),
        empty_label="请选择",
        help_text="由谁组团，就由谁的经办人办理申报环节。",
    )
    name = forms.CharField(
        label="团组名称",
        max_length=60,
        help_text="例如“赴美国经贸招商团组”。请示、批件和通知都用这个名称。",
    )
    category = forms.ChoiceField(
        label="团组类别", choices=CATEGORIES, initial=Category.TRADE, help_text="赴台任务请转台办办理。"
    )
    plan_item = forms.ModelChoiceField(
        label="对应的年度计划项",
        queryset=PlanItem.objects.none(),
        required=False,
        empty_label="尚未申报或计划外",
        help_text="只列出已批复、尚有批次的计划项；没有的，下一步申报。",
    )
    place_1 = forms.ModelChoiceField(
        label="国家（地区）一", queryset=Place.objects.none(), empty_label="请选择"
    )
    place_2 = forms.ModelChoiceField(
        label="国家（地区）二", queryset=Place.objects.none(), required=False, empty_label="无"
    )
    place_3 = forms.ModelChoiceField(
        label="国家（地区）三", queryset=Place.objects.none(), required=False, empty_label="无"
    )
    exit_date = forms.DateField(
        label="计划出境日期", widget=DayInput(), help_text="系统从这一天倒排各环节的最迟日期。"
    )
    entry_date = forms.DateField(
        label="计划回国日期", widget=DayInput(), help_text="日期以后可以调整，调整后自动重排。"
    )
    task_summary = forms.CharField(
        label="任务摘要",
        max_length=200,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text="一两句话写明去做什么，以后可以补充。",
    )
    is_investment = forms.BooleanField(
        label="招商导向团组", required=False, help_text="列入招商引资统计，成果须登记推介场次和项目。"
    )
    fast = forms.BooleanField(
        label="按快办时限办理", required=False, help_text="任务紧急的可申请快办，各环节时限相应缩短。"
    )

    sections = (
        ("团组", "名称和类别决定适用哪些规定。", ("department", "name", "category", "plan_item")),
        ("去哪里", "每次最多 3 个国家（地区），原则上在同一大洲；按顺序填写。", PLACES),
        ("几时去", "1 国 5 天、2 国 8 天、3 国 10 天为限，离境、抵境日都算。", ("exit_date", "entry_date")),
        ("任务", "", ("task_summary", "is_investment", "fast")),
    )
    wide = ("name", "task_summary")

    def __init__(self, *args: Any, actor: Actor, limits: Limits, on_behalf: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.limits = limits
        self.units = _units(actor, on_behalf)
        self.fields["department"].queryset = self.units
        self.fields["department"].label_from_instance = lambda unit: unit.short_name
        ids = list(self.units.values_list("pk", flat=True))
        if len(ids) == 1:
            self.fields["department"].initial = ids[0]
        for name in PLACES:
            self.fields[name].queryset = Place.objects.abroad()
        self.fields["plan_item"].queryset = _free_items(ids)
        for field in self.fields.values():
            speak(field)

    def clean_name(self) -> str:
        """Refuse invisible characters: two names must not look alike."""
        return clean_text(self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        """Order of days, number and continent of countries, length of stay, the unit of the plan item."""
        data = super().clean() or self.cleaned_data
        exit_date, entry_date = data.get("exit_date"), data.get("entry_date")
        if exit_date and exit_date < today():
            self.add_error("exit_date", "计划出境日期不能早于今天，请改正。")
        if exit_date and entry_date and entry_date < exit_date:
            self.add_error("entry_date", "回国日期不得早于出境日期，请改正。")
        places = self.places()
        if len({place.pk for place in places}) < len(places):
            self.add_error("place_2", "同一国家（地区）请只选一次。")
        elif not self.errors:
            self._check_rules(data, places)
        item, unit = data.get("plan_item"), data.get("department")
        if item and unit and item.department_id != unit.pk:
            self.add_error("plan_item", "该计划项不属于所选的组团单位，请重新选择。")
        return data

    def _check_rules(self, data: dict[str, Any], places: list[Place]) -> None:
        stops = tuple(StopView(p.code, p.name_zh, p.continent, p.long_haul, True) for p in places)
        view = Snapshot(
            category=data["category"],
            exit_date=data["exit_date"],
            entry_date=data["entry_date"],
            stops=stops,
        )
        for rule, name in ((group_rules.countries, "place_1"), (group_rules.stay, "entry_date")):
            finding = rule(view, self.limits)
            if finding.blocks:
                self.add_error(name, finding.sentence)

    def places(self) -> list[Place]:
        """Return the chosen countries and regions, in order."""
        return [self.cleaned_data[name] for name in PLACES if self.cleaned_data.get(name)]

    def arguments(self) -> dict[str, Any]:
        """Return what `create_delegation` takes."""
        data = self.cleaned_data
        fields = {
            name: data[name]
            for name in ("name", "category", "exit_date", "entry_date", "task_summary", "is_investment")
        }
        item = data.get("plan_item")
        if item is not None:
            fields |= {"plan_item": item, "plan_type": item.plan_type}
        return {
            "fields": fields,
            "department_id": data["department"].pk,
            "stops": [{"place": place} for place in self.places()],
            "mode": Mode.FAST if data["fast"] else Mode.STANDARD,
        }


def _units(actor: Actor, on_behalf: bool) -> QuerySet[Department]:
    """Units in whose name the actor may start a group: his own, or for the office all of them."""
    units = Department.objects.filter(office_id=actor.office_id, kind=DepartmentKind.UNIT, is_active=True)
    if on_behalf:
        return units.order_by("short_name")
    own = [seat.department_id for seat in actor.seats if seat.department_kind == DepartmentKind.UNIT]
    return units.filter(pk__in=own).order_by("short_name")


def _free_items(department_ids: list[int]) -> QuerySet[PlanItem]:
    """Approved plan items of some units for this year and the next that are not used up."""
    items = PlanItem.objects.none()
    if len(department_ids) == 1:
        items = free_plan_items(department_ids[0], today().year)
        items |= free_plan_items(department_ids[0], today().year + 1)
    return items.select_related("plan")


class EditForm(GroupForm):
    """A change of the record outside a step: the fields of the step without its opinion."""

    def prepare(self) -> None:
        """Opinion and version belong to the act of a step."""
        super().prepare()
        for name in ("opinion", "version"):
            self.fields.pop(name, None)


class OverviewForm(EditForm, FormationForm):
    """概况: everything of the formation but the members, and the name."""

    sections = (
        Section("团组", "名称用于请示、批件和通知。", ("name", "category")),
        *(part for part in FormationForm.sections if part.names != ("members[]",)),
    )

    class Meta(FormationForm.Meta):
        fields = ["name", "category", *FormationForm.Meta.fields]

    def prepare(self) -> None:
        """Trips to Taiwan are not taken here."""
        super().prepare()
        self.fields["category"].choices = CATEGORIES

    def make_rows(self) -> dict[str, RowSet]:
        """Lines for countries and sending units; members have their own pages."""
        rows = super().make_rows()
        rows.pop("members")
        return rows

    def check_rows(self) -> None:
        """Countries and days."""
        view = self._view()
        for rule, name in ((group_rules.countries, None), (group_rules.stay, "entry_date")):
            finding = rule(view, self.limits)
            if finding.blocks:
                self.add_error(name, finding.sentence)

    def write(self, door: Door, item: Item) -> Mapping[str, Any] | None:
        """Save the record, its route and its sending units."""
        self.save()
        for order, row in enumerate(self.rowsets["stops"].keep(self._own), 1):
            Stop.objects.filter(pk=row.pk).update(order=order)
        self.rowsets["units"].keep(self._own)
        return None


class LettersForm(EditForm, InvitationForm):
    """邀请: the letters of invitation."""


class ItineraryForm(EditForm, ProgrammeForm):
    """日程: the programme by half days."""

    sections = (ProgrammeForm.sections[0],)

    def make_rows(self) -> dict[str, RowSet]:
        """Only the programme."""
        return {"entries": super().make_rows()["entries"]}

    def write(self, door: Door, item: Item) -> Mapping[str, Any] | None:
        """Save the programme."""
        self.rowsets["entries"].keep(self._own)
        return None


class BudgetForm(EditForm, ProgrammeForm):
    """经费: the budget."""

    sections = (ProgrammeForm.sections[1],)

    def make_rows(self) -> dict[str, RowSet]:
        """Only the lines of money."""
        return {"lines": super().make_rows()["lines"]}

    def check_rows(self) -> None:
        """Each line has been checked by itself."""

    def write(self, door: Door, item: Item) -> Mapping[str, Any] | None:
        """Save the budget."""
        self.rowsets["lines"].keep(self._own)
        return None


EDITS: dict[str, tuple[type[EditForm], str, str]] = {
    "overview": (OverviewForm, "delegation_formation", "概况"),
    "letters": (LettersForm, "invitation_obtain", "邀请函"),
    "itinerary": (ItineraryForm, "itinerary_budget_draft", "日程"),
    "budget": (BudgetForm, "itinerary_budget_draft", "经费预算"),
}
"""By the word in the address: the form, the step whose facts it changes, and the heading."""


def edit_form(kind: str, *, case: Case, actor: Actor, data: Any = None) -> EditForm:
    """Make the form that changes one part of a record. Raises `KeyError` for an unknown part."""
    form_class, step_key, _title = EDITS[kind]
    step = flow_of(case.flow_key, case.flow_version).by_key[step_key]
    item = WorkItem(case=case, step_key=step_key, step_no=step.no)
    return form_class(data, case=case, item=item, actor=actor, step=step)
