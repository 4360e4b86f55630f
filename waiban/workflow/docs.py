"""The page of a flow for people: its table and a chart of each stage, generated so that it never lags behind.

`docs/flow-<key>.md` is written by `manage.py flow_docs`; a test compares the file with the table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings

from waiban.accounts.enums import Role

from .definition import Flow, Stage, Step

HEAD = ("号", "环节", "办理岗位", "时限（标准 / 快办）", "前置", "适用条件", "可退回", "要件 → 产出", "依据")


def path_of(flow: Flow) -> Path:
    """Return the file that holds the page of a flow."""
    return Path(settings.BASE_DIR) / "docs" / f"flow-{flow.key}.md"


def to_markdown(flow: Flow) -> str:
    """Return the page of a flow: numbers, table, one chart a stage."""
    lines = [
        f"# {flow.name}",
        "",
        f"Flow `{flow.key}`, version {flow.version}. Written by `manage.py flow_docs` from the table in the"
        " code; edit the table, not this page.",
        "",
        *_summary(flow),
        "",
        "## 环节",
        "",
        *_table(flow),
        "",
    ]
    for stage in flow.stages:
        lines += [f"## {stage.name}：流程图", "", "```mermaid", *_chart(flow, stage), "```", ""]
    lines += ["图例：双框为每名参加人一份，圆角为等待外部，虚线为退回；灰框在其他阶段。", ""]
    return "\n".join(lines)


def _summary(flow: Flow) -> Iterator[str]:
    per_member = sum(step.per_member for step in flow.steps)
    outside = sum(step.outside for step in flow.steps)
    conditional = sum(bool(step.when) for step in flow.steps)
    anchor, goal = flow.by_key[flow.anchor], flow.by_key[flow.goal]
    yield (
        f"- {len(flow.steps)} 个环节：{per_member} 个每名参加人一份，{outside} 个等待外部，"
        f"{conditional} 个视情况适用"
    )
    yield f"- 起算（T0）：{anchor.no} {anchor.name}办结的次一工作日"
    yield f"- 目标：{goal.no} {goal.name}"
    yield "- 时限为工作日，0.5 为半日；办理时限均截至当日 17:30"


def _table(flow: Flow) -> Iterator[str]:
    yield f"| {' | '.join(HEAD)} |"
    yield f"| {' | '.join(['---:'] + ['---'] * (len(HEAD) - 1))} |"
    for step in flow.steps:
        cells = (
            str(step.no),
            f"{step.name}<br>`{step.key}`",
            _who(step),
            _limit(step),
            _numbers(flow, step.after),
            step.condition_text if step.when else "",
            _numbers(flow, step.returns),
            f"{'、'.join(step.inputs)} → {'、'.join(step.outputs)}" if step.inputs or step.outputs else "",
            step.basis,
        )
        yield f"| {' | '.join(_cell(text) for text in cells)} |"


def _who(step: Step) -> str:
    notes = [str(Role(step.who).label)]
    if step.per_member:
        notes.append("每人一份")
    if step.outside:
        notes.append("外部")
    if step.recorders:
        notes.append(f"可由{'、'.join(str(Role(role).label) for role in step.recorders)}登记")
    return "<br>".join(notes)


def _limit(step: Step) -> str:
    if step.calendar_days:
        return f"{step.calendar_days} 个自然日"
    return f"{step.limit / 2:g} / {step.fast / 2:g}"


def _numbers(flow: Flow, keys: Iterable[str]) -> str:
    return "、".join(str(number) for number in sorted(flow.by_key[key].no for key in keys))


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _chart(flow: Flow, stage: Stage) -> Iterator[str]:
    """Draw the steps of a stage with their neighbours; the neighbours' own edges belong to their stages."""
    inside = {step.key for step in flow.steps if step.stage == stage.key}
    yield "flowchart LR"
    strangers: dict[str, Step] = {}
    for step in flow.steps:
        if step.key in inside:
            yield f"    {_shape(step)}"
    for step in flow.steps:
        for key in step.after:
            if step.key in inside or key in inside:
                strangers |= {k: flow.by_key[k] for k in (key, step.key) if k not in inside}
                yield f"    {_arrow(flow.by_key[key], step)}"
        if step.key in inside:
            for key in step.returns:
                if key in inside:
                    yield f"    n{step.no} -.-> n{flow.by_key[key].no}"
    for step in sorted(strangers.values(), key=lambda stranger: stranger.no):
        yield f'    n{step.no}["{step.no} {_label(step.short)}"]:::far'
    yield "    classDef far fill:#f3f4f6,stroke:#9ca3af,color:#4b5563"


def _shape(step: Step) -> str:
    days = "" if step.limit == 0 else f"<br/>{_limit(step)}"
    left, right = ("[[", "]]") if step.per_member else ("([", "])") if step.outside else ("[", "]")
    return f'n{step.no}{left}"{step.no} {_label(step.short)}{days}"{right}'


def _arrow(before: Step, step: Step) -> str:
    words = _label(step.condition_text or step.when) if step.when else ""
    return f'n{before.no} -->|"{words}"| n{step.no}' if words else f"n{before.no} --> n{step.no}"


def _label(text: str) -> str:
    return text.replace('"', "#quot;")
