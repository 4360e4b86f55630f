"""A participant's own steps."""

from __future__ import annotations

from ..enums import ItemState
from ..record import Record
from ..state import Item
from .lanes import chip_date, step_state


def member_items(record: Record, participant_id: int) -> list[Item]:
    """Return the items of one participant in flow order."""
    return [item for item in record.items if item.participant_id == participant_id]


def member_steps(record: Record, participant_id: int) -> list[tuple[int, str, str, str]]:
    """Return (number, short name, state, date or reason) of one participant's steps."""
    found = []
    for item in member_items(record, participant_id):
        step = record.state.step(item)
        state = step_state([item])
        day = step.na_text if state == "skipped" else chip_date(record, step, [item], state)
        found.append((step.no, step.short, state, day))
    return found


def member_light(record: Record, participant_id: int) -> tuple[str, str]:
    """Return light and word of the participant's most urgent open step."""
    rank = {"red": 0, "amber": 1, "green": 2}
    items = [i for i in member_items(record, participant_id) if i.is_open]
    if not items:
        done = all(
            i.state in (ItemState.DONE, ItemState.SKIPPED) for i in member_items(record, participant_id)
        )
        return ("green", "已办完") if done else ("grey", "未到")
    worst = min(items, key=lambda item: rank.get(item.light, 3))
    return worst.light, worst.light_word
