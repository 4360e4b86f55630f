"""Sending back opens a new round of what has to be done again, and leaves alone what has not."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from tests.workflow.factories import MORNING, House, Walk
from waiban.core.errors import BadInput, Conflict, Refused
from waiban.notices.models import Notice
from waiban.workflow import engine
from waiban.workflow.enums import ItemState, ReturnMode
from waiban.workflow.models import Action, WorkItem
from waiban.workflow.start import Newcomer, add_participant

DIRECT = ReturnMode.DIRECT


def rounds(walk: Walk) -> dict[str, int]:
    """Return the newest round of every step that has had more than one."""
    rows = WorkItem.objects.filter(case_id=walk.case_id, round__gt=1).order_by("round")
    return {
        f"{key}:{name}" if name else key: number
        for key, name, number in rows.values_list("step_key", "participant__name", "round")
    }


@pytest.fixture
def at_review(walk: Walk) -> Walk:
    """Everything before the review is done, one photo too."""
    walk.tell(large=True, 甲=True, 乙=False)
    walk.until("review")
    walk.do("photo", "甲")
    return walk


def test_redo_goes_the_whole_way_again(at_review: Walk) -> None:
    at_review.send_back("review", "accept")
    assert at_review.open() == {"accept"}
    again = {"accept", "study", "fire", "review", "photo:甲", "photo:乙", "check:甲", "roster"}
    assert set(rounds(at_review)) == again
    old = WorkItem.objects.get(case_id=at_review.case_id, step_key="review", round=1)
    assert (old.state, old.done_by.name, old.opinion) == (ItemState.RETURNED, "chief", "材料不全：缺盖章")
    assert at_review.item("accept").reason == "材料不全：缺盖章"
    at_review.do("accept")
    assert {"study", "fire", "photo:甲", "photo:乙"} <= at_review.open()
    at_review.until("close")
    at_review.do("close")
    assert at_review.case.status == "closed"


def test_redo_leaves_finished_parallel_branches_alone(at_review: Walk) -> None:
    at_review.send_back("review", "fire")
    assert set(rounds(at_review)) == {"fire", "review"}
    assert at_review.item("study").state == ItemState.DONE
    assert at_review.item("photo", "甲").state == ItemState.DONE


def test_direct_comes_straight_back_to_who_sent_it(at_review: Walk) -> None:
    at_review.send_back("review", "ask", mode=DIRECT)
    assert set(rounds(at_review)) == {"ask", "review"}
    assert at_review.item("study").state == ItemState.DONE
    assert "review" not in at_review.open()
    at_review.do("ask")
    assert "review" in at_review.open()
    assert at_review.item("review").round == 2


def test_direct_leaves_open_branches_behind_the_target_alone(at_review: Walk) -> None:
    before = at_review.open() - {"review"}
    assert {"photo:乙", "check:甲", "roster"} <= before
    at_review.send_back("review", "accept", mode=DIRECT)
    assert at_review.open() == before | {"accept"}
    at_review.do("photo", "乙")
    at_review.do("accept")
    assert "review" in at_review.open()


def test_direct_for_one_participant_waits_for_him_alone(house: House) -> None:
    walk = house.start()
    walk.tell(large=False, 甲=True, 乙=True)
    walk.until("photo:甲", "photo:乙")
    walk.do("photo", "甲")
    walk.do("check", "甲")
    walk.send_back("badge", "photo", "甲", mode=DIRECT)
    assert rounds(walk) == {"photo:甲": 2, "badge:甲": 2}
    walk.do("photo", "甲")
    assert "badge:甲" in walk.open(), "乙's first photo is not what it waits for"
    assert "photo:乙" in walk.open()


def test_a_correction_for_one_does_not_open_the_way_for_a_newcomer(house: House) -> None:
    walk = house.start(["甲"])
    walk.tell(large=False, 甲=True)
    walk.until("key")
    walk.send_back("key", "photo", mode=DIRECT)
    newcomer = Newcomer(None, "丙")
    add_participant(case_id=walk.case_id, person=newcomer, actor=house.actor("clerk"))
    assert walk.open() == {"photo:甲", "photo:丙"}
    assert walk.item("check", "丙").state == ItemState.WAITING


def test_a_return_for_one_participant_leaves_the_other_alone(house: House) -> None:
    walk = house.start()
    walk.tell(large=False, 甲=True, 乙=True)
    walk.until("badge:甲", "badge:乙")
    walk.send_back("badge", "photo", "甲")
    assert set(rounds(walk)) == {"photo:甲", "check:甲", "badge:甲"}
    assert "badge:乙" in walk.open()


def test_a_step_for_all_sends_every_participant_back(house: House) -> None:
    walk = house.start()
    walk.tell(large=False, 甲=True, 乙=False)
    walk.until("key")
    walk.send_back("key", "photo")
    assert walk.open() == {"photo:甲", "photo:乙"}
    assert set(rounds(walk)) == {"photo:甲", "photo:乙", "check:甲", "badge:甲", "key"}


def test_a_step_that_does_not_apply_is_no_place_to_send_back_to(house: House) -> None:
    walk = house.start()
    walk.tell(large=False, 甲=False, 乙=False)
    walk.until("key")
    with pytest.raises(BadInput, match="不适用"):
        walk.send_back("key", "badge")


def test_a_second_return_adds_to_the_list_that_is_still_open(at_review: Walk) -> None:
    at_review.send_back("review", "accept", mode=DIRECT)
    first = at_review.item("accept")
    at_review.tell(large=True, 甲=True, 乙=False)
    with_more = at_review.house.actor("officer")
    engine.return_back(
        case_id=at_review.case_id,
        item_id=first.pk,
        actor=with_more,
        target="ask",
        reason_code="R9",
        defects=["缺日期", " ", "缺人数"],
        mode=DIRECT,
    )
    assert at_review.item("ask").reason == "其他：缺日期；缺人数"
    assert at_review.item("accept").direct_wait == "ask"
    at_review.do("ask")
    at_review.do("accept")
    assert "review" in at_review.open()


def test_defects_not_yet_dealt_with_stay_on_the_list(house: House) -> None:
    walk = house.start(["甲"])
    walk.tell(large=True, 甲=False)
    walk.until("study", "fire")
    walk.send_back("study", "ask", mode=DIRECT)
    walk.act("return_back", "fire", target="ask", reason_code="R9", defects=["缺图纸"], mode=DIRECT)
    assert walk.item("ask").round == 3
    assert walk.item("ask").reason == "材料不全：缺盖章；其他：缺图纸"
    walk.do("ask")
    assert {"study", "fire"} <= walk.open()


def test_each_round_is_announced_and_reminded_of_anew(at_review: Walk) -> None:
    first = at_review.item("ask")
    at_review.send_back("review", "ask")
    second = at_review.item("ask")
    assert (second.round, second.remind_ordinal) == (2, 0)
    assert second.next_remind_at is not None
    told = Notice.objects.filter(item__in=[first, second], channel="inapp", kind="ready")
    assert sorted(told.values_list("item_id", "round", "recipient__name")) == [
        (first.pk, 1, "clerk"),
        (second.pk, 2, "clerk"),
    ]
    gone = WorkItem.objects.get(case_id=at_review.case_id, step_key="review", round=1)
    assert gone.next_remind_at is None
    assert not Notice.objects.filter(item=gone, read_at=None, channel="inapp").exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"target": "photo"}, "target"),
        ({"reason_code": "R2"}, "reason_code"),
        ({"defects": [" "]}, "defects"),
    ],
)
def test_an_incomplete_return_says_what_is_missing(at_review: Walk, change: dict, field: str) -> None:
    given = {"target": "accept", "reason_code": "R1", "defects": ["缺盖章"]} | change
    with pytest.raises(BadInput) as caught:
        at_review.act("return_back", "review", **given)
    assert list(caught.value.fields) == [field]
    assert "review" in at_review.open()


def test_the_log_keeps_reason_list_and_way_back(at_review: Walk) -> None:
    at_review.send_back("review", "ask", mode=DIRECT)
    entry = Action.objects.filter(case_id=at_review.case_id, kind="return").get()
    assert entry.data == {"target": "ask", "reason": "R1", "defects": ["缺盖章"], "mode": "direct"}
    assert (entry.step_name, entry.round, entry.actor_name) == ("复核", 1, "chief")


def test_who_may_not_decide_may_not_send_back(at_review: Walk) -> None:
    at_review.house.hire("clerk", "section", "outbound_chief")
    with pytest.raises(Refused, match="本人提交"):
        at_review.send_back("review", "ask", by="clerk")


# 撤回: taking back one's own completion


def test_a_completion_can_be_taken_back_while_nobody_has_gone_on(at_review: Walk) -> None:
    at_review.do("review")
    at_review.act("take_back", "review")
    item = at_review.item("review")
    assert (item.round, item.state, item.reason) == (2, ItemState.READY, "经办人撤回重办")
    assert at_review.item("approve").state == ItemState.WAITING
    entry = Action.objects.filter(case_id=at_review.case_id).latest("seq")
    assert (entry.kind, entry.data, entry.post) == ("return", {"undo": True}, "section 外办出国管理科科长")


def test_it_cannot_be_taken_back_once_somebody_has_gone_on(at_review: Walk) -> None:
    at_review.do("review")
    at_review.act("claim", "approve")
    with pytest.raises(Conflict, match="审签”已签收或办结"):
        at_review.act("take_back", "review")
    at_review.do("approve")
    with pytest.raises(Conflict, match="已签收或办结"):
        at_review.act("take_back", "review")


def test_only_ones_own_completion_can_be_taken_back(at_review: Walk) -> None:
    with pytest.raises(Conflict, match="只能撤回本人刚办结的环节"):
        at_review.act("take_back", "study", by="officer")
    with pytest.raises(Conflict, match="只能撤回本人刚办结的环节"):
        at_review.act("take_back", "review")
    with pytest.raises(Refused):
        at_review.act("take_back", "study", by="stranger")


def test_another_participant_who_is_further_does_not_forbid_it(house: House) -> None:
    walk = house.start()
    walk.tell(large=False, 甲=True, 乙=True)
    walk.until("photo:甲", "photo:乙")
    walk.do("photo", "乙")
    walk.do("check", "乙")
    walk.do("photo", "甲")
    walk.act("take_back", "photo", "甲")
    assert "photo:甲" in walk.open()
    assert "badge:乙" in walk.open()


def test_what_came_straight_back_waits_again_when_the_correction_is_taken_back(
    at_review: Walk, clock: Callable[[datetime], None]
) -> None:
    clock(MORNING + timedelta(hours=1))
    at_review.send_back("review", "ask", mode=DIRECT)
    at_review.do("ask")
    at_review.act("take_back", "ask")
    assert "review" not in at_review.open()
    at_review.do("ask")
    at_review.act("claim", "review")
    with pytest.raises(Conflict, match="复核”已签收"):
        at_review.act("take_back", "ask")
