"""Brings a delegation forward in tests, each step by the person whose step it is and through its form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.forms import BaseFormSet
from stdnum.cn import ric

from delegations.enums import Gender, Level, MemberRole, PassportKind
from delegations.flow import FLOW
from delegations.models import Delegation, Member, Passport, Traveller
from delegations.services import create_delegation, register_passport
from waiban.accounts.actors import Actor, actor_for
from waiban.accounts.models import Department, User
from waiban.core.time import today
from waiban.places.models import Place
from waiban.workflow import engine
from waiban.workflow.forms import StepForm
from waiban.workflow.models import WorkItem
from waiban.workflow.registry import binding_of

HOLDERS = {
    "unit_clerk": "unit_clerk",
    "unit_leader": "unit_leader",
    "mission": "outbound_clerk",
    "province": "province",
    "member": "unit_clerk",
}


def identity_number(serial: int, born: str = "19850307") -> str:
    """Return an invented identity number with a right check digit; odd serials are men."""
    head = f"371602{born}{serial:03d}"
    return head + ric.calc_check_digit(head + "0")


def make_traveller(people: Mapping[str, User], name: str, serial: int, **changes: Any) -> Traveller:
    """Write a person of the unit."""
    unit = Department.objects.get(name="市商务局")
    fields = {
        "office": unit.office,
        "department": unit,
        "name": name,
        "gender": Gender.MALE if serial % 2 else Gender.FEMALE,
        "title": "科长",
        "level": Level.BELOW_DIVISION,
        **changes,
    }
    person = Traveller(**fields)
    person.id_number = identity_number(serial)
    person.birth_date = "1985-03-07"
    person.phone = "13900002618"
    person.surname_pinyin, person.given_pinyin = "XU", "HAIFENG"
    person.save()
    return person


def give_passport(person: Traveller, actor: Actor, number: str, expires: date | None = None) -> Passport:
    """Register a passport that lasts."""
    return register_passport(
        traveller=person,
        kind=PassportKind.PUBLIC_AFFAIRS,
        number=number,
        issued_on=today() - timedelta(days=400),
        expires_on=expires or today() + timedelta(days=1400),
        pages_left=20,
        actor=actor,
    )


def raw(value: Any) -> Any:
    """Return a value as a browser posts it."""
    if isinstance(value, models.Model):
        return value.pk
    return "on" if value is True else value


def lines(formset: BaseFormSet, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what a browser posts for lines: initial values, changed by `rows`; missing rows stay."""
    prefix = formset.prefix
    count = max(len(formset.forms), len(rows))
    data: dict[str, Any] = {
        f"{prefix}-TOTAL_FORMS": count,
        f"{prefix}-INITIAL_FORMS": formset.initial_form_count(),
        f"{prefix}-MIN_NUM_FORMS": 0,
        f"{prefix}-MAX_NUM_FORMS": 1000,
    }
    for position in range(count):
        values = posted(formset.forms[position]) if position < len(formset.forms) else {}
        values |= (
            {f"{prefix}-{position}-{name}": raw(value) for name, value in dict(rows[position]).items()}
            if position < len(rows)
            else {}
        )
        data |= {name: value for name, value in values.items() if value is not None and value is not False}
    return data


def empty(value: Any) -> bool:
    """Whether a browser would send nothing for a value."""
    return value is None or value is False or value == ""


def posted(form: Any) -> dict[str, Any]:
    """Return what a browser would post for an untouched form."""
    found = {}
    for bound in form:
        value = bound.value()
        if isinstance(value, list | models.QuerySet):
            found[bound.html_name] = [raw(one) for one in value]
        elif not empty(value):
            found[bound.html_name] = raw(value)
    return found


