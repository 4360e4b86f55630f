"""When will it be done, and what must be done by when: a pure function, run inside each act and stored.

Time is a line of working half-days (`waiban.workdays.axis`). Half-day *i* lies between the boundaries *i*
and *i + 1*; what is finished within half-day *e* is finished at boundary *e + 1*. A forward pass gives the
forecast, a backward pass from the target (倒排工期) the latest finish of each node; their difference is
the slack. Nothing here reads a clock or a database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class Axis(Protocol):
    """The part of the working-day axis that the schedule needs."""

    def next_day_start(self, boundary: int) -> int: ...


@dataclass(slots=True)
class Node:
    """One work item as the schedule sees it; `preds` are positions in the same sequence, all smaller.

    `duration` counts half-days; `arrived` is the half-day in which the item became ready, `done` the
    boundary at which it was finished; `fixed` a boundary before which its successors cannot start;
    `calendar` the boundary of a limit in calendar days, which replaces the duration.
    """

    duration: int
    preds: tuple[int, ...] = ()
    skipped: bool = False
    done: int | None = None
    arrived: int | None = None
    fixed: int | None = None
    calendar: int | None = None
    anchor: bool = False
    paused: int = 0

    @property
    def span(self) -> int:
        """Half-days the node needs by itself; a fixed date speaks instead of the duration."""
        return 0 if self.fixed is not None else self.duration + self.paused


@dataclass(slots=True)
class Times:
    """Boundaries of one node. `free` is where its successors may start, never before `finish`."""

    start: int
    finish: int
    free: int
    late: int | None = None
    slack: int | None = None
    critical: bool = False


def begun(node: Node, earlier: Sequence[Node], axis: Axis) -> int:
    """Return the boundary at which the limit of an arrived node began: it was there, its predecessors over.

    `earlier` holds the nodes before it in the sequence.
    """
    start = node.arrived or 0
    for position in node.preds:
        before = earlier[position]
        if before.done is not None:
            start = max(start, axis.next_day_start(before.done) if before.anchor else before.done)
    return start


def forward(nodes: Sequence[Node], *, base: int, now: int, axis: Axis) -> list[Times | None]:
    """Compute start and finish of every node; None for a skipped one, which counts as satisfied.

    `base` is the boundary at which a node without live predecessors may start, `now` the present
    half-day: what is not finished cannot be finished before the end of it.
    """
    times: list[Times | None] = []
    for node in nodes:
        if node.skipped:
            times.append(None)
            continue
        start = base
        for position in node.preds:
            before = times[position]
            if before is not None and before.free > start:
                start = before.free
        if node.done is not None:
            finish = node.done
            start = min(start, finish)
        else:
            if node.arrived is not None and node.arrived > start:
                start = node.arrived
            finish = start + node.span
            if node.calendar is not None and node.calendar > start:
                finish = node.calendar
            if finish < now + 1:
                finish = now + 1
        if node.anchor:
            finish = axis.next_day_start(finish)
        free = finish
        if node.fixed is not None and node.done is None and node.fixed > free:
            free = node.fixed
        times.append(Times(start, finish, free))
    return times


def backward(
    nodes: Sequence[Node], times: Sequence[Times | None], *, goal: int, target: int | None
) -> frozenset[int]:
    """Write `late`, `slack` and `critical` for the goal and for everything upstream of it.

    `goal` is a position; `target` the boundary that the goal should meet. Without a target the forecast
    of the goal takes its place for finding the critical path, and no slack is written. Returns the positions
    of the goal and of what lies upstream of it; none when the goal is skipped.
    """
    end = times[goal]
    if end is None:
        return frozenset()
    late: list[int | None] = [None] * len(nodes)
    late[goal] = end.finish if target is None else target
    for position in range(goal, -1, -1):
        latest, own = late[position], times[position]
        if latest is None:
            continue
        assert own is not None
        node = nodes[position]
        if node.anchor:
            latest -= latest % 2
            late[position] = latest
        need = latest - (own.finish - own.start if node.calendar is not None else node.span)
        for before in node.preds:
            seen = late[before]
            if times[before] is not None and (seen is None or need < seen):
                late[before] = need
    floor = late[goal] - end.finish  # type: ignore[operator]
    reached = frozenset(position for position, latest in enumerate(late) if latest is not None)
    for position in reached:
        latest, own = late[position], times[position]
        assert latest is not None and own is not None
        float_ = latest - own.finish
        if nodes[position].done is None:
            own.critical = float_ <= floor
        if target is not None:
            own.late = latest
            own.slack = float_
    return reached


@dataclass(frozen=True, slots=True)
class Plan:
    """The outcome: one `Times` per node (None where skipped)."""

    times: list[Times | None]
    goal: int
    end: int

    @property
    def goal_finish(self) -> int | None:
        times = self.times[self.goal]
        return times.finish if times else None

    @property
    def slack(self) -> int | None:
        times = self.times[self.goal]
        return times.slack if times else None

    @property
    def end_finish(self) -> int | None:
        times = self.times[self.end]
        return times.free if times else None


def plan(
    nodes: Sequence[Node], *, base: int, now: int, axis: Axis, goal: int, end: int, target: int | None
) -> Plan:
    """Run both passes. What does not lead to the goal gets its slack from the planned end of the case.

    The planned end is what the durations alone give from the goal and the fixed dates on, so a report that is
    late eats its own slack and not somebody else's.
    """
    times = forward(nodes, base=base, now=now, axis=axis)
    upstream = backward(nodes, times, goal=goal, target=target)
    if end not in upstream:
        _after_goal(nodes, times, upstream, base=base, end=end, axis=axis)
    return Plan(times, goal, end)


def _after_goal(
    nodes: Sequence[Node],
    times: Sequence[Times | None],
    upstream: frozenset[int],
    *,
    base: int,
    end: int,
    axis: Axis,
) -> None:
    ideal_nodes = [
        Node(
            node.duration,
            node.preds,
            node.skipped,
            own.free if own and position in upstream else None,
            None,
            node.fixed,
            node.calendar,
            node.anchor,
        )
        for position, (node, own) in enumerate(zip(nodes, times, strict=True))
    ]
    ideal = forward(ideal_nodes, base=base, now=-1, axis=axis)
    last = ideal[end]
    if last is None:
        return
    behind = [Times(own.start, own.finish, own.free) if own else None for own in times]
    for position in backward(nodes, behind, goal=end, target=last.free) - upstream:
        own, found = times[position], behind[position]
        assert own is not None and found is not None
        own.late, own.slack = found.late, found.slack
