"""Whose step it is: offered to a role, taken by a person, lent to a stand-in, decided by two people."""

import pytest

from tests.workflow.factories import House, Walk
from waiban.accounts.models import Position
from waiban.core.errors import BadInput, Conflict, Refused
from waiban.notices.models import Notice
from waiban.workflow import engine
from waiban.workflow.enums import ItemState
from waiban.workflow.models import Action, Signature


@pytest.fixture
def at_study(walk: Walk) -> Walk:
    """Accepted; the study and one photo are open."""
    walk.tell(large=False, 甲=False, 乙=False)
    return walk.until("study", "photo:甲", "photo:乙")


def last(walk: Walk) -> Action:
    """Return the newest log row."""
    return Action.objects.filter(case_id=walk.case_id).latest("seq")


# Whose step it is


def test_somebody_elses_step_is_refused_with_the_name_of_the_post(at_study: Walk) -> None:
    with pytest.raises(Refused, match="本环节由外办出国管理科经办办理"):
        at_study.do("study", by="passports")


def test_a_unit_acts_on_its_own_cases_only(house: House) -> None:
    walk = house.start()
    with pytest.raises(Refused, match="无权办理"):
        walk.do("ask", by="stranger")


def test_a_person_of_another_office_has_no_right_whatever_his_post(at_study: Walk) -> None:
    from_afar = at_study.house.actor("officer")
    foreign = type(from_afar)(from_afar.user_id, from_afar.name, from_afar.office_id + 1, from_afar.seats)
    with pytest.raises(Refused, match="无权办理"):
        engine.complete(case_id=at_study.case_id, item_id=at_study.item("study").pk, actor=foreign)
    with pytest.raises(Refused, match="无权取消"):
        engine.cancel(case_id=at_study.case_id, actor=foreign, reason="误办")


def test_a_participant_does_his_own_step_and_nobody_elses(at_study: Walk) -> None:
    with pytest.raises(Refused):
        at_study.do("photo", "乙", by="甲")
    at_study.do("photo", "甲")
    assert last(at_study).post == "出访团员"


def test_a_recorder_may_enter_it_for_him(at_study: Walk) -> None:
    at_study.do("photo", "乙", by="clerk")
    assert last(at_study).actor_name == "clerk"
    assert last(at_study).post == "unit 组团单位经办人"


# Claim, release, reassign


def test_what_is_claimed_is_done_by_the_claimant_alone(at_study: Walk) -> None:
    at_study.act("claim", "study")
    item = at_study.item("study")
    assert (item.state, item.assignee.name) == (ItemState.DOING, "colleague")
    with pytest.raises(Refused, match="已由他人签收"):
        at_study.do("study", by="officer")
    with pytest.raises(Conflict, match="已由colleague于 03-02 09:00 签收"):
        at_study.act("claim", "study", by="officer")
    at_study.do("study")


def test_a_claim_settles_the_notices_of_the_others(at_study: Walk) -> None:
    unread = Notice.objects.filter(item=at_study.item("study"), read_at=None, channel="inapp")
    assert unread.count() == 2
    at_study.act("claim", "study")
    assert unread.count() == 0


def test_a_release_offers_it_to_the_role_again(at_study: Walk) -> None:
    at_study.act("claim", "study")
    at_study.act("release", "study")
    item = at_study.item("study")
    assert (item.state, item.assignee, item.claimed_at) == (ItemState.READY, None, None)
    with pytest.raises(Conflict, match="不在您名下"):
        at_study.act("release", "study")


def test_a_step_outside_keeps_its_clock_when_it_is_claimed(walk: Walk) -> None:
    walk.tell(large=True)
    walk.until("fire")
    walk.act("claim", "fire")
    assert walk.item("fire").state == ItemState.OUTSIDE
    walk.act("release", "fire")
    assert walk.item("fire").state == ItemState.OUTSIDE


def test_a_chief_hands_a_step_to_another_of_the_same_post(at_study: Walk) -> None:
    at_study.act("claim", "study")
    officer = at_study.house.users["officer"]
    at_study.act("reassign", "study", by="chief", to_user=officer, reason="生病")
    item = at_study.item("study")
    assert (item.assignee.name, item.state, item.remind_ordinal) == ("officer", ItemState.DOING, 0)
    assert last(at_study).data == {"to": "officer"}
    assert last(at_study).post == "section 外办出国管理科科长"
    unread = Notice.objects.filter(item=item, read_at=None, channel="inapp").get()
    assert (unread.recipient.name, unread.body) == ("officer", "生病")
    assert unread.title == "chief转办给您：初审，借用礼堂开会"


