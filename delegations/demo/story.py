"""Lives the demo year: every open step is done in its time, by whose step it is, through its form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q

from delegations.demo.answers import Moment, answer
from delegations.demo.filling import filled
from delegations.demo.papers import hand_in
from delegations.demo.people import Register, Staff, names, unit_staff
from delegations.demo.specs import SPECS, Spec
from delegations.demo.timing import days_of, length
from delegations.enums import MemberRole
from delegations.flow import FLOW
from delegations.models import Delegation
from delegations.services import create_delegation
from waiban.accounts.actors import Actor, actor_for
from waiban.accounts.demo import load_demo_accounts
from waiban.accounts.enums import Role
from waiban.accounts.models import Department, User
from waiban.core.time import SHANGHAI, local, now, pretend
from waiban.notices.enums import Channel, State
from waiban.notices.models import Notice
from waiban.places.models import Place
from waiban.workdays.axis import Axis
from waiban.workdays.services import current_axis
from waiban.workflow import engine
from waiban.workflow.definition import Step
from waiban.workflow.enums import OPEN_STATES, CaseStatus, Mode
from waiban.workflow.forms import StepForm
from waiban.workflow.models import Case, WorkItem
from waiban.workflow.registry import binding_of

QUIET_AFTER = timedelta(days=2)
"""Messages older than this have been read when the office opens, and no old mail is sent."""


@dataclass(slots=True)
class Office:
    """Everybody who acts in the demo, and the calendar by which they work. Nobody changes his post."""

    users: Mapping[str, User]
    register: Register
    names: Any
    units: dict[str, Staff]
    axis: Axis
    known: dict[int, Actor] = field(default_factory=dict)

    def seat(self, user: User) -> Actor:
        """Return who acts, asked once a person."""
        if user.pk not in self.known:
            self.known[user.pk] = actor_for(user)
        return self.known[user.pk]

    def actor(self, step: Step, unit: str, member: Any) -> Actor:
        """Return who does a step: the unit's own people, the participant or his clerk, else the office."""
        staff, step_who = self.units[unit], step.who
        if step_who in (Role.UNIT_CLERK, Role.UNIT_LEADER):
            return self.seat(staff.clerk if step_who == Role.UNIT_CLERK else staff.leader)
        if step_who == Role.MEMBER:
            user = member.traveller.user if member else None
            return self.seat(user or staff.clerk)
        return self.seat(self.users[step.recorders[0] if step_who == Role.MISSION else step_who])


def load(say: Callable[[str], None]) -> None:
    """Fill an empty office with the demo year. Safe to call again: it does nothing once groups exist."""
    users = load_demo_accounts()
    if Delegation.objects.exists():
        return
    today = local(now()).date()
    source = names()
    with pretend(_at(today - timedelta(days=400), 9)):
        register = Register(source, actor_for(users["passport_clerk"]), today)
    office = Office(users, register, source, {}, current_axis())
    for number, spec in enumerate(SPECS, 1):
        _live(office, spec, number, today)
        if number % 5 == 0:
            say(f"演示数据：已写入 {number} / {len(SPECS)} 个团组")
    engine.recount(Case.objects.filter(status=CaseStatus.RUNNING).values_list("pk", flat=True))
    WorkItem.objects.filter(state__in=sorted(OPEN_STATES)).update(next_remind_at=now(), remind_ordinal=0)
    _settle_messages()
    say(f"演示数据：{len(SPECS)} 个团组、{sum(s.people for s in SPECS)} 人，全部为虚构")


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=SHANGHAI)


def _live(office: Office, spec: Spec, number: int, today: date) -> None:
    unit = Department.objects.get(name=spec.unit)
    if spec.unit not in office.units:
        office.units[spec.unit] = unit_staff(office.users, unit, office.names)
    axis = office.axis
    begin, exit_date = days_of(spec, today, axis.index_at(now()), axis)
    day, half = axis.date_of(begin)
    begun = _at(day, 14 if half else 9, number)
    with pretend(begun):
        people = _people(office, spec, unit)
        group = create_delegation(
            actor=actor_for(office.units[spec.unit].clerk),
            fields={"name": spec.name, "category": spec.category},
            members=people,
            stops=[{"place": Place.objects.get(code=code)} for code in spec.places],
            mode=Mode.FAST if spec.fast else Mode.STANDARD,
        )
    group.exit_date, group.entry_date = exit_date, exit_date + timedelta(days=spec.stay - 1)
    group.save(update_fields=["exit_date", "entry_date"])
    moment = Moment(spec, group, [Place.objects.get(code=code) for code in spec.places], number)
    while _next_act(office, moment):
        pass


