"""What holds for every net, whatever its shape."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflow.nets import axes, nodes
from waiban.workdays.axis import Axis
from waiban.workflow.schedule import Node, Plan, Times, plan

PLAIN = Axis(1, {}, range(2020, 2041))
many = settings(max_examples=150, deadline=None)


def run(net: list[Node], *, now: int = -1, target: int | None = None, goal: int | None = None) -> Plan:
    """Schedule a net from boundary 0."""
    last = len(net) - 1
    at = last if goal is None else goal
    return plan(net, base=0, now=now, axis=PLAIN, goal=at, end=last, target=target)


def upstream(net: list[Node], found: Plan, goal: int) -> set[int]:
    """Return the positions that lead to the goal without passing what is skipped."""
    if found.times[goal] is None:
        return set()
    reached, heap = {goal}, [goal]
    while heap:
        for position in net[heap.pop()].preds:
            if position not in reached and found.times[position] is not None:
                reached.add(position)
                heap.append(position)
    return reached


@many
@given(nodes(), st.integers(-1, 20))
def test_nothing_begins_before_what_it_waits_for_or_ends_in_the_past(net: list[Node], now: int) -> None:
    found = run(net, now=now)
    for node, times in zip(net, found.times, strict=True):
        assert (times is None) is node.skipped
        if times is None:
            continue
        assert times.start <= times.finish <= times.free
        if node.done is not None:
            assert times.finish == (PLAIN.next_day_start(node.done) if node.anchor else node.done)
            continue
        before = [found.times[position] for position in node.preds]
        assert times.start >= max([0, *(other.free for other in before if other)])
        assert times.start >= (node.arrived or 0)
        assert times.finish > now
        assert not node.anchor or times.finish % 2 == 0


@many
@given(nodes(), st.data())
def test_latest_dates_leave_every_follower_its_time(net: list[Node], data: st.DataObject) -> None:
    goal = data.draw(st.integers(0, len(net) - 1))
    target = data.draw(st.integers(0, 60))
    found = run(net, target=target, goal=goal)
    reached = upstream(net, found, goal)
    for position in reached:
        own = found.times[position]
        assert own is not None and own.late is not None and own.slack == own.late - own.finish
        time = own.finish - own.start if net[position].calendar is not None else net[position].span
        for before in net[position].preds:
            other = found.times[before]
            assert other is None or (other.late is not None and other.late <= own.late - time)
    if goal in reached:
        own = found.times[goal]
        assert own is not None and own.late == target - (target % 2 if net[goal].anchor else 0)


@many
@given(nodes(), st.data())
def test_no_step_upstream_is_tighter_than_the_goal(net: list[Node], data: st.DataObject) -> None:
    goal = data.draw(st.integers(0, len(net) - 1))
    found = run(net, target=data.draw(st.integers(0, 60)), goal=goal)
    reached = upstream(net, found, goal)
    slack = found.slack
    for position in reached:
        own = found.times[position]
        assert own is not None and own.slack is not None and slack is not None
        if net[position].done is not None:
            assert not own.critical
            continue
        assert own.slack >= slack - 1, "the anchor may cost half a day, because it ends with a whole one"
    if reached and net[goal].done is None:
        own = found.times[goal]
        assert own is not None and own.critical


@many
@given(nodes(), st.data())
def test_everything_alive_that_leads_to_the_end_has_a_slack(net: list[Node], data: st.DataObject) -> None:
    goal = data.draw(st.integers(0, len(net) - 1))
    found = run(net, target=data.draw(st.integers(0, 60)), goal=goal)
    for position in upstream(net, found, len(net) - 1) | upstream(net, found, goal):
        own = found.times[position]
        assert own is not None and own.slack is not None


def finishes(found: Plan) -> list[Times]:
    """Return the times of what is not skipped."""
    return [times for times in found.times if times is not None]


@many
@given(nodes(), st.data())
def test_delay_never_makes_anything_earlier(net: list[Node], data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(net) - 1))
    longer = list(net)
    longer[position] = replace(net[position], duration=net[position].duration + data.draw(st.integers(1, 9)))
    target = data.draw(st.integers(0, 60))
    now = data.draw(st.integers(-1, 20))
    plain = run(net, target=target, now=now)
    for slower in (run(longer, target=target, now=now), run(net, target=target, now=now + 4)):
        for first, second in zip(finishes(plain), finishes(slower), strict=True):
            assert second.finish >= first.finish and second.free >= first.free
        assert plain.slack is None or (slower.slack is not None and slower.slack <= plain.slack)


@many
@given(nodes(), st.integers(0, 60), st.integers(0, 20))
def test_a_later_target_gives_exactly_that_much_more_slack(net: list[Node], target: int, more: int) -> None:
    more -= more % 2
    first, second = run(net, target=target), run(net, target=target + more)
    goal = len(net) - 1
    for position in upstream(net, first, goal):
        one, two = first.times[position], second.times[position]
        assert one is not None and two is not None and one.slack is not None
        assert two.slack == one.slack + more


@many
@given(nodes())
def test_the_same_question_has_the_same_answer(net: list[Node]) -> None:
    assert run(net, target=30) == run(net, target=30)


@settings(max_examples=40, deadline=None)
@given(axes(), st.integers(0, 400), st.integers(0, 60))
def test_half_days_count_alike_on_every_calendar(axis: Axis, start: int, length: int) -> None:
    begin = axis.index(axis.date_of(3100 + start)[0])
    end = axis.next_day_start(begin + length)
    first, last = axis.date_of(begin)[0], axis.end_of(max(end, begin + 1)).date()
    assert axis.is_workday(first) and axis.is_workday(last)
    assert axis.last_boundary_on_or_before(last) == max(end, begin + 2 if length == 0 else end)
