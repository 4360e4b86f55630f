"""Reminders of work items: the engine announces what has become ready, the sweep finds what is due.

Who hears of a step is asked in SQL, by the rules of `rules.right_to`: the person who has taken it; the
participant whose own step it is; else everybody who now holds the role (in the department where one is set,
in the unit of the case for roles of a unit). For a step outside the office those who record its result hear
of it too. On leave the stand-in hears instead. Where nobody holds the role, the owner of the case is told.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.urls import reverse

from waiban.core.time import local
from waiban.core.time import now as clock_now
from waiban.notices.enums import Kind, Level
from waiban.notices.flows import name_flows_with
from waiban.notices.reminders import EVERY, Call, turn
from waiban.notices.services import enqueue_from
from waiban.notices.sweeps import sweep
from waiban.workdays.axis import Axis
from waiban.workdays.services import current_axis

from .enums import OPEN_STATES, CaseStatus
from .registry import all_bindings, binding_of

CHUNK = 500

_DUE = f"""
    SELECT w.id, w.ready_at, w.due_at, w.next_remind_at, w.remind_ordinal,
           c.paused_at IS NULL AND c.status = '{CaseStatus.RUNNING}' AS runs, s.remind_before, s.remind_every
      FROM workflow_workitem w
      JOIN workflow_case c ON c.id = w.case_id
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

# One row for each recipient and channel of each call. Parameters: calls (JSON), steps (JSON), today, the two
# halves of the link. The ranks: 0 who the step is with, 1 who may record it, 2 who owns the case.
_TELL = """
    WITH told AS MATERIALIZED (
        SELECT k.kind, k.ordinal, k.late, k.level, k.word, w.id, w.case_id, w.role, w.department_id, w.round,
               w.assignee_id, w.due_at, w.due_tentative, w.state, c.office_id, c.flow_key, c.title,
               c.reference, c.department_id AS unit_id, c.owner_id, p.user_id AS member_id, p.name AS member,
               s ->> 'name' AS step, s -> 'recorders' AS recorders, s ->> 'own' AS own
          FROM jsonb_to_recordset(%s::jsonb)
               AS k (id bigint, kind text, ordinal int, late boolean, level text, word text)
          JOIN workflow_workitem w ON w.id = k.id
          JOIN workflow_case c ON c.id = w.case_id
          LEFT JOIN workflow_participant p ON p.id = w.participant_id
         CROSS JOIN LATERAL (
               SELECT %s::jsonb -> (c.flow_key || '/' || c.flow_version || '/' || w.step_key) AS s) names
    ), holder AS (
        SELECT t.id, t.assignee_id AS user_id, 0 AS rank, true AS lendable, true AS personal
          FROM told t WHERE t.assignee_id IS NOT NULL
        UNION
        SELECT t.id, t.member_id, 0, false, true
          FROM told t WHERE t.assignee_id IS NULL AND t.own = 'one' AND t.member_id IS NOT NULL
        UNION
        SELECT t.id, p.user_id, 0, false, true
          FROM told t JOIN workflow_participant p ON p.case_id = t.case_id AND p.left_at IS NULL
         WHERE t.assignee_id IS NULL AND t.own = 'all' AND p.user_id IS NOT NULL
        UNION
        SELECT t.id, h.user_id, o.rank, true, false
          FROM told t
         CROSS JOIN LATERAL (
               SELECT t.role AS role, 0 AS rank, t.department_id WHERE t.own IS NULL
               UNION ALL
               SELECT jsonb_array_elements_text(t.recorders), (t.state <> 'outside')::int, NULL) AS o
          JOIN accounts_position h ON h.role = o.role AND h.since <= %s AND (h.until IS NULL OR h.until >= %s)
          JOIN accounts_department d ON d.id = h.department_id AND d.office_id = t.office_id AND d.is_active
         WHERE t.assignee_id IS NULL
           AND CASE WHEN d.kind = 'unit' THEN d.id = t.unit_id
                    ELSE o.department_id IS NULL OR d.id = o.department_id END
        UNION
        SELECT t.id, t.owner_id, 2, true, false FROM told t
    ), reader AS (
        SELECT h.id, h.user_id, h.rank, h.lendable, h.personal, min(h.rank) OVER (PARTITION BY h.id) AS first
          FROM holder h JOIN accounts_user u ON u.id = h.user_id AND u.is_active
    )
    SELECT coalesce(i.substitute_id, r.user_id) AS recipient_id, t.kind,
           'item:' || t.id || CASE WHEN t.kind = 'ready' OR t.due_at IS NULL THEN ''
                ELSE to_char(t.due_at AT TIME ZONE 'Asia/Shanghai', ':YYYYMMDD') END AS subject_key,
           t.round, t.ordinal, channel, t.case_id, t.id AS item_id,
           left(concat(CASE WHEN t.kind = 'ready' AND t.round > 1 THEN '退回重办' ELSE t.word END, '：',
                t.step, '（' || t.member || '）', '，', t.title), 200) AS title,
           concat_ws(E'\\n',
               t.reference,
               to_char(t.due_at AT TIME ZONE 'Asia/Shanghai', '"时限："FMYYYY"年"FMMM"月"FMDD"日 17:30"')
                   || CASE WHEN t.due_tentative THEN '（当年放假安排未公布，待定）' ELSE '' END,
               '代' || principal.name || '办理',
               CASE WHEN r.rank = 2 THEN '该岗位暂无人员，请联系系统管理员安排办理人。' END) AS body,
           %s || t.case_id || %s AS url, t.level, t.due_at, t.late
      FROM told t
      JOIN reader r ON r.id = t.id AND r.rank = r.first
      LEFT JOIN (accounts_standin i
           JOIN accounts_user deputy ON deputy.id = i.substitute_id AND deputy.is_active)
        ON r.lendable AND i.principal_id = r.user_id AND i.revoked_at IS NULL
       AND %s BETWEEN i.starts AND i.ends AND i.flow_key IN ('', t.flow_key)
      LEFT JOIN accounts_user principal ON principal.id = i.principal_id
     CROSS JOIN (VALUES ('inapp'), ('email')) AS through (channel)
     WHERE channel = 'inapp' OR t.kind <> 'ready' OR r.personal"""


