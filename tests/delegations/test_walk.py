"""One delegation goes all 53 steps, each by its holder and through its form."""

from datetime import timedelta
from typing import Any

from delegations.enums import Level, MemberRole
from delegations.models import Delegation, IssuedPaper, PassportMovement
from tests.delegations.desk import Walker, give_passport, make_traveller, start
from waiban.accounts.actors import actor_for
from waiban.core.time import today
from waiban.outcomes.models import Outcome, OutcomeFollowUp
from waiban.places.models import Place
from waiban.workflow import engine
from waiban.workflow.enums import CaseStatus, ItemState

EXIT = timedelta(days=20)
ENTRY = timedelta(days=24)
REPORT = "团组按批准的日程访问芝加哥，举办推介会一场，拜会企业九家，就农产品加工和新材料合作达成意向，" * 2


def prepare(walker: Walker, code: str = "US", **formation: Any) -> None:
    """Steps 1 to 6, for a trip to one country."""
    us = Place.objects.get(code=code)
    units = formation.pop("units", [])
    walker.do(
        "annual_plan_declare", {"people": 4, "days": 5, "places": [us.pk], "quarter": None, "month": None}
    )
    walker.do("annual_plan_reply", {"reply_no": "鲁外计〔2026〕8号", "replied_on": today()})
    walker.do(
        "delegation_formation",
        {
            "exit_date": today() + EXIT,
            "entry_date": today() + ENTRY,
            "task_summary": "对接芝加哥企业",
            "task_detail": "必要性、重点任务和预期成果。",
            "contact_name": "孟凡成",
            "contact_phone": "13900002618",
            **formation,
        },
        {"stops": [{"place": us, "days": 5}], "units": units},
    )
    walker.do(
        "invitation_obtain",
        rows={
            "letters": [
                {
                    "place": us,
                    "inviter": "Chicago Trade Association",
                    "inviter_zh": "芝加哥贸易协会",
                    "kind": "organisation",
                    "issued_on": today() - timedelta(days=3),
                    "valid_from": today() + EXIT,
                    "valid_to": today() + ENTRY,
                    "translated": True,
                    "no_agent": True,
                }
            ]
        },
    )
    entries = [{"kind": "official" if n < 7 else "transport", "activity": f"活动 {n}"} for n in range(10)]
    costs = [{"amount": 1000, "yuan": ""} for _ in range(5)]
    walker.do("itinerary_budget_draft", rows={"entries": entries, "lines": costs})
    walker.do("policy_precheck", by="outbound_clerk")


def apply(walker: Walker) -> None:
    """Steps 7 to 14."""
    walker.do("unit_project_approval", {"number": "商务局党组纪要〔2026〕12号", "summary": "同意立项"})
    walker.do("budget_preaudit", {"in_plan": "yes"})
    walker.each("personnel_filing", {"politics": "中共党员", "family": "配偶 王某 1986 年"})
    walker.each("personnel_review")
    weeks = {"starts_on": today() - timedelta(days=14), "ends_on": today() - timedelta(days=1)}
    walker.do("publicity_pre", rows={"notices": [{**weeks, "address": "局内公开栏", "result": "clear"}]})
    walker.do("application_submit")


def approve(walker: Walker) -> None:
    """Steps 15 to 24, on the city's authority."""
    walker.do("fao_accept", {"complete": True})
    walker.do("fao_case_review")
    walker.do("section_chief_review")
    walker.do("deputy_director_review")
    walker.do("director_approve")
    walker.do("city_leader_approve")
    walker.do("approval_doc_issue")


def passports(walker: Walker) -> None:
    """Steps 25 to 31: the leader has a passport, the member gets one."""
    first, second = walker.members
    walker.do("passport_check", member=first)
    walker.do("passport_check", {"verdict": "new", "reason": "首次办理"}, member=second)
    walker.do("bio_collect", {"photo_code": "1" * 20}, by="unit_clerk", member=second)
    walker.do("passport_form", {"form_no": "A001"}, member=second)
    walker.do("passport_review_submit", {"batch_no": "B001"}, member=second)
    walker.do("passport_make", member=second)
    walker.do(
        "passport_collect_register",
        {
            "number": "PE7654321",
            "issued_on": today(),
            "expires_on": today() + timedelta(days=1800),
            "pages_left": 30,
        },
        member=second,
    )
    walker.each("passport_loan_out", {"to_whom": "驻京送签员"})


