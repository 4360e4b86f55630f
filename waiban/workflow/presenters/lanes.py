"""The map of the steps and the critical path as one line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from waiban.core.time import local

from .. import clock
from ..definition import Step
from ..enums import ItemState
from ..record import Record
from ..state import Item

ROW = 6
"""Chips in a row: neighbouring phases share a row while they fit."""


@dataclass(frozen=True, slots=True)
class Chip:
    """One step on the map."""

    no: int
    short: str
    name: str
    state: str
    holder: str
    date: str
    people_done: int | None
    people_all: int | None
    awaited: str
    critical: bool
    outside: bool
    reason: str
    url: str


@dataclass(slots=True)
class Lane:
    """One stage with its groups of chips."""

    key: str
    name: str
    done: int = 0
    applicable: int = 0
    groups: list[tuple[str, list[Chip]]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Track:
    """The critical path from T0 to the goal."""

    title: str
    used: str
    nodes: list[tuple[str, str, str]]


def step_state(items: list[Item]) -> str:
    """Sum the states of a step's items up to one of the six of the map."""
    states = {item.state for item in items}
    if not states or states == {ItemState.SKIPPED}:
        return "skipped"
    live = states - {ItemState.SKIPPED}
    if live == {ItemState.DONE}:
        return "done"
    if ItemState.DOING in live or (ItemState.DONE in live and len(live) > 1):
        return "doing"
    for state in (ItemState.OUTSIDE, ItemState.READY):
        if state in live:
            return state.value
    return "waiting"


def lanes(record: Record, url: Callable[[Item], str]) -> tuple[list[Lane], dict[str, int]]:
    """Return the lanes of the map and the count of steps per state (the counts add up to all steps)."""
    legend = dict.fromkeys(("done", "doing", "ready", "outside", "skipped", "waiting"), 0)
    found: list[Lane] = []
    for stage in record.state.flow.stages:
        lane = Lane(stage.name, stage.name)
        phases: dict[str, list[Chip]] = {}
        for step in (s for s in record.state.flow.steps if s.stage == stage.key):
            chip = make_chip(record, step, record.by_step[step.key], url)
            legend[chip.state] += 1
            lane.applicable += chip.state != "skipped"
            lane.done += chip.state == "done"
            phases.setdefault(_phase(step.phase), []).append(chip)
        lane.groups = _pack(phases)
        found.append(lane)
    return found, legend


def _phase(text: str) -> str:
    """Drop the stage mark ("备1 计划管理" → "计划管理")."""
    return text.split(" ", 1)[-1]


def _pack(phases: dict[str, list[Chip]]) -> list[tuple[str, list[Chip]]]:
    groups: list[tuple[str, list[Chip]]] = []
    for name, chips in phases.items():
        if groups and len(groups[-1][1]) + len(chips) <= ROW:
            title, before = groups.pop()
            groups.append((f"{title} · {name}", before + chips))
        else:
            groups.append((name, list(chips)))
    return groups


def make_chip(record: Record, step: Step, items: list[Item], url: Callable[[Item], str]) -> Chip:
    """Sum one step up for the map."""
    live = [item for item in items if item.state != ItemState.SKIPPED]
    state = step_state(items)
    waiting = [item for item in live if item.state != ItemState.DONE]
    lead = min(waiting or live or items, key=_urgency, default=None)
    per_member = step.per_member and bool(live)
    awaited = ""
    if per_member and waiting and state != "waiting":
        awaited = record.person_names.get(waiting[0].participant_id or 0, "")
        if step.who != record.state.flow.member_role:
            awaited = record.holder(waiting[0]) if waiting[0].assignee_id else record.role_holder(step.who)
    return Chip(
        no=step.no,
        short=step.short,
        name=step.name,
        state=state,
        holder=record.holder(lead) if lead and state != "skipped" else "",
        date=chip_date(record, step, live, state),
        people_done=len(live) - len(waiting) if per_member else None,
        people_all=len(live) if per_member else None,
        awaited=awaited,
        critical=any(item.critical for item in live),
        outside=step.outside,
        reason=step.na_text if state == "skipped" else "",
        url=url(lead) if lead else "",
    )


