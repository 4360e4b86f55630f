"""Loads cases under their lock and writes back what an act has changed, in few set-based statements."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from operator import attrgetter, itemgetter
from typing import Any

from django.db import connection

from waiban.notices.services import cancel_for_items
from waiban.workdays.axis import Axis
from waiban.workdays.models import CalendarVersion
from waiban.workdays.services import axis_for, current_axis

from .enums import ItemState
from .models import Action, Case, Pause, WorkItem
from .registry import flow_of
from .rules import Doer
from .state import ITEM_COLUMNS, CaseState, Entry, Item

CASE_READ = (
    "id", "office_id", "department_id", "owner_id", "reference", "title", "status", "mode", "facts", "dates",
    "started_at", "anchor_at", "goal_at", "target_date", "version", "log_seq", "log_hash", "paused_at",
    "pause_count", "closed_at", "closed_reason",
)  # fmt: skip

CASE_WRITE: dict[str, str] = {
    "status": "text", "mode": "text", "facts": "jsonb", "dates": "jsonb", "title": "text",
    "anchor_at": "timestamptz", "goal_at": "timestamptz", "target_date": "date", "forecast_date": "date",
    "forecast_tentative": "boolean", "end_date": "date", "slack": "int", "light": "text",
    "light_word": "text", "holder_text": "text", "done_count": "int", "step_count": "int",
    "scheduled_index": "int", "calendar_version": "int", "paused_at": "timestamptz", "pause_count": "int",
    "version": "int",
    "log_seq": "int", "log_hash": "text", "closed_at": "timestamptz", "closed_reason": "text",
}  # fmt: skip

ITEM_TYPES: dict[str, str] = {
    "participant_id": "bigint", "department_id": "bigint", "assignee_id": "bigint", "done_by_id": "bigint",
    "acting_for_id": "bigint", "round": "int", "limit": "int", "signers_pending": "int", "plan_start": "int",
    "plan_finish": "int", "early_start": "int", "early_finish": "int", "late_finish": "int", "slack": "int",
    "version": "int", "outside": "boolean", "due_tentative": "boolean", "critical": "boolean",
    "ready_at": "timestamptz", "claimed_at": "timestamptz", "done_at": "timestamptz", "due_at": "timestamptz",
}  # fmt: skip

MOVING = frozenset(
    {
        "due_at",
        "due_tentative",
        "early_start",
        "early_finish",
        "late_finish",
        "slack",
        "critical",
        "light",
        "light_word",
    }
)
"""Columns that follow from the schedule."""

_lasting = itemgetter(*(n for n, name in enumerate(ITEM_COLUMNS) if name not in MOVING))

OVER = frozenset({ItemState.RETURNED, ItemState.VOIDED})
"""States of a round that a new one replaces."""

ACTION_TYPES: dict[str, str] = {
    "case_id": "bigint", "seq": "int", "kind": "text", "item_id": "bigint", "step_no": "int",
    "step_name": "text", "round": "int", "actor_id": "bigint", "actor_name": "text",
    "acting_for_name": "text", "post": "text", "at": "timestamptz", "opinion": "text", "data": "jsonb",
    "prev_hash": "text", "hash": "text",
}  # fmt: skip


def load(case_ids: Iterable[int], *, lock: bool = True) -> tuple[dict[int, CaseState], Axis]:
    """Lock cases in the order of their ids and load them with their items, and the axis of working days.

    Two statements (a third for cases that were ever paused). With `lock` it must run in a transaction; pages
    read without. A case that does not exist is simply missing from the answer.
    """
    states: dict[int, CaseState] = {}
    calendar = 0
    with connection.cursor() as cursor:
        cursor.execute(_case_sql(lock), [sorted(case_ids)])
        for *values, key, version, in_force in cursor.fetchall():
            fields = dict(zip(CASE_READ, values, strict=True))
            fields |= {name: json.loads(fields[name]) for name in ("facts", "dates")}
            states[fields["id"]] = CaseState(flow=flow_of(key, version), **fields)
            calendar = in_force or 0
        cursor.execute(_item_sql(), [list(states)])
        for case_id, item_id, user_id, name, left, *values in cursor.fetchall():
            item = Item(
                item_id, *values, user_id=user_id, member_name=name, left=left, original=tuple(values)
            )
            states[case_id].items.append(item)
    if any(state.pause_count for state in states.values()):
        for pause in Pause.objects.filter(case_id__in=states).order_by("starts_at"):
            states[pause.case_id].pauses.append((pause.starts_at, pause.ends_at))
    return states, axis_for(calendar) if states else current_axis()


@cache
def _case_sql(lock: bool) -> str:
    """Return the statement that reads (and locks) cases; rows that point at a locked case can be inserted."""
    columns = ", ".join(f"c.{name}" for name in _quoted((*CASE_READ, "flow_key", "flow_version")))
    calendar = f"(SELECT value FROM {CalendarVersion._meta.db_table})"
    locking = "FOR NO KEY UPDATE OF c" if lock else ""
    return f"""
        SELECT {columns}, {calendar}
          FROM workflow_case c WHERE c.id = ANY(%s) ORDER BY c.id {locking}"""


@cache
def _item_sql() -> str:
    """Return the statement that reads the items of cases, the older rounds before the newer ones."""
    columns = ", ".join(f"w.{name}" for name in _quoted(ITEM_COLUMNS))
    return f"""
        SELECT w.case_id, w.id, p.user_id, coalesce(p.name, ''), p.left_at IS NOT NULL, {columns}
          FROM workflow_workitem w LEFT JOIN workflow_participant p ON p.id = w.participant_id
         WHERE w.case_id = ANY(%s) ORDER BY w.id"""


def save(
    states: Sequence[CaseState],
    doers: Mapping[int, Doer | None],
    *,
    now: datetime,
) -> None:
    """Write the difference: new items, changed items, cases, log; then cancel what is moot.

    `doers` names who acted on each case (None: the system). One statement for all cases, beside one for new
    items and one for cancelling unsent reminders, where there are any. The times of items that have not
    arrived move with every act; they are written only where the case was `moved`, by a change of dates or by
    the recount of each half-day: lists do not show them, and the record computes them anew.
    """
    _insert_items(states)
    changed = [
        item
        for state in states
        for item in state.items
        if (_differs(item) if state.moved else _is_changed(item))
    ]
    actions = [row for state in states for row in _log_rows(state, doers[state.id], now)]
    _write(changed, states, actions)
    closed = sorted({item_id for state in states for item_id in state.closed_items})
    if closed:
        cancel_for_items(closed)


def _differs(item: Item) -> bool:
    """Whether anything about an item is other than it was loaded."""
    fresh = item.opinion is not None or item.data is not None or item.remind
    return item.original is not None and (fresh or item.row() != item.original)


def _is_changed(item: Item) -> bool:
    """Whether an item must be written now: as `_differs`, but for the times of what has not arrived."""
    if item.state != ItemState.WAITING or item.original is None or item.remind:
        return _differs(item)
    return _lasting(item.row()) != _lasting(item.original)


def _insert_items(states: Sequence[CaseState]) -> None:
    fresh = [(state, item) for state in states for item in state.items if item.id is None]
    if not fresh:
        return
    supersede = [
        item.id
        for state in states
        for item in state.items
        if item.id is not None
        and item.original is not None
        and item.row() != item.original
        and item.state in OVER
    ]
    if supersede:
        _retire(states, supersede)
    rows = WorkItem.objects.bulk_create(
        WorkItem(
            case_id=state.id,
            step_no=state.step(item).no,
            next_remind_at=item.next_remind_at,
            **dict(zip(ITEM_COLUMNS, item.row(), strict=True)),
        )
        for state, item in fresh
    )
    for (_state, item), row in zip(fresh, rows, strict=True):
        item.id = row.pk


def _retire(states: Sequence[CaseState], ids: list[int]) -> None:
    """Write the states of closed rounds first: at most one round of a step may be live."""
    wanted = set(ids)
    items = [item for state in states for item in state.items if item.id in wanted]
    columns = {"id": "bigint", "state": "text"}
    sql = f"UPDATE workflow_workitem w SET state = v.state FROM {_rows(columns)} WHERE w.id = v.id"
    with connection.cursor() as cursor:
        cursor.execute(sql, _arrays(columns, [(item.id, item.state) for item in items]))


def _rows(columns: Mapping[str, str]) -> str:
    """SQL that turns one array per column into rows `v`; JSON travels as text."""
    arrays = ", ".join(f"%s::{'text' if kind == 'jsonb' else kind}[]" for kind in columns.values())
    return f"unnest({arrays}) AS v ({', '.join(_quoted(columns))})"


def _quoted(columns: Iterable[str]) -> list[str]:
    return [f'"{name}"' for name in columns]


def _cast(name: str, kind: str) -> str:
    return f'v."{name}"::jsonb' if kind == "jsonb" else f'v."{name}"'


def _arrays(columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    if not rows:
        return [[] for _ in columns]
    return [list(values) for values in zip(*rows, strict=True)]


ITEM_WRITE = {"id": "bigint"} | {name: ITEM_TYPES.get(name, "text") for name in ITEM_COLUMNS}
ITEM_APART = {"opinion": "text", "data": "jsonb", "remind": "boolean", "next_remind_at": "timestamptz"}
CASE_APART = {"id": "bigint"} | CASE_WRITE | {"acted_at": "timestamptz"}


@cache
def _write_sql() -> str:
    """Return the statement that updates items and cases and appends to the log."""
    item_set = ", ".join(f'"{name}" = {_cast(name, ITEM_WRITE[name])}' for name in ITEM_COLUMNS)
    case_set = ", ".join(f'"{name}" = {_cast(name, kind)}' for name, kind in CASE_WRITE.items())
    action_values = ", ".join(_cast(name, kind) for name, kind in ACTION_TYPES.items())
    return f"""
        WITH changed_items AS (
            UPDATE workflow_workitem w SET {item_set},
                opinion = coalesce(v.opinion, w.opinion),
                data = coalesce(v.data::jsonb, w.data),
                next_remind_at = CASE WHEN v.remind THEN v.next_remind_at ELSE w.next_remind_at END,
                remind_ordinal = CASE WHEN v.remind THEN 0 ELSE w.remind_ordinal END
            FROM {_rows(ITEM_WRITE | ITEM_APART)} WHERE w.id = v.id
        ), changed_cases AS (
            UPDATE workflow_case c SET {case_set}, last_activity_at = coalesce(v.acted_at, c.last_activity_at)
            FROM {_rows(CASE_APART)} WHERE c.id = v.id
        )
        INSERT INTO workflow_action ({", ".join(_quoted(ACTION_TYPES))})
        SELECT {action_values} FROM {_rows(ACTION_TYPES)}
    """


def _write(items: Sequence[Item], states: Sequence[CaseState], actions: Sequence[Sequence[Any]]) -> None:
    """Update items and cases and append to the log in one statement."""
    item_rows = [(i.id, *i.row(), i.opinion, _json(i.data), i.remind, i.next_remind_at) for i in items]
    stamps = {row[0]: row[11] for row in actions}
    read_case = attrgetter(*CASE_WRITE)
    case_rows = [
        (s.id, *(_json(v) if isinstance(v, dict) else v for v in read_case(s)), stamps.get(s.id))
        for s in states
    ]
    parameters = [
        *_arrays(ITEM_WRITE | ITEM_APART, item_rows),
        *_arrays(CASE_APART, case_rows),
        *_arrays(ACTION_TYPES, actions),
    ]
    with connection.cursor() as cursor:
        cursor.execute(_write_sql(), parameters)


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, default=str)


def _log_rows(state: CaseState, doer: Doer | None, now: datetime) -> list[tuple[Any, ...]]:
    """Turn the waiting entries into rows, each with the hash of the one before."""
    rows = []
    state.version += 1 if state.log else 0  # a recount is no act: pages that are open stay valid
    for entry in state.log:
        state.log_seq += 1
        row = _log_row(state, entry, doer, now)
        digest = chain_hash(state.log_hash, row)
        rows.append((*row, state.log_hash, digest))
        state.log_hash = digest
    state.log.clear()
    return rows


def _log_row(state: CaseState, entry: Entry, doer: Doer | None, now: datetime) -> tuple[Any, ...]:
    item = entry.item
    step = state.step(item) if item else None
    return (
        state.id,
        state.log_seq,
        str(entry.kind),
        item.id if item else None,
        step.no if step else None,
        step.name if step else "",
        item.round if item else 1,
        doer.user_id if doer else None,
        doer.name if doer else "系统",
        doer.acting_for_name if doer else "",
        doer.post if doer else "",
        now,
        entry.opinion,
        _json(entry.data),
    )


def chain_hash(before: str, row: Sequence[Any]) -> str:
    """Hash a log row together with the hash of the row before it (SHA-256, hexadecimal)."""
    *head, data = row
    parts = [before, *(_text(value) for value in head), json.dumps(json.loads(data), sort_keys=True)]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value.timestamp():.6f}"
    return "" if value is None else str(value)


def broken_link(case_id: int) -> int | None:
    """Recompute the chain of a case; return the seq of the first row that does not fit, or None.

    Also compares the end of the chain with the case, so that rows cut off at the end are noticed.
    """
    before = ""
    seq = 0
    names = tuple(ACTION_TYPES)[:-2]
    for row in (
        Action.objects.filter(case_id=case_id).order_by("seq").values_list(*names, "prev_hash", "hash")
    ):
        *values, prev_hash, digest = row
        values[-1] = _json(values[-1])
        seq += 1
        if values[1] != seq or prev_hash != before or chain_hash(before, values) != digest:
            return seq
        before = digest
    case = Case.objects.values_list("log_seq", "log_hash").get(pk=case_id)
    return None if case == (seq, before) else seq + 1
