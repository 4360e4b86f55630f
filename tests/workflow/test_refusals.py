"""Whatever comes too early, too late, twice or from an old page changes nothing and says why."""

from collections.abc import Callable
from datetime import datetime

import pytest

from tests.workflow.factories import MONDAY, House, Walk, moment
from waiban.core.errors import ActError, Conflict, Stale
from waiban.workflow import engine
from waiban.workflow.models import Action


@pytest.fixture
def at_study(walk: Walk) -> Walk:
    """Accepted; the study and both photos are open."""
    walk.tell(large=False, 甲=False, 乙=False)
    return walk.until("study")


def test_a_step_out_of_order_is_refused(walk: Walk) -> None:
    with pytest.raises(Conflict, match="复核尚未开始：前面的环节还没有办结") as caught:
        walk.do("review")
    assert caught.value.code == "NOT_READY"


def test_the_second_click_reads_who_was_first_and_when(
    at_study: Walk, clock: Callable[[datetime], None]
) -> None:
    clock(moment(MONDAY, "09:12"))
    at_study.do("study")
    with pytest.raises(Conflict, match=r"初审已由colleague于 03-02 09:12 办理。") as caught:
        at_study.do("study", by="officer")
    assert caught.value.code == "DONE"
    assert [kind for kind, step, _who in at_study.log() if step == "初审"] == ["complete"]


def test_an_old_page_is_told_so(at_study: Walk) -> None:
    seen = at_study.item("study").version
    at_study.act("claim", "study")
    with pytest.raises(Stale, match="您填写的内容已保留"):
        at_study.do("study", version=seen)
    at_study.do("study", version=seen + 1)


def test_what_does_not_apply_or_was_sent_back_needs_nothing(at_study: Walk) -> None:
    with pytest.raises(Conflict, match="消防会商不适用，不需要办理"):
        at_study.do("fire", by="treasurer")
    old = at_study.item("study")
    at_study.send_back("study", "ask")
    with pytest.raises(Conflict, match="初审已退回，不需要办理"):
        engine.complete(case_id=at_study.case_id, item_id=old.pk, actor=at_study.house.actor("officer"))


def test_a_case_that_is_over_takes_no_act(at_study: Walk) -> None:
    engine.cancel(case_id=at_study.case_id, actor=at_study.house.actor("chief"), reason="不借了")
    for act in ("complete", "claim", "release", "take_back"):
        with pytest.raises(Conflict, match="该办件已取消，不能再办理"):
            at_study.act(act, "study")


def test_an_item_of_another_case_is_none_of_this_one(house: House) -> None:
    walk, other = house.start(), house.start()
    with pytest.raises(Conflict, match="该环节不存在"):
        engine.claim(case_id=walk.case_id, item_id=other.item("ask").pk, actor=house.actor("clerk"))


def test_a_case_that_does_not_exist_is_said_not_to_exist(house: House) -> None:
    with pytest.raises(Conflict, match="该办件不存在"):
        engine.claim(case_id=0, item_id=0, actor=house.actor("clerk"))


def test_everything_refused_leaves_the_case_as_it_was(at_study: Walk) -> None:
    before = (at_study.states(), at_study.case.version, Action.objects.count())
    attempts: list[Callable[[], object]] = [
        lambda: at_study.do("review"),
        lambda: at_study.do("study", by="treasurer"),
        lambda: at_study.act("refuse", "photo", "甲", reason="不行"),
        lambda: at_study.act("take_back", "ask", by="unit_leader"),
        lambda: at_study.send_back("study", "photo"),
    ]
    for attempt in attempts:
        with pytest.raises(ActError) as caught:
            attempt()
        assert caught.value.message and caught.value.code and caught.value.status in (403, 409, 422)
    assert (at_study.states(), at_study.case.version, Action.objects.count()) == before