class Due(NamedTuple):
    """A work item whose next reminder has come, locked by this transaction."""

    id: int
    ready_at: datetime
    due_at: datetime | None
    next_remind_at: datetime
    remind_ordinal: int
    runs: bool
    before: int | None
    every: int | None


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of a due item: the call to be made, if any, and when to look again."""

    item: Due
    call: Call | None
    late: bool
    again: datetime | None


def announce_ready(item_ids: Sequence[int], now: datetime) -> int:
    """Tell the holders of items that these have arrived. Return the number of notices written.

    One statement, in the transaction of the act. A person whose own step it is gets a mail too; those of a
    pool see it in the portal only. Items sent back say so. What was announced already stays as it is.
    """
    calls = [_call(item_id, Kind.READY, 0, False, "新待办") for item_id in item_ids]
    return _tell(calls, now)


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
        steps = [_decide(Due(*row), now, axis) for row in cursor.fetchall()]
    if not steps:
        return 0
    _tell([_said(step) for step in steps if step.call], now)
    with connection.cursor() as cursor:
        cursor.execute(
            _MOVE,
            [
                [step.item.id for step in steps],
                [step.again for step in steps],
                [max(step.item.remind_ordinal, 1) + (step.call is not None) for step in steps],
            ],
        )
    return len(steps)


def _decide(item: Due, now: datetime, axis: Axis) -> Step:
    """Decide what to say about one item; a case that stands still is silent and looked at again later."""
    fresh = item.remind_ordinal == 0
    found = turn(
        item.ready_at,
        item.due_at,
        item.ready_at if fresh else item.next_remind_at,
        now,
        axis,
        armed=item.next_remind_at,
        before=item.before,
        every=item.every,
    )
    return Step(item, found.call if item.runs else None, found.late, found.again)


def _said(step: Step) -> dict[str, Any]:
    """Return the call of a step in the shape of the statement."""
    call = step.call
    assert call is not None
    if call.kind == Kind.OVERDUE:
        every = EVERY if step.item.every is None else step.item.every
        word = f"已逾期 {1 + (call.ordinal - 1) * every} 个工作日"
    else:
        word = str(Kind(call.kind).label)
    return _call(step.item.id, call.kind, call.ordinal, step.late, word)


def _call(item_id: int, kind: str, ordinal: int, late: bool, word: str) -> dict[str, Any]:
    level = {Kind.READY: Level.INFO, Kind.OVERDUE: Level.OVERDUE}.get(Kind(kind), Level.NEAR)
    return {"id": item_id, "kind": kind, "ordinal": ordinal, "late": late, "level": level, "word": word}


def _tell(calls: Sequence[dict[str, Any]], now: datetime) -> int:
    """Write the notices of some calls: one statement."""
    if not calls:
        return 0
    head, tail = _link()
    today = local(now).date()
    steps = json.dumps(_steps(), ensure_ascii=False)
    return enqueue_from(_TELL, [json.dumps(calls), steps, today, today, head, tail, today])


def _link() -> tuple[str, str]:
    """The address of a case before and behind its number."""
    head, _number, tail = reverse("workflow:case", args=[0]).rpartition("0")
    return head, tail


def _steps() -> dict[str, dict[str, Any]]:
    """Words, recorders and own steps of all registered flows, as the statement looks them up."""
    found = {}
    for binding in all_bindings():
        flow = binding.flow
        for step in flow.steps:
            own = "" if step.who != flow.member_role else "one" if step.per_member else "all"
            found[f"{flow.key}/{flow.version}/{step.key}"] = {
                "name": step.name,
                "recorders": step.recorders,
                "own": own or None,
            }
    return found


def _name_of_flow(key: str) -> str:
    """The name of a flow, for the in-box."""
    try:
        return binding_of(key).label
    except LookupError:
        return ""


name_flows_with(_name_of_flow)
