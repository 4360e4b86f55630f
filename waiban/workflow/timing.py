"""Puts the schedule onto a case: boundaries, due dates, lights, forecast. Pure: writes to the state only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache

from waiban.core.time import at, local
from waiban.workdays.axis import Axis

from . import clock, schedule
from .definition import Step
from .enums import Applies, ItemState, Light
from .state import CaseState, Item, Links

END_OF_DAY = "17:30"


def retime(
    state: CaseState, items: list[Item], *, now: datetime, axis: Axis, links: Links | None = None
) -> None:
    """Recompute and store the schedule of a case, its items' due dates and lights, and its forecast.

    `items` are the current ones of the case, in flow order; `links` what each waits for, if it is known.
    """
    here = axis.index_open(now)
    nodes = make_nodes(state, items, now=now, axis=axis, links=links)
    goal, end = _positions(state, items)
    plan = schedule.plan(
        nodes,
        base=axis.index_at(state.started_at),
        now=here,
        axis=axis,
        goal=goal,
        end=end,
        target=axis.last_boundary_on_or_before(state.target_date) if state.target_date else None,
    )
    for item, node, times in zip(items, nodes, plan.times, strict=True):
        _time_item(state, item, node, times, now=now, here=here, axis=axis)
    _time_case(state, items, plan, here=here, axis=axis)


def make_nodes(
    state: CaseState, items: list[Item], *, now: datetime, axis: Axis, links: Links | None = None
) -> list[schedule.Node]:
    """Translate items, in flow order, into nodes of the schedule."""
    nodes: list[schedule.Node] = []
    for item, preds in zip(items, links or state.links(items), strict=True):
        step = state.step(item)
        node = schedule.Node(
            duration=item.limit,
            preds=preds,
            skipped=item.state == ItemState.SKIPPED or item.applies == Applies.NO,
            done=_done_boundary(state, item, step, axis),
            arrived=axis.index_at(item.ready_at) if item.ready_at else None,
            fixed=_fixed(state.date(step.fixed), axis),
            calendar=_fixed(calendar_due(state, step), axis),
            anchor=step.key == state.flow.anchor,
        )
        if item.is_open and state.pauses:
            begun = schedule.begun(node, nodes, axis)
            node.paused = clock.longer_by(state.pauses, begun, item.limit, now, axis)
        nodes.append(node)
    return nodes


def calendar_due(state: CaseState, step: Step) -> date | None:
    """Return the last day of a limit in calendar days, or None when the step has none or it is not known."""
    base = state.date(step.calendar_from) if step.calendar_days else None
    return base + timedelta(days=step.calendar_days) if base else None


def _fixed(day: date | None, axis: Axis) -> int | None:
    return axis.last_boundary_on_or_before(day) if day else None


def _done_boundary(state: CaseState, item: Item, step: Step, axis: Axis) -> int | None:
    """Return the boundary at which a done item was over; a fixed actual date speaks before the clock."""
    if item.state != ItemState.DONE or item.done_at is None:
        return None
    actual = state.date(step.fixed)
    if actual is not None:
        return axis.last_boundary_on_or_before(actual)
    within = axis.is_workday(local(item.done_at).date())
    return axis.index_at(item.done_at) + (1 if within else 0)


def _positions(state: CaseState, items: list[Item]) -> tuple[int, int]:
    """Return the positions of the goal and of the last step."""
    last = len(items) - 1
    goal = next((p for p in range(last, -1, -1) if items[p].step_key == state.flow.goal), last)
    return goal, last


def _time_item(
    state: CaseState,
    item: Item,
    node: schedule.Node,
    times: schedule.Times | None,
    *,
    now: datetime,
    here: int,
    axis: Axis,
) -> None:
    if times is None:
        item.early_start = item.early_finish = item.late_finish = item.slack = None
        item.due_at, item.critical = None, False
        item.light, item.light_word = Light.GREY, ""
        return
    item.early_start, item.early_finish = times.start, times.finish
    item.late_finish, item.slack = times.late, times.slack
    if item.plan_finish is None:
        item.plan_start, item.plan_finish = times.start, times.finish
    if item.state == ItemState.DONE:
        item.light, item.light_word = Light.GREEN, "已办"
        return
    item.critical = times.critical
    before = item.due_at
    _set_due(state, item, node, times, axis)
    if item.is_open and before is not None and before != item.due_at and state.paused_at is None:
        item.announce(now)
    if not item.is_open:
        item.light, item.light_word = clock.NOT_YET.light, clock.NOT_YET.word
        return
    _light(state, item, node, used=here - times.start, now=now, here=here, axis=axis)


def _light(
    state: CaseState, item: Item, node: schedule.Node, *, used: int, now: datetime, here: int, axis: Axis
) -> None:
    """Light an open item. Behind the goal the slack is what is left of its own limit."""
    slack = item.slack
    if item.due_at is not None and step_is_behind(state, item):
        item.slack = axis.last_boundary_on_or_before(local(item.due_at).date()) - (here + 1)
        slack = None
    shown = clock.signal(
        overdue=item.due_at is not None and now > item.due_at and state.paused_at is None,
        slack=slack,
        used=used - node.paused,
        limit=item.limit,
    )
    item.light, item.light_word = shown.light, shown.word


def step_is_behind(state: CaseState, item: Item) -> bool:
    """Say whether an item lies behind the goal, where slack is the time left until its own limit."""
    return bool(state.flow.goal) and item.step_key in state.flow.descendants[state.flow.goal]


def _set_due(state: CaseState, item: Item, node: schedule.Node, times: schedule.Times, axis: Axis) -> None:
    """Due at 17:30 of the day on which the limit runs out; for what has not arrived, of the forecast."""
    step = state.step(item)
    day = calendar_due(state, step)
    if day is not None:
        item.due_at, item.due_tentative = at(day, END_OF_DAY), False
        return
    boundary = times.finish
    if item.is_open:
        boundary = times.start + item.limit + node.paused
    if step.fixed and (planned := state.date(step.fixed)):
        item.due_at, item.due_tentative = at(planned, END_OF_DAY), False
        return
    item.due_at, item.due_tentative = _end_of_day(axis, max(boundary, times.start + 1))


@lru_cache(maxsize=4096)
def _end_of_day(axis: Axis, boundary: int) -> tuple[datetime, bool]:
    """Return 17:30 of the day on which a boundary falls, and whether its year has no calendar yet."""
    end = axis.next_day_start(boundary)
    return axis.end_of(end), axis.tentative(end)


def _time_case(state: CaseState, items: list[Item], plan: schedule.Plan, *, here: int, axis: Axis) -> None:
    goal_item = items[plan.goal]
    finish = plan.goal_finish
    if finish is not None:
        actual = state.date(state.step(goal_item).fixed) if goal_item.state == ItemState.DONE else None
        state.forecast_date = actual or clock.day_of(finish, axis)
        state.forecast_tentative = axis.tentative(finish)
    end = plan.end_finish
    state.end_date = clock.day_of(end, axis) if end is not None else None
    open_items = [item for item in items if item.is_open]
    if goal_item.has_passed:
        slacks = [item.slack for item in open_items if item.slack is not None]
        state.slack = min(slacks, default=None)
    else:
        state.slack = plan.slack
    signals = [clock.Signal(Light(item.light), item.light_word) for item in open_items]
    if not goal_item.has_passed and plan.slack is not None:
        signals.append(clock.signal(overdue=False, slack=plan.slack, used=0, limit=0))
    shown = clock.worst(signals)
    state.light, state.light_word = shown.light, shown.word
    applicable = [item for item in items if item.state != ItemState.SKIPPED]
    counted = {item.step_key for item in applicable}
    unfinished = {item.step_key for item in applicable if item.state != ItemState.DONE}
    state.step_count, state.done_count = len(counted), len(counted - unfinished)
    state.scheduled_index, state.calendar_version = here, axis.version


def rebase(items: Iterable[Item]) -> None:
    """Take the present forecast as the plan of everything that is not done: called when T0 passes."""
    for item in items:
        if item.state != ItemState.DONE:
            item.plan_start, item.plan_finish = item.early_start, item.early_finish
