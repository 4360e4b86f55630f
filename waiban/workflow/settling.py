"""Bringing a case to rest after an act: what applies, what is ready, what is over, how it stands. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from waiban.core.errors import BadInput
from waiban.workdays.axis import Axis, OutOfCalendar

from .definition import Step
from .enums import CaseStatus, ItemState, Light
from .state import CaseState, Item, Links, applies_value
from .timing import rebase, retime


def settle(state: CaseState, *, now: datetime, axis: Axis) -> None:
    """Bring the case to rest after an act: applicability, readiness, end, schedule, holders."""
    if state.status == CaseStatus.RUNNING:
        items = state.current()
        _ask_conditions(state, items)
        links = state.links(items)
        _open_ready(state, items, links, now)
        _time(state, items, links, now, axis)
        _note_milestones(state, items, now)
        if all(item.has_passed for item in items):
            close(state, CaseStatus.CLOSED, "全部环节办结", now)
    if state.paused_at is not None and state.status == CaseStatus.RUNNING:
        state.light, state.light_word = Light.GREY, "已挂起"
    state.holder_text = _holders(state)


def _time(state: CaseState, items: list[Item], links: Links, now: datetime, axis: Axis) -> None:
    try:
        retime(state, items, now=now, axis=axis, links=links)
    except OutOfCalendar as error:
        raise BadInput(str(error), "OUT_OF_CALENDAR") from error


def _ask_conditions(state: CaseState, items: Sequence[Item]) -> None:
    """Ask every condition again: a no closes the item at once, anything else keeps it or opens it again."""
    facts = state.read_facts()
    for item in items:
        step = state.step(item)
        if not step.when or not (item.is_live or item.state == ItemState.SKIPPED):
            continue
        answer = state.flow.applies(step, facts, item.participant_id)
        item.applies = applies_value(answer)
        if answer is False and item.state != ItemState.SKIPPED:
            _skip(state, item, step)
        elif answer is not False and item.state == ItemState.SKIPPED:
            item.state, item.reason, item.plan_finish = ItemState.WAITING, "", None


def _skip(state: CaseState, item: Item, step: Step) -> None:
    item.state, item.reason = ItemState.SKIPPED, step.na_text
    stand_down(state, item)


def stand_down(state: CaseState, item: Item) -> None:
    """An item that is no longer open reminds nobody."""
    item.announce(None)
    if item.id is not None:
        state.closed_items.append(item.id)


def _open_ready(state: CaseState, items: Sequence[Item], links: Links, now: datetime) -> None:
    passed = [item.has_passed for item in items]
    for item, before in zip(items, links, strict=True):
        if not item.is_live:
            continue
        ready = all(passed[place] for place in before)
        if item.state == ItemState.WAITING and ready:
            item.state, item.ready_at = open_state(item), now
            item.announce(now, tell=True)
        elif item.is_open and not ready:
            item.state, item.ready_at = ItemState.WAITING, None
            stand_down(state, item)


def open_state(item: Item) -> ItemState:
    """The state of an open item: outside the office, taken by a person, or offered to its role."""
    if item.outside:
        return ItemState.OUTSIDE
    return ItemState.READY if item.assignee_id is None else ItemState.DOING


def _note_milestones(state: CaseState, items: Sequence[Item], now: datetime) -> None:
    anchored = _is_over(items, state.flow.anchor)
    if anchored and state.anchor_at is None:
        state.anchor_at = now
        rebase(items)
    elif not anchored:
        state.anchor_at = None
    state.goal_at = (state.goal_at or now) if _is_over(items, state.flow.goal) else None


def _is_over(items: Iterable[Item], key: str) -> bool:
    """Whether the flow has such a step and all its items have passed."""
    found = [item.has_passed for item in items if item.step_key == key]
    return bool(found) and all(found)


def _holders(state: CaseState) -> str:
    """Name the open steps for lists: the first two, the most urgent first."""
    open_items = sorted(
        (item for item in state.current() if item.is_open),
        key=lambda item: (not item.critical, item.slack if item.slack is not None else 10**6),
    )
    steps: list[str] = []
    for item in open_items:
        step = state.step(item)
        if (label := f"{step.no} {step.short}") not in steps:
            steps.append(label)
    more = f" 等 {len(steps)} 项" if len(steps) > 2 else ""
    return "、".join(steps[:2]) + more


def close(state: CaseState, status: CaseStatus, reason: str, now: datetime) -> None:
    """End the case: void what is unfinished, stop every reminder, keep the reason."""
    for item in state.items:
        if item.is_live:
            item.state, item.reason = ItemState.VOIDED, reason
            stand_down(state, item)
    state.status, state.closed_at, state.closed_reason = status, now, reason
    state.paused_at = None
    state.light, state.light_word = Light.GREY, CaseStatus(status).label
