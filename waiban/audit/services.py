"""The one writer of the audit log, the check of its chain, and the opening of personal values."""

import hashlib
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

import structlog
from axes.helpers import get_client_ip_address
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.http import HttpRequest

from waiban.accounts.actors import Actor
from waiban.accounts.models import User
from waiban.audit.enums import AuditKind, AuditResult
from waiban.audit.models import AuditEvent
from waiban.audit.reveals import may_reveal
from waiban.core.errors import BadInput, Refused
from waiban.core.logs import hide_numbers
from waiban.core.text import clean_text
from waiban.core.time import at, now, today

# Any number, the same in every process: holders of it write the log one after another.
CHAIN_LOCK = 7_311_002
GENESIS = "0" * 64
SHORTEST_REASON = 4


@transaction.atomic
def record(
    kind: str,
    *,
    actor: Actor | None = None,
    user: User | None = None,
    request: HttpRequest | None = None,
    obj: models.Model | None = None,
    object_label: str = "",
    object_id: str = "",
    object_text: str = "",
    result: str = AuditResult.OK,
    reason: str = "",
    detail: dict[str, Any] | None = None,
    acting_for: str = "",
) -> AuditEvent:
    """Append one event and return it. Personal numbers in texts are masked.

    actor or user: who did it (neither: nobody signed in, or the system). obj fills label, id and text.
    Inside a transaction the log is locked until its end, so let this be the last statement; an act that
    cannot be recorded is rolled back with it.
    """
    event = AuditEvent(kind=kind, result=result, at=now(), detail=detail or {}, acting_for=acting_for)
    event.reason = _plain(reason)[:300]
    _name_actor(event, actor, user)
    _name_object(event, obj, object_label, object_id, object_text)
    _name_request(event, request)
    return _append(event)


def _append(event: AuditEvent) -> AuditEvent:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])
    last = AuditEvent.objects.order_by("-number").values_list("number", "hash").first()
    number, event.previous_hash = last or (0, GENESIS)
    event.number = number + 1
    event.hash = event.compute_hash()
    event.save(force_insert=True)
    return event


def _name_actor(event: AuditEvent, actor: Actor | None, user: User | None) -> None:
    if actor is not None and actor.user_id:
        event.actor_id, event.actor_name = actor.user_id, actor.name
        event.office_id, event.seat = actor.office_id, actor.line[:100]
    elif user is not None and user.is_authenticated:
        event.actor_id, event.actor_name, event.office_id = user.pk, user.name, user.office_id


def _name_object(event: AuditEvent, obj: models.Model | None, label: str, pk: str, text: str) -> None:
    if obj is not None:
        label, pk, text = obj._meta.label_lower, obj.pk, text or str(obj)
    event.object_label, event.object_id = label[:60], str(pk)[:60]
    event.object_text = _plain(text)[:200]


def _name_request(event: AuditEvent, request: HttpRequest | None) -> None:
    if request is None:
        return
    event.ip = _address(request)
    key = getattr(getattr(request, "session", None), "session_key", None)
    event.session = hashlib.sha256(key.encode()).hexdigest()[:16] if key else ""
    event.request_id = str(structlog.contextvars.get_contextvars().get("request_id", ""))[:40]


def _address(request: HttpRequest) -> str | None:
    """The client's address in the one form that the database gives back, or the hash would not fit."""
    try:
        found = ip_address(get_client_ip_address(request) or "")
    except ValueError:
        return None
    return str(getattr(found, "ipv4_mapped", None) or found)


def _plain(text: str) -> str:
    """Without personal numbers, and without the NUL that PostgreSQL refuses."""
    return hide_numbers(text.replace("\0", "�"))


@dataclass(frozen=True, slots=True)
class ChainReport:
    """Result of a check: `rows` were read; `broken_at` is the number of the first bad row, 0 when all is
    well.
    """

    rows: int
    broken_at: int = 0
    why: str = ""

    @property
    def ok(self) -> bool:
        """Whether the chain holds."""
        return not self.broken_at


def verify_chain(*, last: int | None = None) -> ChainReport:
    """Read the log in order and tell where it was changed, cut or had a row removed.

    last: only so many rows from the end (for the frequent check); None reads all.
    """
    events = AuditEvent.objects.order_by("number")
    expected, previous = 1, GENESIS
    top = AuditEvent.objects.aggregate(top=models.Max("number"))["top"] or 0
    if last is not None and top > last:
        before = AuditEvent.objects.filter(number__lte=top - last).order_by("-number").first()
        if before is None:
            return ChainReport(0, 1, "开头的记录缺失")
        expected, previous = before.number + 1, before.hash
        events = events.filter(number__gt=before.number)
    rows = 0
    for event in events.iterator(chunk_size=2000):
        rows += 1
        why = _fault(event, expected, previous)
        if why:
            return ChainReport(rows, expected, why)
        expected, previous = event.number + 1, event.hash
    return ChainReport(rows)


def _fault(event: AuditEvent, expected: int, previous: str) -> str:
    if event.number != expected:
        return "序号不连续，有记录缺失"
    if event.previous_hash != previous:
        return "与前一条记录的摘要不符"
    return "" if event.compute_hash() == event.hash else "记录内容与摘要不符"


def reveal(
    actor: Actor, obj: models.Model, field: str, reason: str, *, request: HttpRequest | None = None
) -> str:
    """Open one encrypted value, log it, and return it in plain.

    Raises BadInput without a reason of at least four characters, Refused without the right (registered in
    `audit.reveals`) or beyond settings.REVEALS_PER_DAY openings of this person today. Rule: 个人信息保护法
    art. 28, 51; the value itself is never logged.
    """
    reason = _checked_reason(reason)
    if not may_reveal(actor, obj, field):
        raise Refused("您的岗位不能查看这项个人信息的完整内容。", "REVEAL")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])
        _check_limit(actor)
        label = str(obj._meta.get_field(field).verbose_name)
        record(
            AuditKind.REVEALED,
            actor=actor,
            request=request,
            obj=obj,
            reason=reason,
            detail={"field": field, "field_name": label},
        )
    return getattr(obj, field).reveal()


def _checked_reason(reason: str) -> str:
    try:
        cleaned = clean_text(reason)
    except ValidationError as error:
        raise BadInput({"reason": error.messages[0]}) from error
    if len(cleaned) < SHORTEST_REASON:
        raise BadInput({"reason": f"请写明查看事由（至少 {SHORTEST_REASON} 个字）。"})
    return cleaned


def _check_limit(actor: Actor) -> None:
    opened = AuditEvent.objects.filter(
        actor_id=actor.user_id, kind=AuditKind.REVEALED, at__gte=at(today(), "00:00")
    ).count()
    if opened >= settings.REVEALS_PER_DAY:
        raise Refused(
            f"今天已查看 {opened} 次个人信息，达到每日上限，请明天再办或与科长商量。", "REVEAL_LIMIT"
        )
