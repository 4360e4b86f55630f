"""When a group of the demo must begin so that it stands today where its specification says."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, timedelta

from delegations.demo.specs import Spec
from delegations.flow import FLOW
from waiban.workdays.axis import Axis

PREPARATION = 6
NOT_HERE = frozenset(
    {
        "secrecy_review",
        "member_consent",
        "opinion_solicit",
        "province_submit",
        "province_approve",
        "exit_proof",
    }
)
"""Steps that apply to no group of the demo."""
FRESH = frozenset(
    {"bio_collect", "passport_form", "passport_review_submit", "passport_make", "passport_collect_register"}
)
"""Steps that apply where a member has no passport."""
OWN_TIME = frozenset({"publicity_pre"})
"""Steps that nobody can shorten."""
FAST_HALF_DAYS = 32
FAST_DAYS = 22
SEEN_IN_PERSON = frozenset({"US"})
"""Places whose embassy wants to see the applicant."""


def length(spec: Spec, key: str, limit: int) -> int:
    """Half-days that a step really takes in the demo; `limit` are those it may take."""
    step = FLOW.by_key[key]
    if key in OWN_TIME or (spec.days_22 and step.no > PREPARATION):
        return limit
    pace = spec.prep if step.no <= PREPARATION else spec.pace
    return max(math.ceil(limit * pace), 1)


def applies(spec: Spec, key: str) -> bool:
    """Say whether a step applies to a group, as far as its dates depend on it."""
    if key == "visa_interview":
        return bool(SEEN_IN_PERSON & set(spec.places))
    return key not in NOT_HERE and (key not in FRESH or spec.fresh > 0)


def arrivals(spec: Spec, begin: int, axis: Axis) -> dict[str, int]:
    """Return the boundary at which each step up to the exit arrives, begun at boundary `begin`."""
    free: dict[str, int] = {}
    found: dict[str, int] = {}
    for step in FLOW.order:
        start = max([free[key] for key in step.after if key in free], default=begin)
        found[step.key] = start
        if not applies(spec, step.key) or step.no > FLOW.by_key[FLOW.goal].no:
            continue
        finish = start + (length(spec, step.key, step.fast if spec.fast else step.limit) if step.limit else 0)
        free[step.key] = axis.next_day_start(finish) if step.key == FLOW.anchor else finish
    return found


def begin_for(spec: Spec, wanted: int, key: str, axis: Axis) -> int:
    """Return the latest beginning with which a step arrives at boundary `wanted` or before."""
    begin = wanted
    while (late := arrivals(spec, begin, axis)[key] - wanted) > 0:
        begin -= late
    return begin


def days_of(spec: Spec, today: date, here: int, axis: Axis) -> tuple[int, date]:
    """Return the boundary at which a group begins and its planned day of exit."""
    goal = FLOW.goal
    if spec.gone:
        exit_date = today - timedelta(days=spec.gone)
        if spec.days_22:
            return _fast_case(spec, exit_date, axis)
        ready = axis.last_boundary_on_or_before(exit_date) - 2 * spec.margin
        return begin_for(spec, ready, goal, axis), exit_date
    begin = begin_for(spec, here - spec.lag, spec.at, axis)
    limits: Mapping[str, int] = arrivals(spec, begin, axis)
    late = max(spec.lag - _allowed(spec), 0)
    finish = limits[goal] + late + int(2 * spec.slack)
    return begin, axis.date_of(max(finish, here + 1) - 1)[0]


def _allowed(spec: Spec) -> int:
    step = FLOW.by_key[spec.at]
    return step.fast if spec.fast else step.limit


def _fast_case(spec: Spec, about: date, axis: Axis) -> tuple[int, date]:
    """The published case: 16 working days from the first one behind the pre-check, on the 22nd calendar day.

    It happens only in weeks without holidays, so the latest such weeks before `about` are taken.
    """
    first = axis.next_day_start(axis.index(about - timedelta(days=FAST_DAYS - 1)))
    while (axis.date_of(first + FAST_HALF_DAYS - 1)[0] - axis.date_of(first)[0]).days != FAST_DAYS - 1:
        first -= 2
    begin = begin_for(spec, first, "unit_project_approval", axis)
    return begin, axis.date_of(first)[0] + timedelta(days=FAST_DAYS - 1)
