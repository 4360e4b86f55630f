"""A case in memory: what the pure acts read and change, and what `store` loads and writes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from .definition import Facts, Flow, Step
from .enums import LIVE_STATES, OPEN_STATES, PASSED_STATES, ActionKind, Applies, ItemState, Light, Mode

ITEM_COLUMNS = (
    "step_key",
    "participant_id",
    "round",
    "state",
    "applies",
    "role",
    "department_id",
    "assignee_id",
    "outside",
    "limit",
    "direct_wait",
    "signers_pending",
    "ready_at",
    "claimed_at",
    "done_at",
    "done_by_id",
    "acting_for_id",
    "due_at",
    "due_tentative",
    "plan_start",
    "plan_finish",
    "early_start",
    "early_finish",
    "late_finish",
    "slack",
    "critical",
    "light",
    "light_word",
    "reason",
    "version",
)
"""Columns of a work item that every act loads and may change.

Opinion, data and reminders are written apart: the sweep moves reminders on without the lock of the case, so
an act writes them only where it changed them.
"""


Links = Sequence[tuple[int, ...]]
"""For each of some items the places of those for which it waits."""


@dataclass(slots=True)
class Item:
    """One work item. `id` is None until it has been inserted."""

    id: int | None
    step_key: str
    participant_id: int | None
    round: int
    state: str
    applies: str
    role: str
    department_id: int | None
    assignee_id: int | None
    outside: bool
    limit: int
    direct_wait: str = ""
    signers_pending: int = 0
    ready_at: datetime | None = None
    claimed_at: datetime | None = None
    done_at: datetime | None = None
    done_by_id: int | None = None
    acting_for_id: int | None = None
    due_at: datetime | None = None
    due_tentative: bool = False
    plan_start: int | None = None
    plan_finish: int | None = None
    early_start: int | None = None
    early_finish: int | None = None
    late_finish: int | None = None
    slack: int | None = None
    critical: bool = False
    light: str = Light.GREY
    light_word: str = ""
    reason: str = ""
    version: int = 1
    opinion: str | None = None
    data: dict[str, Any] | None = None
    user_id: int | None = None
    member_name: str = ""
    left: bool = False
    remind: bool = False
    tell: bool = False
    next_remind_at: datetime | None = None
    original: tuple[Any, ...] | None = None

    def row(self) -> tuple[Any, ...]:
        """Return the values of `ITEM_COLUMNS`, in order."""
        return (
            self.step_key, self.participant_id, self.round, self.state, self.applies, self.role,
            self.department_id, self.assignee_id, self.outside, self.limit, self.direct_wait,
            self.signers_pending, self.ready_at, self.claimed_at, self.done_at, self.done_by_id,
            self.acting_for_id, self.due_at, self.due_tentative, self.plan_start, self.plan_finish,
            self.early_start, self.early_finish, self.late_finish, self.slack, self.critical, self.light,
            self.light_word, self.reason, self.version,
        )  # fmt: skip

    def announce(self, now: datetime | None, *, tell: bool = False) -> None:
        """Let the sweep look at the item from `now` on (None: never); `tell` also says that it is there."""
        self.remind, self.next_remind_at = True, now
        self.tell = now is not None and (tell or self.tell)

    def concerns(self, other: Item) -> bool:
        """Whether two items of different steps belong together: the same participant's, or one is for all."""
        return (
            None in (self.participant_id, other.participant_id) or self.participant_id == other.participant_id
        )

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def is_live(self) -> bool:
        return self.state in LIVE_STATES

    @property
    def has_passed(self) -> bool:
        return self.state in PASSED_STATES


@dataclass(slots=True)
class Person:
    """A participant who is in the case."""

    id: int
    user_id: int | None
    name: str
    is_lead: bool = False


