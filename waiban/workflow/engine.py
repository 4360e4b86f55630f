"""The one door through which a case moves. Nothing else writes a status.

Each act locks the case, loads its items, re-reads state, permission and separation of duties, decides in
`acts` (pure), and writes items, case, log and reminders in the same transaction. Two officers at the same
second have one effect; the other reads who was first. Errors are `waiban.core.errors`; after an error nothing
has changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.urls import reverse

from waiban.accounts.actors import Actor, actor_for
from waiban.accounts.models import User
from waiban.core.errors import ActError, BadInput, Conflict, Refused
from waiban.core.time import local
from waiban.core.time import now as clock_now
from waiban.notices.enums import Channel, Kind
from waiban.notices.services import NoticeRow, cancel_for_items, enqueue

from . import acts, store
from .door import Door, Effect, check, enter, leave, require_open
from .enums import ActionKind, CaseStatus, Mode, ReturnMode
from .models import Participant, Pause, Signature
from .rules import Doer, manager_of, right_to, seats_for
from .settings_rows import limits_of
from .settling import settle
from .state import CaseState, Entry, Item


def complete(
    *,
    case_id: int,
    item_id: int,
    actor: Actor,
    opinion: str = "",
    version: int | None = None,
    effect: Callable[[Door, Item], Effect] | None = None,
) -> CaseState:
    """Finish an open item.

    `effect` runs under the lock, after all checks of the engine, and may write rows of the business; what it
    raises undoes everything. Writes item, successors, schedule, log; cancels and announces reminders.
    Raises `Conflict` (not ready, already done by somebody, closed, paused), `Stale`, `Refused`.
    """
    with enter(case_id) as door:
        item = door.item(item_id)
        doer = check(door, item, actor, version)
        acts.require_complete(door.state, item, doer)
        done = effect(door, item) if effect else Effect()
        acts.complete(
            door.state,
            item,
            doer,
            opinion=opinion,
            data=done.data,
            facts=done.facts,
            dates=done.dates,
            now=door.now,
        )
        door.state.title = done.title or door.state.title
    return door.state


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report of a batch: what happened to an item, in a sentence."""

    item_id: int
    case_id: int
    reference: str
    title: str
    ok: bool
    message: str
    code: str = ""


def complete_many(*, picks: Mapping[int, int], actor: Actor, opinion: str = "") -> list[Row]:
    """Finish one open item in each of many cases, all in one transaction and a handful of statements.

    `picks` maps item id to case id; items must stand on the same step and need no form. A row that cannot be
    done is reported with its reason and leaves its case untouched; the others are done.
    """
    report: list[Row] = []
    with transaction.atomic():
        states, axis = store.load(set(picks.values()))
        moment = clock_now()
        doors: dict[int, Door] = {}
        for item_id, case_id in sorted(picks.items(), key=lambda pair: (pair[1], pair[0])):
            state = states.get(case_id)
            if state is None:
                report.append(Row(item_id, case_id, "", "", False, "该办件不存在。", "NO_CASE"))
                continue
            door = doors.get(case_id) or Door(state, moment, axis)
            row = _complete_one(door, item_id, actor, opinion)
            report.append(row)
            if row.ok:
                doors[case_id] = door
        if doors:
            leave(list(doors.values()))
    return report


def _complete_one(door: Door, item_id: int, actor: Actor, opinion: str) -> Row:
    state = door.state
    try:
        item = door.item(item_id)
        doer = check(door, item, actor, None)
        words = opinion or state.step(item).opinion
        acts.complete(state, item, doer, opinion=words, data={"batch": True}, now=door.now)
    except ActError as error:
        return Row(item_id, state.id, state.reference, state.title, False, error.message, error.code)
    return Row(item_id, state.id, state.reference, state.title, True, f"{state.step(item).name}已办结")


def claim(*, case_id: int, item_id: int, actor: Actor) -> CaseState:
    """Take an offered item into one's own name. Raises `Conflict` that names who was first."""
    with enter(case_id) as door:
        item = door.item(item_id)
        taken = item.assignee_id not in (None, actor.user_id) and item.claimed_at is not None
        if item.is_open and taken and seats_for(door.state, item, actor):
            who = User.objects.get(pk=item.assignee_id).name
            raise Conflict(f"该环节已由{who}于 {local(item.claimed_at):%m-%d %H:%M} 签收。", "TAKEN")
        doer = check(door, item, actor, None)
        acts.claim(door.state, item, doer, now=door.now)
    return door.state


def release(*, case_id: int, item_id: int, actor: Actor) -> CaseState:
    """Give a taken item back to the queue of its role."""
    with enter(case_id) as door:
        item = door.item(item_id)
        acts.release(door.state, item, check(door, item, actor, None))
    return door.state


