"""What each person of the demo types into the form of each step: (values, rows) by step key."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from delegations.demo.specs import Spec
from delegations.models import Delegation, Member, Visa
from waiban.core.time import SHANGHAI, local, today
from waiban.places.models import Place
from waiban.workdays.services import current_axis

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
Answer = tuple[Mapping[str, Any], Rows]


@dataclass(slots=True)
class Moment:
    """The group under way, and the step that somebody is about to do."""

    spec: Spec
    group: Delegation
    places: list[Place]
    number: int
    item: Any = None
    member: Member | None = None

    @property
    def arrived(self) -> date:
        """The day on which the step arrived."""
        return local(self.item.ready_at).date()


def _plan(m: Moment) -> Answer:
    values = {
        "people": m.spec.people, "days": m.spec.stay, "places": [p.pk for p in m.places],
        "quarter": None, "month": None, "is_investment": m.spec.category == "trade",
    }  # fmt: skip
    return values, {}


def _reply(m: Moment) -> Answer:
    return {"reply_no": f"鲁外计〔{today().year}〕{20 + m.number}号", "replied_on": today()}, {}


TASK = (
    "一、必要性：落实年度重点工作。二、重点任务：拜会目标企业和机构，举办推介会。三、预期成果：达成合作意向。"
)


def _formation(m: Moment) -> Answer:
    exit_date = m.group.exit_date
    days = [m.spec.stay // len(m.places) + (n < m.spec.stay % len(m.places)) for n in range(len(m.places))]
    values = {
        "exit_date": exit_date,
        "entry_date": exit_date + timedelta(days=m.spec.stay - 1),
        "is_investment": m.spec.category == "trade",
        "target_firms": 6 + m.number % 7,
        "task_summary": f"{m.spec.name.removeprefix('赴')}重点任务（演示数据，纯属虚构）",
        "task_detail": TASK,
        "contact_name": m.group.case.owner.name,
        "contact_phone": "13900002618",
    }
    return values, {"stops": [{"place": p, "days": d} for p, d in zip(m.places, days, strict=True)]}


def _letters(m: Moment) -> Answer:
    rows = [
        {
            "place": place,
            "inviter": f"{place.name_en} Trade Council {m.number}",
            "inviter_zh": f"{place.name}贸易促进会（虚构{m.number}）",
            "kind": "organisation",
            "issued_on": today() - timedelta(days=1),
            "valid_from": m.group.exit_date,
            "valid_to": m.group.entry_date,
            "translated": True,
            "no_agent": True,
            "bearer": "self",
        }
        for place in m.places
    ]
    return {}, {"letters": rows}


def _programme(m: Moment) -> Answer:
    halves = 2 * m.spec.stay
    entries = []
    for n in range(halves):
        travel = n in (0, halves - 1) or (len(m.places) > 1 and n == halves // 2)
        entries.append(
            {
                "kind": "transport" if travel else "official",
                "activity": "交通" if travel else f"拜会第 {n} 家机构",
            }
        )
    costs = [{"amount": 6000 + 1500 * m.spec.people + 100 * n, "yuan": ""} for n in range(5)]
    return {}, {"entries": entries, "lines": costs}


def _decision(m: Moment) -> Answer:
    return {"number": f"党组纪要〔{today().year}〕{m.number}号", "summary": "研究同意立项"}, {}


def _audit(m: Moment) -> Answer:
    return {"in_plan": "yes"}, {}


def _filing(m: Moment) -> Answer:
    return {"politics": "中共党员", "family": "配偶 王某（虚构） 1986 年 市直机关"}, {}


def _publicity(m: Moment) -> Answer:
    axis = current_axis()
    ends = min(axis.add(m.arrived, 5), today())
    starts = axis.date_of(axis.index(ends) - 8)[0]
    row = {"starts_on": starts, "ends_on": ends, "address": "单位公开栏和内部局域网", "result": "clear"}
    return {}, {"notices": [row]}


def _publicity_post(m: Moment) -> Answer:
    starts = max(m.arrived, m.group.actual_entry)
    row = {"starts_on": starts, "ends_on": today(), "address": "单位公开栏", "result": "clear"}
    return {}, {"notices": [row]}


def _check(m: Moment) -> Answer:
    if m.member.traveller.passports.exists():
        return {}, {}
    return {"verdict": "new", "reason": "首次办理因公护照"}, {}


def _serial(m: Moment) -> int:
    return m.member.traveller_id


def _register(m: Moment) -> Answer:
    values = {
        "number": f"PE{7500000 + _serial(m)}", "issued_on": today() - timedelta(days=1),
        "expires_on": today() + timedelta(days=1800), "pages_left": 30, "location": "新照待入柜",
    }  # fmt: skip
    return values, {}


def _visa_need(m: Moment) -> Answer:
    known = {"US": {}}
    rows = [known.get(p.code, {"kind": "公务", "submit_place": "beijing"}) for p in m.places]
    return {}, {"needs": rows}


def _visa_form(m: Moment) -> Answer:
    count = Visa.objects.filter(member=m.member, needed=True).count()
    rows = [{"form_no": f"AA{_serial(m):06d}{n}", "form_on": today()} for n in range(count)]
    return {"photo": True, "truthful": True}, {"visas": rows}


def _fees(m: Moment) -> Answer:
    count = Visa.objects.filter(member=m.member, needed=True).count()
    return {}, {"visas": [{"fee": 800, "fee_receipt": f"R{_serial(m)}{n}"} for n in range(count)]}


def _submit_visa(m: Moment) -> Answer:
    day = current_axis().add(today(), 2)
    if not Visa.objects.filter(member__delegation=m.group, presence=True).exists():
        return {}, {}
    at = datetime.combine(day, time(8, 30), tzinfo=SHANGHAI)
    return {"appointment_at": at.strftime("%Y-%m-%dT%H:%M"), "appointment_place": "使馆签证处（演示）"}, {}


def _granted(m: Moment) -> Answer:
    row = {
        "result": "issued", "issued_on": today(), "expires_on": today() + timedelta(days=720),
        "entries": "多次", "stay_days": 90,
    }  # fmt: skip
    count = Visa.objects.filter(member=m.member, needed=True).count()
    return {}, {"visas": [row] * count}


def _training(m: Moment) -> Answer:
    everybody = [str(pk) for pk in m.group.members.filter(left=False).values_list("pk", flat=True)]
    return {"place": "市外办二楼会议室", "attended": everybody, "promised": everybody}, {}


def _outcomes(m: Moment) -> Answer:
    spec, place = m.spec, m.places[0].pk
    rows: list[dict[str, Any]] = []
    if spec.promotions:
        rows.append({"kind": "promotion", "title": "滨州投资环境推介", "count": spec.promotions})
    if spec.investment:
        rows.append(_project(m, "investment", "投资", spec.investment))
    if spec.trade:
        rows.append(_project(m, "trade", "贸易", spec.trade))
    if not rows:
        return {"reached": "no", "none_note": "本次以洽谈对接为主，暂无签约成果。"}, {}
    for row in rows:
        row |= {"signed_on": m.group.actual_entry, "place": place, "currency": "CNY"}
        row.setdefault("count", 1)
    return {"reached": "yes"}, {"outcomes": rows}


def _project(m: Moment, kind: str, word: str, yuan: int) -> dict[str, Any]:
    """A signed project; the amount is typed in 万元."""
    return {
        "kind": "project",
        "project_type": kind,
        "title": f"{m.group.name.removeprefix('赴')}{word}项目（虚构）",
        "amount": yuan // 10_000,
        "unit": "10000",
        "partner": "外方企业（虚构）",
        "domestic_partner": "滨州企业（虚构）",
        "status": "signed",
        "project_code": f"DEMO-{m.number:02d}-{kind[0].upper()}",
        "evidence": "合作协议文本（演示）",
    }


REPORT = (
    "团组按批准的日程完成出访任务，举办推介活动，拜会目标企业和机构，就重点领域合作达成共识，现将情况报告如下。"
    * 2
)

FIXED: dict[str, Mapping[str, Any]] = {
    "fao_accept": {"complete": True},
    "bio_collect": {"photo_code": "20260000000000000001"},
    "visa_material_pack": {"complete": True},
    "visa_collect": {"checked": True},
    "passport_loan_out": {"to_whom": "驻京送签员"},
    "province_submit": {"number": "滨外呈〔2026〕9号"},
    "province_approve": {"number": "鲁外批〔2026〕108号"},
    "trip_report": {"text": REPORT},
    "outcome_follow": {"summary": "已转投促部门跟进，按期回访。"},
    "ticket_insurance": {"outbound": "CA985", "inbound": "CA986", "amount": 42000},
    "expense_settlement": {"note": "按实际发生核销。"},
}

MADE: dict[str, Callable[[Moment], Answer]] = {
    "annual_plan_declare": _plan,
    "annual_plan_reply": _reply,
    "delegation_formation": _formation,
    "invitation_obtain": _letters,
    "itinerary_budget_draft": _programme,
    "unit_project_approval": _decision,
    "budget_preaudit": _audit,
    "personnel_filing": _filing,
    "publicity_pre": _publicity,
    "publicity_post": _publicity_post,
    "passport_check": _check,
    "passport_form": lambda m: ({"form_no": f"A{_serial(m):05d}"}, {}),
    "passport_review_submit": lambda m: ({"batch_no": f"B{m.number:03d}"}, {}),
    "passport_collect_register": _register,
    "visa_requirement_check": _visa_need,
    "visa_form_fill": _visa_form,
    "visa_material_review": _fees,
    "visa_submit": _submit_visa,
    "visa_adjudicate": _granted,
    "exit_proof": lambda m: ({"number": f"C{_serial(m):05d}"}, {}),
    "pre_departure_training": _training,
    "departure": lambda m: ({"actual_exit": today()}, {}),
    "abroad_reporting": lambda m: ({"actual_entry": today()}, {}),
    "outcome_register": _outcomes,
}


def answer(moment: Moment, step_key: str) -> Answer:
    """Return what is typed into the form of a step."""
    if step_key in MADE:
        return MADE[step_key](moment)
    return FIXED.get(step_key, {}), {}
