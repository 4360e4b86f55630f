"""Who acts, and by which right."""

from datetime import timedelta
from typing import Any

import pytest

from waiban.accounts.actors import Actor, Seat, actor_for
from waiban.accounts.models import Department, Position, StandIn, User
from waiban.core.time import now, today


def lend(principal: User, substitute: User, **changes: Any) -> StandIn:
    values = {"starts": today(), "ends": today(), "reason": "培训"} | changes
    return StandIn.objects.create(principal=principal, substitute=substitute, **values)


def test_an_actor_is_one_query_whatever_the_number_of_seats(
    people: dict[str, User], django_assert_num_queries: Any
) -> None:
    chief = people["outbound_chief"]
    for name in ("deputy_director", "director", "outbound_clerk"):
        lend(people[name], chief)
    with django_assert_num_queries(1):
        actor = actor_for(chief)
    assert actor.roles == {"outbound_chief", "deputy_director", "director", "outbound_clerk"}


def test_own_seats_come_before_lent_ones_and_lent_ones_name_their_owner(people: dict[str, User]) -> None:
    clerk, colleague = people["outbound_clerk"], people["passport_clerk"]
    lend(colleague, clerk)
    actor = actor_for(clerk)
    assert actor.line == "出国管理科 · 经办"
    assert [(seat.role, seat.lent) for seat in actor.seats] == [
        ("outbound_clerk", False),
        ("passport_clerk", True),
    ]
    seat = actor.seat_for("passport_clerk")
    assert (seat.user_name, seat.user_id) == ("韩雪", colleague.pk)
    assert actor.seat_for("outbound_clerk", department_id=0) is None
    assert actor.own_seats == actor.seats[:1]


def test_when_a_seat_is_held_and_lent_the_own_one_acts(people: dict[str, User]) -> None:
    clerk, chief = people["outbound_clerk"], people["outbound_chief"]
    Position.objects.create(user=chief, department=clerk.positions.get().department, role="outbound_clerk")
    lend(clerk, chief)
    assert not actor_for(chief).seat_for("outbound_clerk").lent


def test_a_seat_lent_for_one_flow_is_no_right_in_another_nor_in_general(people: dict[str, User]) -> None:
    lend(people["director"], people["outbound_chief"], flow_key="delegation")
    actor = actor_for(people["outbound_chief"])
    assert actor.has("director", flow_key="delegation")
    assert not actor.has("director", flow_key="visit")
    assert not actor.has("director")
    assert actor.seat_for("director", flow_key="visit") is None


@pytest.mark.parametrize(
    "changes",
    [
        {"starts": today() + timedelta(days=1), "ends": today() + timedelta(days=2)},
        {"starts": today() - timedelta(days=2), "ends": today() - timedelta(days=1)},
        {"revoked_at": now()},
    ],
    ids=["not yet", "over", "revoked"],
)
def test_a_stand_in_outside_its_days_lends_nothing(people: dict[str, User], changes: dict[str, Any]) -> None:
    lend(people["director"], people["outbound_chief"], **changes)
    assert not actor_for(people["outbound_chief"]).has("director")


def test_a_disabled_principal_lends_nothing(people: dict[str, User]) -> None:
    lend(people["director"], people["outbound_chief"])
    User.objects.filter(username="director").update(is_active=False)
    assert not actor_for(people["outbound_chief"]).has("director")


def test_a_lent_seat_is_not_lent_on(people: dict[str, User]) -> None:
    lend(people["director"], people["deputy_director"])
    lend(people["deputy_director"], people["outbound_chief"])
    assert actor_for(people["outbound_chief"]).roles == {"outbound_chief", "deputy_director"}


def test_keeping_the_system_is_never_lent(people: dict[str, User]) -> None:
    lend(people["sysadmin"], people["outbound_chief"])
    assert not actor_for(people["outbound_chief"]).has("sysadmin")


def test_positions_hold_from_their_first_to_their_last_day(people: dict[str, User]) -> None:
    clerk = people["unit_clerk"]
    position = clerk.positions.get()
    position.until = today()
    position.save()
    assert actor_for(clerk).has("unit_clerk")
    assert not actor_for(clerk, at=today() + timedelta(days=1)).has("unit_clerk")
    assert not actor_for(clerk, at=position.since - timedelta(days=1)).seats


def test_a_closed_department_gives_no_seat(people: dict[str, User]) -> None:
    Department.objects.filter(name="市商务局").update(is_active=False)
    assert actor_for(people["unit_clerk"]).seats == ()
    assert actor_for(people["unit_clerk"]).line == ""


def test_a_place_in_an_enterprise_is_a_seat_without_department(people: dict[str, User]) -> None:
    actor = actor_for(people["enterprise_owner"])
    assert actor.has("enterprise_owner")
    assert actor.department_ids == frozenset()
    assert not actor.is_office


@pytest.mark.parametrize(
    ("username", "is_office", "is_leader"),
    [
        ("outbound_clerk", True, False),
        ("director", True, True),
        ("city_leader", False, True),
        ("unit_leader", False, False),
        ("sysadmin", False, False),
        ("auditor", False, False),
        ("member1", False, False),
    ],
)
def test_office_and_leader_are_told_by_the_seat(
    people: dict[str, User], username: str, is_office: bool, is_leader: bool
) -> None:
    actor = actor_for(people[username])
    assert (actor.is_office, actor.is_leader) == (is_office, is_leader)


def test_somebody_without_seats_has_no_right() -> None:
    nobody = Actor(1, "甲", 1)
    assert not nobody.has("sysadmin")
    assert nobody.seat_for("sysadmin") is None
    assert Actor(1, "甲", 1, (Seat(1, "甲", 1, "x", "y", "invented"),)).line == "x · invented"