def reassign(*, case_id: int, item_id: int, actor: Actor, to_user: User, reason: str) -> CaseState:
    """Hand an open item to another person of the same role (转办), by its holder or a manager.

    Raises `BadInput` when the person does not hold the role or no reason is given.
    """
    if not reason.strip():
        raise BadInput({"reason": "请写明转办的理由。"})
    with enter(case_id) as door:
        item = door.item(item_id)
        require_open(door, item)
        try:
            door.doer = right_to(door.state, item, actor)
        except Refused:
            door.doer = manager_of(door.state, actor, door.state.flow.managers, "转办")
        if not any(not seat.lent for seat in seats_for(door.state, item, actor_for(to_user))):
            raise BadInput({"to_user": f"{to_user.name}不在该岗位上，不能转办给他。"})
        acts.reassign(door.state, item, to_user.pk, to_user.name, reason.strip(), now=door.now)
        cancel_for_items([item_id])
        words = f"{door.doer.name}转办给您：{door.state.step(item).name}，{door.state.title}"
        _tell(door.state, item, to_user.pk, Kind.READY, f"item:{item_id}:v{item.version}", words, reason)
    return door.state


def add_signer(*, case_id: int, item_id: int, actor: Actor, signer: User, question: str) -> Signature:
    """Ask a further person for his opinion before the item can be finished (加签)."""
    if not question.strip():
        raise BadInput({"question": "请写明请其会签的事项。"})
    with enter(case_id) as door:
        item = door.item(item_id)
        doer = check(door, item, actor, None)
        if signer.pk in doer.persons or signer.office_id != door.state.office_id:
            raise BadInput({"signer": "请选择本机构的其他人员会签。"})
        signature, created = Signature.objects.get_or_create(
            item_id=item_id,
            signer=signer,
            defaults={"asked_by_id": actor.user_id, "asked_at": door.now, "question": question.strip()},
        )
        if not created:
            raise BadInput({"signer": f"已请{signer.name}会签，无需重复。"})
        item.signers_pending += 1
        item.version += 1
        door.state.log.append(Entry(ActionKind.ADD_SIGNER, item, question.strip(), {"signer": signer.name}))
        words = f"请您会签：{door.state.step(item).name}，{door.state.title}"
        _tell(door.state, item, signer.pk, "sign", f"sign:{signature.pk}", words, question)
    return signature


def _tell(state: CaseState, item: Item, user_id: int, kind: str, subject: str, title: str, body: str) -> None:
    """Tell one person about an item, in the portal and by mail: one statement."""
    enqueue(
        [
            NoticeRow(
                recipient_id=user_id,
                kind=kind,
                subject_key=subject,
                channel=channel,
                title=title,
                body=body.strip(),
                round=item.round,
                url=reverse("workflow:case", args=[state.id]),
                case_id=state.id,
                item_id=item.id,
            )
            for channel in (Channel.INAPP, Channel.EMAIL)
        ]
    )


def sign(*, signature_id: int, actor: Actor, opinion: str) -> CaseState:
    """Give the opinion that one was asked for. Raises `Refused` for others, `Conflict` when given already."""
    if not opinion.strip():
        raise BadInput({"opinion": "请填写会签意见。"})
    asked = Signature.objects.select_related("item").get(pk=signature_id)
    with enter(asked.item.case_id) as door:
        item = door.item(asked.item_id)
        require_open(door, item)
        if asked.signer_id != actor.user_id:
            raise Refused("该会签不是请您办理的。", "NOT_YOURS")
        changed = Signature.objects.filter(pk=signature_id, signed_at=None).update(
            signed_at=door.now, opinion=opinion.strip()
        )
        if not changed:
            raise Conflict("您已会签，无需重复提交。", "DONE")
        item.signers_pending = max(item.signers_pending - 1, 0)
        item.version += 1
        door.doer = Doer(actor.user_id, actor.name, post="会签")
        door.state.log.append(Entry(ActionKind.SIGN, item, opinion.strip()))
    return door.state


def return_back(
    *,
    case_id: int,
    item_id: int,
    actor: Actor,
    target: str,
    reason_code: str,
    defects: Sequence[str],
    mode: ReturnMode = ReturnMode.REDO,
    version: int | None = None,
) -> CaseState:
    """Send the matter back upstream with one complete list of defects; see `acts.return_back`."""
    with enter(case_id) as door:
        item = door.item(item_id)
        doer = check(door, item, actor, version)
        acts.return_back(
            door.state,
            item,
            doer,
            target=target,
            reason_code=reason_code,
            defects=defects,
            mode=mode,
            now=door.now,
        )
    return door.state


def take_back(*, case_id: int, item_id: int, actor: Actor) -> CaseState:
    """Undo one's own completion while nobody behind it has gone on."""
    with enter(case_id) as door:
        item = door.item(item_id)
        door.doer = right_to(door.state, item, actor)
        acts.take_back(door.state, item, door.doer)
    return door.state


