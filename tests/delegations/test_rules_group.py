"""The hard rules on groups: what is allowed, what is not, and the sentence that says so."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from delegations.enums import (
    Category,
    EntryKind,
    InviterKind,
    Level,
    MemberRole,
    OrganizeMode,
    PlanType,
    Secrecy,
)
from delegations.rules import Limits, blockers, group, papers, precheck, review_points, submission_check
from delegations.rules.findings import Finding, Weight
from delegations.rules.snapshot import (
    BudgetView,
    EntryView,
    InvitationView,
    MemberView,
    OtherGroup,
    PublicityView,
    Snapshot,
    StopView,
)

EXIT, ENTRY = date(2026, 12, 20), date(2026, 12, 24)
LIMITS = Limits()
US = StopView("US", "美国", "北美洲")
CA = StopView("CA", "加拿大", "北美洲")
MX = StopView("MX", "墨西哥", "北美洲", long_haul=True)
BR = StopView("BR", "巴西", "南美洲", long_haul=True)
LETTER = InvitationView(
    "芝加哥贸易协会", InviterKind.ORGANISATION, "US", date(2026, 11, 1), EXIT, ENTRY, translated=True
)


def person(name="徐海峰", **changes):
    ready = MemberView(name, has_document=True, document_expires=date(2029, 5, 17), blank_pages=10)
    return replace(ready, **changes)


def entries(exit_date=EXIT, days=5, official=7):
    halves = [(exit_date + timedelta(days=n), half) for n in range(days) for half in (0, 1)]
    return tuple(
        EntryView(day, half, EntryKind.OFFICIAL if position < official else EntryKind.TRANSPORT)
        for position, (day, half) in enumerate(halves)
    )


GOOD = Snapshot(
    exit_date=EXIT,
    entry_date=ENTRY,
    stops=(US,),
    members=(person(role=MemberRole.LEADER), person("刘思齐")),
    invitations=(LETTER,),
    entries=entries(),
    budget=BudgetView(Decimal("186400"), 6),
    budget_audited=True,
    publicity=PublicityView(date(2026, 11, 25), date(2026, 12, 1), 5, clear=True),
    submitted_on=date(2026, 12, 2),
    plan_item=True,
    plan_item_approved=True,
)


def six(count):
    return tuple(person(f"团员{n}") for n in range(count))


def ask(rule, **changes):
    return rule(replace(GOOD, **changes), LIMITS)


def test_a_proper_group_passes_every_rule():
    assert all(finding.ok for finding in precheck(GOOD))
    assert all(finding.ok for finding in submission_check(GOOD))
    assert blockers(precheck(GOOD)) == []


def test_the_reviewer_reads_eight_points():
    assert [finding.text for finding in review_points(GOOD)] == [
        "2 人，上限 6 人",
        "5 天，上限 5 天",
        "1 国，上限 3 国",
        "公务占 7/10",
        "公示满 5 日",
        "经费已审",
        "频次未超限",
        "护照均有效",
    ]


def test_every_finding_that_can_fail_says_what_to_do():
    for finding in precheck(Snapshot()):
        assert finding.ok is True or finding.detail or finding.ok is None
    assert Finding("X", True, Weight.WARN, "可以").sentence == "可以。"
    assert Finding("X", False, Weight.WARN, "不行", "请改。").sentence == "不行。请改。"


@pytest.mark.parametrize(("count", "ok"), [(0, None), (6, True), (7, False)])
def test_at_most_six_people(count, ok):
    assert ask(group.people, members=six(count)).ok is ok


def test_teaching_staff_are_not_counted():
    finding = ask(group.people, members=six(9), category=Category.TEACHING)
    assert finding.ok and "不限人数" in finding.text


@pytest.mark.parametrize(
    ("stops", "ok"),
    [
        ((), None),
        ((US, CA, MX), True),
        ((US, CA, MX, BR), False),
        ((US, CA, MX, replace(BR, counts=False)), True),
        ((US, US, CA, MX), True),
    ],
)
def test_at_most_three_countries(stops, ok):
    assert ask(group.countries, stops=stops).ok is ok


@pytest.mark.parametrize(("stops", "ok"), [((), None), ((US, CA), True), ((US, BR), False)])
def test_one_continent(stops, ok):
    assert ask(group.one_continent, stops=stops).ok is ok


@pytest.mark.parametrize(
    ("stops", "days", "ok"),
    [
        ((US,), 5, True),
        ((US,), 6, False),
        ((US, CA), 8, True),
        ((US, CA), 9, False),
        ((US, CA, StopView("BS", "巴哈马", "北美洲")), 10, True),
        ((US, CA, StopView("BS", "巴哈马", "北美洲")), 11, False),
        ((BR,), 6, True),
        ((BR,), 7, False),
        ((BR, MX), 9, True),
        ((BR, MX), 10, False),
        ((BR, MX, US), 11, True),
        ((BR, MX, US), 12, False),
        ((BR, MX, US, CA), 11, True),
    ],
)
def test_stay_depends_on_the_number_of_countries_and_their_distance(stops, days, ok):
    assert ask(group.stay, stops=stops, entry_date=EXIT + timedelta(days=days - 1)).ok is ok


@pytest.mark.parametrize(
    "changes", [{"entry_date": None}, {"exit_date": None}, {"stops": ()}, {"entry_date": date(2026, 12, 1)}]
)
def test_stay_waits_for_dates_and_countries(changes):
    assert ask(group.stay, **changes).ok is None


def test_teaching_staff_stay_as_long_as_needed():
    assert ask(group.stay, category=Category.TEACHING, entry_date=date(2027, 3, 1)).ok is True


@pytest.mark.parametrize(("entry", "ok"), [(None, None), (EXIT, True), (date(2026, 12, 19), False)])
def test_return_is_not_before_exit(entry, ok):
    assert ask(group.date_order, entry_date=entry).ok is ok


@pytest.mark.parametrize(
    ("level", "trips", "ok"),
    [
        (Level.BUREAU, (date(2025, 1, 5),), False),
        (Level.DEPUTY_BUREAU, (date(2024, 12, 1),), True),
        (Level.DIVISION, (date(2025, 1, 5),), False),
        (Level.DIVISION, (), True),
        (Level.BELOW_DIVISION, (date(2026, 1, 5), date(2026, 5, 5)), True),
    ],
)
def test_frequency_counts_the_last_two_years(level, trips, ok):
    finding = ask(group.frequency, members=(person(level=level, trips=trips),))
    assert finding.ok is ok and finding.level is Weight.WARN


def test_frequency_waits_for_members_and_dates_and_spares_teaching_staff():
    assert ask(group.frequency, members=()).ok is None
    assert ask(group.frequency, exit_date=None).ok is None
    assert ask(group.frequency, category=Category.TEACHING).ok is True
    assert group.trips_since(person(trips=(EXIT,)), replace(GOOD, exit_date=None), 2) == 0


@pytest.mark.parametrize(
    ("members", "ok"), [((), None), ((person(),), True), ((person(retired=True),), False)]
)
def test_retired_persons_are_not_sent(members, ok):
    assert ask(group.retired, members=members).ok is ok


@pytest.mark.parametrize(
    ("birth", "ok"), [(None, True), (date(1956, 12, 20), False), (date(1956, 12, 21), True)]
)
def test_the_old_hand_in_a_health_certificate(birth, ok):
    assert ask(group.health, members=(person(birth=birth),)).ok is ok


OTHER = OtherGroup("滨外出〔2026〕25号", "芝加哥贸易协会", "US", date(2026, 12, 26), date(2026, 12, 30), 5)


@pytest.mark.parametrize(
    ("other", "ok"),
    [
        (OTHER, False),
        (replace(OTHER, members=4), True),
        (replace(OTHER, exit_date=date(2026, 12, 28)), True),
        (replace(OTHER, exit_date=date(2026, 12, 1), entry_date=date(2026, 12, 16)), True),
        (replace(OTHER, inviter="别的单位"), True),
    ],
)
def test_neighbouring_groups_of_one_inviter_look_like_one_group_cut_in_parts(other, ok):
    assert ask(group.split_groups, others=(other,)).ok is ok


def test_splitting_cannot_be_judged_without_dates():
    assert ask(group.split_groups, entry_date=None).ok is None


def test_leaders_of_one_unit_travel_apart():
    both = (
        person("甲", unit="市商务局", in_leadership=True),
        person("乙", unit="市商务局", in_leadership=True),
    )
    assert ask(group.one_leadership, members=both).ok is False
    assert ask(group.one_leadership, members=(both[0], replace(both[1], unit="市外办"))).ok is True


@pytest.mark.parametrize(("official", "ok"), [(7, True), (6, False)])
def test_two_thirds_of_the_programme_are_official(official, ok):
    assert ask(group.official_share, entries=entries(official=official)).ok is ok


def test_share_waits_for_the_programme():
    assert ask(group.official_share, entries=()).ok is None
    assert ask(group.official_share, entry_date=None).ok is None


@pytest.mark.parametrize(
    ("changes", "ok"),
    [
        ({}, True),
        ({"has_document": False, "document_expires": None}, False),
        ({"has_document": None, "document_expires": None}, None),
        ({"document_expires": None}, True),
        ({"document_expires": date(2027, 6, 23)}, False),
        ({"document_expires": date(2027, 6, 24)}, True),
        ({"blank_pages": 1}, False),
        ({"blank_pages": None}, True),
    ],
)
def test_passports_outlive_the_return_by_six_months(changes, ok):
    assert ask(group.passports, members=(person(**changes),)).ok is ok


def test_passports_wait_for_dates_and_members():
    assert ask(group.passports, members=()).ok is None
    assert ask(group.passports, entry_date=None).ok is None


@pytest.mark.parametrize(
    ("roles", "ok"),
    [((), None), (("leader",), True), (("member",), False), (("leader", "leader"), False)],
)
def test_exactly_one_leader(roles, ok):
    members = tuple(person(f"团员{n}", role=role) for n, role in enumerate(roles))
    assert ask(group.one_leader, members=members).ok is ok


@pytest.mark.parametrize(
    ("changes", "ok"),
    [
        ({}, True),
        ({"plan_type": PlanType.UNPLANNED}, False),
        ({"plan_type": PlanType.UNPLANNED, "plan_note": "市政府专项安排"}, True),
        ({"plan_item": False}, False),
        ({"plan_item_approved": False}, False),
        ({"quota_left": 1}, False),
        ({"quota_left": 2}, True),
    ],
)
def test_groups_belong_to_the_plan_or_explain_themselves(changes, ok):
    assert ask(papers.plan, **changes).ok is ok


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "与计划一致"),
        ({"plan_people": 1}, "人数 2（计划 1）"),
        ({"plan_days": 4}, "天数 5（计划 4）"),
        ({"plan_places": ("GB",)}, "增加美国"),
        ({"plan_people": 2, "plan_days": 5, "plan_places": ("US",)}, "与计划一致"),
    ],
)
def test_deviations_from_the_plan_are_named(changes, words):
    assert words in ask(papers.plan_deviation, **changes).text


@pytest.mark.parametrize(
    ("mode", "number", "ok"),
    [
        (OrganizeMode.OWN, "", True),
        (OrganizeMode.JOIN, "", False),
        (OrganizeMode.JOIN, "鲁外任〔2026〕8号", True),
    ],
)
def test_joining_another_group_needs_its_notice(mode, number, ok):
    assert ask(papers.task_notice, organize_mode=mode, task_notice_no=number).ok is ok


@pytest.mark.parametrize(
    ("notice", "submitted", "ok"),
    [
        (None, None, None),
        (PublicityView(date(2026, 11, 25), date(2026, 11, 30), 4, clear=True), None, False),
        (PublicityView(date(2026, 11, 25), date(2026, 12, 1), 5, clear=False), None, False),
        (PublicityView(date(2026, 11, 25), date(2026, 12, 1), 5, clear=True), date(2026, 11, 30), False),
        (PublicityView(date(2026, 11, 25), date(2026, 12, 1), 5, clear=True), date(2026, 12, 1), True),
        (PublicityView(date(2026, 11, 25), date(2026, 12, 1), 5, clear=True), None, True),
    ],
)
def test_publicity_is_over_before_the_application(notice, submitted, ok):
    assert ask(papers.publicity, publicity=notice, submitted_on=submitted).ok is ok


def test_work_secrets_and_taiwan_are_sent_elsewhere():
    assert ask(papers.secrecy, secrecy=Secrecy.WORK_SECRET).blocks
    assert ask(papers.taiwan, category=Category.TAIWAN).blocks


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": InviterKind.CHINESE_FIRM}, "不得作为邀请单位"),
        ({"kind": InviterKind.OVERSEAS_CHINESE}, "不得作为邀请单位"),
        ({"kind": InviterKind.MISSION}, "不得作为邀请单位"),
        ({"kind": InviterKind.AGENT}, "不得作为邀请单位"),
        ({"no_agent": False}, "经中介取得"),
        ({"issued_on": date(2026, 12, 21)}, "晚于出境日期"),
        ({"valid_from": date(2026, 12, 21)}, "未覆盖行程"),
        ({"valid_to": date(2026, 12, 23)}, "未覆盖行程"),
        ({"translated": False}, "缺中文译件"),
    ],
)
def test_each_fault_of_an_invitation_is_named(changes, words):
    finding = ask(papers.invitations, invitations=(replace(LETTER, **changes),))
    assert finding.ok is False and words in finding.text


def test_an_invitation_for_one_country_of_several_covers_only_its_days():
    letter = replace(LETTER, valid_from=date(2026, 12, 22), valid_to=date(2026, 12, 23))
    assert ask(papers.invitations, stops=(US, CA), invitations=(letter,)).ok is True


def test_no_trip_without_invitation():
    assert ask(papers.invitations, invitations=()).ok is False


@pytest.mark.parametrize(
    ("changes", "ok", "words"),
    [
        ({"entry_date": None}, None, "日程待定"),
        ({}, True, "逐半日填满"),
        ({"entries": entries()[:-2]}, False, "还缺 2 个半天"),
        ({"entries": (*entries(), EntryView(date(2027, 1, 1), 0))}, False, "1 条日程在出访日期之外"),
    ],
)
def test_every_half_day_of_the_trip_has_an_entry(changes, ok, words):
    finding = ask(papers.programme, **changes)
    assert finding.ok is ok and words in finding.text


@pytest.mark.parametrize(
    ("budget", "ok"),
    [(BudgetView(), False), (BudgetView(Decimal(1), 1, 1), False), (BudgetView(Decimal(1), 1), True)],
)
def test_a_budget_explains_what_is_over_the_standard(budget, ok):
    assert ask(papers.budget, budget=budget).ok is ok


@pytest.mark.parametrize(("audited", "words"), [(True, "经费已审"), (False, "经费未审"), (None, "经费未审")])
def test_money_is_audited_first(audited, words):
    finding = ask(papers.budget_audited, budget_audited=audited)
    assert (finding.ok, finding.text) == (audited, words)
