"""Acts on the register of outcomes: enter, correct, follow up."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F

from waiban.audit.enums import AuditKind
from waiban.audit.services import record
from waiban.core.errors import BadInput, Conflict, Refused, Stale
from waiban.core.time import now, today
from waiban.outcomes.enums import EVENTS, Kind, Status
from waiban.outcomes.models import Outcome, OutcomeFollowUp
from waiban.outcomes.rules import OutcomeData, amounts, faults, first_follow_up, may_register, settled
from waiban.workflow.enums import CaseStatus
from waiban.workflow.models import Case

if TYPE_CHECKING:
    from waiban.accounts.actors import Actor

__all__ = ["OutcomeData", "follow_up", "register_outcome", "update_outcome"]

DEAD = (CaseStatus.WITHDRAWN, CaseStatus.REFUSED, CaseStatus.CANCELLED)
_TEXTS = (
    "title", "city", "partner", "domestic_partner", "county", "evidence", "project_code", "department_text",
)  # fmt: skip
_PLAIN = (
    "kind", "signed_on", "place_id", "count", "foreign_units", "people", "is_top500", "project_type",
    "currency", "original_amount",
)  # fmt: skip


def _check_right(actor: Actor, case: Case) -> None:
    """Refuse who may not enter outcomes of a case."""
    if actor.office_id != case.office_id or not may_register(actor, case.department_id):
        raise Refused("成果由本事项的组团单位经办人、领导或外办经办登记。", "NOT_REGISTRAR")


def _columns(data: OutcomeData) -> dict[str, Any]:
    """Return the columns that an entry decides; BadInput (field → sentence) when it is unsound."""
    data = settled(data)
    found = faults(data, today())
    if found:
        raise BadInput(found)
    investment, trade = amounts(data)
    return {
        **{name: getattr(data, name).strip() for name in _TEXTS},
        **{name: getattr(data, name) for name in _PLAIN},
        "investment_yuan": investment,
        "trade_yuan": trade,
        "rate": data.rate,
        "status": "" if data.kind in EVENTS else data.status,
        "next_on": first_follow_up(data),
    }


def _refuse_second(office_id: int, code: str, *, but: int | None = None) -> None:
    """Conflict when the project is registered already, by whichever case: it is counted once."""
    if not code:
        return
    others = Outcome.objects.filter(office_id=office_id, project_code=code).exclude(pk=but)
    first = others.select_related("case").first()
    if first is not None:
        raise Conflict(
            f"项目编码 {code} 已由“{first.case.title}”（{first.case.reference}）登记，同一项目只计一次；"
            "请在该成果下登记跟踪。",
            "OUTCOME_TWICE",
        )


@transaction.atomic
def register_outcome(*, case: Case, actor: Actor, data: OutcomeData) -> Outcome:
    """Enter one outcome of a case.

    Writes the outcome and a line of the audit log. Errors: Refused (no right), BadInput (field → sentence),
    Conflict (case withdrawn, refused or cancelled; project code counted already). Source: delegations 4.6.
    """
    _check_right(actor, case)
    if case.status in DEAD:
        raise Conflict(f"该事项已{CaseStatus(case.status).label}，不再登记成果。", "CASE_OVER")
    columns = _columns(data)
    # The row of the case is the lock: two clicks at once cannot both find the project code free.
    Case.objects.select_for_update(no_key=True).only("pk").get(pk=case.pk)
    _refuse_second(case.office_id, columns["project_code"])
    outcome = Outcome.objects.create(
        office_id=case.office_id, case=case, created_by_id=actor.user_id, created_at=now(), **columns
    )
    record(AuditKind.DATA_CHANGED, actor=actor, obj=outcome, reason="登记成果")
    return outcome


@transaction.atomic
def update_outcome(*, outcome_id: int, actor: Actor, data: OutcomeData, version: int) -> Outcome:
    """Correct an entry as a whole; `version` is that of the page on which it was typed.

    Writes the outcome and a line of the audit log with old and new amounts. Errors as of `register_outcome`,
    and Stale when somebody saved in between.
    """
    outcome = Outcome.objects.select_for_update(of=("self",)).select_related("case").get(pk=outcome_id)
    _check_right(actor, outcome.case)
    if outcome.version != version:
        raise Stale("此成果刚被他人修改，请刷新后核对再保存。")
    columns = _columns(data)
    _refuse_second(outcome.office_id, columns["project_code"], but=outcome.pk)
    before = {name: getattr(outcome, name) for name in columns}
    for name, value in columns.items():
        setattr(outcome, name, value)
    outcome.version += 1
    outcome.save()
    changed = {name: [str(old), str(columns[name])] for name, old in before.items() if old != columns[name]}
    record(AuditKind.DATA_CHANGED, actor=actor, obj=outcome, reason="修改成果", detail=changed)
    return outcome


@transaction.atomic
def follow_up(
    *,
    outcome_id: int,
    actor: Actor,
    on: date,
    note: str,
    status: str = "",
    next_on: date | None = None,
) -> OutcomeFollowUp:
    """Write down what was learnt on a day, and move the outcome to its new status and next day.

    An empty status leaves it as it is; without `next_on` it is not asked about any more. Errors: Refused,
    BadInput (future day, empty note, next day not after this one, status for what has none).
    """
    outcome = Outcome.objects.select_for_update(of=("self",)).select_related("case").get(pk=outcome_id)
    _check_right(actor, outcome.case)
    found = _follow_up_faults(outcome, on, note, status, next_on)
    if found:
        raise BadInput(found)
    row = OutcomeFollowUp.objects.create(
        outcome=outcome,
        on=on,
        note=note.strip(),
        status=status,
        by_id=actor.user_id,
        next_on=next_on,
        created_at=now(),
    )
    Outcome.objects.filter(pk=outcome.pk).update(
        status=status or outcome.status, next_on=next_on, version=F("version") + 1
    )
    return row


def _follow_up_faults(
    outcome: Outcome, on: date, note: str, status: str, next_on: date | None
) -> dict[str, str]:
    """Return what is wrong with a follow-up: field → sentence."""
    found = {}
    if on > today():
        found["on"] = "跟进日期不能晚于今天。"
    elif on < outcome.signed_on:
        found["on"] = "跟进日期不能早于签约（举办）日期。"
    if not note.strip():
        found["note"] = "请填写跟进情况。"
    if next_on is not None and next_on <= on:
        found["next_on"] = "下次跟进日期须晚于本次跟进日期。"
    if status and (status not in Status.values or outcome.kind in EVENTS):
        found["status"] = f"{Kind(outcome.kind).label}没有这一进展。"
    return found
