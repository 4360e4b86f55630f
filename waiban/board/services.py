"""Batches: one act on many chosen rows, with a report that names every row and says why it was not done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from waiban.accounts.actors import Actor
from waiban.core.errors import ActError, BadInput
from waiban.workflow import engine
from waiban.workflow.engine import Row
from waiban.workflow.models import WorkItem
from waiban.workflow.registry import binding_of

MOST = 200
"""Rows of one batch; more are refused with a sentence."""

STALE = "页面打开后该环节有了变化，请刷新后再办。"


@dataclass(frozen=True, slots=True)
class Pick:
    """A chosen item in the version that its page showed."""

    item_id: int
    version: int


def read_picks(values: Iterable[str]) -> list[Pick]:
    """Read the values of checkboxes, "<item>:<version>" joined by commas.

    Raises `BadInput` for nothing, for too much and for what is not a number.
    """
    picks = []
    for part in (part for value in values for part in value.split(",") if part):
        left, _colon, right = part.partition(":")
        if not (left.isascii() and left.isdigit() and right.isascii() and right.isdigit()):
            raise BadInput("所选事项无法识别，请刷新页面后重新勾选。", "PICKS")
        picks.append(Pick(int(left), int(right)))
    if not picks:
        raise BadInput("请先勾选要办理的事项。", "NO_PICKS")
    if len(picks) > MOST:
        raise BadInput(f"一次最多办理 {MOST} 件，请分批办理。", "TOO_MANY")
    return picks


def require_one_step(items: Iterable[WorkItem]) -> None:
    """Raise `BadInput` unless all items stand on the same step of the same flow."""
    if len({(item.case.flow_key, item.case.flow_version, item.step_key) for item in items}) > 1:
        raise BadInput("批量办理须为同一环节，请只勾选同一环节的事项。", "MIXED_STEPS")


def complete_picked(
    picks: Iterable[Pick], items: Mapping[int, WorkItem], *, actor: Actor, opinion: str
) -> list[Row]:
    """Finish the chosen items with one opinion, in one transaction; returns a row for each.

    Items whose step asks for facts have a form and are reported as such.
    """
    report, ready = _sort_out(picks, items)
    with_form = {item.pk for item in ready if item.step_key in _binding(item).forms}
    report += [
        _row(item, False, "本环节需要填写具体内容，请进入记录逐件办理。", "NEEDS_FORM")
        for item in ready
        if item.pk in with_form
    ]
    chosen = {item.pk: item.case_id for item in ready if item.pk not in with_form}
    return report + (engine.complete_many(picks=chosen, actor=actor, opinion=opinion) if chosen else [])


def act_on_picked(
    picks: Iterable[Pick],
    items: Mapping[int, WorkItem],
    act: Callable[..., Any],
    done: str,
    **arguments: Any,
) -> list[Row]:
    """Do one act of the engine on each chosen item, each in its own transaction; returns a row for each."""
    report, ready = _sort_out(picks, items)
    for item in ready:
        try:
            act(case_id=item.case_id, item_id=item.pk, **arguments)
        except ActError as error:
            report.append(_row(item, False, error.message, error.code))
        else:
            report.append(_row(item, True, done))
    return report


def _sort_out(picks: Iterable[Pick], items: Mapping[int, WorkItem]) -> tuple[list[Row], list[WorkItem]]:
    """Separate what can be tried from what is gone or has changed since the page was made."""
    report, ready = [], []
    for pick in picks:
        item = items.get(pick.item_id)
        if item is None:
            report.append(
                Row(pick.item_id, 0, "", "", False, "该事项不存在，或不在您的可见范围内。", "NO_ITEM")
            )
        elif item.version != pick.version and item.is_open:
            report.append(_row(item, False, STALE, "STALE"))
        else:
            ready.append(item)
    return report, ready


def _binding(item: WorkItem) -> Any:
    return binding_of(item.case.flow_key, item.case.flow_version)


def _row(item: WorkItem, ok: bool, message: str, code: str = "") -> Row:
    return Row(item.pk, item.case_id, item.case.reference, item.case.title, ok, message, code)
