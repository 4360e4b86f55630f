"""The life of a whole case: taken back, refused, cancelled, paused, hurried, joined and left."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from tests.workflow.factories import MONDAY, MORNING, House, Walk, moment
from waiban.accounts.actors import Actor
from waiban.core.errors import ActError, BadInput, Conflict, Refused
from waiban.core.time import local
from waiban.notices.models import Notice
from waiban.workflow import engine
from waiban.workflow.enums import CaseStatus, ItemState, Mode
from waiban.workflow.models import Action, Pause, StepSetting, WorkItem
from waiban.workflow.start import Newcomer, add_participant

Clock = Callable[[datetime], None]


@pytest.fixture
def at_study(walk: Walk) -> Walk:
    """Accepted; the study and both photos are open."""
    walk.tell(large=False, 甲=False, 乙=False)
    return walk.until("study", "photo:甲", "photo:乙")


def due(walk: Walk, key: str, who: str = "") -> date:
    """Return the day on which a step is due."""
    return local(walk.item(key, who).due_at).date()


# Ends


def end(walk: Walk, act: str, by: str, reason: str = "活动取消") -> None:
    """End a case by one of the acts on the whole of it."""
    getattr(engine, act)(case_id=walk.case_id, actor=walk.house.actor(by), reason=reason)


@pytest.mark.parametrize(
    ("act", "by", "status"),
    [("withdraw", "unit_leader", CaseStatus.WITHDRAWN), ("cancel", "director", CaseStatus.CANCELLED)],
)
def test_a_case_that_is_ended_stops_everything(at_study: Walk, act: str, by: str, status: CaseStatus) -> None:
    end(at_study, act, by)
    case = at_study.case
    assert (case.status, case.closed_reason, case.light_word) == (status, "活动取消", status.label)
    assert case.closed_at is not None and case.holder_text == ""
    assert at_study.open() == set()
    assert at_study.item("ask").state == ItemState.DONE
    assert at_study.item("close").state == ItemState.VOIDED
    assert not WorkItem.objects.filter(case=case, next_remind_at__isnull=False).exists()
    assert not Notice.objects.filter(case=case, channel="inapp", read_at=None).exists()
    assert not Notice.objects.filter(case=case, channel="email", state="new").exists()
    with pytest.raises(Conflict, match=f"该办件已{status.label}"):
        end(at_study, act, by)


@pytest.mark.parametrize(
    ("act", "by"), [("withdraw", "officer"), ("withdraw", "stranger"), ("cancel", "clerk")]
)
def test_only_the_unit_takes_back_and_only_managers_cancel(at_study: Walk, act: str, by: str) -> None:
    with pytest.raises(Refused, match="须由"):
        end(at_study, act, by)


@pytest.mark.parametrize(("act", "by"), [("withdraw", "clerk"), ("cancel", "chief"), ("pause", "chief")])
def test_each_of_them_wants_a_reason(at_study: Walk, act: str, by: str) -> None:
    with pytest.raises(BadInput, match="请写明"):
        end(at_study, act, by, reason=" ")


def test_nothing_is_taken_back_after_the_goal(at_study: Walk) -> None:
    at_study.until("use")
    assert at_study.case.goal_at is not None
    with pytest.raises(ActError, match="该办件已完成，不能撤回"):
        end(at_study, "withdraw", "clerk")


def test_a_decider_refuses_the_matter(at_study: Walk) -> None:
    at_study.until("review")
    at_study.act("refuse", "review", reason="礼堂维修")
    assert at_study.case.status == CaseStatus.REFUSED
    last = Action.objects.filter(case_id=at_study.case_id).latest("seq")
    assert (last.kind, last.step_name, last.opinion) == ("refuse", "复核", "礼堂维修")
    with pytest.raises(Conflict, match="已不予批准"):
        at_study.act("refuse", "review", reason="礼堂维修")


def test_a_step_that_does_not_decide_refuses_nothing(walk: Walk) -> None:
    walk.do("ask")
    with pytest.raises(Refused, match="不是审批环节"):
        walk.act("refuse", "accept", reason="礼堂维修")


def test_nobody_refuses_what_he_may_not_decide(at_study: Walk) -> None:
    at_study.house.hire("clerk", "section", "outbound_clerk")
    with pytest.raises(Refused, match="本人提交"):
        at_study.act("refuse", "study", by="clerk", reason="礼堂维修")


# Pause and resume


def test_a_paused_case_stands_still(at_study: Walk) -> None:
    end(at_study, "pause", "chief", "等场地")
    case = at_study.case
    assert (case.light_word, case.pause_count) == ("已挂起", 1)
    assert not WorkItem.objects.filter(case=case, next_remind_at__isnull=False).exists()
    with pytest.raises(Conflict, match="该办件已挂起"):
        at_study.do("study")
    with pytest.raises(Conflict, match="该办件已挂起"):
        end(at_study, "pause", "chief", "再等")
    with pytest.raises(Conflict, match="该办件已挂起"):
        at_study.tell(large=True)


def test_the_limits_are_longer_by_the_time_it_stood(at_study: Walk, clock: Clock) -> None:
    assert due(at_study, "study") == MONDAY + timedelta(days=1)
    clock(moment(MONDAY + timedelta(days=1), "10:00"))
    end(at_study, "pause", "chief", "等场地")
    clock(moment(MONDAY + timedelta(days=7), "10:00"))
    engine.recount([at_study.case_id])
    assert at_study.case.light_word == "已挂起"
    engine.resume(case_id=at_study.case_id, actor=at_study.house.actor("chief"))
    assert due(at_study, "study") == MONDAY + timedelta(days=7)
    item = at_study.item("study")
    assert item.light == "green"
    assert item.next_remind_at == moment(MONDAY + timedelta(days=7), "10:00")
    pause = Pause.objects.get()
    assert (pause.paused_by.name, pause.resumed_by.name, pause.reason) == ("chief", "chief", "等场地")
    clock(moment(MONDAY + timedelta(days=7), "17:29"))
    engine.recount([at_study.case_id])
    assert at_study.item("study").light_word == "正常"
    clock(moment(MONDAY + timedelta(days=7), "17:31"))
    engine.recount([at_study.case_id])
    assert at_study.item("study").light_word == "逾期"


def test_a_pause_can_be_followed_by_another_but_none_undoes_a_limit_that_has_passed(
    at_study: Walk, clock: Clock
) -> None:
    chief = at_study.house.actor("chief")
    ends = []
    for day, hour in ((1, "10:00"), (2, "14:00"), (4, "09:00")):
        clock(moment(MONDAY + timedelta(days=day), hour))
        end(at_study, "pause", "chief", "等场地")
        clock(moment(MONDAY + timedelta(days=day + 1), hour))
        engine.resume(case_id=at_study.case_id, actor=chief)
        ends.append((due(at_study, "study") - MONDAY).days)
    assert ends == [2, 3, 3]
    assert at_study.item("study").light_word == "逾期"
    assert at_study.case.pause_count == 3
    with pytest.raises(Conflict, match="没有挂起"):
        engine.resume(case_id=at_study.case_id, actor=chief)


def test_a_case_that_ends_while_it_is_paused_ends_its_pause(at_study: Walk) -> None:
    end(at_study, "pause", "chief", "等场地")
    end(at_study, "cancel", "chief")
    assert Pause.objects.get().ends_at is not None
    assert at_study.case.paused_at is None


def test_pausing_is_for_managers(at_study: Walk) -> None:
    with pytest.raises(Refused, match="无权挂起"):
        end(at_study, "pause", "officer")


# Mode, limits


def test_fast_shortens_what_is_not_finished_and_standard_gives_it_back(at_study: Walk) -> None:
    chief = at_study.house.actor("chief")
    engine.change_mode(case_id=at_study.case_id, actor=chief, mode=Mode.FAST)
    assert at_study.item("study").limit == 1
    assert at_study.item("ask").limit == 2, "what is done keeps the limit that it had"
    assert at_study.item("fire").limit == 3, "what does not apply may still come to apply"
    assert due(at_study, "study") == MONDAY + timedelta(days=1)
    with pytest.raises(Conflict, match="已按快办办理"):
        engine.change_mode(case_id=at_study.case_id, actor=chief, mode=Mode.FAST)
    engine.change_mode(case_id=at_study.case_id, actor=chief, mode=Mode.STANDARD)
    assert at_study.item("study").limit == 2


def test_limits_that_the_office_has_tuned_hold_for_new_cases_in_both_modes(house: House) -> None:
    StepSetting.objects.create(office=house.office, flow_key="hall", step_key="study", limit=8, fast=5)
    walk = house.start()
    assert walk.item("study").limit == 8
    engine.change_mode(case_id=walk.case_id, actor=house.actor("chief"), mode=Mode.FAST)
    assert walk.item("study").limit == 5


# Participants


def test_who_joins_later_gets_his_steps_and_the_joins_wait_for_him(house: House) -> None:
    walk = house.start(["甲"])
    walk.tell(large=False, 甲=False)
    walk.until("key")
    newcomer = Newcomer(house.member("丙").pk, "丙")
    facts = walk.case.facts

    def known(participant_id: int) -> dict:
        return {**facts, "members": facts["members"] | {str(participant_id): {"badge": True}}}

    person = add_participant(case_id=walk.case_id, person=newcomer, actor=house.actor("clerk"), facts=known)
    assert person.joined_at == MORNING
    assert walk.open() == {"photo:丙", "roster"}
    walk.until("key")
    assert walk.item("badge", "丙").state == ItemState.DONE
    assert ("join", "", "clerk") in walk.log()


def test_facts_may_come_with_the_newcomer_as_they_are(house: House) -> None:
    walk = house.start(["甲"])
    person = Newcomer(None, "丙")
    add_participant(
        case_id=walk.case_id, person=person, actor=house.actor("clerk"), facts={"case": {"large": False}}
    )
    assert walk.item("fire").state == ItemState.SKIPPED


def test_a_join_opens_when_the_last_one_it_waited_for_leaves(house: House) -> None:
    walk = house.start()
    walk.tell(large=False, 甲=False, 乙=True)
    walk.until("badge:乙")
    leaving = walk.person("乙")
    while walk.open() != {"badge:乙"}:
        label = min(walk.open() - {"badge:乙"})
        walk.do(*label.split(":"))
    engine.remove_participant(
        case_id=walk.case_id, participant_id=leaving.pk, actor=house.actor("clerk"), reason="生病"
    )
    assert walk.open() == {"key"}
    item = walk.item("badge", "乙")
    assert (item.state, item.reason, item.next_remind_at) == (ItemState.VOIDED, "乙退出：生病", None)
    assert walk.item("photo", "乙").state == ItemState.DONE
    leaving.refresh_from_db()
    assert (leaving.left_reason, leaving.left_at) == ("生病", MORNING)
    assert walk.log()[-1] == ("leave", "", "clerk")


def test_what_was_known_about_who_has_left_no_longer_counts(house: House) -> None:
    walk = house.start()
    walk.tell(large=False, 甲=False, 乙=True)
    assert walk.item("roster").state == ItemState.WAITING
    engine.remove_participant(
        case_id=walk.case_id, participant_id=walk.person("乙").pk, actor=house.actor("clerk"), reason="生病"
    )
    assert walk.item("roster").state == ItemState.SKIPPED
    assert list(walk.case.facts["members"]) == [str(walk.person("甲").pk)]


def test_leaving_wants_a_reason_and_happens_once(house: House) -> None:
    walk = house.start()
    gone = {"case_id": walk.case_id, "participant_id": walk.person("乙").pk, "actor": house.actor("clerk")}
    with pytest.raises(BadInput, match="请写明退出的原因"):
        engine.remove_participant(**gone, reason=" ")
    engine.remove_participant(**gone, reason="生病")
    with pytest.raises(Conflict, match="该人员已退出"):
        engine.remove_participant(**gone, reason="生病")


def test_nobody_joins_or_leaves_a_case_that_is_over(at_study: Walk) -> None:
    end(at_study, "cancel", "chief")
    clerk = at_study.house.actor("clerk")
    with pytest.raises(Conflict, match="已取消"):
        add_participant(case_id=at_study.case_id, person=Newcomer(None, "丙"), actor=clerk)
    with pytest.raises(Conflict, match="已取消"):
        engine.remove_participant(
            case_id=at_study.case_id, participant_id=at_study.person("甲").pk, actor=clerk, reason="生病"
        )
    with pytest.raises(Conflict, match="已取消"):
        at_study.tell(large=True)


def test_a_case_without_participants_walks_too(house: House) -> None:
    walk = house.start([])
    walk.tell(large=False)
    walk.until("close")
    walk.do("close")
    assert walk.case.status == CaseStatus.CLOSED


# Facts and dates


def test_dates_move_the_target_and_what_hangs_on_it(walk: Walk) -> None:
    walk.tell(large=False, dates={"day": "2026-03-20", "last_day": "2026-03-21"})
    case = walk.case
    assert case.target_date == date(2026, 3, 20)
    assert case.slack is not None and case.light == "green"
    assert due(walk, "use") == date(2026, 3, 21)
    assert local(walk.item("use").due_at).strftime("%H:%M") == "17:30"
    walk.tell(large=False, dates={"day": "2026-03-03"})
    assert (walk.case.light, walk.case.light_word) == ("red", "预计误期")
    walk.tell(large=False, dates={"day": ""})
    assert walk.case.target_date is None and "day" not in walk.case.dates
    assert Action.objects.filter(case=case, kind="facts").count() == 3


def test_a_change_of_dates_alone_is_logged_as_such(walk: Walk) -> None:
    engine.update_facts(
        case_id=walk.case_id,
        actor=walk.house.actor("clerk"),
        dates={"day": "2026-04-01"},
        title="借用礼堂演出",
        note="改期",
    )
    last = Action.objects.filter(case_id=walk.case_id).latest("seq")
    assert (last.kind, last.opinion, last.data) == ("dates", "改期", {"day": "2026-04-01"})
    assert walk.case.title == "借用礼堂演出"


def test_a_date_beyond_the_calendar_is_refused_in_words(walk: Walk) -> None:
    with pytest.raises(BadInput, match="超出工作日历的范围"):
        walk.tell(dates={"day": "2077-01-01"})
    assert walk.case.target_date is None


def test_what_a_form_does_reaches_facts_dates_and_title(walk: Walk) -> None:
    def effect(door: engine.Door, item: engine.Item) -> engine.Effect:
        facts = {"case": {"large": False}, "members": {}}
        return engine.Effect({"人数": 80}, facts, {"day": "2026-04-01"}, "小会")

    walk.do("ask", effect=effect)
    assert walk.item("ask").data == {"人数": 80}
    assert walk.item("fire").state == ItemState.SKIPPED
    assert (walk.case.title, walk.case.target_date) == ("小会", date(2026, 4, 1))


def test_what_a_form_refuses_leaves_nothing_behind(walk: Walk) -> None:
    def effect(door: engine.Door, item: engine.Item) -> engine.Effect:
        StepSetting.objects.create(office=walk.house.office, flow_key="hall", step_key="ask")
        raise BadInput({"people": "请填写人数。"})

    with pytest.raises(BadInput):
        walk.do("ask", effect=effect)
    assert walk.open() == {"ask"}
    assert not StepSetting.objects.exists()


def test_a_case_wants_a_title(house: House) -> None:
    with pytest.raises(BadInput, match="请填写名称"):
        house.start(title=" ")


def test_a_case_may_be_started_by_who_holds_no_post_in_the_unit(house: House) -> None:
    walk = house.start(actor=house.actor("officer"))
    first = Action.objects.get(case_id=walk.case_id)
    assert first.post == "section 外办出国管理科经办"
    nobody = Actor(house.users["officer"].pk, "officer", house.office.pk)
    assert Action.objects.get(case_id=house.start(actor=nobody).case_id).post == ""
