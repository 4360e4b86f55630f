"""The registers beside the flow: persons and the annual plan."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from delegations.enums import PlanItemState
from delegations.models import AnnualPlan, PlanItem, Traveller
from waiban.accounts.actors import Actor
from waiban.core.errors import BadInput, Conflict

ID_TAKEN = "该身份证号的人员已登记，请直接选用；不在您的列表中的，请联系外办核对。"
NUMBER_TAKEN = "该计划编号已被使用，请换一个编号。"


def save_traveller(*, traveller: Traveller, actor: Actor) -> Traveller:
    """Write a person of the office; raises `BadInput` on "id_number" for one who is registered already."""
    if traveller.office_id is None:
        traveller.office_id = actor.office_id
    try:
        with transaction.atomic():
            traveller.save()
    except IntegrityError:
        raise BadInput({"id_number": ID_TAKEN}) from None
    return traveller


@transaction.atomic
def declare_item(*, item: PlanItem, year: int, places: Any, actor: Actor) -> PlanItem:
    """Write a declared item under the plan of its year, which is opened when it is the first.

    An item that was not taken into the plan is declared anew; an approved one cannot be changed (`Conflict`).
    """
    if item.pk:
        known = PlanItem.objects.select_for_update().get(pk=item.pk)
        if known.state == PlanItemState.APPROVED:
            raise Conflict("该计划项已批复，不能再修改；确需调整的，请另报计划外（调整）项。", "APPROVED")
    if item.office_id is None:
        item.office_id = actor.office_id
    item.plan, _new = AnnualPlan.objects.get_or_create(office_id=item.office_id, year=year)
    item.state = PlanItemState.DECLARED
    item.save()
    item.places.set(places)
    return item


@transaction.atomic
def decide_item(
    *,
    item: PlanItem,
    approve: bool,
    number: int | None = None,
    quota_groups: int = 1,
    quota_people: int | None = None,
    reply_no: str = "",
    replied_on: date | None = None,
) -> PlanItem:
    """Record the reply to a declared item. The caller has checked the right.

    Raises `Conflict` when it has been replied to, `BadInput` on "number" when the number is used.
    """
    fresh = PlanItem.objects.select_for_update().get(pk=item.pk)
    if fresh.state != PlanItemState.DECLARED:
        raise Conflict(f"该计划项{PlanItemState(fresh.state).label}，不能重复批复。", "REPLIED")
    fresh.reply_no, fresh.replied_on = reply_no, replied_on
    fresh.state = PlanItemState.REJECTED
    if approve:
        fresh.state, fresh.number = PlanItemState.APPROVED, number
        fresh.quota_groups, fresh.quota_people = quota_groups, quota_people
    try:
        with transaction.atomic():
            fresh.save()
    except IntegrityError:
        raise BadInput({"number": NUMBER_TAKEN}) from None
    return fresh