def visas(walker: Walker) -> None:
    """Steps 32 to 40."""
    walker.each("visa_requirement_check")
    walker.each(
        "visa_form_fill",
        {"photo": True, "truthful": True},
        {"visas": [{"form_no": "AA001", "form_on": today()}]},
    )
    walker.each("visa_material_pack", {"complete": True})
    walker.each("visa_material_review", rows={"visas": [{"fee": 1185, "fee_receipt": "R1"}]})
    walker.do("visa_note_verbale")
    walker.do("visa_submit")
    walker.each("visa_interview")
    granted = {
        "result": "issued",
        "issued_on": today(),
        "expires_on": today() + timedelta(days=3000),
        "entries": "多次",
        "stay_days": 90,
    }
    walker.each("visa_adjudicate", rows={"visas": [granted]}, by="passport_clerk")
    walker.do("visa_collect", {"checked": True})


def leave(walker: Walker) -> None:
    """Steps 42 to 45."""
    everybody = [str(member.pk) for member in walker.members]
    walker.do(
        "pre_departure_training",
        {"place": "二楼会议室", "attended": everybody, "promised": everybody},
    )
    walker.do("ticket_insurance", {"outbound": "CA985", "inbound": "CA986"})
    walker.do("documents_release")
    walker.do("departure", {"actual_exit": today()})


def close(walker: Walker) -> None:
    """Steps 46 to 53."""
    walker.do("abroad_reporting", {"actual_entry": today()})
    walker.each("passport_return")
    walker.do("trip_report", {"text": REPORT})
    day = {"starts_on": today(), "ends_on": today(), "address": "局内公开栏", "result": "clear"}
    walker.do("publicity_post", rows={"notices": [day]})
    walker.do("expense_settlement", by="finance")
    walker.do(
        "outcome_register",
        {"reached": "yes"},
        {"outcomes": [{"kind": "promotion", "title": "滨州推介会", "signed_on": today()}]},
    )
    walker.do("outcome_follow", {"summary": "已转投促部门跟进。"})
    walker.do("archive")


def test_a_delegation_walks_all_53_steps(walker):
    prepare(walker)
    assert Delegation.objects.get(pk=walker.group.pk).plan_item.number == 1
    apply(walker)
    approve(walker)
    passports(walker)
    visas(walker)
    leave(walker)
    close(walker)
    case = walker.group.case
    case.refresh_from_db()
    assert case.status == CaseStatus.CLOSED
    states = set(case.items.values_list("state", flat=True))
    assert states == {ItemState.DONE, ItemState.SKIPPED}
    skipped = case.items.filter(state=ItemState.SKIPPED).values_list("step_no", flat=True)
    assert set(skipped) == {11, 13, 17, 22, 23, 26, 27, 28, 29, 30, 41}
    assert (
        IssuedPaper.objects.filter(delegation=walker.group, kind="approval")
        .get()
        .number.startswith("滨外出任〔")
    )
    custody = walker.group.members.values_list("passport__custody", flat=True)
    assert set(custody) == {"stored"}
    assert PassportMovement.objects.filter(delegation=walker.group).count() == 9


def senior_group(people) -> Walker:
    """A cross-unit group of a deputy bureau head with a classified member, to a country without visa."""
    Place.objects.filter(code="RS").update(visa_free_official=True)
    clerk = actor_for(people["passport_clerk"])
    boss = make_traveller(people, "方明", 1, level=Level.DEPUTY_BUREAU)
    give_passport(boss, clerk, "SE1234567")
    second = make_traveller(people, "何新", 3, clearance="general")
    give_passport(second, clerk, "PE1234567")
    walker = start(people, members=[(boss, MemberRole.LEADER), (second, MemberRole.MEMBER)])
    return walker


