"""The backward schedule as a picture, and 假如: the schedule asked again without saving anything.

Positions are calendar half-days from the first day shown, so weekends are as wide as working days.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, timedelta

from waiban.core.time import WEEKDAYS, local

from .. import clock, schedule
from ..definition import Step
from ..enums import Applies, ItemState
from ..record import Record
from ..state import Item
from ..timing import make_nodes

MAX_DAYS = 190
"""Days shown at most; a longer case is cut at its end and says so."""


@dataclass(frozen=True, slots=True)
class Column:
    """One calendar day; `week` is the heading on the first day of a week, `flag` how the day is shaded."""

    date: date
    label: str
    flag: str
    week: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One step. Bars are (x, width) in half-days; `latest` is the bracket of the latest finish."""

    no: int
    name: str
    holder: str
    stage: str
    critical: bool
    kind: str
    plan: tuple[float, float] | None
    actual: tuple[float, float] | None
    latest: float | None
    label: str = ""
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A vertical line with its flag."""

    x: float
    label: str
    css: str


@dataclass(frozen=True, slots=True)
class Situation:
    """One row of the 假如 table; `work` and `slack` are half-days, `day` the forecast of the goal."""

    label: str
    work: int | None
    day_number: int | None
    day: date | None
    slack: int | None
    light: str
    light_word: str
    chosen: bool

    @property
    def day_label(self) -> str:
        return f"{self.day:%m-%d} {WEEKDAYS[self.day.weekday()]}" if self.day else "—"


@dataclass(slots=True)
class Gantt:
    """All that the chart shows. An arrow is (x, row, x, row)."""

    columns: list[Column]
    rows: list[Row]
    lines: list[Line]
    arrows: list[tuple[float, int, float, int]]
    foot: str
    foot_right: str
    critical_only: bool = False
    critical_url: str = ""
    export_url: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """What 假如 asks: another date for the goal, and which of the what-ifs hold."""

    target: date | None = None
    keys: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.target or self.keys)


def solve(record: Record, trial: Trial) -> tuple[list[Item], schedule.Plan]:
    """Run the schedule of the case under a trial; the record is left as it is."""
    steps = {step for what in record.binding.whatifs if what.key in trial.keys for step in what.steps}
    items = [_assume(record, item, steps) for item in record.items]
    state = copy(record.state)
    state.items = items
    target = trial.target or record.state.target_date
    axis = record.axis
    last = len(items) - 1
    goal = next((p for p in range(last, -1, -1) if items[p].step_key == state.flow.goal), last)
    plan = schedule.plan(
        make_nodes(state, items, now=record.now, axis=axis),
        base=axis.index_at(state.started_at),
        now=axis.index_at(record.now),
        axis=axis,
        goal=goal,
        end=last,
        target=axis.last_boundary_on_or_before(target) if target else None,
    )
    return items, plan


def _assume(record: Record, item: Item, steps: set[str]) -> Item:
    """Let a skipped item of a what-if apply: of a per-member step for the first person only ("有人")."""
    if item.step_key not in steps or item.state != ItemState.SKIPPED:
        return item
    first = min((i.participant_id or 0) for i in record.by_step[item.step_key])
    if (item.participant_id or first) != first:
        return item
    changed = copy(item)
    changed.state, changed.applies = ItemState.WAITING, Applies.YES
    return changed


def situations(record: Record, trial: Trial) -> list[Situation]:
    """Return the present state and every combination of the what-ifs, two at the most."""
    whats = record.binding.whatifs[:2]
    combos: list[tuple[str, frozenset[str]]] = [("现状", frozenset())]
    combos += [(what.label, frozenset({what.key})) for what in whats]
    if len(whats) == 2:
        combos.append(("两者都有", frozenset(what.key for what in whats)))
    return [
        _situation(record, label, Trial(trial.target, keys), keys == trial.keys) for label, keys in combos
    ]


def _situation(record: Record, label: str, trial: Trial, chosen: bool) -> Situation:
    _items, plan = solve(record, trial)
    finish, axis = plan.goal_finish, record.axis
    if finish is None:
        return Situation(label, None, None, None, None, "grey", "未开始", chosen)
    anchor = record.state.anchor_at
    start = (
        axis.next_day_start(axis.index_at(anchor) + 1) if anchor else axis.index_at(record.state.started_at)
    )
    shown = clock.signal(overdue=False, slack=plan.slack, used=0, limit=0)
    number = clock.day_number(start, finish, axis)
    day = clock.day_of(finish, axis)
    return Situation(label, finish - start, number, day, plan.slack, shown.light, shown.word, chosen)


def advice(record: Record, trial: Trial, found: Sequence[Situation]) -> tuple[str, str]:
    """Say in words what a trial changes, and to which date the goal could move."""
    base, chosen = found[0], next((s for s in found if s.chosen), found[0])
    if base.day is None or chosen.day is None:
        return "", ""
    shift = (chosen.day - base.day).days
    moved = f"推迟 {shift} 天" if shift > 0 else "不推迟"
    first = f"预计{record.state.flow.goal_label} {base.day:%m-%d} → {chosen.day:%m-%d}，{moved}"
    if chosen.slack is not None and chosen.slack < 0:
        first += f"，晚于计划日期 {-chosen.slack / 2:g} 个工作日"
        safe = chosen.day + timedelta(days=2)
        return (
            first,
            f"可改为 {safe:%m-%d} {WEEKDAYS[safe.weekday()]}或更晚；须同步变更日程、公示与邀请函日期。",
        )
    return first, ""


def gantt(record: Record, trial: Trial, *, critical_only: bool = False) -> Gantt:
    """Draw the case, with a trial on top where one is asked for.

    What a trial adds is hatched and has a line of its own; the bars of the case stay where they are.
    """
    items, plan = solve(record, trial)
    base_items, base_plan = (items, plan) if not trial else solve(record, Trial(trial.target))
    times = {
        id(item): base if item is before else tried
        for item, before, tried, base in zip(items, base_items, plan.times, base_plan.times, strict=True)
    }
    added = {i.step_key for i, b in zip(items, base_items, strict=True) if i.state != b.state}
    shown = _shown_steps(record, items)
    if critical_only:
        critical = {
            i.step_key for i in items if i.critical or ((t := times[id(i)]) is not None and t.critical)
        }
        shown = [step for step in shown if step.key in critical | added]
    first, days, cut = _span(record, items, plan, shown)
    canvas = _Canvas(record, first)
    columns = [_column(record, first + timedelta(days=n), n) for n in range(days)]
    grouped: dict[str, list[Item]] = {step.key: [] for step in record.state.flow.steps}
    for item in items:
        grouped[item.step_key].append(item)
    return Gantt(
        columns=columns,
        rows=[_row(canvas, step, grouped[step.key], times, step.key in added) for step in shown],
        lines=_lines(canvas, solve(record, Trial())[1] if trial.target else base_plan, plan, trial),
        arrows=_arrows(canvas, shown, items, times),
        foot=_foot(record),
        foot_right=_foot_right(columns, cut),
        critical_only=critical_only,
    )


def _foot(record: Record) -> str:
    hidden = sum(1 for step in record.state.flow.steps if _skipped(record.by_step[step.key]))
    folded = f"{hidden} 个不适用环节已收起" if hidden else ""
    anchor, axis, flow = record.state.anchor_at, record.axis, record.state.flow
    if anchor is None:
        return folded
    day = axis.date_of(axis.next_day_start(axis.index_at(anchor) + 1))[0]
    word = flow.by_key[flow.anchor].name
    return f"第 1 天为{word}办结后首个工作日 {day:%m-%d}" + (f"；{folded}" if folded else "")


def _foot_right(columns: Sequence[Column], cut: bool) -> str:
    if cut:
        return f"图中只画出前 {MAX_DAYS} 天"
    years = sorted({column.date.year for column in columns if column.flag == "tentative"})
    return f"{years[0]} 年放假安排尚未导入，相关日期标“待定”" if years else ""


def _skipped(items: Sequence[Item]) -> bool:
    return bool(items) and all(item.state == ItemState.SKIPPED for item in items)


def _shown_steps(record: Record, items: list[Item]) -> list[Step]:
    """Show what applies; once T0 has passed, only what lies behind it."""
    flow = record.state.flow
    behind = flow.descendants.get(flow.anchor, frozenset()) if record.state.anchor_at else None
    live = {item.step_key for item in items if item.state != ItemState.SKIPPED}
    rank = {stage.key: position for position, stage in enumerate(flow.stages)}
    shown = [s for s in flow.steps if s.key in live and (behind is None or s.key in behind)]
    return sorted(shown, key=lambda step: (rank[step.stage], step.no))


class _Canvas:
    """Turns boundaries of working half-days into positions on the calendar."""

    def __init__(self, record: Record, first: date) -> None:
        self.record, self.axis, self.first = record, record.axis, first

    def start(self, boundary: int) -> float:
        day, half = self.axis.date_of(max(boundary, 0))
        return (day - self.first).days * 2 + half

    def finish(self, boundary: int) -> float:
        day, half = self.axis.date_of(max(boundary - 1, 0))
        return (day - self.first).days * 2 + half + 1

    def bar(self, start: int, finish: int) -> tuple[float, float]:
        if finish <= start:
            return self.finish(finish), 0
        left = self.start(start)
        return left, self.finish(finish) - left

    def day_of_start(self, boundary: int) -> date:
        return self.axis.date_of(boundary)[0]

    def day(self, day: date) -> float:
        return (day - self.first).days * 2


def _span(
    record: Record, items: list[Item], plan: schedule.Plan, shown: list[Step]
) -> tuple[date, int, bool]:
    axis, keys = record.axis, {step.key for step in shown}
    starts, ends = [], []
    for item, times in zip(items, plan.times, strict=True):
        if times is not None and item.step_key in keys:
            starts += [times.start, *([item.plan_start] if item.plan_start is not None else [])]
            ends += [times.free, *([times.late] if times.late is not None else [])]
    today = local(record.now).date()
    first = min([axis.date_of(max(min(starts), 0))[0], today]) if starts else today
    first -= timedelta(days=first.weekday())
    last = max([clock.day_of(max(ends), axis), today]) if ends else today
    days = (last - first).days + 3
    return first, min(days, MAX_DAYS), days > MAX_DAYS


def _column(record: Record, day: date, position: int) -> Column:
    weekend, works = day.weekday() >= 5, record.axis.is_workday(day)
    published = record.axis.year_published(day.year)
    flag = "" if works else ("weekend" if weekend else "holiday")
    if not published and not flag:
        flag = "tentative"
    note = f"{day.year} 年待定" if not published and day.timetuple().tm_yday == 1 else ""
    heading = day.weekday() == 0 or position == 0
    week = f"{day.month}月{day.day}日 {WEEKDAYS[day.weekday()]}" if heading else ""
    return Column(day, str(day.day), flag, week, note)


def _row(canvas: _Canvas, step: Step, items: list[Item], times: dict, added: bool) -> Row:
    record = canvas.record
    live = [item for item in items if item.state != ItemState.SKIPPED]
    found = [times[id(item)] for item in live if times[id(item)] is not None]
    plan_start = min((i.plan_start for i in live if i.plan_start is not None), default=None)
    plan_finish = max((i.plan_finish for i in live if i.plan_finish is not None), default=None)
    if added or plan_start is None or plan_finish is None or (step.limit == 0 and found):
        plan_start, plan_finish = min(t.start for t in found), max(t.finish for t in found)
    planned = record.state.date(step.fixed)
    late = [t.late for t in found if t.late is not None]
    done = all(item.state == ItemState.DONE for item in live)
    label = f"+{(max(t.finish for t in found) - min(t.start for t in found)) / 2:g} 个工作日" if added else ""
    if planned is not None and not done and step.limit:
        plan_finish = max(plan_finish, record.axis.last_boundary_on_or_before(planned))
        label = f"{planned:%m-%d}"
    people = len(live) if step.per_member else 0
    finished = sum(item.state == ItemState.DONE for item in live)
    counted = f"{people} 人" if finished in (0, people) else f"{finished}/{people} 人"
    return Row(
        no=step.no,
        name=step.name if len(step.name) <= 9 else step.short,
        holder="假如" if added else (counted if people else record.holder(live[0])),
        stage=next(s.name for s in record.state.flow.stages if s.key == step.stage),
        critical=any(t.critical for t in found) or any(i.critical for i in live),
        kind="whatif" if added else ("milestone" if step.limit == 0 else "normal"),
        plan=canvas.bar(plan_start, plan_finish),
        actual=_actual(canvas, live),
        latest=canvas.finish(max(late)) if late and not done else None,
        label=label,
        tip=_tip(canvas, found, late, done),
    )


def _tip(canvas: _Canvas, found: list, late: list[int], done: bool) -> str:
    """Say the bars in words, for the pointer and for screen readers."""
    finish = f"{clock.day_of(max(t.finish for t in found), canvas.axis):%m-%d}"
    if done:
        return f"{finish} 办结"
    latest = f"，最迟 {clock.day_of(max(late), canvas.axis):%m-%d}" if late else ""
    return f"预计 {finish} 完成{latest}"


def _actual(canvas: _Canvas, live: list[Item]) -> tuple[float, float] | None:
    """From the first arrival to the last completion, or to now while something is open."""
    axis = canvas.axis
    begun = [item for item in live if item.ready_at is not None]
    if not begun:
        return None
    start = min(i.early_start if i.early_start is not None else axis.index_at(i.ready_at) for i in begun)
    ends = [axis.index_at(i.done_at) + 1 for i in begun if i.state == ItemState.DONE and i.done_at]
    if any(item.is_open for item in begun):
        ends.append(axis.index_at(canvas.record.now) + 1)
    finish = max(ends, default=start)
    return canvas.bar(start, finish) if finish > start else None


def _lines(canvas: _Canvas, base: schedule.Plan, plan: schedule.Plan, trial: Trial) -> list[Line]:
    today = local(canvas.record.now)
    half = 1 if today.hour >= 12 else 0
    found = [Line(canvas.day(today.date()) + half, f"今天 {today:%m-%d}", "today")]
    if base.goal_finish is not None:
        day = clock.day_of(base.goal_finish, canvas.axis)
        found.append(Line(canvas.finish(base.goal_finish), f"预计 {day:%m-%d}", "forecast"))
    target = trial.target or canvas.record.state.target_date
    if target is not None:
        word = "试算日期" if trial.target else canvas.record.state.flow.target_label
        found.append(Line(canvas.day(target) + 1, f"{word} {target:%m-%d}", "exit"))
    if trial.keys and plan.goal_finish is not None and plan.goal_finish != base.goal_finish:
        day = clock.day_of(plan.goal_finish, canvas.axis)
        found.append(Line(canvas.finish(plan.goal_finish), f"假如 {day:%m-%d}", "whatif"))
    return found


def _arrows(
    canvas: _Canvas, shown: list[Step], items: list[Item], times: dict
) -> list[tuple[float, int, float, int]]:
    """Join neighbouring critical steps: from the end of one row to the start of the next."""
    position = {step.key: n for n, step in enumerate(shown)}
    critical: dict[str, tuple[int, int]] = {}
    for item in items:
        found = times[id(item)]
        if found is not None and item.step_key in position and (found.critical or item.critical):
            start, finish = critical.get(item.step_key, (10**9, -1))
            critical[item.step_key] = (min(start, found.start), max(finish, found.finish))
    arrows = []
    for step in shown:
        for key in step.after:
            if step.key in critical and key in critical and critical[key][1] == critical[step.key][0]:
                end, begin = canvas.finish(critical[key][1]), canvas.start(critical[step.key][0])
                arrows.append((end, position[key], begin, position[step.key]))
    return arrows
