"""The queue holds what a person may do, and nothing else."""

from collections.abc import Callable
from datetime import date, datetime

import pytest

from tests.workflow.factories import House, Walk
from waiban.board import queries
from waiban.core.time import at
from waiban.workflow import engine, store
from waiban.workflow.enums import OPEN_STATES
from waiban.workflow.models import WorkItem
from waiban.workflow.rules import may_act


def held(house: House, name: str) -> set[int]:
    """Items that wait for a person."""
    return set(queries.todo(house.actor(name)).values_list("pk", flat=True))


def recorded(house: House, name: str) -> set[int]:
    """Items that others hold while the person waits."""
    return set(queries.waiting_outside(house.actor(name)).values_list("pk", flat=True))


def allowed(house: House, name: str) -> set[int]:
    """Items on which the engine would let the person act."""
    actor, found = house.actor(name), set()
    for case_id in WorkItem.objects.values_list("case_id", flat=True).distinct():
        state = store.load([case_id], lock=False)[0][case_id]
        found |= {item.id for item in state.items if item.is_open and may_act(state, item, actor)}
    return found


@pytest.fixture
def busy(house: House) -> list[Walk]:
    """Three cases at different places, with a claimed and a reassigned step among them."""
    first = house.start()
    first.tell(large=True, 甲=True, 乙=False)
    first.until("fire", "photo:甲")
    second = house.start(["丙"])
    second.tell(large=False, 丙=True)
    second.until("review")
    second.do("photo", "丙")
    second.do("check", "丙", by="passports")
    third = house.start([])
    third.do("ask")
    third.act("claim", "accept", by="colleague")
    return [first, second, third]


EVERYBODY = ("clerk", "unit_leader", "stranger", "officer", "colleague", "passports", "chief", "director")


@pytest.mark.parametrize("name", [*EVERYBODY, "treasurer", "甲", "丙"])
def test_what_the_desk_offers_is_what_the_engine_allows(house: House, busy: list[Walk], name: str) -> None:
    assert held(house, name) | (recorded(house, name) & allowed(house, name)) == allowed(house, name)


@pytest.mark.parametrize("name", [*EVERYBODY, "treasurer", "甲", "丙"])
def test_nothing_stands_in_the_queue_that_would_be_refused(house: House, busy: list[Walk], name: str) -> None:
    assert held(house, name) <= allowed(house, name)


def test_the_result_of_an_outside_step_waits_in_its_own_tab(house: House, busy: list[Walk]) -> None:
    badge = busy[1].item("badge", "丙").pk
    assert badge in recorded(house, "passports")
    assert badge not in held(house, "passports")


def test_the_clerk_sees_what_others_do_with_his_case(house: House, busy: list[Walk]) -> None:
    assert busy[0].item("fire").pk in recorded(house, "clerk")
    assert busy[0].item("fire").pk not in recorded(house, "stranger")


def test_a_taken_step_leaves_the_queue_of_the_colleagues(house: House, busy: list[Walk]) -> None:
    taken = busy[2].item("accept").pk
    assert taken in held(house, "colleague")
    assert taken not in held(house, "officer")


def test_a_reassigned_step_follows_the_person(house: House, busy: list[Walk]) -> None:
    busy[2].act("reassign", "accept", by="chief", to_user=house.users["officer"], reason="忙不过来")
    assert busy[2].item("accept").pk in held(house, "officer")
    assert busy[2].item("accept").pk not in held(house, "colleague")


def test_a_stand_in_has_the_queue_of_his_principal(house: House, busy: list[Walk]) -> None:
    review = busy[1].item("review").pk
    assert review not in held(house, "deputy")
    house.lend("chief", "deputy")
    assert review in held(house, "deputy")


def test_a_stand_in_for_another_flow_has_nothing(house: House, busy: list[Walk]) -> None:
    house.lend("chief", "deputy", flow_key="another")
    assert busy[1].item("review").pk not in held(house, "deputy")


def test_a_paused_case_waits_for_nobody(house: House, busy: list[Walk]) -> None:
    engine.pause(case_id=busy[1].case_id, actor=house.actor("chief"), reason="等邀请函")
    assert busy[1].item("review").pk not in held(house, "chief")


def test_another_office_is_never_seen(house: House, busy: list[Walk]) -> None:
    from_elsewhere = queries.items_by_id(house.actor("chief"), WorkItem.objects.values_list("pk", flat=True))
    assert len(from_elsewhere) == WorkItem.objects.count()
    foreign = house.actor("chief")
    other = type(foreign)(foreign.user_id, foreign.name, foreign.office_id + 1, foreign.seats)
    assert not queries.todo(other).exists()
    assert not queries.items_by_id(other, WorkItem.objects.values_list("pk", flat=True))


def test_the_scarcest_slack_comes_first(house: House, clock: Callable[[datetime], None]) -> None:
    for day in ("2026-03-20", "2026-03-10", "2026-04-20"):
        walk = house.start([], dates={"day": day})
        walk.tell(large=False)
        walk.do("ask")
    clock(at(date(2026, 3, 3), "10:00"))
    engine.recount(WorkItem.objects.values_list("case_id", flat=True).distinct())
    slacks = list(queries.todo(house.actor("officer")).values_list("slack", flat=True))
    assert slacks == sorted(slacks)
    assert len(slacks) == 3


def test_the_badge_counts_matters_not_members(house: House) -> None:
    walk = house.start(["甲", "乙", "丙"])
    walk.tell(large=False, 甲=True, 乙=True, 丙=True)
    walk.until("photo:甲", "photo:乙", "photo:丙")
    for name in ("甲", "乙", "丙"):
        walk.do("photo", name)
    open_rows = WorkItem.objects.filter(step_key="check", state__in=OPEN_STATES)
    assert open_rows.count() == 3
    assert queries.open_count(house.actor("passports")) == 2  # the check of three members, and the roster
