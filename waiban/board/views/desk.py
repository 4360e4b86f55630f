"""/desk/: my queue over all businesses, sorted by slack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from waiban.board import desk, queries
from waiban.board.exports import export_queue
from waiban.board.forms import DeskFilter
from waiban.board.registry import agenda_for, home_for, starts_for
from waiban.core.paging import KeysetPage
from waiban.core.time import local, now, today
from waiban.notices.models import Notice
from waiban.workdays.axis import Axis
from waiban.workdays.services import current_axis
from waiban.workflow.models import Signature, WorkItem
from waiban.workflow.registry import binding_of, current_bindings

QUEUE, OUTSIDE, DONE, MINE = "todo", "outside", "done", "mine"
TABS = {QUEUE: "待办", OUTSIDE: "等待外部", DONE: "已办", MINE: "我发起的"}
NEWS = 4
FOOT = "余量 = 不影响计划日期的机动工作日；负数表示按现有进度将晚于计划日期"
ACTS = (
    ("complete", "批量办理", "check"),
    ("return", "退回", "arrow-back-up"),
    ("reassign", "转办", "user-share"),
)
EMPTY = {
    QUEUE: ("没有待办事项", "有环节到您手上时，会出现在这里，也会发消息给您。"),
    OUTSIDE: ("没有在等外部单位的事项", "使馆审理、省里审批等由外部办理的环节，会列在这里。"),
    DONE: ("还没有办结的事项", "您办结的环节会按时间列在这里。"),
    MINE: ("还没有发起过办件", "您发起的团组等办件会列在这里。"),
}


@dataclass
class Desk:
    """Context of `board/desk.html`."""

    tab: str
    tabs: list[tuple[str, str, int | None, str, bool]]
    due_today: int
    overdue: int
    outside: int
    urgeable: int
    businesses: list[tuple[str, int | None, str, bool]]
    filter_form: DeskFilter | None
    filter_hidden: list[tuple[str, str]]
    active_filters: list[tuple[str, str, str]]
    reset_url: str
    export_url: str
    groups: list[tuple[str, str, list[desk.Line]]]
    first_is_urgent: bool
    total: str
    foot: str
    empty_title: str
    empty_text: str
    schedule: list[tuple[str, str, str, bool]]
    bars: list[desk.Bar]
    bars_note: str
    news: list[tuple[str, str, str, str]]
    batch_url: str
    batch_acts: tuple[tuple[str, str, str], ...] = ACTS
    starts: list[tuple[str, str, str]] = field(default_factory=list)
    signatures: list[Signature] = field(default_factory=list)
    page: KeysetPage | None = None
    past: list[tuple[str, str, str, str, str]] = field(default_factory=list)
    previous_url: str = ""
    next_url: str = ""
    page_text: str = ""
    empty_url: str = ""
    empty_label: str = ""
    news_total: str = ""


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The desk with its four tabs (`?tab=`), filters in the address, `?export=1` for Excel."""
    elsewhere = home_for(request.actor)
    if elsewhere:
        return redirect(elsewhere)
    tab = request.GET.get("tab", QUEUE)
    tab = tab if tab in TABS else QUEUE
    moment, axis = now(), current_axis()
    todo = _lines(request, queries.todo(request.actor), moment, axis)
    outside = _lines(request, queries.waiting_outside(request.actor), moment, axis)
    request.desk_count = len(todo)
    shown = {QUEUE: todo, OUTSIDE: outside}.get(tab, [])
    form = DeskFilter(request.GET, steps=_steps(shown))
    asked = form.values()
    kept = _filtered(shown, asked)
    if "export" in request.GET and tab in (QUEUE, OUTSIDE):
        return export_queue(kept, title=TABS[tab], actor=request.actor)
    found = _desk(request, tab, todo, outside, kept, form, asked)
    found.bars, found.bars_note = desk.bars(todo, now=moment, axis=axis)
    if tab in (DONE, MINE):
        _look_back(request, tab, found)
    return render(request, "board/desk.html", {"desk": found})


def _lines(request: HttpRequest, items: QuerySet[WorkItem], moment: datetime, axis: Axis) -> list[desk.Line]:
    rows = queries.load(items)
    return desk.lines_from(rows, user_id=request.actor.user_id, now=moment, axis=axis)


def _desk(
    request: HttpRequest,
    tab: str,
    todo: Sequence[desk.Line],
    outside: Sequence[desk.Line],
    kept: Sequence[desk.Line],
    form: DeskFilter,
    asked: dict[str, str],
) -> Desk:
    counts = desk.summarise(todo, outside, now=now())
    lists = tab in (QUEUE, OUTSIDE)
    groups = desk.grouped(kept)
    return Desk(
        tab=tab,
        tabs=_tabs(tab, {QUEUE: len(todo), OUTSIDE: len(outside)}),
        due_today=counts.due_today,
        overdue=counts.overdue,
        outside=counts.outside,
        urgeable=counts.outside_late,
        businesses=_businesses(request, todo if tab == QUEUE else outside, asked) if lists else [],
        filter_form=form if lists else None,
        filter_hidden=[("tab", tab)],
        active_filters=_active(request, form, asked) if lists else [],
        reset_url=f"?{urlencode({'tab': tab})}",
        export_url=f"?{urlencode({'tab': tab, 'export': 1, **asked})}" if kept else "",
        groups=groups,
        first_is_urgent=bool(groups) and groups[0][0] == desk.GROUPS[0][1],
        total=str(len(kept)),
        foot=FOOT,
        schedule=_schedule(request),
        bars=[],
        bars_note="",
        news=_news(request),
        batch_url=reverse("board:batch"),
        starts=[(start.label, reverse(start.url_name), start.icon) for start in starts_for(request.actor)],
        signatures=list(queries.signatures_for(request.actor)) if tab == QUEUE else [],
        **_empty(tab, asked),
    )


