"""The member's phone: his few things in the words of an applicant, never step numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from delegations.enums import Custody, MemberRole
from delegations.facts import Dossier, too_short
from delegations.models import Delegation, Member, Passport, Visa
from waiban.core.templatetags.ui import long_day
from waiban.core.time import WEEKDAYS, local
from waiban.workflow.enums import ItemState
from waiban.workflow.record import Record
from waiban.workflow.rules import may_act
from waiban.workflow.state import Item

Node = tuple[str, str, str]

ATTENDED = ("pre_departure_training", "passport_return")
"""Steps of others at which the member has to appear himself."""

LEADS = ("departure", "abroad_reporting")
"""Steps of the whole group that its leader enters."""

DETAILS = {
    "personnel_filing": "核对基本情况，填写家庭主要成员",
    "bio_collect": "带身份证，到外办采集照片和指纹",
    "visa_form_fill": "核对签证申请表并确认签字",
    "visa_interview": "按预约时间到使馆，带齐材料",
    "pre_departure_training": "外事纪律、安全保密和礼宾，现场签到",
    "passport_return": "回国后 7 天内交回护照",
    "departure": "离境当天登记，系统据此计算在外天数",
    "abroad_reporting": "抵达报备，变更行程先请示",
}

ACTIONS = {
    "personnel_filing": "去填写",
    "visa_form_fill": "去确认",
    "bio_collect": "登记采集",
    "visa_interview": "登记面谈",
    "departure": "登记出境",
    "abroad_reporting": "登记回国",
}

HELD = {
    Custody.STORED: "在外办证照库",
    Custody.OUT: "已出库，正在送签",
    Custody.RELEASED: "已发给您，请妥善保管",
    Custody.CANCELLED: "已注销",
    Custody.LOST: "已挂失",
}

PASSPORT_TRACK = (
    ("passport_loan_out", "送签"),
    ("visa_collect", "取签"),
    ("documents_release", "发给您"),
    ("passport_return", "交回"),
)
NEW_PASSPORT_TRACK = (
    ("bio_collect", "采集"),
    ("passport_form", "填表"),
    ("passport_review_submit", "报省"),
    ("passport_make", "制证"),
    ("passport_collect_register", "入库"),
)
VISA_TRACK = (
    ("visa_form_fill", "填表"),
    ("visa_material_review", "审核"),
    ("visa_submit", "送签"),
    ("visa_interview", "面谈"),
    ("visa_adjudicate", "审理"),
    ("visa_collect", "取签"),
)


@dataclass(frozen=True, slots=True)
class Trip:
    """Head of the page."""

    title: str
    reference: str
    person: str
    role: str
    days_left: int | None
    days_word: str
    out_label: str
    back_label: str


@dataclass(slots=True)
class Task:
    """One thing. `state` is that of the icon; `order` puts what can be done now first, what is over last."""

    name: str
    detail: str
    state: str
    day: str
    time: str = ""
    left: str = ""
    action_label: str = ""
    action_url: str = ""
    url: str = ""
    order: tuple[int, str] = (9, "")


def trip_of(group: Delegation, member: Member, today: date) -> Trip:
    """Say when it goes out and back, and how far away that is."""
    leaves, returns = group.actual_exit or group.exit_date, group.actual_entry or group.entry_date
    left, word = None, ""
    if leaves and today <= leaves:
        left = (leaves - today).days
        word = "天后出境"
    elif leaves and returns and today <= returns:
        left = (today - leaves).days + 1
        word = f"天 · 共 {(returns - leaves).days + 1} 天"
    return Trip(
        title=group.name,
        reference=group.case.reference,
        person=member.traveller.name,
        role=member.get_role_display(),
        days_left=left,
        days_word=word,
        out_label=f"{long_day(leaves)} 出境" if leaves else "出境日期未定",
        back_label=f"{long_day(returns)} 回国" if returns else "",
    )


def my_items(record: Record, member: Member) -> list[Item]:
    """Return the items that are the member's business, in flow order."""
    role, leader = record.state.flow.member_role, member.role == MemberRole.LEADER
    found = []
    for item in record.items:
        step = record.state.step(item)
        own = item.participant_id == member.pk and (step.who == role or step.key in ATTENDED)
        shared = item.participant_id is None and (step.key in ATTENDED or (leader and step.key in LEADS))
        if own or shared:
            found.append(item)
    return found


