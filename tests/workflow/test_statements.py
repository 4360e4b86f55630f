"""An act costs a handful of statements, the last step no more than the first."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.workflow.factories import House, Walk, who_does
from waiban.workflow import engine
from waiban.workflow.enums import Mode, ReturnMode
from waiban.workflow.start import Newcomer, add_participant


def statements(act: Callable[[], Any]) -> int:
    """Count the statements of an act; the savepoint of a test stands for the transaction of a request."""
    with CaptureQueriesContext(connection) as captured:
        act()
    return sum("SAVEPOINT" not in query["sql"] for query in captured.captured_queries)


@pytest.fixture
def at_study(walk: Walk) -> Walk:
    """Accepted; the study and both photos are open."""
    walk.tell(large=False, 甲=False, 乙=False)
    return walk.until("study", "photo:甲", "photo:乙")


def test_every_completion_takes_five_statements_and_the_last_but_one_takes_four(house: House) -> None:
    walk = house.start()
    walk.tell(large=True, 甲=True, 乙=False)
    counts = {}
    while walk.open():
        label = min(walk.open())
        key, _, who = label.partition(":")
        item = walk.item(key, who)
        names = {"study": "colleague"} | ({"photo": who} if who else {})
        actor = house.actor(names.get(key) or who_does(item))
        counts[label] = statements(
            lambda case=walk.case_id, pk=item.pk, by=actor: engine.complete(
                case_id=case, item_id=pk, actor=by, opinion="同意"
            )
        )
    assert set(counts.values()) == {4, 5}, "four where nobody has to be told of anything"
    assert counts["ask"] == 5
    assert counts["close"] == 4


@pytest.mark.parametrize(
    ("act", "by", "more", "expected"),
    [
        ("claim", "colleague", {}, 4),
        ("return_back", "colleague", {"target": "ask", "reason_code": "R1", "defects": ["缺章"]}, 7),
        (
            "return_back",
            "colleague",
            {"target": "accept", "reason_code": "R1", "defects": ["缺章"], "mode": ReturnMode.DIRECT},
            7,
        ),
        ("refuse", "colleague", {"reason": "维修"}, 4),
    ],
)
def test_the_other_acts_on_a_step(at_study: Walk, act: str, by: str, more: dict, expected: int) -> None:
    actor, item = at_study.house.actor(by), at_study.item("study")
    do = getattr(engine, act)
    assert statements(lambda: do(case_id=at_study.case_id, item_id=item.pk, actor=actor, **more)) == expected


def test_releasing_reassigning_and_asking_for_opinions(at_study: Walk) -> None:
    house, case_id = at_study.house, at_study.case_id
    actor, item_id = house.actor("colleague"), at_study.item("study").pk
    engine.claim(case_id=case_id, item_id=item_id, actor=actor)
    ids = {"case_id": case_id, "item_id": item_id, "actor": actor}
    officer, chief = house.users["officer"], house.users["chief"]
    assert statements(lambda: engine.release(**ids)) == 3
    assert statements(lambda: engine.reassign(**ids, to_user=officer, reason="病")) == 6
    ids["actor"] = house.actor("officer")
    assert statements(lambda: engine.add_signer(**ids, signer=chief, question="可否？")) == 6


def test_the_acts_on_a_case(at_study: Walk) -> None:
    house, case_id = at_study.house, at_study.case_id
    chief = house.actor("chief")
    ids = {"case_id": case_id, "actor": chief}
    assert statements(lambda: engine.change_mode(**ids, mode=Mode.FAST)) == 4
    assert statements(lambda: engine.update_facts(**ids, dates={"day": "2026-05-01"})) == 3
    assert statements(lambda: engine.pause(**ids, reason="等")) == 4
    assert statements(lambda: engine.resume(**ids)) == 6
    person = Newcomer(house.member("丙").pk, "丙")
    assert statements(lambda: add_participant(**ids, person=person)) <= 10
    assert statements(lambda: engine.recount([case_id])) <= 4
    assert statements(lambda: engine.cancel(**ids, reason="不借了")) == 5


def test_a_start_does_not_grow_with_the_steps(house: House) -> None:
    house.start(["甲"])
    for name in ("甲", "乙", "丙"):
        house.member(name)
    clerk = house.actor("clerk")
    few = statements(lambda: house.start(["甲"], actor=clerk))
    many = statements(lambda: house.start(["甲", "乙", "丙"], actor=clerk))
    assert few == many == 12, "one of them is the count that makes the reference"
