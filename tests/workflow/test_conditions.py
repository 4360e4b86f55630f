"""Conditions have three answers: yes, no, not known yet."""

from tests.workflow.factories import House, Walk
from waiban.workflow.definition import Facts
from waiban.workflow.enums import Applies, ItemState


def test_a_step_that_may_apply_is_counted_until_it_is_known(walk: Walk) -> None:
    item = walk.item("fire")
    assert (item.state, item.applies) == (ItemState.WAITING, Applies.UNKNOWN)
    assert item.early_finish - item.early_start == 6
    assert walk.case.step_count == 14


def test_a_no_closes_the_step_at_once_without_waiting_for_what_is_before(walk: Walk) -> None:
    walk.tell(large=False, 甲=False)
    item = walk.item("fire")
    assert (item.state, item.applies, item.reason) == (ItemState.SKIPPED, Applies.NO, "人数不多")
    assert item.due_at is None and item.early_finish is None
    assert walk.item("badge", "甲").state == ItemState.SKIPPED
    assert walk.item("badge", "乙").state == ItemState.WAITING
    assert walk.open() == {"ask"}


def test_who_needs_nothing_does_not_wait_for_the_others(walk: Walk) -> None:
    walk.tell(large=False, 甲=False, 乙=True)
    walk.until("photo:甲")
    walk.do("photo", "甲")
    assert walk.item("check", "甲").state == ItemState.SKIPPED
    assert walk.item("hand_in", "甲").state == ItemState.SKIPPED
    assert walk.item("check", "乙").state == ItemState.WAITING


def test_a_yes_that_comes_later_opens_the_step_again(walk: Walk) -> None:
    walk.tell(large=False)
    walk.until("review")
    walk.tell(large=True)
    assert walk.item("fire").state == ItemState.OUTSIDE
    assert walk.item("fire").round == 1
    assert walk.item("review").state == ItemState.WAITING, "what waits for it goes back to waiting"
    assert walk.item("review").ready_at is None
    walk.do("fire")
    assert walk.item("review").state == ItemState.READY


def test_a_claimed_step_that_had_to_wait_comes_back_to_its_holder(walk: Walk) -> None:
    walk.tell(large=False)
    walk.until("review")
    walk.act("claim", "review")
    walk.tell(large=True)
    assert walk.item("review").state == ItemState.WAITING
    walk.do("fire")
    item = walk.item("review")
    assert (item.state, item.assignee_id) == (ItemState.DOING, walk.house.users["chief"].pk)


def test_a_no_that_is_withdrawn_counts_the_step_again(walk: Walk) -> None:
    walk.tell(large=False)
    walk.tell(large=None)
    item = walk.item("fire")
    assert (item.state, item.applies, item.reason) == (ItemState.WAITING, Applies.UNKNOWN, "")


def test_a_step_that_is_done_stays_done_whatever_is_learnt_later(walk: Walk) -> None:
    walk.tell(large=True)
    walk.until("fire")
    walk.do("fire")
    walk.tell(large=False)
    assert walk.item("fire").state == ItemState.DONE
    assert walk.item("fire").applies == Applies.YES


def test_an_open_step_that_turns_out_not_to_apply_is_closed_and_reminds_nobody(walk: Walk) -> None:
    walk.until("fire")
    assert walk.item("fire").next_remind_at is not None
    walk.tell(large=False)
    item = walk.item("fire")
    assert (item.state, item.next_remind_at) == (ItemState.SKIPPED, None)


def test_a_late_badge_holder_reopens_the_road_of_the_others(house: House) -> None:
    walk = house.start(["甲"])
    walk.tell(large=False, 甲=False)
    walk.until("key")
    walk.tell(large=False, 甲=True)
    assert walk.open() == {"check:甲", "roster"}
    walk.until("key")
    assert walk.item("badge", "甲").state == ItemState.DONE


def test_any_member_is_an_or_with_three_values() -> None:
    def ask(*values: bool | None) -> bool | None:
        members = {str(number): {"badge": value} for number, value in enumerate(values)}
        return Facts({"members": members}).any_member("badge")

    assert ask() is None
    assert ask(False, None) is None
    assert ask(None, True) is True
    assert ask(False, False) is False
    assert Facts(None).case("large") is None
    assert Facts({}).member(7, "badge") is None