def test_the_holder_himself_may_hand_it_on(at_study: Walk) -> None:
    at_study.act("claim", "study")
    at_study.act("reassign", "study", to_user=at_study.house.users["officer"], reason="请他办理")
    assert at_study.item("study").assignee.name == "officer"


@pytest.mark.parametrize(
    ("to", "reason", "error", "words"),
    [
        ("passports", "生病", BadInput, "不在该岗位上"),
        ("officer", " ", BadInput, "请写明转办的理由"),
    ],
)
def test_a_step_is_not_handed_to_just_anybody(
    at_study: Walk, to: str, reason: str, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        at_study.act("reassign", "study", by="chief", to_user=at_study.house.users[to], reason=reason)


def test_nor_to_the_same_post_in_another_unit(walk: Walk) -> None:
    with pytest.raises(BadInput, match="不在该岗位上"):
        walk.act("reassign", "ask", to_user=walk.house.users["stranger"], reason="生病")


def test_nor_by_just_anybody(at_study: Walk) -> None:
    with pytest.raises(Refused, match="无权转办"):
        at_study.act(
            "reassign", "study", by="passports", to_user=at_study.house.users["officer"], reason="生病"
        )


def test_who_has_lost_his_post_no_longer_acts_on_what_he_took(at_study: Walk) -> None:
    at_study.act("claim", "study")
    Position.objects.filter(user=at_study.house.users["colleague"]).update(until="2026-01-31")
    with pytest.raises(Refused, match="无权办理"):
        at_study.do("study")


def test_a_recorder_may_finish_what_an_outside_holder_has_taken(walk: Walk) -> None:
    walk.house.hire("consul", "section", "mission")
    walk.tell(large=False, 甲=True)
    walk.until("badge:甲")
    walk.act("claim", "badge", "甲", by="consul")
    walk.do("badge", "甲", by="passports")
    assert walk.item("badge", "甲").done_by.name == "passports"


# 加签: asking a further person


def test_a_step_waits_for_the_opinions_that_were_asked_for(at_study: Walk) -> None:
    signer = at_study.house.users["passports"]
    asked = at_study.act("add_signer", "study", signer=signer, question="证件是否齐全？")
    assert (
        Notice.objects.filter(recipient=signer, kind="sign", channel="inapp").get().body == "证件是否齐全？"
    )
    with pytest.raises(Conflict, match="还有 1 人未会签"):
        at_study.do("study")
    engine.sign(signature_id=asked.pk, actor=at_study.house.actor("passports"), opinion="齐全")
    at_study.do("study")
    assert Signature.objects.get().opinion == "齐全"
    kinds = [kind for kind, _step, _who in at_study.log()]
    assert kinds[-3:] == ["add_signer", "sign", "complete"]


def test_signing_is_for_the_signer_once_and_in_time(at_study: Walk) -> None:
    house = at_study.house
    asked = at_study.act("add_signer", "study", signer=house.users["passports"], question="齐全？")
    with pytest.raises(BadInput, match="请填写会签意见"):
        engine.sign(signature_id=asked.pk, actor=house.actor("passports"), opinion=" ")
    with pytest.raises(Refused, match="不是请您办理的"):
        engine.sign(signature_id=asked.pk, actor=house.actor("officer"), opinion="齐全")
    engine.sign(signature_id=asked.pk, actor=house.actor("passports"), opinion="齐全")
    with pytest.raises(Conflict, match="您已会签"):
        engine.sign(signature_id=asked.pk, actor=house.actor("passports"), opinion="齐全")
    other = at_study.act("add_signer", "study", signer=house.users["chief"], question="齐全？")
    engine.cancel(case_id=at_study.case_id, actor=house.actor("chief"), reason="不借了")
    with pytest.raises(Conflict, match="已取消"):
        engine.sign(signature_id=other.pk, actor=house.actor("chief"), opinion="齐全")


def test_a_signature_on_a_round_that_is_over_comes_too_late(at_study: Walk) -> None:
    asked = at_study.act("add_signer", "study", signer=at_study.house.users["chief"], question="齐全？")
    at_study.send_back("study", "ask")
    with pytest.raises(Conflict, match="已退回"):
        engine.sign(signature_id=asked.pk, actor=at_study.house.actor("chief"), opinion="齐全")
    at_study.until("study")
    at_study.do("study")


@pytest.mark.parametrize(
    ("signer", "question", "words"),
    [("colleague", "齐全？", "其他人员"), ("passports", " ", "请写明请其会签的事项")],
)
def test_asking_for_an_opinion_wants_another_person_and_a_question(
    at_study: Walk, signer: str, question: str, words: str
) -> None:
    with pytest.raises(BadInput, match=words):
        at_study.act("add_signer", "study", signer=at_study.house.users[signer], question=question)


def test_nobody_is_asked_twice(at_study: Walk) -> None:
    signer = at_study.house.users["passports"]
    at_study.act("add_signer", "study", signer=signer, question="齐全？")
    with pytest.raises(BadInput, match="已请passports会签"):
        at_study.act("add_signer", "study", signer=signer, question="齐全？")


# Stand-ins


def test_a_stand_in_decides_and_the_log_keeps_both_names(walk: Walk) -> None:
    walk.house.lend("chief", "deputy")
    walk.tell(large=False)
    walk.until("review")
    walk.do("review", by="deputy")
    item = walk.item("review")
    assert (item.done_by.name, item.acting_for.name) == ("deputy", "chief")
    assert (last(walk).actor_name, last(walk).acting_for_name) == ("deputy", "chief")


def test_a_stand_in_for_another_flow_has_no_right_here(walk: Walk) -> None:
    walk.house.lend("chief", "deputy", flow_key="boats")
    walk.tell(large=False)
    walk.until("review")
    with pytest.raises(Refused, match="无权办理"):
        walk.do("review", by="deputy")


def test_a_stand_in_goes_on_with_what_his_principal_has_taken(at_study: Walk) -> None:
    at_study.act("claim", "study")
    at_study.house.lend("colleague", "deputy")
    at_study.do("study", by="deputy")
    assert at_study.item("study").acting_for.name == "colleague"


def test_a_stand_in_takes_back_under_both_names(walk: Walk) -> None:
    walk.house.lend("chief", "deputy")
    walk.tell(large=False)
    walk.until("review")
    walk.do("review", by="deputy")
    walk.act("take_back", "review", by="deputy")
    assert last(walk).acting_for_name == "chief"


def test_ones_own_post_comes_before_a_lent_one(at_study: Walk) -> None:
    at_study.house.lend("colleague", "officer")
    at_study.do("study", by="officer")
    assert at_study.item("study").acting_for is None


# 不相容岗位分离: separation of duties


def test_nobody_decides_on_his_own_submission(walk: Walk) -> None:
    walk.house.hire("clerk", "section", "outbound_clerk")
    walk.until("study")
    with pytest.raises(Refused, match="本人提交的事项不能由本人审批"):
        walk.do("study", by="clerk")


def test_nor_does_the_owner_of_the_case_when_another_has_submitted_it(walk: Walk) -> None:
    walk.house.hire("second", "unit", "unit_clerk")
    walk.house.hire("clerk", "section", "outbound_clerk")
    walk.do("ask", by="second")
    walk.do("accept")
    with pytest.raises(Refused, match="本人提交"):
        walk.do("study", by="clerk")


def test_nobody_decides_twice_in_a_row(at_study: Walk) -> None:
    at_study.house.hire("colleague", "section", "outbound_chief")
    at_study.do("study")
    with pytest.raises(Refused, match="上一环节由同一人办理"):
        at_study.do("review", by="colleague")
    at_study.do("review")


def test_nor_as_the_stand_in_of_somebody_else(at_study: Walk) -> None:
    at_study.house.lend("chief", "colleague")
    at_study.do("study")
    with pytest.raises(Refused, match="同一人"):
        at_study.do("review", by="colleague")


def test_nor_does_a_principal_confirm_what_his_stand_in_has_decided(at_study: Walk) -> None:
    at_study.house.lend("colleague", "deputy")
    at_study.do("study", by="deputy")
    at_study.house.hire("colleague", "section", "outbound_chief")
    with pytest.raises(Refused, match="同一人"):
        at_study.do("review", by="colleague")


def test_a_step_that_decides_nothing_may_be_done_by_the_same_person(walk: Walk) -> None:
    walk.house.hire("clerk", "section", "outbound_clerk")
    walk.do("ask")
    walk.do("accept", by="clerk")
    assert walk.item("accept").done_by.name == "clerk"