def test_a_cross_unit_group_of_the_province_walks_the_other_branches(people):
    walker = senior_group(people)
    prepare(
        walker,
        "RS",
        organize_mode="join",
        task_notice_no="鲁外任〔2026〕8号",
        units=[{"name": "市工业和信息化局"}],
    )
    walker.do("unit_project_approval")
    walker.do("budget_preaudit", {"in_plan": "no", "approved": 6000, "reason": "调剂安排"})
    walker.each("personnel_filing", {"politics": "中共党员", "family": "无"})
    walker.each("personnel_review")
    walker.each("secrecy_review", {"secrecy_letter_no": "保函〔2026〕1号"})
    weeks = {"starts_on": today() - timedelta(days=14), "ends_on": today() - timedelta(days=1)}
    line = {**weeks, "address": "公开栏", "result": "clear"}
    walker.do("publicity_pre", rows={"notices": [line, line]})
    consent = {"agreed": "true", "letter_no": "工信函〔2026〕3号", "agreed_on": today()}
    walker.do("member_consent", rows={"units": [consent]})
    walker.do("application_submit")
    walker.do("fao_accept", {"complete": True})
    walker.do("fao_case_review")
    walker.do("opinion_solicit", {"issuer": "驻塞尔维亚使馆", "summary": "同意接待。"})
    for key in ("section_chief_review", "deputy_director_review", "director_approve"):
        walker.do(key)
    walker.do("city_leader_approve", {"issuer": "方正平", "opinion": "同意，注意安全。"}, by="outbound_clerk")
    walker.do("province_submit", {"number": "滨外请〔2026〕5号"})
    walker.do("province_approve", {"number": "鲁外批〔2026〕77号"})
    walker.do("approval_doc_issue")
    walker.each("passport_check")
    walker.each("passport_loan_out", {"to_whom": "领取人"})
    walker.each("visa_requirement_check")
    walker.each("exit_proof")
    leave(walker)
    walker.do(
        "abroad_reporting", {"actual_entry": today()}, {"notes": [{"day": today(), "text": "已抵达报备"}]}
    )
    walker.each("passport_return", {"location": "甲柜 3"})
    walker.do("trip_report", {"text": REPORT})
    walker.do("publicity_post", rows={"notices": [line | {"starts_on": today(), "ends_on": today()}] * 2})
    walker.do(
        "expense_settlement", {"note": "机票涨价"}, {"lines": [{"amount": 9000, "yuan": ""}]}, by="finance"
    )
    project = {
        "kind": "project",
        "title": "轴承合作",
        "signed_on": today(),
        "partner": "Nis Bearings",
        "project_type": "investment",
        "amount": 2,
        "unit": "100000000",
        "evidence": "合作协议",
    }
    walker.do("outcome_register", {"reached": "yes"}, {"outcomes": [project]})
    walker.do(
        "outcome_follow",
        {"summary": "已注册。"},
        {"follow": [{"note": "公司已注册", "status": "registered"}]},
    )
    walker.do("archive", {"summary": "齐全"})
    case = walker.group.case
    case.refresh_from_db()
    assert case.status == CaseStatus.CLOSED
    kinds = set(IssuedPaper.objects.filter(delegation=walker.group).values_list("kind", flat=True))
    assert kinds >= {"mission_reply", "instruction", "province_submit", "province_reply", "confirmation"}
    assert kinds >= {"task_notice", "exit_proof", "archive"}
    assert IssuedPaper.objects.filter(delegation=walker.group, kind="exit_proof").count() == 2
    assert Outcome.objects.get(case=case).investment_yuan == 200_000_000
    assert OutcomeFollowUp.objects.get().status == "registered"
    skipped = case.items.filter(state=ItemState.SKIPPED, step_no__in=range(33, 41)).values_list("step_no")
    assert len(set(skipped)) == 8


def test_a_matter_sent_back_after_the_visas_can_go_the_way_again(walker):
    prepare(walker)
    apply(walker)
    approve(walker)
    passports(walker)
    walker.omit = frozenset({"visa_adjudicate", "visa_collect"})
    visas(walker)
    first, second = walker.members
    engine.return_back(
        case_id=walker.group.pk,
        item_id=walker.item("visa_adjudicate", first).pk,
        actor=walker.actor("passport_clerk"),
        target="delegation_formation",
        reason_code="T99",
        defects=["行程调整后重新走一遍"],
    )
    assert walker.item("passport_loan_out", second).round == 2
    walker.omit = frozenset()
    walker.do("delegation_formation")
    walker.do("invitation_obtain")
    walker.do("itinerary_budget_draft")
    walker.do("policy_precheck")
    apply(walker)
    approve(walker)
    walker.do("passport_check", member=first)
    walker.do("passport_check", member=second)
    assert walker.state("passport_make", second) == ItemState.SKIPPED
    walker.each("passport_loan_out", {"to_whom": "驻京送签员"})
    visas(walker)
    assert walker.state("visa_collect") == ItemState.DONE
    assert second.traveller.passports.count() == 1
