"""Random nets, flows, calendars and cases in memory, for tests of properties."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from hypothesis import strategies as st

from waiban.workdays.axis import Axis
from waiban.workflow.definition import Facts, Flow, Per, Stage, Step
from waiban.workflow.enums import Mode
from waiban.workflow.schedule import Node
from waiban.workflow.settling import settle
from waiban.workflow.start import new_item
from waiban.workflow.state import CaseState, Person

BEGIN = date(2026, 2, 2)


@st.composite
def nodes(draw: st.DrawFn, *, done: bool = True) -> list[Node]:
    """Draw an acyclic net. What is done has only done things before it."""
    count = draw(st.integers(2, 12))
    anchor = draw(st.integers(0, count - 1))
    net: list[Node] = []
    for position in range(count):
        preds = tuple(sorted(draw(st.sets(st.integers(0, position - 1), max_size=3)))) if position else ()
        node = Node(
            duration=draw(st.integers(0, 9)),
            preds=preds,
            skipped=draw(st.integers(0, 4)) == 0,
            fixed=draw(st.none() | st.none() | st.none() | st.integers(0, 40)),
            calendar=draw(st.none() | st.none() | st.none() | st.integers(0, 40)),
            anchor=position == anchor,
            paused=draw(st.sampled_from((0, 0, 0, 3))),
        )
        before = [net[p] for p in preds if not net[p].skipped]
        if done and all(other.done is not None for other in before) and draw(st.booleans()):
            node.done = draw(st.integers(0, 12))
        elif all(other.done is not None for other in before):
            node.arrived = draw(st.none() | st.integers(0, 14))
        net.append(node)
    return net


@st.composite
def axes(draw: st.DrawFn) -> Axis:
    """Draw a calendar: a plain week with some days off and some working Sundays."""
    start = date(2026, 1, 1).toordinal()
    days = draw(st.dictionaries(st.integers(0, 200), st.booleans(), max_size=30))
    return Axis(1, {date.fromordinal(start + day): works for day, works in days.items()}, range(2020, 2041))


def _case_fact(name: str) -> Any:
    def ask(facts: Facts, member: int | None) -> bool | None:
        return facts.case(name)

    return ask


def _member_fact(name: str) -> Any:
    def ask(facts: Facts, member: int | None) -> bool | None:
        return facts.any_member(name) if member is None else facts.member(member, name)

    return ask


CONDITIONS = {
    "a": _case_fact("a"),
    "b": _case_fact("b"),
    "x": _member_fact("x"),
    "y": _member_fact("y"),
}


@st.composite
def flows(draw: st.DrawFn) -> Flow:
    """Draw a flow with one start and one end, branches, joins, conditions and ways back."""
    count = draw(st.integers(3, 11))
    after: dict[int, set[int]] = {0: set()}
    for no in range(1, count):
        after[no] = draw(st.sets(st.integers(0, no - 1), min_size=1, max_size=3))
    led_on = {before for befores in after.values() for before in befores}
    after[count] = {no for no in range(count) if no not in led_on}
    above: dict[int, set[int]] = {}
    for no in range(count + 1):
        above[no] = after[no].union(*(above[before] for before in after[no]))
    steps = tuple(_draw_step(draw, no, after[no], sorted(above[no]), last=no == count) for no in after)
    plain = [step.key for step in steps if not step.per_member]
    return Flow(
        key="random",
        version=1,
        name="任意",
        stages=(Stage("s", "段"),),
        steps=steps,
        conditions=CONDITIONS,
        anchor=draw(st.sampled_from(plain)),
        goal=draw(st.sampled_from(plain)),
        target="target",
        return_reasons={"R": "其他"},
    )


def _draw_step(draw: st.DrawFn, no: int, after: set[int], above: Sequence[int], *, last: bool) -> Step:
    inner = no > 0 and not last
    per = Per.MEMBER if inner and draw(st.booleans()) else Per.CASE
    back = draw(st.sets(st.sampled_from(above), max_size=3)) if above else set()
    limit = draw(st.integers(0, 8))
    return Step(
        no=no + 1,
        key=f"s{no}",
        name=f"第{no}步",
        short=f"第{no}步",
        public="办理中",
        stage="s",
        phase="p",
        who="outbound_clerk",
        limit=limit,
        fast=limit // 2,
        after=tuple(f"s{before}" for before in sorted(after)),
        per=per,
        when=draw(st.sampled_from(("", "", "a", "b", "x", "y"))) if inner else "",
        returns=tuple(f"s{target}" for target in sorted(back)),
        outside=draw(st.booleans()),
    )


def case_of(
    flow: Flow, members: int, *, now: datetime, axis: Axis, facts: dict[str, Any] | None = None
) -> CaseState:
    """Start a case in memory."""
    state = CaseState(
        id=1,
        flow=flow,
        office_id=1,
        department_id=1,
        owner_id=1,
        reference="1",
        title="一",
        status="running",
        mode=Mode.STANDARD,
        facts=facts or {},
        dates={},
        started_at=now,
        anchor_at=None,
        goal_at=None,
        target_date=None,
        version=1,
        log_seq=0,
        log_hash="",
        paused_at=None,
        pause_count=0,
    )
    limits = {step.key: step.limit for step in flow.steps}
    people = [Person(number, number, str(number)) for number in range(1, members + 1)]
    for step in flow.steps:
        owners: Sequence[Person | None] = people if step.per_member else (None,)
        state.items += [new_item(step, person, limits, {}) for person in owners]
    settle(state, now=now, axis=axis)
    return state