@dataclass(slots=True)
class Entry:
    """A log entry that waits to be written."""

    kind: ActionKind
    item: Item | None = None
    opinion: str = ""
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class CaseState:
    """A locked case with its items. Acts change it; `store.save` writes the difference."""

    id: int
    flow: Flow
    office_id: int
    department_id: int
    owner_id: int
    reference: str
    title: str
    status: str
    mode: str
    facts: dict[str, Any]
    dates: dict[str, str]
    started_at: datetime
    anchor_at: datetime | None
    goal_at: datetime | None
    target_date: date | None
    version: int
    log_seq: int
    log_hash: str
    paused_at: datetime | None
    pause_count: int
    items: list[Item] = field(default_factory=list)
    pauses: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    forecast_date: date | None = None
    forecast_tentative: bool = False
    end_date: date | None = None
    slack: int | None = None
    light: str = Light.GREEN
    light_word: str = "正常"
    holder_text: str = ""
    done_count: int = 0
    step_count: int = 0
    scheduled_index: int = 0
    calendar_version: int = 0
    closed_at: datetime | None = None
    closed_reason: str = ""
    moved: bool = False
    log: list[Entry] = field(default_factory=list)
    closed_items: list[int] = field(default_factory=list)

    def step(self, item: Item) -> Step:
        """Return the row of the flow that an item belongs to."""
        return self.flow.by_key[item.step_key]

    def read_facts(self) -> Facts:
        """Return the read-only view on the facts."""
        return Facts(self.facts)

    def date(self, name: str) -> date | None:
        """Return a date of the case by name, or None."""
        value = self.dates.get(name) if name else None
        return date.fromisoformat(value) if value else None

    def current(self) -> list[Item]:
        """Return the newest round of every (step, participant) in flow order, without those who have left."""
        latest: dict[tuple[str, int | None], Item] = {}
        for item in self.items:
            if item.left:
                continue
            latest[item.step_key, item.participant_id] = item  # rounds stand in the order of their making
        rank = self.flow.rank
        kept = [item for item in latest.values() if item.state != ItemState.VOIDED]
        return sorted(kept, key=lambda item: (rank[item.step_key], item.participant_id or 0))

    def by_step(self) -> dict[str, list[Item]]:
        """Return the current items grouped by step key."""
        return self.grouped(self.current())

    def grouped(self, items: Iterable[Item]) -> dict[str, list[Item]]:
        """Return items grouped by step key; a step without any has an empty list."""
        found: dict[str, list[Item]] = {step.key: [] for step in self.flow.steps}
        for item in items:
            found[item.step_key].append(item)
        return found

    def find(self, item_id: int) -> Item | None:
        """Return the item with an id, or None."""
        return next((item for item in self.items if item.id == item_id), None)

    def predecessors(
        self, item: Item, by_step: Mapping[str, list[Item]], corrected: Collection[int] = ()
    ) -> Iterator[Item]:
        """Yield the items for which an item waits: all members' for a per-case step, else the same member's.

        What is being `corrected` for somebody who waits for it directly holds up nobody else. While a case
        has no participants, a per-member step has no items: what lies before it is waited for instead.
        """
        step = self.step(item)
        direct = item.direct_wait
        for key in self._present(
            step.after if not direct or direct in step.after else (*step.after, direct), by_step
        ):
            for before in by_step[key]:
                if item.concerns(before) and (key == direct or id(before) not in corrected):
                    yield before

    def _present(self, keys: Iterable[str], by_step: Mapping[str, list[Item]]) -> Iterator[str]:
        """Yield keys of steps that have items, looking through those that have none."""
        for key in keys:
            if by_step[key]:
                yield key
            else:
                yield from self._present(self.flow.by_key[key].after, by_step)

    def links(self, items: Sequence[Item]) -> Links:
        """Return for each of the current items the places of those for which it waits, in order."""
        by_step = self.grouped(items)
        corrected = self.corrected(by_step)
        place = {id(item): position for position, item in enumerate(items)}
        return [
            tuple(sorted({place[id(before)] for before in self.predecessors(item, by_step, corrected)}))
            for item in items
        ]

    def corrected(self, by_step: Mapping[str, list[Item]]) -> frozenset[int]:
        """Identities (`id`) of the items that are done over for one who waits for them directly (直达)."""
        return frozenset(
            id(before)
            for item in self.items
            if item.direct_wait and item.is_live and not item.left
            for before in by_step[item.direct_wait]
            if before.round > 1 and item.concerns(before)
        )

    def limit_of(self, step: Step) -> int:
        """Return the default limit of a step in half-days under the mode of the case."""
        return step.fast if self.mode == Mode.FAST else step.limit


def applies_value(answer: bool | None) -> Applies:
    """Translate the three-valued answer of a condition."""
    return {True: Applies.YES, False: Applies.NO, None: Applies.UNKNOWN}[answer]
