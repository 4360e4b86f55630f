"""Reminders of work items: the engine announces what has become ready, the sweep finds what is due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import NamedTuple

from django.db import connection, transaction

from waiban.core.time import now as clock_now
from waiban.notices.enums import Kind
from waiban.notices.flows import name_flows_with
from waiban.notices.reminders import EVERY, Call, turn
from waiban.notices.sweeps import sweep
from waiban.workdays.axis import Axis
from waiban.workdays.services import current_axis

from .enums import OPEN_STATES, CaseStatus, ItemState
from .models import Participant
from .registry import binding_of, flow_of
from .rules import participant_ids
from .state import CaseState, Item
from .telling import Subject, Telling, own_step, tell

CHUNK = 1000

_SUBJECT = """
           w.id, w.case_id, c.office_id, c.flow_key, c.flow_version, w.step_key, c.department_id, c.owner_id,
           c.reference, c.title, w.role, w.department_id, w.assignee_id, p.user_id, coalesce(p.name, ''),
           w.round, w.state = 'outside', w.due_at, w.due_tentative"""

_DUE = f"""
    SELECT w.ready_at, w.next_remind_at, w.remind_ordinal, s.remind_before, s.remind_every,
           c.paused_at IS NULL AND c.status = '{CaseStatus.RUNNING}', {_SUBJECT}
      FROM workflow_workitem w
      JOIN workflow_case c ON c.id = w.case_id
      LEFT JOIN workflow_participant p ON p.id = w.participant_id
      LEFT JOIN workflow_stepsetting s
        ON s.office_id = c.office_id AND s.flow_key = c.flow_key AND s.step_key = w.step_key
     WHERE w.next_remind_at <= %s AND w.state IN ({", ".join(f"'{state}'" for state in sorted(OPEN_STATES))})
     ORDER BY w.next_remind_at, w.id
     LIMIT %s
       FOR NO KEY UPDATE OF w SKIP LOCKED
       FOR KEY SHARE OF c SKIP LOCKED"""

_MOVE = """
    UPDATE workflow_workitem w
       SET next_remind_at = v.again, remind_ordinal = v.ordinal
      FROM unnest(%s::bigint[], %s::timestamptz[], %s::int[]) AS v (id, again, ordinal)
     WHERE w.id = v.id"""


class Due(NamedTuple):
    """A work item whose next reminder has come, locked by this transaction."""

    ready_at: datetime
    armed_at: datetime
    reminded: int
    before: int | None
    every: int | None
    runs: bool
    subject: Subject


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a due item: what is said of it, if anything, and when to look again."""

    item_id: int
    telling: Telling | None
    again: datetime | None
    reminded: int


def announce(pairs: Sequence[tuple[CaseState, Item]], now: datetime) -> int:
    """Tell the holders of items that these have arrived. Return the number of notices written.

    One statement, in the transaction of the act. Items sent back say so; what was announced already stays
    as it is. See `telling` for who hears and through what.
    """
    return tell([_arrival(_subject(state, item)) for state, item in pairs], now, _participants(pairs))


def _arrival(subject: Subject) -> Telling:
    return Telling(subject, Kind.READY, "新待办" if subject.round == 1 else "退回重办")


def _subject(state: CaseState, item: Item) -> Subject:
    """Take from a loaded case what telling of an item needs."""
    return Subject(
        item_id=item.id or 0,
        case_id=state.id,
        office_id=state.office_id,
        flow_key=state.flow.key,
        flow_version=state.flow.version,
        step_key=item.step_key,
        unit_id=state.department_id,
        owner_id=state.owner_id,
        reference=state.reference,
        title=state.title,
        role=item.role,
        department_id=item.department_id,
        assignee_id=item.assignee_id,
        member_id=item.user_id,
        member=item.member_name,
        round=item.round,
        outside=item.state == ItemState.OUTSIDE,
        due_at=item.due_at,
        due_tentative=item.due_tentative,
    )


def _participants(pairs: Sequence[tuple[CaseState, Item]]) -> dict[int, list[int]]:
    """Accounts of the participants of loaded cases."""
    states = {state.id: state for state, _item in pairs}
    return {key: sorted(participant_ids(state)) for key, state in states.items()}


def _people(subjects: Sequence[Subject]) -> dict[int, list[int]]:
    """Accounts of the participants of cases in which any of them may do an item; mostly no query."""
    cases = {
        subject.case_id
        for subject in subjects
        if subject.member_id is None and subject.assignee_id is None and _is_for_all(subject)
    }
    found: dict[int, list[int]] = {case_id: [] for case_id in cases}
    if cases:
        rows = Participant.objects.filter(case_id__in=cases, left_at=None, user__isnull=False)
        for case_id, user_id in rows.values_list("case_id", "user_id"):
            found[case_id].append(user_id)
    return found


def _is_for_all(subject: Subject) -> bool:
    step = flow_of(subject.flow_key, subject.flow_version).by_key[subject.step_key]
    return not step.per_member and own_step(subject.flow_key, subject.flow_version, step)


@sweep("workflow.reminders", every=60, label="办理时限提醒")
def remind() -> int:
    """Write the reminders that are due. Return the number of work items looked at."""
    return remind_due()


def remind_due(*, chunk: int = CHUNK, seconds: float = 200) -> int:
    """Write the reminders that are due, in chunks of one transaction each, for at most about `seconds`.

    Whatever dies on the way leaves whole chunks behind: notices and the move to the next reminder are
    committed together. Two sweeps pass over each other's rows. Returns the number of items looked at.
    """
    stop = monotonic() + seconds
    axis = current_axis()
    seen = 0
    while True:
        taken = _remind_chunk(axis, chunk)
        seen += taken
        if taken < chunk or monotonic() > stop:
            return seen


@transaction.atomic
def _remind_chunk(axis: Axis, chunk: int) -> int:
    """Deal with the items that have waited longest; three statements."""
    now = clock_now()
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [now, chunk])
        due = [Due(*row[:6], Subject(*row[6:])) for row in cursor.fetchall()]
    if not due:
        return 0
    decisions = [_decide(item, now, axis) for item in due]
    tellings = [decision.telling for decision in decisions if decision.telling]
    tell(tellings, now, _people([telling.subject for telling in tellings]))
    with connection.cursor() as cursor:
        cursor.execute(
            _MOVE,
            [
                [decision.item_id for decision in decisions],
                [decision.again for decision in decisions],
                [decision.reminded for decision in decisions],
            ],
        )
    return len(due)


def _decide(item: Due, now: datetime, axis: Axis) -> Decision:
    """Decide what to say about one item; a case that stands still is silent and looked at again later."""
    subject = item.subject
    found = turn(
        item.ready_at,
        subject.due_at,
        item.ready_at if item.reminded == 0 else item.armed_at,
        now,
        axis,
        armed=item.armed_at,
        before=item.before,
        every=item.every,
    )
    call = found.call if item.runs else None
    telling = call and Telling(subject, call.kind, _word(call, item.every), call.ordinal, found.late)
    return Decision(subject.item_id, telling, found.again, max(item.reminded, 1) + (call is not None))


def _word(call: Call, every: int | None) -> str:
    """The opening of the title."""
    if call.kind != Kind.OVERDUE:
        return str(Kind(call.kind).label)
    return f"已逾期 {1 + (call.ordinal - 1) * (EVERY if every is None else every)} 个工作日"


def _name_of_flow(key: str) -> str:
    """The name of a flow, for the in-box."""
    try:
        return binding_of(key).label
    except LookupError:
        return ""


name_flows_with(_name_of_flow)
