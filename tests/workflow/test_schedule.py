"""Forward and backward pass on small nets, worked out by hand. Boundaries are numbers of half-days."""

import pytest

from waiban.workdays.axis import Axis
from waiban.workflow.schedule import Node, Plan, backward, begun, forward, plan


def run(nodes: list[Node], axis: Axis, *, target: int | None = None, goal: int = -1, now: int = -1) -> Plan:
    """Schedule nodes from boundary 0; the goal is the last one unless said otherwise."""
    end = len(nodes) - 1
    return plan(nodes, base=0, now=now, axis=axis, goal=goal % len(nodes), end=end, target=target)


def spans(found: Plan) -> list[tuple[int, int] | None]:
    """Return start and finish of every node."""
    return [(times.start, times.finish) if times else None for times in found.times]


def slacks(found: Plan) -> list[int | None]:
    """Return the slack of every node."""
    return [times.slack if times else None for times in found.times]


def test_a_chain_adds_up_and_a_join_waits_for_the_longest(axis: Axis) -> None:
    nodes = [Node(2), Node(4, (0,)), Node(1, (0,)), Node(2, (1, 2))]
    found = run(nodes, axis, target=10)
    assert spans(found) == [(0, 2), (2, 6), (2, 3), (6, 8)]
    assert [times.late for times in found.times] == [4, 8, 8, 10]
    assert slacks(found) == [2, 2, 5, 2]
    assert [times.critical for times in found.times] == [True, True, False, True]
    assert (found.goal_finish, found.slack, found.end_finish) == (8, 2, 8)


def test_without_a_target_the_critical_path_is_known_but_no_slack(axis: Axis) -> None:
    found = run([Node(2), Node(4, (0,)), Node(1, (0,)), Node(2, (1, 2))], axis)
    assert slacks(found) == [None] * 4
    assert [times.critical for times in found.times] == [True, True, False, True]


def test_a_skipped_node_takes_no_time_and_holds_nobody_up(axis: Axis) -> None:
    found = run([Node(2), Node(9, (0,), skipped=True), Node(2, (1,)), Node(2, (0, 2))], axis, target=6)
    assert spans(found) == [(0, 2), None, (0, 2), (2, 4)]
    assert slacks(found) == [2, None, 2, 2]


def test_what_is_done_counts_as_it_was_and_is_never_critical(axis: Axis) -> None:
    found = run([Node(9, done=3), Node(2, (0,))], axis, target=9, now=3)
    assert spans(found) == [(0, 3), (3, 5)]
    assert [times.critical for times in found.times] == [False, True]
    early = run([Node(2), Node(9, (0,), done=1), Node(2, (1,))], axis)
    assert spans(early)[1] == (1, 1), "what was done before its predecessor began when it ended"


def test_what_has_not_happened_cannot_be_over_before_now(axis: Axis) -> None:
    found = run([Node(2), Node(2, (0,))], axis, now=6)
    assert spans(found) == [(0, 7), (7, 9)]


def test_a_limit_runs_from_the_arrival(axis: Axis) -> None:
    found = run([Node(2, done=2), Node(3, (0,), arrived=5)], axis, now=5)
    assert spans(found)[1] == (5, 8)


def test_a_pause_makes_it_longer(axis: Axis) -> None:
    assert spans(run([Node(2, paused=3)], axis)) == [(0, 5)]


def test_the_anchor_ends_with_a_whole_day(axis: Axis) -> None:
    nodes = [Node(3, anchor=True), Node(2, (0,))]
    assert spans(run(nodes, axis)) == [(0, 4), (4, 6)]
    assert [times.late for times in run(nodes, axis, target=7).times] == [4, 7]
    assert begun(Node(1, (0,), arrived=2), [Node(3, anchor=True, done=3)], axis) == 4
    assert begun(Node(1, (0, 1), arrived=2), [Node(3, done=3), Node(1)], axis) == 3
    assert begun(Node(1), [], axis) == 0


def test_a_fixed_date_holds_back_what_follows_but_not_the_readiness(axis: Axis) -> None:
    nodes = [Node(2), Node(0, (0,), fixed=20), Node(2, (1,))]
    found = run(nodes, axis, goal=1, target=10)
    assert spans(found) == [(0, 2), (2, 2), (20, 22)]
    assert found.slack == 8
    assert slacks(found)[2] == 0
    done = run([Node(2, done=2), Node(0, (0,), fixed=20, done=18), Node(2, (1,))], axis, goal=1)
    assert spans(done)[2] == (18, 20)


def test_a_limit_in_calendar_days_replaces_the_half_days(axis: Axis) -> None:
    found = run([Node(2), Node(6, (0,), calendar=5), Node(1, (1,))], axis, target=9)
    assert spans(found) == [(0, 2), (2, 5), (5, 6)]
    assert [times.late for times in found.times] == [5, 8, 9]
    late = run([Node(9), Node(6, (0,), calendar=5)], axis)
    assert spans(late)[1] == (9, 15), "a limit that lies behind the beginning counts for nothing"


def test_behind_the_goal_each_eats_its_own_slack(axis: Axis) -> None:
    nodes = [Node(2), Node(2, (0,)), Node(4, (1,)), Node(2, (1,)), Node(2, (2, 3))]
    assert slacks(run(nodes, axis, goal=1, target=6)) == [2, 2, 0, 2, 0]
    late = [Node(2, done=2), Node(2, (0,), done=4), Node(4, (1,)), Node(2, (1,)), Node(2, (2, 3))]
    assert slacks(run(late, axis, goal=1, target=4, now=9)) == [0, 0, -2, -2, -2]


def test_a_branch_that_does_not_lead_to_the_goal_is_measured_by_the_end(axis: Axis) -> None:
    nodes = [Node(2), Node(3, (0,)), Node(2, (0,)), Node(6, (2, 1))]
    found = run(nodes, axis, goal=2, target=5)
    assert slacks(found) == [1, 0, 1, 0]


def test_a_skipped_goal_leaves_the_end_to_be_measured(axis: Axis) -> None:
    nodes = [Node(2), Node(2, (0,), skipped=True), Node(2, (0,))]
    found = run(nodes, axis, goal=1, target=9)
    assert (found.goal_finish, found.slack) == (None, None)
    assert slacks(found) == [0, None, 0]


def test_when_the_end_does_not_apply_there_is_nothing_to_measure(axis: Axis) -> None:
    nodes = [Node(2), Node(2, (0,), skipped=True)]
    found = run(nodes, axis)
    assert (found.end_finish, found.slack) == (None, None)
    assert slacks(found) == [None, None]
    assert backward(nodes, forward(nodes, base=0, now=-1, axis=axis), goal=1, target=4) == frozenset()


@pytest.mark.parametrize("fixed", [None, 7])
def test_the_span_of_a_node_is_its_own_time(fixed: int | None) -> None:
    assert Node(3, fixed=fixed, paused=2).span == (5 if fixed is None else 0)
