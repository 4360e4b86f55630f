"""Small things that the walks do not meet: rights in memory, the registry, the ends of the net."""

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from datetime import datetime, timedelta
from itertools import count

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.workflow.factories import MONDAY, MORNING, House, Walk, moment
from tests.workflow.nets import case_of
from tests.workflow.sample import HALL
from waiban.accounts.actors import Actor, Seat
from waiban.accounts.enums import DepartmentKind, Role
from waiban.core.errors import Conflict, Refused
from waiban.workdays.axis import Axis
from waiban.workflow import acts, engine, registry, rules, store, timing
from waiban.workflow.definition import Flow, Per, Stage, Step
from waiban.workflow.enums import ItemState
from waiban.workflow.rules import Doer
from waiban.workflow.settling import settle
from waiban.workflow.state import ITEM_COLUMNS, CaseState, Item

NUMBERS = count(1)


def step(key: str, who: str, *after: str, **more: object) -> Step:
    """Make a step of a very small flow."""
    words = {"name": key, "short": key, "public": key, "stage": "s", "phase": "p", "basis": "b"}
    given = {"limit": 2, "fast": 1} | more
    return Step(no=next(NUMBERS), key=key, who=who, after=after, **words, **given)  # type: ignore[arg-type]


TRIP = Flow(
    key="trip",
    version=1,
    name="出行",
    stages=(Stage("s", "段"),),
    steps=(
        step("pack", Role.MEMBER, per=Per.MEMBER),
        step("judge", Role.FINANCE, "pack", per=Per.MEMBER, decides=True),
        step("decide", Role.DIRECTOR, "judge", decides=True, returns=("pack", "judge")),
        step("leave", Role.MEMBER, "decide", when="travels", recorders=(Role.UNIT_CLERK,)),
    ),
    conditions={"travels": lambda facts, member: facts.case("travels")},
    anchor="pack",
    goal="leave",
    return_reasons={"R": "其他"},
)


@pytest.fixture
def trip(axis: Axis) -> CaseState:
    """A trip of two people, in memory; their users have the numbers 1 and 2."""
    return case_of(TRIP, 2, now=MORNING, axis=axis)


def person(number: int, *roles: str, unit: int = 1) -> Actor:
    """Make an actor with posts in a unit."""
    seats = tuple(Seat(number, f"人员{number}", unit, "单位", DepartmentKind.UNIT, role) for role in roles)
    return Actor(number, f"人员{number}", 1, seats)


def of(trip: CaseState, key: str, member: int | None = None) -> Item:
    """Return the newest item of a step."""
    return next(item for item in trip.current() if (item.step_key, item.participant_id) == (key, member))


def finish(trip: CaseState, axis: Axis, key: str, member: int | None = None, by: int = 9) -> None:
    """Finish a step in memory."""
    acts.complete(trip, of(trip, key, member), Doer(by, "某人"), opinion="", data=None, now=MORNING)
    settle(trip, now=MORNING, axis=axis)


# Rights


def test_a_post_as_member_gives_no_right_to_the_step_of_another_member(trip: CaseState) -> None:
    colleague = person(2, Role.MEMBER)
    with pytest.raises(Refused, match="无权办理"):
        rules.right_to(trip, of(trip, "pack", 1), colleague)
    assert rules.right_to(trip, of(trip, "pack", 2), colleague).post == "出访团员"


def test_a_member_step_for_all_is_everybodys_who_takes_part(trip: CaseState, axis: Axis) -> None:
    for member in (1, 2):
        finish(trip, axis, "pack", member)
        finish(trip, axis, "judge", member, by=10)
    finish(trip, axis, "decide", by=11)
    leave = of(trip, "leave")
    assert rules.may_act(trip, leave, person(1))
    assert not rules.may_act(trip, leave, person(3, Role.MEMBER))
    assert rules.may_act(trip, leave, person(4, Role.UNIT_CLERK))
    acts.remove_person(trip, 1, "甲", "生病")
    assert not rules.may_act(trip, leave, person(1)), "who has left takes part no more"
    assert not rules.may_act(trip, of(trip, "decide"), person(11, Role.DIRECTOR)), "what is done is done"


def test_who_decided_for_one_participant_does_not_decide_for_all(trip: CaseState, axis: Axis) -> None:
    for member in (1, 2):
        finish(trip, axis, "pack", member)
        finish(trip, axis, "judge", member, by=member + 20)
    for number in (21, 22):
        with pytest.raises(Refused, match="同一人"):
            rules.check_separation(trip, of(trip, "decide"), Doer(number, "某人"))
    rules.check_separation(trip, of(trip, "decide"), Doer(23, "某人"))


def test_a_form_offers_only_those_ways_back_that_exist(trip: CaseState, axis: Axis) -> None:
    assert rules.returns_of(trip, of(trip, "decide")) == [TRIP.by_key["pack"]]
    for member in (1, 2):
        finish(trip, axis, "pack", member)
        finish(trip, axis, "judge", member, by=10)
    assert [target.key for target in rules.returns_of(trip, of(trip, "decide"))] == ["judge", "pack"]


def test_a_flow_without_a_target_keeps_dates_as_they_are(trip: CaseState) -> None:
    acts.take_facts(trip, None, {"day": "2026-05-01"})
    assert trip.dates == {"day": "2026-05-01"} and trip.target_date is None