@dataclass
class Walker:
    """A delegation under way, and everybody who works on it."""

    people: Mapping[str, User]
    group: Delegation
    omit: frozenset[str] = frozenset()

    def actor(self, username: str) -> Actor:
        """Return who acts."""
        return actor_for(self.people[username])

    def item(self, key: str, member: Member | None = None) -> WorkItem:
        """Return the newest round of a step."""
        rows = WorkItem.objects.filter(case=self.group.pk, step_key=key)
        if member is not None:
            rows = rows.filter(participant=member.pk)
        return rows.order_by("-round").first()

    def state(self, key: str, member: Member | None = None) -> str:
        """Return the state of the newest round of a step."""
        return self.item(key, member).state

    def form(self, key: str, username: str, member: Member | None = None, data: Any = None) -> StepForm:
        """Return the form of a step."""
        case = self.group.case
        case.refresh_from_db()
        form_class = binding_of(FLOW.key).form_class(key) or StepForm
        return form_class(
            data, case=case, item=self.item(key, member), actor=self.actor(username), step=FLOW.by_key[key]
        )

    def fill(
        self,
        key: str,
        values: Mapping[str, Any] | None = None,
        rows: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
        *,
        by: str = "",
        member: Member | None = None,
    ) -> StepForm:
        """Return the bound form of a step: pre-filled as shown, changed by `values` and `rows`."""
        username = by or HOLDERS.get(FLOW.by_key[key].who, FLOW.by_key[key].who)
        shown = self.form(key, username, member)
        data = posted(shown)
        for name, formset in getattr(shown, "rowsets", {}).items():
            data |= lines(formset, (rows or {}).get(name, ()))
        data |= {name: raw(value) for name, value in (values or {}).items()}
        for name, value in (values or {}).items():
            if value is None:
                data.pop(name, None)
        if FLOW.by_key[key].decides and "opinion" not in data:
            data["opinion"] = "同意。"
        return self.form(key, username, member, data)

    def do(
        self, key: str, values: Any = None, rows: Any = None, *, by: str = "", member: Member | None = None
    ) -> None:
        """Finish a step through its form, unless it is omitted; a form that is not valid fails the test."""
        if key in self.omit:
            return
        form = self.fill(key, values, rows, by=by, member=member)
        assert form.is_valid(), (
            key,
            form.errors.as_json(),
            [f.errors for f in getattr(form, "rowsets", {}).values()],
        )
        username = by or HOLDERS.get(FLOW.by_key[key].who, FLOW.by_key[key].who)
        item = self.item(key, member)
        engine.complete(
            case_id=self.group.pk,
            item_id=item.pk,
            actor=self.actor(username),
            opinion=form.cleaned_data.get("opinion", ""),
            effect=form.apply,
        )

    def each(self, key: str, values: Any = None, rows: Any = None, *, by: str = "") -> None:
        """Finish a step for every member for whom it is open."""
        for member in self.members:
            if self.state(key, member) != "skipped":
                self.do(key, values, rows, by=by, member=member)

    @property
    def members(self) -> list[Member]:
        """Members in order."""
        return list(self.group.members.filter(left=False).order_by("order"))


def start(
    people: Mapping[str, User], *, members: Sequence[tuple[Traveller, str]] = (), **fields: Any
) -> Walker:
    """Start a delegation to the United States by the clerk of the unit."""
    columns = {"name": "赴美国经贸招商团组", "category": "trade", **fields}
    group = create_delegation(
        actor=actor_for(people["unit_clerk"]),
        fields=columns,
        members=members,
        stops=[{"place": Place.objects.get(code="US")}],
    )
    return Walker(people, group)


def team(people: Mapping[str, User]) -> list[tuple[Traveller, str]]:
    """Return a leader with a passport that lasts and a member without one."""
    clerk = actor_for(people["passport_clerk"])
    leader = make_traveller(people, "徐海峰", 1, level=Level.DIVISION)
    give_passport(leader, clerk, "PE1234567")
    second = make_traveller(people, "刘思齐", 3, user=people["member1"])
    return [(leader, MemberRole.LEADER), (second, MemberRole.MEMBER)]
