"""The sweep of work items: who hears of a step, through what, in which words, in how many statements."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.notices.house import ARRIVED, House
from waiban.accounts.enums import DepartmentKind, Role
from waiban.accounts.models import Department, Position, StandIn, User
from waiban.core.time import at, now
from waiban.notices.enums import Channel, State
from waiban.notices.models import Notice
from waiban.workflow import store
from waiban.workflow.models import StepSetting, WorkItem
from waiban.workflow.sweep import announce, remind_due

Clock = Callable[[datetime], None]
DUE_DAY = date(2026, 12, 4)


def readers(item: WorkItem, kind: str = "ready", channel: str = Channel.INAPP) -> set[str]:
    found = Notice.objects.filter(item=item, kind=kind, channel=channel)
    return set(found.values_list("recipient__name", flat=True))


def tell_of(*items: WorkItem) -> int:
    """Announce items as the engine does: from the loaded cases."""
    wanted = {item.pk for item in items}
    with transaction.atomic():
        states, _axis = store.load([item.case_id for item in items])
        pairs = [(state, item) for state in states.values() for item in state.items if item.id in wanted]
        return announce(pairs, now())


def announced(item: WorkItem) -> set[str]:
    tell_of(item)
    return readers(item)


def test_everybody_who_holds_the_role_hears_of_an_unclaimed_step(house: House) -> None:
    house.person(Role.OUTBOUND_CLERK, name="甲")
    house.person(Role.OUTBOUND_CLERK, name="乙")
    house.person(Role.OUTBOUND_CHIEF, name="科长")
    assert announced(house.item()) == {"甲", "乙"}


def test_only_the_department_to_which_it_is_offered_hears_of_a_step(house: House) -> None:
    other = Department.objects.create(
        office=house.office, name="综合科", short_name="综合科", kind=DepartmentKind.OFFICE_SECTION
    )
    house.person(Role.OUTBOUND_CLERK, name="甲")
    house.person(Role.OUTBOUND_CLERK, other, name="乙")
    assert announced(house.item(department=other)) == {"乙"}


def test_a_unit_hears_of_its_own_cases_only(house: House) -> None:
    foreign = Department.objects.create(
        office=house.office, name="市商务局", short_name="市商务局", kind=DepartmentKind.UNIT
    )
    house.person(Role.UNIT_CLERK, house.unit, name="教育局经办")
    house.person(Role.UNIT_CLERK, foreign, name="商务局经办")
    assert announced(house.item("unit")) == {"教育局经办"}


def test_only_the_person_who_has_taken_a_step_hears_of_it(house: House) -> None:
    taker = house.person(Role.OUTBOUND_CLERK, name="甲")
    house.person(Role.OUTBOUND_CLERK, name="乙")
    item = house.item(assignee=taker)
    assert announced(item) == {"甲"}
    assert readers(item, channel=Channel.EMAIL) == {"甲"}


def test_a_pool_is_told_of_new_work_in_the_portal_only(house: House) -> None:
    house.person(Role.OUTBOUND_CLERK)
    item = house.item()
    announced(item)
    assert readers(item, channel=Channel.EMAIL) == set()


def test_a_member_hears_of_his_own_step_and_of_nobody_elses(house: House) -> None:
    case = house.case()
    first, second = house.person(Role.MEMBER, house.unit, "张"), house.person(Role.MEMBER, house.unit, "李")
    house.person(Role.PASSPORT_CLERK, name="专办员")
    house.member(case, second, "李")
    item = house.item("photo", case, participant=house.member(case, first, "张"))
    assert announced(item) == {"张"}
    assert "（张）" in Notice.objects.filter(item=item)[0].title


def test_for_a_member_without_account_those_hear_who_record_his_step(house: House) -> None:
    case = house.case()
    house.person(Role.PASSPORT_CLERK, name="专办员")
    item = house.item("photo", case, participant=house.member(case, None, "王"))
    assert announced(item) == {"专办员"}


def test_of_a_step_outside_the_office_its_recorders_hear_too(house: House) -> None:
    province = Department.objects.create(
        office=house.office, name="省委外办", short_name="省委外办", kind=DepartmentKind.PROVINCE
    )
    house.person(Role.PROVINCE, province, name="省办")
    house.person(Role.OUTBOUND_CLERK, name="经办")
    assert announced(house.item("province")) == {"省办", "经办"}


def test_the_owner_is_told_when_nobody_holds_the_role(house: House) -> None:
    case = house.case()
    item = house.item(case=case)
    assert announced(item) == {case.owner.name}
    assert "该岗位暂无人员" in Notice.objects.filter(item=item)[0].body


def test_past_positions_and_disabled_accounts_hear_nothing(house: House) -> None:
    house.person(Role.OUTBOUND_CLERK, name="在职")
    gone = house.person(Role.OUTBOUND_CLERK, name="离任")
    Position.objects.filter(user=gone).update(until=date(2026, 1, 31))
    disabled = house.person(Role.OUTBOUND_CLERK, name="停用")
    User.objects.filter(pk=disabled.pk).update(is_active=False)
    assert announced(house.item()) == {"在职"}


@pytest.mark.parametrize(
    ("flow_key", "expected"), [("", "代班"), ("bell_ringing", "代班"), ("another", "本人")]
)
def test_a_stand_in_hears_instead_of_who_is_on_leave_within_his_scope(
    house: House, clock: Clock, flow_key: str, expected: str
) -> None:
    clock(ARRIVED)
    principal = house.person(Role.OUTBOUND_CLERK, name="本人")
    substitute = house.person(Role.OUTBOUND_CHIEF, name="代班")
    StandIn.objects.create(
        principal=principal,
        substitute=substitute,
        starts=ARRIVED.date(),
        ends=ARRIVED.date(),
        flow_key=flow_key,
        reason="出差",
    )
    item = house.item()
    assert announced(item) == {expected}
    assert ("代本人办理" in Notice.objects.filter(item=item)[0].body) is (expected == "代班")


def test_a_stand_in_whose_account_is_disabled_leaves_the_principal_in_charge(
    house: House, clock: Clock
) -> None:
    clock(ARRIVED)
    principal, substitute = house.person(Role.OUTBOUND_CLERK, name="本人"), house.person(Role.OUTBOUND_CHIEF)
    User.objects.filter(pk=substitute.pk).update(is_active=False)
    StandIn.objects.create(
        principal=principal, substitute=substitute, starts=ARRIVED.date(), ends=ARRIVED.date(), reason="出差"
    )
    assert announced(house.item()) == {"本人"}


@pytest.mark.parametrize("count", [1, 3])
def test_announcing_is_one_statement_for_any_number_and_is_never_repeated(house: House, count: int) -> None:
    house.person(Role.OUTBOUND_CLERK)
    items = [house.item() for _ in range(count)]
    with CaptureQueriesContext(connection) as queries:
        assert tell_of(*items) == count
    assert len([query for query in queries if "notices_notice" in query["sql"]]) == 1
    assert tell_of(*items) == 0


def test_of_a_step_for_all_participants_each_of_them_hears(house: House, clock: Clock) -> None:
    case = house.case()
    house.person(Role.PASSPORT_CLERK, name="专办员")
    for name in ("张", "李"):
        user = house.person(Role.MEMBER, house.unit, name)
        house.item("photo", case, participant=house.member(case, user, name), state="waiting", ready_at=None)
    item = house.item("briefing", case, next_remind_at=at(DUE_DAY, "08:30"), remind_ordinal=1)
    assert announced(item) == {"张", "李"}
    clock(at(DUE_DAY, "08:30"))
    remind_due()
    assert readers(item, "due_today") == readers(item, "due_today", Channel.EMAIL) == {"张", "李"}


def test_work_sent_back_says_so(house: House) -> None:
    house.person(Role.OUTBOUND_CLERK)
    announced(item := house.item(round=2))
    assert Notice.objects.get(item=item).title == "退回重办：受理，赴日本友城交流团组"


def test_a_reminder_names_step_case_and_limit(house: House, clock: Clock) -> None:
    house.person(Role.OUTBOUND_CLERK)
    item = house.item(due_tentative=True, next_remind_at=at(DUE_DAY, "08:30"), remind_ordinal=1)
    clock(at(DUE_DAY, "08:31"))
    remind_due()
    notice = Notice.objects.get(item=item, channel=Channel.INAPP)
    assert notice.title == "今日到期：受理，赴日本友城交流团组"
    assert notice.body == "钟〔2026〕1号\n时限：2026年12月4日 17:30（当年放假安排未公布，待定）"
    assert (notice.url, notice.level, notice.state) == (f"/cases/{item.case_id}/", "near", State.SENT)
    assert (notice.due_at, notice.late, notice.sent_at) == (item.due_at, False, now())


def walk(clock: Clock, *moments: datetime) -> None:
    for moment in moments:
        clock(moment)
        remind_due()


def told(item: WorkItem) -> list[tuple[str, int, bool]]:
    rows = Notice.objects.filter(item=item, channel=Channel.INAPP).order_by("pk")
    return list(rows.values_list("kind", "ordinal", "late"))


def test_an_open_step_is_reminded_of_until_it_is_closed(house: House, clock: Clock) -> None:
    house.person(Role.OUTBOUND_CLERK)
    item = house.item()
    monday, tuesday = date(2026, 12, 7), date(2026, 12, 8)
    walk(clock, ARRIVED, at(DUE_DAY, "08:30"), at(DUE_DAY, "08:31"))
    walk(clock, at(monday, "09:00"), at(tuesday, "09:00"))
    assert told(item) == [("due_today", 0, False), ("overdue", 1, False), ("overdue", 2, False)]
    assert Notice.objects.filter(item=item, ordinal=2)[0].title.startswith("已逾期 2 个工作日：")
    item.refresh_from_db()
    assert (item.next_remind_at, item.remind_ordinal) == (at(date(2026, 12, 9), "09:00"), 4)
    WorkItem.objects.filter(pk=item.pk).update(state="skipped")
    walk(clock, at(date(2026, 12, 9), "09:00"))
    assert len(told(item)) == 3


def test_after_three_days_of_standstill_one_late_notice_is_written(house: House, clock: Clock) -> None:
    house.person(Role.OUTBOUND_CLERK)
    item = house.item()
    walk(clock, ARRIVED, at(date(2026, 12, 9), "14:00"), at(date(2026, 12, 9), "14:01"))
    assert told(item) == [("overdue", 3, True)]


def test_a_moved_deadline_is_reminded_of_anew_and_the_old_one_is_not_repeated(
    house: House, clock: Clock
) -> None:
    house.person(Role.OUTBOUND_CLERK)
    item = house.item()
    walk(clock, ARRIVED, at(DUE_DAY, "08:30"))
    moved = {"due_at": at(date(2026, 12, 8), "17:30"), "next_remind_at": now(), "remind_ordinal": 0}
    WorkItem.objects.filter(pk=item.pk).update(**moved)
    walk(clock, at(DUE_DAY, "08:31"), at(date(2026, 12, 7), "08:30"), at(date(2026, 12, 8), "08:30"))
    assert told(item) == [("due_today", 0, False), ("near", 0, False), ("due_today", 0, False)]


def test_a_paused_case_and_a_step_without_limit_are_silent(house: House, clock: Clock) -> None:
    house.person(Role.OUTBOUND_CLERK)
    standing = house.case(paused_at=ARRIVED)
    paused = house.item(case=standing, remind_ordinal=1, next_remind_at=at(DUE_DAY, "08:30"))
    limitless = house.item(due_at=None)
    walk(clock, at(DUE_DAY, "08:30"))
    assert Notice.objects.count() == 0
    paused.refresh_from_db()
    limitless.refresh_from_db()
    assert paused.next_remind_at == at(date(2026, 12, 7), "09:00")
    assert limitless.next_remind_at is None


def test_the_office_tunes_lead_and_distance(house: House, clock: Clock) -> None:
    house.person(Role.OUTBOUND_CLERK)
    StepSetting.objects.create(
        office=house.office, flow_key="bell_ringing", step_key="accept", remind_before=0, remind_every=2
    )
    item = house.item()
    walk(clock, ARRIVED, *(at(date(2026, 12, day), "09:00") for day in (3, 4, 7, 8, 9)))
    assert [row[:2] for row in told(item)] == [("due_today", 0), ("overdue", 1), ("overdue", 2)]
    assert Notice.objects.filter(item=item, ordinal=2)[0].title.startswith("已逾期 3 个工作日：")


@pytest.mark.parametrize("count", [1, 3])
def test_a_sweep_takes_the_same_four_statements_for_one_and_for_three(
    house: House, clock: Clock, count: int
) -> None:
    house.person(Role.OUTBOUND_CLERK)
    for _ in range(count):
        house.item(next_remind_at=at(DUE_DAY, "08:30"), remind_ordinal=1)
    clock(at(DUE_DAY, "08:31"))
    remind_due()  # builds the axis of this process
    WorkItem.objects.update(next_remind_at=at(DUE_DAY, "08:30"))
    with CaptureQueriesContext(connection) as queries:
        assert remind_due() == count
    statements = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(statements) == 4  # version of the calendar; take; tell; move


def test_a_sweep_goes_on_chunk_by_chunk_until_nothing_is_due(house: House, clock: Clock) -> None:
    house.person(Role.OUTBOUND_CLERK)
    for _ in range(5):
        house.item(next_remind_at=at(DUE_DAY, "08:30"), remind_ordinal=1)
    clock(at(DUE_DAY, "08:31"))
    assert remind_due(chunk=2) == 5
    assert Notice.objects.filter(channel=Channel.INAPP).count() == 5
    assert remind_due(chunk=2) == 0