def refuse(*, case_id: int, item_id: int, actor: Actor, reason: str, version: int | None = None) -> CaseState:
    """Refuse the matter on a step that decides; the case ends as 不予批准."""
    with enter(case_id) as door:
        item = door.item(item_id)
        doer = check(door, item, actor, version)
        if not door.state.step(item).decides:
            raise Refused("本环节不是审批环节，不能作出不予批准的决定。", "NO_DECISION")
        acts.check_separation(door.state, item, doer)
        acts.end_case(door.state, ActionKind.REFUSE, reason, item=item, now=door.now)
    return door.state


def withdraw(*, case_id: int, actor: Actor, reason: str) -> CaseState:
    """Take the case back, by the unit that brought it and before it is done."""
    with enter(case_id) as door:
        door.doer = manager_of(door.state, actor, door.state.flow.withdrawers, "撤回")
        _end_pause(door, actor)
        acts.end_case(door.state, ActionKind.WITHDRAW, reason, item=None, now=door.now)
    return door.state


def cancel(*, case_id: int, actor: Actor, reason: str) -> CaseState:
    """Cancel the case, by a manager of the flow."""
    with enter(case_id) as door:
        door.doer = manager_of(door.state, actor, door.state.flow.managers, "取消")
        _end_pause(door, actor)
        acts.end_case(door.state, ActionKind.CANCEL, reason, item=None, now=door.now)
    return door.state


def pause(*, case_id: int, actor: Actor, reason: str) -> CaseState:
    """Stop the clock of the case, with a reason; nothing can be done until it is resumed."""
    with enter(case_id) as door:
        door.doer = manager_of(door.state, actor, door.state.flow.managers, "挂起")
        acts.pause(door.state, reason, now=door.now)
        Pause.objects.create(
            case_id=case_id, starts_at=door.now, reason=reason.strip(), paused_by_id=actor.user_id
        )
    return door.state


def resume(*, case_id: int, actor: Actor) -> CaseState:
    """Let the clock of the case go on."""
    with enter(case_id) as door:
        door.doer = manager_of(door.state, actor, door.state.flow.managers, "恢复")
        _end_pause(door, actor)
        acts.resume(door.state, now=door.now)
    return door.state


def _end_pause(door: Door, actor: Actor) -> None:
    """Close the running interval, where there is one: the case goes on or ends."""
    if door.state.paused_at is not None:
        Pause.objects.filter(case_id=door.state.id, ends_at=None).update(
            ends_at=door.now, resumed_by_id=actor.user_id
        )


def change_mode(*, case_id: int, actor: Actor, mode: Mode) -> CaseState:
    """Switch what is not finished between the standard and the fast limits."""
    with enter(case_id) as door:
        door.doer = manager_of(door.state, actor, door.state.flow.managers, "调整办理方式")
        acts.change_mode(door.state, mode, limits_of(door.state.office_id, door.state.flow, mode))
    return door.state


def update_facts(
    *,
    case_id: int,
    actor: Actor,
    facts: Mapping[str, Any] | None = None,
    dates: Mapping[str, str | None] | None = None,
    title: str = "",
    note: str = "",
) -> CaseState:
    """Tell the engine what the business now knows; conditions, readiness and schedule follow at once.

    The caller has checked that the actor may edit the record. Raises `Conflict` for a case that is over.
    """
    with enter(case_id) as door:
        acts.require_running(door.state)
        door.doer = Doer(actor.user_id, actor.name)
        kind = ActionKind.DATES if dates and facts is None else ActionKind.FACTS
        acts.take_facts(door.state, facts, dates)
        door.state.title = title or door.state.title
        door.state.log.append(Entry(kind, None, note, dict(dates or {})))
    return door.state


def remove_participant(
    *,
    case_id: int,
    participant_id: int,
    actor: Actor,
    reason: str,
    facts: Mapping[str, Any] | None = None,
) -> CaseState:
    """Let a participant go; his unfinished items are voided with the reason.

    Raises `BadInput` without a reason, `Conflict` when he has left already.
    """
    with enter(case_id) as door:
        person = Participant.objects.filter(pk=participant_id, case_id=case_id, left_at=None).first()
        if person is None:
            raise Conflict("该人员已退出。", "LEFT")
        door.doer = Doer(actor.user_id, actor.name)
        acts.remove_person(door.state, person.pk, person.name, reason)
        acts.take_facts(door.state, facts, None)
        person.left_at, person.left_reason = door.now, reason.strip()[:200]
        person.save(update_fields=["left_at", "left_reason"])
    return door.state


def recount(case_ids: Iterable[int]) -> int:
    """Run the schedule of running cases again: each half-day, and when the calendar has changed.

    Writes no log entry. Returns the number of cases.
    """
    with transaction.atomic():
        states, axis = store.load(case_ids)
        running = [state for state in states.values() if state.status == CaseStatus.RUNNING]
        moment = clock_now()
        for state in running:
            state.moved = True
            settle(state, now=moment, axis=axis)
        if running:
            store.save(running, {state.id: None for state in running}, now=moment)
    return len(running)
