"""The invented flow walks from the first step to the last, each step by the person whose step it is."""

from datetime import timedelta

from tests.workflow.factories import MORNING, Walk
from waiban.workflow import store
from waiban.workflow.enums import CaseStatus


def test_starting_a_case_makes_every_item_and_opens_the_first(walk: Walk) -> None:
    states = walk.states()
    assert len(states) == 10 + 2 * 4
    assert walk.open() == {"ask"}
    assert walk.case.status == CaseStatus.RUNNING
    assert walk.log() == [("start", "", "clerk")]
    assert walk.case.holder_text == "1 提出申请"


def test_the_case_reaches_its_end_and_closes_by_itself(walk: Walk) -> None:
    walk.tell(large=True, 甲=True, 乙=False)
    walk.until("close")
    walk.do("close")
    case = walk.case
    assert (case.status, case.closed_reason, case.light) == (CaseStatus.CLOSED, "全部环节办结", "grey")
    assert case.done_count == case.step_count == 14
    assert store.broken_link(walk.case_id) is None
    assert [kind for kind, _step, _who in walk.log()].count("complete") == 10 + 4 + 1


def test_a_step_opens_when_all_its_predecessors_have_passed(walk: Walk) -> None:
    walk.tell(large=True, 甲=False, 乙=False)
    walk.do("ask")
    walk.do("accept")
    assert walk.open() == {"study", "fire", "photo:甲", "photo:乙"}
    walk.do("study")
    assert "review" not in walk.open()
    walk.do("fire")
    assert "review" in walk.open()


def test_an_import_may_say_when_a_case_really_began(house) -> None:
    began = MORNING - timedelta(days=30)
    walk = house.start(at=began)
    assert walk.case.started_at == began
    assert walk.item("ask").ready_at == began
