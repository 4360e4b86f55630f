"""Writing, reading and settling notices. Each function is one statement and safe to repeat."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from waiban.accounts.models import User
from waiban.audit.enums import AuditKind
from waiban.audit.services import record
from waiban.core.errors import Conflict
from waiban.core.time import local, now
from waiban.notices.enums import TODO_KINDS, Channel, State
from waiban.notices.models import Notice
from waiban.notices.rules import NoticeRow

if TYPE_CHECKING:
    from waiban.accounts.actors import Actor

__all__ = [
    "NoticeRow",
    "cancel_for_items",
    "confirm_delivered",
    "enqueue",
    "enqueue_from",
    "mark_all_read",
    "mark_read",
    "send_again",
]

_TITLE = 200
_TYPES = {
    "kind": "text",
    "subject_key": "text",
    "round": "int",
    "ordinal": "int",
    "channel": "text",
    "title": "text",
    "body": "text",
    "url": "text",
    "level": "text",
    "due_at": "timestamptz",
    "late": "boolean",
}


_NAMES = ("recipient_id", "case_id", "item_id", *_TYPES)


@cache
def _from_json() -> str:
    """Return the SELECT that turns a JSON array of rows (its one parameter) into the columns of a notice."""
    keys = {f"{name}_id": Notice._meta.get_field(name) for name in ("recipient", "case", "item")}
    types = {name: field.db_type(connection) for name, field in keys.items()} | _TYPES
    columns = ", ".join(f"{name} {kind}" for name, kind in types.items())
    return f"""
        SELECT given.* FROM jsonb_to_recordset(%s::jsonb) AS given ({columns})
          JOIN {User._meta.db_table} u ON u.id = given.recipient_id AND u.is_active
         WHERE given.channel <> 'email' OR u.email <> ''"""


def enqueue_from(select: str, params: Sequence[Any]) -> int:
    """Write notices from the rows of a SELECT that has the columns of `NoticeRow` and finds its own readers.

    The caller sees to it that they are active and, for mail, have an address; else the contract of `enqueue`
    holds. Still one statement: nothing travels twice.
    """
    names = ", ".join(_NAMES)
    # One order for everybody, so that two sweeps that write the same keys cannot wait for each other.
    sql = f"""
        INSERT INTO {Notice._meta.db_table}
               ({names}, state, created_at, send_after, sent_at, attempts, resent, error)
        SELECT {", ".join("r." + name for name in _NAMES)},
               CASE r.channel WHEN 'inapp' THEN 'sent' ELSE 'new' END, t.at,
               CASE r.channel WHEN 'inapp' THEN NULL ELSE t.at END,
               CASE r.channel WHEN 'inapp' THEN t.at ELSE NULL END, 0, false, ''
          FROM ({select}) r
         CROSS JOIN (SELECT %s::timestamptz AS at) t
         ORDER BY r.recipient_id, r.kind, r.subject_key, r.round, r.ordinal, r.channel
            ON CONFLICT DO NOTHING"""
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, now()])
        return cursor.rowcount


def _as_record(row: NoticeRow) -> dict[str, Any]:
    """Return a row in the shape of the statement."""
    return {
        "recipient_id": row.recipient_id,
        "case_id": row.case_id,
        "item_id": row.item_id,
        "kind": row.kind,
        "subject_key": row.subject_key,
        "round": row.round,
        "ordinal": row.ordinal,
        "channel": row.channel,
        "title": row.title[:_TITLE],
        "body": row.body,
        "url": row.url,
        "level": row.level,
        "due_at": row.due_at.isoformat() if row.due_at else None,
        "late": row.late,
    }


def enqueue(rows: Sequence[NoticeRow]) -> int:
    """Write notices; those already written, whoever wrote them, are left alone. Return how many are new.

    One statement whatever the number of rows. In-app rows are delivered by this very insert and vanish with
    the surrounding transaction; rows for outside channels wait for the dispatcher. People who have left
    get nothing, people without an address no mail. Errors: IntegrityError for a link out of the portal.
    """
    if not rows:
        return 0
    return enqueue_from(_from_json(), [json.dumps([_as_record(row) for row in rows])])


def cancel_for_items(item_ids: Collection[Any]) -> int:
    """Settle what was to be said about work items that are closed. Return the number of rows changed.

    One UPDATE: unsent rows of outside channels are cancelled, unread to-dos inside the portal become read.
    """
    if not item_ids:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_cancel_sql(), [now(), list(item_ids), list(TODO_KINDS)])
        return cursor.rowcount


@cache
def _cancel_sql() -> str:
    """Return the statement that settles the notices of closed items; it runs inside every act."""
    return f"""
        UPDATE {Notice._meta.db_table}
           SET state = CASE channel WHEN '{Channel.INAPP}' THEN state ELSE '{State.CANCELLED}' END,
               read_at = CASE channel WHEN '{Channel.INAPP}' THEN %s ELSE read_at END,
               send_after = NULL
         WHERE item_id = ANY(%s)
           AND (channel <> '{Channel.INAPP}' AND state IN ('{State.NEW}', '{State.FAILED}')
                OR channel = '{Channel.INAPP}' AND read_at IS NULL AND kind = ANY(%s))"""


def mark_read(notice: Notice) -> int:
    """Mark a notice read, with its copies in the other channels: who opened the mail has read the message."""
    return Notice.objects.filter(
        recipient_id=notice.recipient_id,
        kind=notice.kind,
        subject_key=notice.subject_key,
        round=notice.round,
        ordinal=notice.ordinal,
        read_at__isnull=True,
    ).update(read_at=now())


def mark_all_read(user: User, *, flow_key: str = "") -> int:
    """Mark everything a person sees in the portal as read, or only what belongs to one flow."""
    unread = Notice.objects.visible_to(user).inbox().unread()
    if flow_key:
        unread = unread.filter(case__flow_key=flow_key)
    return unread.order_by().update(read_at=now())


def _sign(actor: Actor, words: str) -> str:
    """Return who decided about a stuck row, and when."""
    return f"{actor.name} {local(now()):%Y-%m-%d %H:%M} {words}"


@transaction.atomic
def confirm_delivered(notice_id: int, *, actor: Actor) -> None:
    """Record that a mail of unknown fate did arrive (待确认 → 已发). Conflict when settled already."""
    changed = Notice.objects.filter(pk=notice_id, state=State.UNKNOWN).update(
        state=State.SENT,
        sent_at=Coalesce(F("sent_at"), Value(now())),
        lease_until=None,
        error=_sign(actor, "确认已送达"),
    )
    _note(changed, notice_id, actor, "确认已送达")


@transaction.atomic
def send_again(notice_id: int, *, actor: Actor) -> None:
    """Put a mail of unknown fate, or one that was given up, back into the outbox. Conflict when settled."""
    stuck = Q(state=State.UNKNOWN) | Q(state=State.FAILED)
    changed = Notice.objects.filter(stuck, pk=notice_id).update(
        state=State.NEW,
        send_after=now(),
        lease_until=None,
        attempts=0,
        resent=False,
        error=_sign(actor, "要求重新发送"),
    )
    _note(changed, notice_id, actor, "要求重新发送")


def _note(changed: int, notice_id: int, actor: Actor, words: str) -> None:
    """Write the decision into the audit log; Conflict when somebody else has decided before."""
    if not changed:
        raise Conflict("这条提醒已经有人处理过了，页面已更新。", "NOTICE_SETTLED")
    record(
        AuditKind.DATA_CHANGED,
        actor=actor,
        object_label=Notice._meta.label_lower,
        object_id=str(notice_id),
        reason=words,
    )
