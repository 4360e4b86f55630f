"""The record of a delegation: its head, its papers beside the map, its members as cards."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from delegations.enums import Authority, MemberRole, VisaResult
from delegations.facts import Dossier
from delegations.models import Delegation, Member, Passport, Visa
from waiban.core.time import WEEKDAYS
from waiban.documents.queries import PaperList
from waiban.workflow.enums import ItemState
from waiban.workflow.presenters.members import member_light, member_steps
from waiban.workflow.record import Record

Tab = tuple[str, str, int | None, str, bool]
PaperLine = tuple[str, str, str, str]

TABS = (
    ("map", "环节图"),
    ("gantt", "倒排工期"),
    ("overview", "概况"),
    ("members", "成员"),
    ("itinerary", "日程"),
    ("budget", "经费"),
    ("papers", "材料"),
    ("outcomes", "成果"),
    ("log", "日志"),
)


def tags(group: Delegation) -> list[str]:
    """Short words beside the number."""
    found = [group.get_category_display(), group.get_authority_display()]
    if group.needs_province_confirm and group.authority == Authority.MUNICIPAL:
        found.append("须省级确认")
    if group.case.paused_at is not None:
        found.append("已挂起")
    return found


def facts(dossier: Dossier) -> list[tuple[str, str]]:
    """The line of facts below the title."""
    group = dossier.delegation
    found = [("组团单位", group.case.department.short_name)]
    if dossier.leader:
        found.append(("团长", dossier.leader.traveller.name))
    size = [f"{len(dossier.members)} 人"] if dossier.members else []
    size += [f"{group.days} 天"] if group.days else []
    countries = {stop.place_id for stop in dossier.counted}
    size += (
        [f"{len(countries)} 国" if len(countries) > 1 else dossier.counted[0].place.name] if countries else []
    )
    if size:
        found.append(("", " · ".join(size)))
    if group.exit_date and group.entry_date:
        found.append(("", f"{_day(group.exit_date)} 至 {_day(group.entry_date)}"))
    return found


def _day(day: Any) -> str:
    return f"{day:%m-%d} {WEEKDAYS[day.weekday()]}"


def tabs(group: Delegation, active: str, counts: dict[str, int | None]) -> list[Tab]:
    """The tabs as links that work without scripts."""
    url = reverse("delegations:record", args=[group.pk])
    return [(key, word, counts.get(key), f"{url}?tab={key}", key == active) for key, word in TABS]


def papers_due(record: Record) -> tuple[set[str], set[str]]:
    """Return the papers of the steps in hand, and those of the steps done or next."""
    flow, now, near = record.state.flow, set(), set()
    for key, items in record.by_step.items():
        live = [item for item in items if item.state != ItemState.SKIPPED]
        if any(item.is_open for item in live):
            now.update(flow.by_key[key].outputs)
            for after in flow.successors[key]:
                if any(item.state == ItemState.WAITING for item in record.by_step[after]):
                    near.update(flow.by_key[after].outputs)
        elif live and all(item.state == ItemState.DONE for item in live):
            near.update(flow.by_key[key].outputs)
    return now, near - now


def rail_papers(
    papers: PaperList, now: Collection[str], near: Collection[str]
) -> tuple[list[PaperLine], int]:
    """The checklist beside the map as (state, name, text, address), and how many papers are there.

    What the steps in hand bring forth comes first, then what was handed in, then what is missing or next;
    papers of steps further on stand on the tab of the papers only.
    """
    url = reverse("documents:papers", args=[papers.case_id])
    first, there, later = [], [], []
    for row in papers.rows:
        if row.files:
            one = reverse("documents:file", args=[row.files[-1].pk]) if len(row.files) == 1 else url
            there.append(("done", row.paper, f"{len(row.files)} 份", one))
        elif row.paper in now:
            first.append(("ready", row.paper, "待交", url if papers.may_upload else ""))
        elif row.paper in near:
            later.append(("waiting", row.paper, "未交", ""))
    return first + there + later, len(there)


@dataclass
class MemberCard:
    """Context of `delegations/partials/_member_card.html`: a member with *his* steps."""

    id: int
    name: str
    title: str
    role: str
    is_lead: bool
    passport: str
    visa: str
    light: str
    light_word: str
    left: str
    done: int
    total: int
    url: str
    steps: list[tuple[int, str, str, str]] = field(default_factory=list)


def member_cards(record: Record, dossier: Dossier, left: Sequence[Member]) -> list[MemberCard]:
    """Cards of those who travel, the leader first, and then of those who have left. No queries."""
    present = [_card(record, dossier, member, "") for member in dossier.members]
    gone = {person.id: person.left_reason for person in record.people if person.left_reason is not None}
    return present + [_card(record, dossier, member, gone.get(member.pk) or "已退出") for member in left]


def _card(record: Record, dossier: Dossier, member: Member, left: str) -> MemberCard:
    steps = [] if left else member_steps(record, member.pk)
    live = [state for _no, _short, state, _day in steps if state != "skipped"]
    light, word = ("grey", "已退出") if left else member_light(record, member.pk)
    return MemberCard(
        id=member.pk,
        name=member.traveller.name,
        title=member.title or member.traveller.title,
        role=member.get_role_display(),
        is_lead=member.role == MemberRole.LEADER and not left,
        passport=passport_words(None if left else dossier.document(member)),
        visa="" if left else visa_words(dossier, member),
        light=light,
        light_word=word,
        left=left,
        done=live.count("done"),
        total=len(live),
        url=reverse("delegations:member", args=[dossier.delegation.pk, member.pk]),
        steps=steps,
    )


def passport_words(passport: Passport | None) -> str:
    """Kind, masked number and end of a document."""
    if passport is None:
        return "未登记因公证照"
    return f"{passport} · 有效至 {passport.expires_on:%Y-%m-%d}"


def visa_words(dossier: Dossier, member: Member) -> str:
    """What is known of the visas of this trip."""
    visas: list[Visa] = [v for v in dossier.visas[member.traveller_id] if v.member_id == member.pk]
    if member.visa_needed is False or (visas and not any(visa.needed for visa in visas)):
        return "免签证"
    if not visas:
        return "签证需求未判定"
    names = {stop.place_id: stop.place.name for stop in dossier.stops}
    return "；".join(_visa(names.get(visa.place_id, ""), visa) for visa in visas if visa.needed)


def _visa(place: str, visa: Visa) -> str:
    head = f"{place} {visa.kind}".strip()
    if visa.result == VisaResult.ISSUED and visa.expires_on:
        return f"{head} 有效至 {visa.expires_on:%Y-%m-%d}"
    if visa.result == VisaResult.PENDING and not visa.submitted_on:
        return f"{head} 未送签"
    return f"{head} {visa.get_result_display()}"
