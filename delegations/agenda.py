"""What of the delegations takes place on a day, and people for the search: only what the person may see."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, time, timedelta

from django.db.models import QuerySet
from django.urls import reverse

from delegations.enums import PublicityResult
from delegations.models import Delegation, Passport, Publicity, TrainingAttendance, Traveller, Visa
from delegations.models.base import PEOPLE_READERS
from waiban.accounts.actors import Actor
from waiban.board.registry import Engagement, Hit
from waiban.core.time import at, local
from waiban.workflow.enums import CaseStatus
from waiban.workflow.models import Case

MOST = 12
"""Lines of one kind on a day."""


def _record(pk: int) -> str:
    return reverse("delegations:record", args=[pk])


def _seen(actor: Actor) -> QuerySet[Case]:
    return Case.objects.visible_to_actor(actor).values("pk")


def engagements(actor: Actor, day: date) -> list[Engagement]:
    """Return appointments at embassies, briefings, ends of publicity, exits and returns. Five queries."""
    return [
        *_appointments(actor, day),
        *_briefings(actor, day),
        *_publicities(actor, day),
        *_journeys(actor, day),
    ]


def _appointments(actor: Actor, day: date) -> list[Engagement]:
    start = at(day, time.min)
    rows = (
        Visa.objects.filter(
            member__delegation__in=_seen(actor),
            appointment_at__range=(start, start + timedelta(days=1)),
            member__left=False,
        )
        .order_by("appointment_at", "pk")
        .values_list(
            "appointment_at", "place__name_zh", "appointment_place", "member__delegation_id",
            "member__delegation__name", "member__traveller__name",
        )
    )  # fmt: skip
    together: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for moment, place, where, pk, group, name in rows:
        together[moment, place, where, pk, group].append(name)
    return [
        Engagement(
            local(moment).time(),
            f"{place}使馆面谈 · {group}",
            " · ".join(part for part in (where, f"应到 {len(names)} 人") if part),
            _record(pk),
        )
        for (moment, place, where, pk, group), names in list(together.items())[:MOST]
    ]


def _briefings(actor: Actor, day: date) -> list[Engagement]:
    rows = TrainingAttendance.objects.filter(
        member__delegation__in=_seen(actor), held_on=day, member__left=False
    ).values_list("member__delegation_id", "member__delegation__name", "place")
    together: dict[tuple[int, str, str], int] = defaultdict(int)
    for row in rows:
        together[row] += 1
    return [
        Engagement(None, f"行前教育 · {group}", f"{place or '地点待定'} · 应到 {count} 人", _record(pk))
        for (pk, group, place), count in list(together.items())[:MOST]
    ]


def _publicities(actor: Actor, day: date) -> list[Engagement]:
    rows = (
        Publicity.objects.filter(delegation__in=_seen(actor), ends_on=day, result=PublicityResult.RUNNING)
        .select_related("delegation")
        .order_by("pk")[:MOST]
    )
    return [
        Engagement(
            None,
            f"{row.get_kind_display()}期满 · {row.delegation.name}",
            f"{row.unit}，请登记公示结果",
            _record(row.delegation_id),
        )
        for row in rows
    ]


def _journeys(actor: Actor, day: date) -> list[Engagement]:
    groups = Delegation.objects.filter(case__in=_seen(actor), case__status=CaseStatus.RUNNING)
    going = groups.filter(exit_date=day).values_list("pk", "name")[:MOST]
    coming = groups.filter(entry_date=day).values_list("pk", "name")[:MOST]
    return [Engagement(None, f"出境 · {name}", "", _record(pk)) for pk, name in going] + [
        Engagement(None, f"回国 · {name}", "", _record(pk)) for pk, name in coming
    ]


def people_like(actor: Actor, words: str) -> list[Hit]:
    """Find persons by name, for those who read the persons of the office or of their unit."""
    people = Traveller.objects.visible_to_actor(actor).filter(name__startswith=words)
    found = [
        Hit("人员", person.name, f"{person.department.short_name} {person.title}".strip(), _person(person.pk))
        for person in people.select_related("department").order_by("name", "pk")[:MOST]
        if person.user_id != actor.user_id
    ]
    if found and actor.has(*PEOPLE_READERS):
        held = Passport.objects.visible_to_actor(actor).in_use().filter(traveller__name__startswith=words)
        found += [
            Hit("证照", str(row), f"{row.traveller.name} · {row.get_custody_display()}", _passport(row.pk))
            for row in held.select_related("traveller").order_by("traveller__name", "pk")[:MOST]
        ]
    return found


def _person(pk: int) -> str:
    return reverse("delegations:person", args=[pk])


def _passport(pk: int) -> str:
    return reverse("delegations:passport", args=[pk])