def test_a_goal_that_does_not_apply_leaves_no_forecast(trip: CaseState, axis: Axis) -> None:
    trip.forecast_date = None
    acts.take_facts(trip, {"case": {"travels": False}}, None)
    settle(trip, now=MORNING, axis=axis)
    assert trip.forecast_date is None and trip.end_date is None
    assert trip.goal_at == MORNING, "it has passed"


def test_what_another_has_taken_is_not_claimed_by_who_may_only_record_it(walk: Walk) -> None:
    walk.house.hire("consul", "section", "mission")
    walk.tell(large=False, 甲=True)
    walk.until("badge:甲")
    walk.act("claim", "badge", "甲", by="consul")
    with pytest.raises(Conflict, match="已由consul于 03-02 09:00 签收"):
        walk.act("claim", "badge", "甲", by="passports")


def test_items_are_read_in_the_order_of_their_fields() -> None:
    assert tuple(field.name for field in fields(Item))[: len(ITEM_COLUMNS) + 1] == ("id", *ITEM_COLUMNS)
    read = {name for name, f in CaseState.__dataclass_fields__.items() if f.default is f.default_factory}
    assert read <= {*store.CASE_READ, "flow"}


def test_a_page_reads_a_case_without_locking_it(walk: Walk) -> None:
    states, _axis = store.load([walk.case_id], lock=False)
    assert states[walk.case_id].items[0].state == ItemState.READY


# Time


def test_what_is_done_on_a_day_off_counts_from_the_next_morning(
    house: House, clock: Callable[[datetime], None]
) -> None:
    walk = house.start([])
    walk.do("ask")
    clock(moment(MONDAY + timedelta(days=5), "15:00"))
    walk.do("accept")
    study = walk.item("study")
    assert study.early_start == walk.item("accept").early_finish
    assert study.due_at == moment(MONDAY + timedelta(days=7), "17:30")


def test_a_goal_with_an_actual_date_is_forecast_to_that_very_day(trip: CaseState, axis: Axis) -> None:
    sailing = replace(TRIP, steps=(*TRIP.steps[:-1], replace(TRIP.steps[-1], fixed="day", when="")))
    state = case_of(replace(sailing, conditions={}), 1, now=MORNING, axis=axis)
    acts.take_facts(state, None, {"day": "2026-03-07"})
    finish(state, axis, "pack", 1)
    finish(state, axis, "judge", 1, by=10)
    finish(state, axis, "decide", by=11)
    assert of(state, "leave").due_at == moment(MONDAY + timedelta(days=5), "17:30"), "a Saturday"
    acts.complete(state, of(state, "leave"), Doer(12, "某人"), opinion="", data=None, now=MORNING)
    timing.retime(state, state.current(), now=MORNING, axis=axis)
    assert state.forecast_date == MONDAY + timedelta(days=5)


def test_what_lies_behind_the_goal_is_measured_by_its_own_limit(walk: Walk) -> None:
    walk.tell(large=False, 甲=True, 乙=False, dates={"day": "2026-03-02", "last_day": "2026-03-20"})
    walk.until("use")
    item = walk.item("use")
    assert item.light == "green"
    assert item.slack == 2 * 15 - 1


# Definition and registry


def test_a_flow_that_goes_round_in_a_circle_has_no_order() -> None:
    first, *others = TRIP.steps
    circle = replace(TRIP, steps=(replace(first, after=("decide",)), *others))
    with pytest.raises(ValueError, match="cycle through pack"):
        _ = circle.order


@pytest.fixture
def clean() -> Iterator[None]:
    """Leave the registry as it was."""
    yield
    registry.unregister(TRIP.key)


def test_new_cases_start_with_the_highest_version_and_old_ones_keep_theirs(clean: None) -> None:
    def bind(flow: Flow, **forms: str) -> registry.Binding:
        return registry.Binding(flow=flow, label="", menu_url="", record_url=str, forms=forms)

    second = replace(TRIP, version=2, name="远行")
    registry.register(bind(second))
    registry.register(bind(TRIP))
    assert registry.flow_of("trip").version == 2
    assert registry.flow_of("trip", 1) is TRIP
    assert [b.flow.version for b in registry.current_bindings() if b.flow.key == "trip"] == [2]
    registry.register(bind(TRIP, pack="waiban.workflow.forms.OpinionForm"))
    form = registry.binding_of("trip", 1).form_class("pack")
    assert form is not None and form.__name__ == "OpinionForm"
    assert registry.binding_of("trip", 1).form_class("judge") is None
    with pytest.raises(ImproperlyConfigured, match="registered twice"):
        registry.register(bind(replace(TRIP, name="别的")))
    for missing in (("nowhere", None), ("trip", 3)):
        with pytest.raises(LookupError, match="unknown flow"):
            registry.flow_of(*missing)


def test_a_case_keeps_the_version_with_which_it_was_started(house: House) -> None:
    walk = house.start([])
    shorter = replace(HALL, version=2, steps=tuple(s for s in HALL.steps if s.key != "roster"))
    shorter = replace(shorter, steps=tuple(replace(s, after=tuple(k for k in s.after if k != "roster"))
                                           for s in shorter.steps))  # fmt: skip
    registry.register(registry.Binding(flow=shorter, label="", menu_url="", record_url=str))
    assert house.start([]).states().keys() == walk.states().keys() - {"roster"}
    walk.do("ask")
    walk.do("accept")
    assert "roster" in walk.open()
    assert engine.recount([walk.case_id]) == 1
