"""Compliance rules of outbound delegations, in the order in which a reader wants them."""

from collections.abc import Callable

from delegations.rules import group, papers
from delegations.rules.findings import Finding, Weight, blockers
from delegations.rules.limits import Limits
from delegations.rules.snapshot import Snapshot

__all__ = [
    "Finding",
    "Limits",
    "Snapshot",
    "Weight",
    "blockers",
    "precheck",
    "review_points",
    "submission_check",
]

Rule = Callable[[Snapshot, Limits], Finding]

PRECHECK: tuple[Rule, ...] = (
    papers.secrecy,
    papers.taiwan,
    group.date_order,
    group.people,
    group.one_leader,
    group.countries,
    group.one_continent,
    group.stay,
    papers.plan,
    papers.plan_deviation,
    papers.invitations,
    papers.programme,
    group.official_share,
    papers.budget,
    group.retired,
    group.health,
    group.frequency,
    group.one_leadership,
    group.split_groups,
    papers.task_notice,
    group.passports,
)
SUBMISSION: tuple[Rule, ...] = (
    papers.publicity,
    papers.budget_audited,
    group.people,
    group.one_leader,
    group.countries,
    group.stay,
    papers.invitations,
    group.retired,
)
REVIEW: tuple[Rule, ...] = (
    group.people,
    group.stay,
    group.countries,
    group.official_share,
    papers.publicity,
    papers.budget_audited,
    group.frequency,
    group.passports,
)


def precheck(view: Snapshot, limits: Limits | None = None) -> list[Finding]:
    """Return all findings of the compliance pre-check (step 6)."""
    return [rule(view, limits or Limits()) for rule in PRECHECK]


def submission_check(view: Snapshot, limits: Limits | None = None) -> list[Finding]:
    """Return what must be right on the day of the formal application (step 14)."""
    return [rule(view, limits or Limits()) for rule in SUBMISSION]


def review_points(view: Snapshot, limits: Limits | None = None) -> list[Finding]:
    """Return the eight points that a reviewer reads beside his opinion (steps 16 to 21)."""
    return [rule(view, limits or Limits()) for rule in REVIEW]
