"""The panel 假如: its knobs, its answer in words and its table of situations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from waiban.core.time import WEEKDAYS

from ..record import Record
from .gantt import Trial, advice, situations


@dataclass(slots=True)
class WhatIfPanel:
    """Context of the panel; see the template for the tuples."""

    target_label: str
    goal_label: str
    date: str
    date_note: str
    switches: list[tuple[str, str, bool, list[str]]]
    situations: list[tuple]
    light: str
    light_word: str
    sentence: str
    hint: str
    reset_url: str
    action_url: str
    hidden: list[tuple[str, str]]


def read_trial(record: Record, query: Mapping[str, str]) -> Trial:
    """Read a trial from the address; what cannot be read, or changes nothing, is left out."""
    try:
        target = date.fromisoformat(query.get("exit", ""))
    except ValueError:
        target = None
    if target == record.state.target_date or (target and not 2020 <= target.year <= 2039):
        target = None
    keys = frozenset(what.key for what in record.binding.whatifs if query.get(what.key))
    return Trial(target, keys)


def panel(record: Record, trial: Trial, *, action_url: str, reset_url: str) -> WhatIfPanel:
    """Build the panel for a trial."""
    found = situations(record, trial)
    chosen = next((s for s in found if s.chosen), found[0])
    sentence, hint = advice(record, trial, found) if trial else ("按现有进度", "")
    if not trial:
        sentence = _present(chosen)
    day = trial.target or record.state.target_date
    note = f"{'试算' if trial.target else '未改'} · {WEEKDAYS[day.weekday()]}" if day else "尚未定日期"
    return WhatIfPanel(
        target_label=record.state.flow.target_label,
        goal_label=record.state.flow.goal_label,
        date=day.isoformat() if day else "",
        date_note=note,
        switches=[(w.key, w.label, w.key in trial.keys, w.hint.split("；")) for w in record.binding.whatifs],
        situations=[
            (s.label, s.work, s.day_number, s.day_label, s.slack, s.light, s.light_word, s.chosen)
            for s in found
        ],
        light=chosen.light,
        light_word=chosen.light_word,
        sentence=sentence,
        hint=hint,
        reset_url=reset_url if trial else "",
        action_url=action_url,
        hidden=[("tab", "gantt")],
    )


def _present(chosen) -> str:
    if chosen.day is None:
        return "该办件已无待排环节"
    slack = "" if chosen.slack is None else f"，余量 {chosen.slack / 2:g} 个工作日"
    return f"按现有进度预计 {chosen.day_label} 达成{slack}"
