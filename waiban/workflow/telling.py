"""Who hears of a work item, and in which words: reminders become rows of the notice ledger, in one statement.

The rules are those of `rules.right_to`: the person who has taken the step; the participant whose own step it
is; else everybody who now holds the role (in the department where one is set, in the unit of the case for
roles of a unit). For a step outside the office those who record its result hear of it too, elsewhere only
when nobody holds the role. On leave the stand-in hears instead. Where there is nobody at all, the owner of
the case is told.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from django.urls import reverse

from waiban.core.time import local
from waiban.notices.enums import Kind, Level
from waiban.notices.services import enqueue_from

from .definition import Step
from .registry import flow_of

LEVELS = {
    Kind.READY: Level.INFO,
    Kind.NEAR: Level.NEAR,
    Kind.DUE_TODAY: Level.NEAR,
    Kind.OVERDUE: Level.OVERDUE,
}

# Candidates in, notices out: of each item only the best rank that has anybody is told. Parameters: candidates
# (JSON), today four times. A candidate is a person (`holder`) or everybody who holds a role. Few joins on
# purpose: the statement is planned anew within each act, and planning is most of its price.
_TELL = """
    SELECT coalesce(deputy.id, r.reader) AS recipient_id, r.case_id, r.item_id, r.kind, r.subject_key,
           r.round, r.ordinal, channel, r.title, concat_ws(E'\n', r.body,
               CASE WHEN deputy.id IS NOT NULL THEN '代' || r.name || '办理' END) AS body,
           r.url, r.level, r.due_at, r.late
      FROM (SELECT g.*, u.id AS reader, u.name, u.email, min(g.rank) OVER (PARTITION BY g.item_id) AS best
              FROM jsonb_to_recordset(%s::jsonb) AS g (
                   item_id bigint, case_id bigint, office bigint, unit bigint, department bigint,
                   holder bigint, role text, rank int, lendable boolean, flow text, kind text,
                   subject_key text, round int, ordinal int, title text, body text, url text, level text,
                   due_at timestamptz, late boolean)
              LEFT JOIN (accounts_position h
                         JOIN accounts_department d ON d.id = h.department_id AND d.is_active)
                ON h.role = g.role AND d.office_id = g.office
               AND h.since <= %s AND (h.until IS NULL OR h.until >= %s)
               AND CASE d.kind WHEN 'unit' THEN d.id = g.unit
                               ELSE g.department IS NULL OR d.id = g.department END
              JOIN accounts_user u ON u.id = coalesce(g.holder, h.user_id) AND u.is_active) r
      LEFT JOIN (accounts_standin i
                 JOIN accounts_user deputy ON deputy.id = i.substitute_id AND deputy.is_active)
        ON r.lendable AND i.principal_id = r.reader AND i.revoked_at IS NULL AND i.flow_key IN ('', r.flow)
       AND i.starts <= %s AND i.ends >= %s
     CROSS JOIN (VALUES ('inapp'), ('email')) AS through (channel)
     WHERE r.rank = r.best
       AND (channel = 'inapp'
            OR (r.kind <> 'ready' OR r.role IS NULL) AND coalesce(deputy.email, r.email) <> '')"""


class Subject(NamedTuple):
    """A work item as far as telling of it needs to know."""

    item_id: int
    case_id: int
    office_id: int
    flow_key: str
    flow_version: int
    step_key: str
    unit_id: int
    owner_id: int
    reference: str
    title: str
    role: str
    department_id: int | None
    assignee_id: int | None
    member_id: int | None
    member: str
    round: int
    outside: bool
    due_at: datetime | None
    due_tentative: bool


@dataclass(frozen=True, slots=True)
class Telling:
    """What is to be said about an item; `word` opens the title."""

    subject: Subject
    kind: str
    word: str
    ordinal: int = 0
    late: bool = False


def tell(
    tellings: Sequence[Telling], now: datetime, people: Mapping[int, Sequence[int]] | None = None
) -> int:
    """Write the notices, one statement; those already written stay as they are. Return how many are new.

    people: user ids of the participants by case, for steps that all of them may do. New work comes by mail
    only to a person whose own it is; a pool sees it in the portal.
    """
    if not tellings:
        return 0
    rows = [row for telling in tellings for row in _candidates(telling, people or {})]
    today = local(now).date()
    return enqueue_from(_TELL, [json.dumps(rows, ensure_ascii=False, default=_plain), *[today] * 4])


def _candidates(telling: Telling, people: Mapping[int, Sequence[int]]) -> Iterator[dict[str, Any]]:
    """Those who may hear of it, by rank: 0 who it is with, 1 who may record it, 2 the owner of the case."""
    subject = telling.subject
    step = flow_of(subject.flow_key, subject.flow_version).by_key[subject.step_key]
    said = _said(telling, step)
    if subject.assignee_id is not None:
        yield said | {"holder": subject.assignee_id, "rank": 0, "lendable": True}
    else:
        own = own_step(subject.flow_key, subject.flow_version, step)
        mine = (subject.member_id,) if step.per_member else people.get(subject.case_id, ())
        for person in mine if own else ():
            if person is not None:
                yield said | {"holder": person, "rank": 0, "lendable": False}
        if not own:
            yield said | {
                "role": subject.role,
                "rank": 0,
                "lendable": True,
                "department": subject.department_id,
            }
        for role in step.recorders:
            yield said | {"role": role, "rank": 0 if subject.outside else 1, "lendable": True}
    nobody = f"{said['body']}\n该岗位暂无人员，请联系系统管理员安排办理人。"
    yield said | {"holder": subject.owner_id, "rank": 2, "lendable": True, "body": nobody}


def own_step(flow_key: str, flow_version: int, step: Step) -> bool:
    """Whether a step is done by participants themselves."""
    return step.who == flow_of(flow_key, flow_version).member_role


def _said(telling: Telling, step: Step) -> dict[str, Any]:
    """What all candidates of an item share."""
    subject = telling.subject
    head, tail = _link()
    member = f"（{subject.member}）" if subject.member else ""
    due = f":{local(subject.due_at):%Y%m%d}" if subject.due_at and telling.kind != Kind.READY else ""
    return {
        "item_id": subject.item_id,
        "case_id": subject.case_id,
        "office": subject.office_id,
        "unit": subject.unit_id,
        "flow": subject.flow_key,
        "kind": telling.kind,
        "subject_key": f"item:{subject.item_id}{due}",
        "round": subject.round,
        "ordinal": telling.ordinal,
        "title": f"{telling.word}：{step.name}{member}，{subject.title}"[:200],
        "body": "\n".join(filter(None, [subject.reference, _limit(subject)])),
        "url": f"{head}{subject.case_id}{tail}",
        "level": LEVELS[Kind(telling.kind)],
        "due_at": subject.due_at,
        "late": telling.late,
    }


def _limit(subject: Subject) -> str:
    """The limit in words; in a year without published holidays it is provisional."""
    if subject.due_at is None:
        return ""
    day = local(subject.due_at)
    tentative = "（当年放假安排未公布，待定）" if subject.due_tentative else ""
    return f"时限：{day.year}年{day.month}月{day.day}日 17:30{tentative}"


@cache
def _link() -> tuple[str, str]:
    """The address of a case before and behind its number."""
    head, _number, tail = reverse("workflow:case", args=[0]).rpartition("0")
    return head, tail


def _plain(value: date) -> str:
    return value.isoformat()
