"""The acts as pure decisions on a loaded case: check, change the state, leave log entries. No database.

Every act is followed by `settling.settle`. Errors are those of `waiban.core.errors`; on an error the state
must be thrown away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from waiban.core.errors import ActError, BadInput, Conflict, Stale
from waiban.core.time import local

from .enums import ActionKind, CaseStatus, ItemState, Mode, ReturnMode
from .rules import Doer, check_separation
from .settling import close, open_state, stand_down
from .state import CaseState, Entry, Item, Person


def require_running(state: CaseState) -> None:
    """Raise `Conflict` unless the case is running and its clock is not paused."""
    if state.status != CaseStatus.RUNNING:
        raise Conflict(f"该办件已{CaseStatus(state.status).label}，不能再办理。", "CLOSED")
    if state.paused_at is not None:
        raise Conflict("该办件已挂起，恢复后才能办理。", "PAUSED")


def require_open(state: CaseState, item: Item, names: Mapping[int, str], version: int | None = None) -> None:
    """Raise `Conflict` unless the item can be acted on; `Stale` when the page was older than the item.

    `names` gives the names of users for the polite answer to a second click.
    """
    require_running(state)
    step = state.step(item)
    if item.state == ItemState.DONE and item.done_at is not None:
        who = names.get(item.done_by_id or 0, "他人")
        raise Conflict(f"{step.name}已由{who}于 {local(item.done_at):%m-%d %H:%M} 办理。", "DONE")
    if item.state == ItemState.WAITING:
        raise Conflict(f"{step.name}尚未开始：前面的环节还没有办结。", "NOT_READY")
    if not item.is_open:
        raise Conflict(f"{step.name}{ItemState(item.state).label}，不需要办理。", "NOT_OPEN")
    if version is not None and version != item.version:
        raise Stale("页面打开后该环节有了变化，请核对最新内容后再提交；您填写的内容已保留。")


def claim(state: CaseState, item: Item, doer: Doer, *, now: datetime) -> None:
    """Take an offered item. Raises `Conflict` when somebody else has it."""
    if item.assignee_id is not None and item.assignee_id not in doer.persons:
        raise Conflict("该环节已由他人签收。", "TAKEN")
    item.assignee_id, item.claimed_at = doer.user_id, now
    item.state = open_state(item)
    item.version += 1
    if item.id is not None:
        state.closed_items.append(item.id)  # nobody else of the role need look at it
    state.log.append(Entry(ActionKind.CLAIM, item))


def release(state: CaseState, item: Item, doer: Doer) -> None:
    """Give a claimed item back to the queue of its role."""
    if item.assignee_id is None or item.assignee_id not in doer.persons:
        raise Conflict("该环节不在您名下，无需退签。", "NOT_TAKEN")
    item.assignee_id = item.claimed_at = None
    item.state = open_state(item)
    item.version += 1
    state.log.append(Entry(ActionKind.RELEASE, item))


def reassign(state: CaseState, item: Item, to_user: int, to_name: str, reason: str, *, now: datetime) -> None:
    """Hand an open item to a person (转办); its reminders begin anew."""
    item.assignee_id, item.claimed_at = to_user, now
    item.state = open_state(item)
    item.announce(now)
    item.version += 1
    state.log.append(Entry(ActionKind.REASSIGN, item, reason, {"to": to_name}))


def require_complete(state: CaseState, item: Item, doer: Doer) -> None:
    """Raise `Conflict` while signers are missing, `Refused` when separation of duties forbids the act."""
    if item.signers_pending:
        raise Conflict(f"还有 {item.signers_pending} 人未会签，会签齐后才能办结。", "SIGNERS")
    check_separation(state, item, doer)


def complete(
    state: CaseState,
    item: Item,
    doer: Doer,
    *,
    opinion: str,
    data: Mapping[str, Any] | None,
    facts: Mapping[str, Any] | None = None,
    dates: Mapping[str, str | None] | None = None,
    now: datetime,
) -> None:
    """Finish an item with an opinion and what its form produced.

    `facts` replaces the facts of the case, `dates` merges into its dates. Raises as `require_complete` does.
    """
    require_complete(state, item, doer)
    item.state, item.done_at = ItemState.DONE, now
    item.done_by_id, item.acting_for_id = doer.user_id, doer.acting_for_id
    item.opinion, item.data = opinion, dict(data or {})
    item.version += 1
    stand_down(state, item)
    take_facts(state, facts, dates)
    state.log.append(Entry(ActionKind.COMPLETE, item, opinion, dict(data or {})))


def take_facts(
    state: CaseState, facts: Mapping[str, Any] | None, dates: Mapping[str, str | None] | None
) -> None:
    """Take new facts (replacing all) and dates (merging; None removes one) into the state."""
    if facts is not None:
        state.facts = dict(facts)
    if dates:
        merged = {**state.dates, **dates}
        known = {name: value for name, value in merged.items() if value}
        state.moved = state.moved or known != state.dates
        state.dates = known
        if state.flow.target:
            state.target_date = state.date(state.flow.target)


def return_back(
    state: CaseState,
    item: Item,
    doer: Doer,
    *,
    target: str,
    reason_code: str,
    defects: Sequence[str],
    mode: ReturnMode,
    now: datetime,
) -> None:
    """Send the matter back to a step upstream with one complete list of defects (一次性告知).

    Redo opens a new round of the target and of every finished or open item that descends from it; direct
    opens it for the target and lets only the returning step wait for it. Parallel branches stay as they are.
    Raises `BadInput` for a target, reason or list that is not allowed.
    """
    listed = [text.strip() for text in defects if text.strip()]
    affected = _affected(state, item, target, mode)
    _require_return(state, item, target, reason_code, listed, affected)
    check_separation(state, item, doer)
    text = f"{state.flow.return_reasons[reason_code]}：{'；'.join(listed)}"
    about = {"target": target, "reason": reason_code, "defects": listed, "mode": mode.value}
    state.log.append(Entry(ActionKind.RETURN, item, text, about))
    item.done_by_id, item.acting_for_id = doer.user_id, doer.acting_for_id
    item.done_at, item.opinion = now, text
    for old in affected:
        fresh = _new_round(state, old, text if old.step_key == target else "")
        if old is item and mode is ReturnMode.DIRECT:
            fresh.direct_wait = target


def _require_return(
    state: CaseState,
    item: Item,
    target: str,
    reason_code: str,
    defects: Sequence[str],
    affected: Sequence[Item],
) -> None:
    if target not in state.step(item).returns:
        raise BadInput({"target": "不能退回到该环节，请从列表中选择。"})
    if not any(other.step_key == target for other in affected):
        raise BadInput({"target": "该环节在本办件中不适用，请退回到其他环节。"})
    if reason_code not in state.flow.return_reasons:
        raise BadInput({"reason_code": "请选择退回原因。"})
    if not defects:
        raise BadInput({"defects": "请一次性列明全部需要补正的内容，每行一项。"})


def _affected(state: CaseState, item: Item, target: str, mode: ReturnMode) -> list[Item]:
    """Return the items that get a new round: the returning one, and the target (with what descends from it).

    A step that does not apply stays closed. What is sent back for one participant is redone for him alone.
    """
    step = state.flow.by_key.get(target)
    wanted = {target} | (
        state.flow.descendants.get(target, frozenset()) if mode is ReturnMode.REDO else set()
    )
    only = item.participant_id if step and step.per_member else None
    return [
        other
        for other in state.current()
        if other is item
        or (
            other.step_key in wanted
            and (other.state == ItemState.DONE or other.is_open)
            and (only is None or other.participant_id in (None, only))
        )
    ]


def _new_round(state: CaseState, old: Item, reason: str) -> Item:
    """Close an item as returned and append its next round, which waits.

    Where what was asked for before has not been done yet, it stays on the list.
    """
    if old.is_open and reason:
        reason = "；".join(text for text in (old.reason, reason) if text)
    old.state = ItemState.RETURNED
    old.version += 1
    stand_down(state, old)
    fresh = Item(
        id=None,
        step_key=old.step_key,
        participant_id=old.participant_id,
        round=old.round + 1,
        state=ItemState.WAITING,
        applies=old.applies,
        role=old.role,
        department_id=old.department_id,
        assignee_id=None,
        outside=old.outside,
        limit=old.limit,
        plan_start=old.plan_start,
        plan_finish=old.plan_finish,
        reason=reason[:500],
        user_id=old.user_id,
        member_name=old.member_name,
    )
    state.items.append(fresh)
    return fresh


def take_back(state: CaseState, item: Item, doer: Doer) -> None:
    """Undo one's own completion while nothing behind it has been touched.

    Raises `Conflict` when it was another's, or somebody has gone on.
    """
    require_running(state)
    if item.state != ItemState.DONE or item.done_by_id != doer.user_id:
        raise Conflict("只能撤回本人刚办结的环节。", "NOT_YOURS")
    for after in state.current():
        behind = item.step_key in (*state.step(after).after, after.direct_wait) and after.concerns(item)
        touched = max(filter(None, (after.done_at, after.claimed_at)), default=None)
        if behind and touched is not None and item.done_at is not None and touched >= item.done_at:
            raise Conflict(f"后续环节“{state.step(after).name}”已签收或办结，不能再撤回。", "GONE_ON")
    _new_round(state, item, "经办人撤回重办")
    state.log.append(Entry(ActionKind.RETURN, item, "撤回本人办理意见", {"undo": True}))


def end_case(state: CaseState, kind: ActionKind, reason: str, *, item: Item | None, now: datetime) -> None:
    """Withdraw, refuse or cancel the case; the reason is obligatory."""
    status = {
        ActionKind.WITHDRAW: CaseStatus.WITHDRAWN,
        ActionKind.REFUSE: CaseStatus.REFUSED,
        ActionKind.CANCEL: CaseStatus.CANCELLED,
    }[kind]
    if state.status != CaseStatus.RUNNING:
        raise Conflict(f"该办件已{CaseStatus(state.status).label}。", "CLOSED")
    if not reason.strip():
        raise BadInput({"reason": f"请写明{kind.label}的理由。"})
    if kind is ActionKind.WITHDRAW and state.goal_at is not None:
        raise ActError(f"该办件已{state.flow.goal_label}，不能撤回。", "GONE")
    state.log.append(Entry(kind, item, reason))
    close(state, status, reason, now)


def pause(state: CaseState, reason: str, *, now: datetime) -> None:
    """Stop the clock; nothing can be done until it is resumed."""
    require_running(state)
    if not reason.strip():
        raise BadInput({"reason": "请写明挂起的原因。"})
    state.paused_at, state.pause_count = now, state.pause_count + 1
    state.pauses.append((now, None))
    for item in state.current():
        if item.is_open:
            item.announce(None)
    state.log.append(Entry(ActionKind.PAUSE, None, reason))


def resume(state: CaseState, *, now: datetime) -> None:
    """Let the clock go on; the limits are longer by the time it stood."""
    if state.paused_at is None:
        raise Conflict("该办件没有挂起。", "NOT_PAUSED")
    state.paused_at, state.moved = None, True
    state.pauses = [(start, end or now) for start, end in state.pauses]
    for item in state.current():
        if item.is_open:
            item.announce(now, tell=True)
    state.log.append(Entry(ActionKind.RESUME, None))


def add_person(state: CaseState, person: Person, items: Sequence[Item]) -> None:
    """Take a participant in, with the items of the per-member steps."""
    require_running(state)
    state.items.extend(items)
    state.log.append(Entry(ActionKind.JOIN, None, person.name, {"participant": person.id}))


def remove_person(state: CaseState, person_id: int, name: str, reason: str) -> None:
    """Let a participant go: his unfinished items are voided with the reason, finished ones stay.

    What was known about him no longer counts in any condition.
    """
    require_running(state)
    if not reason.strip():
        raise BadInput({"reason": "请写明退出的原因。"})
    for item in state.items:
        if item.participant_id != person_id:
            continue
        item.left = True
        if item.is_live:
            item.state, item.reason = ItemState.VOIDED, f"{name}退出：{reason}"[:500]
            item.version += 1
            stand_down(state, item)
    members = {
        key: known for key, known in (state.facts.get("members") or {}).items() if key != str(person_id)
    }
    state.facts = {**state.facts, "members": members}
    state.log.append(Entry(ActionKind.LEAVE, None, reason, {"name": name}))


def change_mode(state: CaseState, mode: Mode, limits: Mapping[str, int]) -> None:
    """Switch between standard and fast limits for what is not finished. `limits` are half-days by step."""
    require_running(state)
    if state.mode == mode:
        raise Conflict(f"该办件已按{mode.label}办理。", "SAME")
    state.mode, state.moved = mode, True
    for item in state.current():
        if item.is_live or item.state == ItemState.SKIPPED:
            item.limit = limits.get(item.step_key, state.limit_of(state.step(item)))
    state.log.append(Entry(ActionKind.MODE, None, mode.label))