def _empty(tab: str, asked: dict[str, str]) -> dict[str, str]:
    """What an empty tab says: what will come, or how to see more."""
    if not asked:
        return {"empty_title": EMPTY[tab][0], "empty_text": EMPTY[tab][1]}
    return {
        "empty_title": "没有符合条件的事项",
        "empty_text": "换一个条件，或清除筛选。",
        "empty_url": f"?{urlencode({'tab': tab})}",
        "empty_label": "清除筛选",
    }


def _tabs(active: str, counts: dict[str, int]) -> list[tuple[str, str, int | None, str, bool]]:
    return [(key, label, counts.get(key), f"?tab={key}", key == active) for key, label in TABS.items()]


def _steps(lines: Sequence[desk.Line]) -> list[tuple[str, str]]:
    found = {(line.step_no, line.step_value, f"{line.step_no} {line.step}") for line in lines}
    return [(value, label) for _no, value, label in sorted(found)]


def _filtered(lines: Sequence[desk.Line], asked: dict[str, str]) -> list[desk.Line]:
    wanted = {"flow": "flow_key", "light": "light", "step": "step_value"}
    kept = list(lines)
    for name, attribute in wanted.items():
        if name in asked:
            kept = [line for line in kept if getattr(line, attribute) == asked[name]]
    for word in asked.get("q", "").split():
        kept = [line for line in kept if word in line.text]
    return kept


def _businesses(
    request: HttpRequest, lines: Sequence[desk.Line], asked: dict[str, str]
) -> list[tuple[str, int | None, str, bool]]:
    """The round buttons above the queue: all, and each business that has rows."""
    found: list[tuple[str, int | None, str, bool]] = [
        ("全部业务", None, with_query(request, flow=""), "flow" not in asked)
    ]
    for binding in current_bindings():
        key = binding.flow.key
        if count := sum(1 for line in lines if line.flow_key == key):
            found.append((binding.label, count, with_query(request, flow=key), asked.get("flow") == key))
    return found


def with_query(request: HttpRequest, **changes: str) -> str:
    """Return the query of this page with some values changed; an empty one is removed."""
    query = request.GET.copy()
    for key in ("cursor", "export", *changes):
        query.pop(key, None)
    for key, value in changes.items():
        if value:
            query[key] = value
    return f"?{query.urlencode()}"


def _active(request: HttpRequest, form: DeskFilter, asked: dict[str, str]) -> list[tuple[str, str, str]]:
    """Filters that are set, each with the address without it."""
    found = []
    for name, value in asked.items():
        asked_field = form.fields[name]
        words = dict(getattr(asked_field, "choices", [])).get(value, value)
        found.append((asked_field.label, words, with_query(request, **{name: ""})))
    return found


def _schedule(request: HttpRequest) -> list[tuple[str, str, str, bool]]:
    clock = local(now()).time()
    lines = agenda_for(request.actor, today())
    return [(line.clock, line.text, line.second, line.at is not None and line.at < clock) for line in lines]


def _news(request: HttpRequest) -> list[tuple[str, str, str, str]]:
    rows = Notice.objects.visible_to(request.user).inbox().select_related("case").order_by("-pk")[:NEWS]
    found = []
    for row in rows:
        moment = local(row.created_at)
        clock = f"{moment:%H:%M}" if moment.date() == today() else f"{moment:%m-%d %H:%M}"
        line = " · ".join(part for part in (row.case.reference if row.case else "", clock) if part)
        found.append(("" if row.read_at else "新", row.title, line, row.url))
    return found


def _look_back(request: HttpRequest, tab: str, found: Desk) -> None:
    """Fill the tabs that look back: what I finished, and what I started. Keyset pages, newest first."""
    if tab == DONE:
        page = KeysetPage.of(request, queries.done_by(request.actor), order=("-done_at", "-pk"))
        found.past = [_done_row(item) for item in page.rows]
    else:
        page = KeysetPage.of(request, queries.started_by(request.actor), order=("-pk",))
        found.past = [_case_row(case) for case in page.rows]
    found.page, found.page_text, found.total = page, page.text, str(page.total)
    found.previous_url, found.next_url = page.previous_url, page.next_url


def _done_row(item: WorkItem) -> tuple[str, str, str, str, str]:
    """(title, number, address, what was done, when) of a finished item."""
    case = item.case
    binding = binding_of(case.flow_key, case.flow_version)
    step = binding.flow.by_key[item.step_key]
    who = f"（{item.participant.name}）" if item.participant else ""
    lent = f" · 代{item.acting_for.name}" if item.acting_for else ""
    when = f"{local(item.done_at):%m-%d %H:%M}{lent}"
    return case.title, case.reference, binding.record_url(case), f"{step.no} {step.name}{who}", when


def _case_row(case: Any) -> tuple[str, str, str, str, str]:
    """(title, number, address, where it stands, light word) of a case."""
    url = binding_of(case.flow_key, case.flow_version).record_url(case)
    return case.title, case.reference, url, case.holder_text or case.get_status_display(), case.light_word
