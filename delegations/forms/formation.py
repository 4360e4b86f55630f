"""Form of step 3: who goes, where, when and for what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from delegations.enums import MemberRole
from delegations.forms.base import RowForm, RowSet, Section, chinese_field, place_choices, rows_of
from delegations.forms.lines import MemberRow, SendingUnitRow, StopRow
from delegations.models import Delegation, Member, SendingUnit, Stop, Traveller
from delegations.rules import group
from delegations.rules.person import mobile_error
from delegations.rules.snapshot import Snapshot, StopView
from delegations.services import seat_member, unseat_member
from delegations.services.members import change_leader_level, check_people, set_part
from waiban.core.errors import BadInput
from waiban.core.forms import KeepsSealed
from waiban.workflow.engine import Door
from waiban.workflow.state import Item


class FormationForm(KeepsSealed, RowForm):
    """Step 3: who goes, where, when and for what."""

    hide = frozenset({"contact_phone"})
    sections = (
        Section("时间", "离境、抵境当日都算在外天数。", ("exit_date", "entry_date")),
        Section("国家（地区）", "含经停；不出机场的经停不计。最多 3 个，原则上在同一大洲。", ("stops[]",)),
        Section("成员", "含翻译和工作人员最多 6 人，须有一名团长。人员先在人员库登记。", ("members[]",)),
        Section("组织方式", "双跨团组须征求派员单位意见。", ("organize_mode", "task_notice_no", "units[]")),
        Section(
            "任务",
            "写明必要性、重点任务和预期成果，以后的请示、批件都用这段文字。",
            ("task_summary", "task_detail", "is_investment", "industries", "target_firms"),
        ),
        Section(
            "审核提示",
            "约见政要或须部门会签的，系统会增加征求意见环节。",
            ("high_level_meeting", "dept_consult_required", "secrecy"),
        ),
        Section("联络", "境外期间的联络人。", ("contact_name", "contact_phone")),
    )

    class Meta:
        model = Delegation
        fields = [
            "exit_date",
            "entry_date",
            "organize_mode",
            "task_notice_no",
            "task_summary",
            "task_detail",
            "is_investment",
            "industries",
            "target_firms",
            "high_level_meeting",
            "dept_consult_required",
            "secrecy",
            "contact_name",
            "contact_phone",
        ]
        formfield_callback = chinese_field

    def find_instance(self) -> Delegation:
        """Return the record itself."""
        return self.group

    def prepare(self) -> None:
        """Dates, task and contact are needed now."""
        for name in ("exit_date", "entry_date", "task_summary", "task_detail", "contact_name"):
            self.fields[name].required = True

    def make_rows(self) -> dict[str, RowSet]:
        """Lines for countries, members and sending units."""
        people = Traveller.objects.visible_to_actor(self.actor)
        present = list(self.group.members.filter(left=False).values_list("traveller", flat=True))
        people = (people | Traveller.objects.filter(pk__in=present)).distinct()
        named = [
            (row.pk, f"{row.name}（{row.department.short_name} {row.title}）")
            for row in people.select_related("department")
        ]
        return {
            "stops": rows_of(
                self,
                StopRow,
                prefix="stops",
                queryset=Stop.objects.filter(delegation=self.group),
                extra=0 if self.group.stops.exists() else 3,
                least=1,
                most=10,
                kwargs={"places": place_choices()},
                empty="请至少填写一个出访国家（地区）。",
            ),
            "members": rows_of(
                self,
                MemberRow,
                prefix="members",
                queryset=Member.objects.none(),
                initial=[{"traveller": m.traveller_id, "role": m.role} for m in self.members],
                extra=max(self.limits.max_members - len(self.members), 1),
                meant=len(self.members),
                most=30,
                kwargs={"people": people, "choices": [("", "请选择"), *named]},
            ),
            "units": rows_of(
                self,
                SendingUnitRow,
                prefix="units",
                queryset=SendingUnit.objects.filter(delegation=self.group),
                extra=1,
            ),
        }

    def team(self) -> list[tuple[Traveller, str]]:
        """Return the chosen travellers with their parts, pre-filled lines included."""
        return [(form.person, form.part) for form in self.rowsets["members"].filled()]

    def clean(self) -> dict[str, Any]:
        """Return is not before exit."""
        data = super().clean() or self.cleaned_data
        exit_date, entry_date = data.get("exit_date"), data.get("entry_date")
        if exit_date and entry_date and entry_date < exit_date:
            self.add_error("entry_date", "回国日期不得早于出境日期，请改正。")
        if data.get("contact_phone") and (sentence := mobile_error(data["contact_phone"])):
            self.add_error("contact_phone", sentence)
        return data

    def check_rows(self) -> None:
        """Rules on people, countries and days, each at its place."""
        team = self.team()
        try:
            check_people([p for p, _r in team], [r for _p, r in team], self.group, self.group.case.office_id)
        except BadInput as error:
            self.add_error(None, error.message)
        if not team:
            self.add_error(None, "请至少选择一名成员。")
        elif not any(role == MemberRole.LEADER for _person, role in team):
            self.add_error(None, "每个团组须有且只有一名团长，请在成员中指定。")
        view = self._view()
        for rule, name in ((group.countries, None), (group.stay, "entry_date")):
            finding = rule(view, self.limits)
            if finding.blocks:
                self.add_error(name, finding.sentence)

    def _view(self) -> Snapshot:
        stops = []
        for form in self.rowsets["stops"].filled():
            place = form.cleaned_data["place"]
            inside = form.cleaned_data["inside_airport"]
            stops.append(StopView(place.code, place.name_zh, place.continent, place.long_haul, not inside))
        data = self.cleaned_data
        return Snapshot(
            category=self.group.category,
            exit_date=data["exit_date"],
            entry_date=data["entry_date"],
            stops=tuple(stops),
        )

    def write(self, door: Door, item: Item) -> Mapping[str, Any] | None:
        """Save the record, its route and units; take in and let go members under the same lock."""
        group = self.save()
        self.keep_route()
        wanted = {person.pk: (person, role) for person, role in self.team()}
        for member in self.members:
            if member.traveller_id not in wanted:
                unseat_member(door, member, "组团方案调整")
        self._seat(door, wanted)
        change_leader_level(group)
        return {"成员": "、".join(person.name for person, _role in wanted.values())}

    def keep_route(self) -> None:
        """Save countries in their order, and sending units."""
        for order, row in enumerate(self.rowsets["stops"].keep(self._own), 1):
            Stop.objects.filter(pk=row.pk).update(order=order)
        self.rowsets["units"].keep(self._own)

    def _own(self, row: Any) -> None:
        row.delegation = self.group

    def _seat(self, door: Door, wanted: Mapping[int, tuple[Traveller, str]]) -> None:
        present = {m.traveller_id: m for m in Member.objects.filter(delegation=self.group, left=False)}
        for member in present.values():
            if member.role == MemberRole.LEADER and wanted[member.traveller_id][1] != MemberRole.LEADER:
                set_part(member, wanted[member.traveller_id][1])
        for key, (person, role) in wanted.items():
            member = present.get(key)
            if member is None:
                seat_member(door, self.group, person, role)
            elif member.role != role:
                set_part(member, role)