def tasks(record: Record, member: Member, visas: Sequence[Visa]) -> list[Task]:
    """What the member has to do: now, then by date, then what is over or spared."""
    found = [_task(record, member, item, visas) for item in my_items(record, member)]
    return sorted(found, key=lambda task: task.order)


def counts(found: Sequence[Task]) -> list[tuple[str, int]]:
    """Figures beside the heading; what is zero is left out."""
    numbers = [
        ("现在办", sum(1 for task in found if task.action_url)),
        ("已办", sum(1 for task in found if task.state == "done")),
        ("免办", sum(1 for task in found if task.state == "skipped")),
    ]
    return [(word, number) for word, number in numbers if number]


def _task(record: Record, member: Member, item: Item, visas: Sequence[Visa]) -> Task:
    step = record.state.step(item)
    task = Task(step.public, DETAILS.get(step.key, ""), "waiting", "")
    if item.state == ItemState.SKIPPED:
        task.detail = _spared(member, step.key, step.na_text)
        task.state, task.day, task.order = "skipped", "免办", (8, "")
        return task
    if item.state == ItemState.DONE:
        task.state, task.day, task.order = "done", "已办", (7, str(step.no).zfill(2))
        task.time = f"{local(item.done_at):%m-%d}" if item.done_at else ""
        return task
    booked = _booked(visas) if step.key == "visa_interview" else None
    moment = booked or item.due_at
    task.day = _short(moment)
    task.order = (2, f"{local(moment):%F %H:%M}" if moment else "9")
    if booked:
        task.time = f"{local(booked):%H:%M}"
        task.detail = (
            next((v.appointment_place for v in visas if v.appointment_at == booked), "") or task.detail
        )
    elif moment:
        task.time = f"{local(moment):%H:%M} 前"
    if may_act(record.state, item, record.actor) and record.case.paused_at is None:
        if booked and record.now < booked:
            return task
        task.state, task.order = "ready", (1, task.order[1])
        task.left = _left(record, item.due_at)
        task.action_label = ACTIONS.get(step.key, step.verb)
        task.action_url = reverse("delegations:me_task", args=[record.case.pk, item.id])
    return task


def _spared(member: Member, key: str, reason: str) -> str:
    if key == "bio_collect" and member.traveller.biometrics_on:
        return f"{member.traveller.biometrics_on.year} 年已采集，这次不用再去"
    return f"{reason}，这次不用办"


def _booked(visas: Sequence[Visa]) -> datetime | None:
    return min((v.appointment_at for v in visas if v.needed and v.appointment_at), default=None)


def _short(moment: datetime | None) -> str:
    if moment is None:
        return "日期待定"
    day = local(moment).date()
    return f"{day:%m-%d} {WEEKDAYS[day.weekday()]}"


def _left(record: Record, due_at: datetime | None) -> str:
    if due_at is None:
        return ""
    due, today = local(due_at).date(), local(record.now).date()
    if record.now > due_at:
        return "已过时限"
    days = record.axis.between(today, due) // 2
    return f"还剩 {days} 个工作日" if days > 0 else "今天办"


