"""What a flow is: a table of steps that a clerk could read. No Django, no queries, no writes.

A flow is code so that its topology is reviewed as a diff; what an office tunes (days, default holder,
reminder offsets) lives in `StepSetting` rows, for which these rows are the defaults.
All limits are integers of working half-days.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Any


class Per(StrEnum):
    """Whether a step exists once for the case or once for each participant."""

    CASE = "case"
    MEMBER = "member"


class Scope(StrEnum):
    """Which department may hold the step, beside the role."""

    UNIT = "unit"  # the department that runs the case
    ANY = "any"  # whoever holds the role in the office of the case


class Facts:
    """Read-only view of what the business has told the engine about a case.

    `data` has the shape ``{"case": {name: value}, "members": {participant id as text: {name: value}}}``.
    A name that is absent, or whose value is None, is *not known yet*.
    """

    __slots__ = ("_case", "_members")

    def __init__(self, data: Mapping[str, Any] | None) -> None:
        data = data or {}
        self._case: Mapping[str, Any] = data.get("case") or {}
        self._members: Mapping[str, Mapping[str, Any]] = data.get("members") or {}

    def case(self, name: str) -> Any:
        """Return a fact of the case, or None when it is not known yet."""
        return self._case.get(name)

    def member(self, member: int | str | None, name: str) -> Any:
        """Return a fact of one participant, or None when it is not known yet."""
        return (self._members.get(str(member)) or {}).get(name)

    def any_member(self, name: str) -> bool | None:
        """Three-valued OR over all participants: None while nobody says yes and somebody is unknown."""
        values = [facts.get(name) for facts in self._members.values()]
        if any(value is True for value in values):
            return True
        return None if not values or any(value is None for value in values) else False


Condition = Callable[[Facts, "int | None"], "bool | None"]


@dataclass(frozen=True, slots=True)
class Stage:
    """A lane of the step map."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Step:
    """One row of a flow.

    `limit` and `fast` are working half-days; `after` names predecessors; `when` names a condition of the
    flow; `returns` names steps upstream to which this step may send back; `recorders` are roles that may
    record the result for a holder without an account; `fixed` names a date of the case before which the
    step cannot be over; `calendar_days` after the case date `calendar_from` replaces the limit. `decides`
    marks a decision (separation of duties holds), `submits` what the deciders decide on.
    """

    no: int
    key: str
    name: str
    short: str
    public: str
    stage: str
    phase: str
    who: str
    limit: int
    fast: int
    after: tuple[str, ...] = ()
    per: Per = Per.CASE
    when: str = ""
    returns: tuple[str, ...] = ()
    outside: bool = False
    recorders: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    basis: str = ""
    verb: str = "办理"
    decides: bool = False
    submits: bool = False
    scope: Scope = Scope.ANY
    fixed: str = ""
    calendar_days: int = 0
    calendar_from: str = ""
    name_en: str = ""
    condition_text: str = ""
    na_text: str = "不适用"
    opinion: str = ""
    phrases: tuple[str, ...] = ()
    tiny: str = ""

    @property
    def deed(self) -> str:
        """Two characters for what is done here ("科长复核" → "复核"), for headings such as 复核意见."""
        return self.short[-2:]

    @property
    def per_member(self) -> bool:
        return self.per is Per.MEMBER


@dataclass(frozen=True)
class Flow:
    """A versioned flow. A case keeps the (key, version) with which it was started.

    `anchor` is the step whose completion is T0, `goal` the step whose forecast date answers
    "when will it be done"; `target` names the case date that the goal should meet. `withdrawers` are the
    roles of the unit that may take the case back, `managers` the roles that may pause, cancel, reassign.
    """

    key: str
    version: int
    name: str
    stages: tuple[Stage, ...]
    steps: tuple[Step, ...]
    conditions: Mapping[str, Condition] = field(default_factory=dict)
    anchor: str = ""
    goal: str = ""
    target: str = ""
    target_label: str = "计划完成"
    goal_label: str = "完成"
    member_role: str = "member"
    return_reasons: Mapping[str, str] = field(default_factory=dict)
    withdrawers: tuple[str, ...] = ()
    managers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "conditions", MappingProxyType(dict(self.conditions)))

    @cached_property
    def by_key(self) -> Mapping[str, Step]:
        """Steps by key."""
        return MappingProxyType({step.key: step for step in self.steps})

    @cached_property
    def successors(self) -> Mapping[str, tuple[str, ...]]:
        """Keys of the direct successors of each step."""
        found: dict[str, list[str]] = {step.key: [] for step in self.steps}
        for step in self.steps:
            for key in step.after:
                found.setdefault(key, []).append(step.key)
        return MappingProxyType({key: tuple(keys) for key, keys in found.items()})

    @cached_property
    def order(self) -> tuple[Step, ...]:
        """Steps in an order in which every step stands behind its predecessors."""
        placed: dict[str, Step] = {}

        def place(step: Step, trail: frozenset[str]) -> None:
            if step.key in placed:
                return
            if step.key in trail:
                raise ValueError(f"flow {self.key} has a cycle through {step.key}")
            for key in step.after:
                place(self.by_key[key], trail | {step.key})
            placed[step.key] = step

        for step in self.steps:
            place(step, frozenset())
        return tuple(placed.values())

    @cached_property
    def rank(self) -> Mapping[str, int]:
        """The place of each step in `order`."""
        return MappingProxyType({step.key: place for place, step in enumerate(self.order)})

    @cached_property
    def descendants(self) -> Mapping[str, frozenset[str]]:
        """For each step, the keys of all steps that depend on it."""
        found: dict[str, frozenset[str]] = {}
        for step in reversed(self.order):
            below: set[str] = set()
            for key in self.successors[step.key]:
                below |= {key} | found[key]
            found[step.key] = frozenset(below)
        return MappingProxyType(found)

    def applies(self, step: Step, facts: Facts, member: int | None) -> bool | None:
        """Say whether a step applies: True, False, or None while it is not known yet."""
        return self.conditions[step.when](facts, member) if step.when else True