def _people(office: Office, spec: Spec, unit: Department) -> list[tuple[Any, str]]:
    """The leader first; a person with an account of the unit takes part where there is one left."""
    accounts = User.objects.filter(positions__department=unit, positions__role=Role.MEMBER, traveller=None)
    users = list(accounts.order_by("pk"))[: spec.people - 1] if spec.at else []
    members = []
    for place in range(spec.people):
        user = users.pop(0) if users and place else None
        person = office.register.traveller(unit, leads=place == 0, user=user)
        if place < spec.people - spec.fresh:
            office.register.passport(person)
        members.append((person, MemberRole.LEADER if place == 0 else MemberRole.MEMBER))
    return members


def _next_act(office: Office, moment: Moment) -> bool:
    """Do the open step whose time comes first; False when that lies in the future or nothing is open."""
    rows = WorkItem.objects.filter(case=moment.group.pk, state__in=sorted(OPEN_STATES)).select_related(
        "participant"
    )
    held = {moment.spec.at}
    timed = [(_when(office.axis, moment, row), row) for row in rows if row.step_key not in held]
    if not timed:
        return False
    at, row = min(timed, key=lambda pair: (pair[0], pair[1].step_no, pair[1].pk))
    if at > now():
        return False
    with pretend(at):
        _act(office, moment, row)
    return True


def _when(axis: Axis, moment: Moment, row: WorkItem) -> datetime:
    """The moment at which somebody does a step: at the end of the time it takes, but on its fixed day."""
    step, group = FLOW.by_key[row.step_key], moment.group
    minute = (row.pk * 7 + moment.number) % 50
    if step.key == "departure":
        return max(_at(group.exit_date, 8, minute), row.ready_at + timedelta(minutes=1))
    if step.key == "abroad_reporting":
        return max(_at(group.entry_date, 19, minute), row.ready_at + timedelta(hours=1))
    start = axis.index_at(row.ready_at) + 1 if row.early_start is None else row.early_start
    needed = 6 if step.calendar_days else length(moment.spec, step.key, row.limit)
    day, half = axis.date_of(start + needed - 1)
    return _at(day, 15 if half else 10, minute)


def _act(office: Office, moment: Moment, row: WorkItem) -> None:
    step = FLOW.by_key[row.step_key]
    moment.group.refresh_from_db()
    moment.item = row
    moment.member = None
    if row.participant_id:
        moment.member = moment.group.members.select_related("traveller__user").get(pk=row.participant_id)
    actor = office.actor(step, moment.spec.unit, moment.member)
    form_class = binding_of(FLOW.key).form_class(step.key) or StepForm
    known = {"case": Case.objects.get(pk=row.case_id), "item": row, "actor": actor, "step": step}
    values, lines = answer(moment, step.key)
    data = filled(form_class(**known), values, lines)
    if step.decides:
        data.setdefault("opinion", "同意。")
    form = form_class(data, **known)
    if not form.is_valid():
        rows = [f.errors for f in getattr(form, "rowsets", {}).values()]
        raise ValueError(f"{moment.group} {step.key}: {form.errors.as_json(escape_html=False)} {rows}")
    if moment.spec.at:
        hand_in(row.case_id, row.pk, step, moment.spec.name, actor)
    engine.complete(
        case_id=row.case_id,
        item_id=row.pk,
        actor=actor,
        opinion=form.cleaned_data.get("opinion", ""),
        effect=form.apply,
    )


def _settle_messages() -> None:
    """Nobody opens an office with hundreds of old messages: they have been read, and old mail is not sent."""
    old = now() - QUIET_AFTER
    Notice.objects.filter(channel=Channel.INAPP, read_at=None, sent_at__lt=old).update(read_at=now())
    Notice.objects.filter(~Q(channel=Channel.INAPP), state=State.NEW, created_at__lt=old).update(
        state=State.CANCELLED, send_after=None
    )