def _nodes(record: Record, member: Member, track: Sequence[tuple[str, str]]) -> list[Node]:
    """Short track of steps: done before, now the first that is not, to do behind."""
    nodes: list[Node] = []
    now_given = False
    for key, word in track:
        items = [i for i in record.by_step.get(key, []) if i.participant_id in (None, member.pk)]
        live = [item for item in items if item.state != ItemState.SKIPPED]
        if not live:
            continue
        item = live[0]
        if item.state == ItemState.DONE:
            nodes.append((word, f"{local(item.done_at):%m-%d}" if item.done_at else "", "done"))
            continue
        state = "todo" if now_given else "now"
        now_given = True
        nodes.append((word, f"{local(item.due_at):%m-%d}" if item.due_at else "", state))
    return nodes


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where the passport is."""

    place: str
    keeper: str
    number: str
    valid: str
    nodes: list[Node]


def passport_of(record: Record, dossier: Dossier, member: Member, keeper: str) -> Whereabouts:
    """Say where the document is and what happens to it; for a new one, how far it is."""
    document = dossier.document(member)
    fresh = any(
        item.participant_id == member.pk and item.state not in (ItemState.SKIPPED, ItemState.DONE)
        for item in record.by_step.get("passport_collect_register", [])
    )
    if document is None or fresh:
        nodes = _nodes(record, member, NEW_PASSPORT_TRACK)
        if nodes and fresh:
            return Whereabouts("正在办理新护照", "办好后存外办证照库", "待发", "办好后这里显示有效期", nodes)
        if document is None:
            return Whereabouts("外办还没有登记您的因公护照", "核查后会告诉您", "—", "", [])
    held = HELD[Custody(document.custody)]
    nodes = _nodes(record, member, PASSPORT_TRACK)
    state = "done" if any(n[2] == "done" for n in nodes) else "now"
    if nodes and state == "now":
        nodes = [(word, day, "todo") for word, day, _state in nodes]
    first = ("在库", "", state)
    return Whereabouts(
        held,
        f"{keeper}经手" if keeper else document.location or "外办保管",
        document.number.mask,
        _valid(document, dossier),
        [first, *nodes] if nodes else [],
    )


def _valid(document: Passport, dossier: Dossier) -> str:
    months = dossier.limits.passport_months
    short = too_short(document, dossier.delegation.entry_date, dossier.limits)
    word = "" if short is None else f"，不足回国后 {months} 个月" if short else f"，满足回国后 {months} 个月"
    return f"有效至 {document.expires_on:%Y-%m-%d}{word}"


def visa_of(record: Record, dossier: Dossier, member: Member, visas: Sequence[Visa]) -> dict[str, Any] | None:
    """Kind of visa and its short track; None where none is needed or nothing is known yet."""
    nodes = _nodes(record, member, VISA_TRACK)
    needed = [visa for visa in visas if visa.needed]
    if not nodes or not needed or member.visa_needed is False:
        return None
    first = needed[0]
    words = [f"{first.place.name} {first.kind}".strip()]
    if first.submit_place:
        words.append(f"送签地 {first.get_submit_place_display()}")
    return {"kind": " · ".join(words), "nodes": nodes}


def interview_of(record: Record, visas: Sequence[Visa], approved: date | None) -> dict[str, Any] | None:
    """The day at the embassy: when, where, what to bring. None without an appointment ahead."""
    ahead = [
        v for v in visas if v.needed and v.appointment_at and local(v.appointment_at).date() >= _today(record)
    ]
    if not ahead:
        return None
    visa = min(ahead, key=lambda v: v.appointment_at)
    moment = local(visa.appointment_at)
    days = (moment.date() - _today(record)).days
    paper = "批件已制发，可打印" if approved else "批件制发后可打印"
    return {
        "countdown": f"还有 {days} 天" if days else "就是今天",
        "rows": [
            ("时间", f"{long_day(moment.date())} {moment:%H:%M}"),
            ("地点", visa.appointment_place or "以预约单为准"),
            ("签证", f"{visa.place.name} {visa.kind}".strip()),
        ],
        "items": [
            ("预约单", "送签员现场发"),
            ("签证申请表确认页", "签字后可打印"),
            ("护照", "送签员现场发"),
            ("任务批件复印件", paper),
        ],
        "warning": "手机、电脑和背包按使馆要求存放，不带入馆内。",
    }


def _today(record: Record) -> date:
    return local(record.now).date()


PHONE = re.compile(r"\+?\d[\d-]{5,}\d")
CONSULAR = ("外交部全球领保热线", "+86-10-12308", "+861012308")


def spaced(number: str) -> str:
    """Write a mobile number as it is read: 139 0000 2618."""
    return f"{number[:3]} {number[3:7]} {number[7:]}" if len(number) == 11 and number.isdigit() else number


def contacts(group: Delegation) -> list[tuple[str, str, str]]:
    """Whom to call: only what the record and the settings hold, and the state's consular hotline.

    The contact of the group left his number for its members, so it is not masked here.
    """
    found = []
    number = group.contact_phone.reveal()
    if group.contact_name and number:
        line = f"{group.case.department.short_name} · {spaced(number)}"
        found.append((f"团组联络人 {group.contact_name}", line, number))
    desk = PHONE.search(settings.HELPDESK)
    if desk:
        found.append(("外办", settings.HELPDESK, desk.group().replace("-", "")))
    return [*found, CONSULAR]


def places(case_id: int, active: str) -> list[tuple[str, str, str, bool]]:
    """The four places at the bottom of the page."""
    names = (
        ("me", "我的事", "list-check"),
        ("me_trip", "行程", "plane"),
        ("me_allowance", "补助", "file-text"),
        ("me_help", "求助", "lifebuoy"),
    )
    return [
        (word, icon, reverse(f"delegations:{name}", args=[case_id]), name == active)
        for name, word, icon in names
    ]