def _urgency(item: Item) -> tuple[bool, int]:
    return (not item.is_open, item.slack if item.slack is not None else 10**6)


def chip_date(record: Record, step: Step, live: list[Item], state: str) -> str:
    """Say when: done on, due on, or expected on; 待定 in a year without a calendar."""
    if not live or state == "skipped":
        return ""
    if state == "done":
        return f"{local(max(item.done_at for item in live if item.done_at)):%m-%d}"
    planned = record.state.date(step.fixed)
    if planned is not None:
        return f"{planned:%m-%d}"
    due = [item for item in live if item.due_at and item.state != ItemState.DONE]
    if not due:
        return ""
    if any(item.due_tentative for item in due):
        return "待定"
    if any(item.is_open for item in due):
        day = local(min(item.due_at for item in due if item.is_open)).date()
        return "今天" if day == local(record.now).date() else f"{day:%m-%d}"
    finishes = [item.early_finish for item in due if item.early_finish is not None]
    return f"{clock.day_of(max(finishes), record.axis):%m-%d}" if finishes else ""


def track(record: Record) -> Track | None:
    """Return the critical path from behind T0 to the goal, or None before the schedule exists."""
    flow = record.state.flow
    goal = next((i for i in record.by_step.get(flow.goal, []) if i.state != ItemState.SKIPPED), None)
    if goal is None:
        return None
    chain = [goal]
    while (before := _critical_before(record, chain[-1])) is not None and before.step_key != flow.anchor:
        chain.append(before)
    nodes = [_node(record, item) for item in reversed(chain)]
    first = next(
        (n for n, node in enumerate(nodes) if node[2] == "todo" and _is_open(record, chain, n)), None
    )
    if first is not None:
        nodes[first] = (*nodes[first][:2], "now")
    anchor = (
        f"{flow.by_key[flow.anchor].tiny or flow.by_key[flow.anchor].short}通过" if flow.anchor else "开始"
    )
    return Track(f"关键路径 · {anchor}至{flow.by_key[flow.goal].tiny}", _used(record, goal), nodes)


def _is_open(record: Record, chain: list[Item], position: int) -> bool:
    step_key = chain[len(chain) - 1 - position].step_key
    return any(item.is_open for item in record.by_step[step_key])


def _critical_before(record: Record, item: Item) -> Item | None:
    candidates = [
        before
        for before in record.state.predecessors(item, record.by_step)
        if before.state != ItemState.SKIPPED and before.early_finish is not None
    ]
    if item.participant_id is None:
        return max(candidates, key=lambda i: (i.early_finish, record.state.step(i).no), default=None)
    own = [b for b in candidates if b.participant_id in (None, item.participant_id)]
    return max(own, key=lambda i: (i.early_finish, record.state.step(i).no), default=None)


def _node(record: Record, item: Item) -> tuple[str, str, str]:
    step = record.state.step(item)
    items = [i for i in record.by_step[step.key] if i.state != ItemState.SKIPPED]
    state = "done" if all(i.state == ItemState.DONE for i in items) else "todo"
    return (step.tiny or step.short[:3], chip_date(record, step, items, step_state(items)), state)


def _used(record: Record, goal: Item) -> str:
    anchor, finish = record.state.anchor_at, goal.early_finish
    if anchor is None or finish is None:
        return ""
    axis = record.axis
    start = axis.next_day_start(axis.index_at(anchor) + 1)
    used = min(max(axis.index_at(record.now) - start, 0), finish - start)
    return f"{used / 2:g} / {(finish - start) / 2:g} 个工作日"


def expected_day_number(record: Record) -> int | None:
    """Count the calendar day, from the first working day behind T0, on which the goal is expected."""
    anchor = record.state.anchor_at
    goal = next(
        (i for i in record.by_step.get(record.state.flow.goal, []) if i.early_finish is not None), None
    )
    if anchor is None or goal is None or goal.early_finish is None:
        return None
    axis = record.axis
    if goal.state == ItemState.DONE and (left := record.state.date(record.state.flow.target)):
        first = axis.date_of(axis.next_day_start(axis.index_at(anchor) + 1))[0]
        return (left - first + timedelta(days=1)).days
    return clock.day_number(axis.index_at(anchor) + 1, goal.early_finish, axis)
