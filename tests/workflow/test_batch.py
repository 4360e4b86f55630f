"""Many decisions at once: what can be done is done, and every other row says why it was not."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.workflow.factories import House, Walk
from waiban.workflow import engine, store
from waiban.workflow.models import Action


@pytest.fixture
def at_review(house: House) -> Callable[[], Walk]:
    """Make cases that wait for the review."""

    def make() -> Walk:
        walk = house.start([])
        walk.tell(large=False)
        return walk.until("review")

    return make


def picks(*walks: Walk) -> dict[int, int]:
    """Choose the review of some cases."""
    return {walk.item("review").pk: walk.case_id for walk in walks}


def test_every_row_is_reported_and_the_good_ones_are_done(
    house: House, at_review: Callable[[], Walk]
) -> None:
    good, taken, closed, own = at_review(), at_review(), at_review(), at_review()
    early = house.start([])
    house.hire("second", "section", "outbound_chief")
    taken.act("claim", "review", by="second")
    chosen = picks(good, taken, closed, own, early)
    engine.cancel(case_id=closed.case_id, actor=house.actor("director"), reason="不借了")
    own.act("take_back", "study")
    house.hire("chief", "section", "outbound_clerk")
    own.do("study", by="chief")
    report = engine.complete_many(picks={**chosen, 0: 0}, actor=house.actor("chief"), opinion="同意")
    said = {row.case_id: (row.ok, row.code) for row in report}
    assert said == {
        good.case_id: (True, ""),
        taken.case_id: (False, "TAKEN"),
        closed.case_id: (False, "CLOSED"),
        own.case_id: (False, "SAME_DECIDER"),
        early.case_id: (False, "NOT_READY"),
        0: (False, "NO_CASE"),
    }
    assert all(row.message for row in report)
    assert next(row for row in report if row.ok).message == "复核已办结"
    assert "approve" in good.open() and "review" not in good.open()
    assert "review" in own.open()
    last = Action.objects.filter(case_id=good.case_id).latest("seq")
    assert (last.opinion, last.data) == ("同意", {"batch": True})
    assert store.broken_link(good.case_id) is None


def test_nothing_possible_means_nothing_written(house: House) -> None:
    early = house.start([])
    before = early.case.version
    report = engine.complete_many(
        picks={early.item("review").pk: early.case_id}, actor=house.actor("chief"), opinion="同意"
    )
    assert [row.code for row in report] == ["NOT_READY"]
    assert early.case.version == before


def test_two_items_of_one_case_are_both_done(house: House) -> None:
    walk = house.start()
    walk.tell(large=False, 甲=False, 乙=False)
    walk.until("photo:甲", "photo:乙")
    chosen = {walk.item("photo", who).pk: walk.case_id for who in "甲乙"}
    report = engine.complete_many(picks=chosen, actor=house.actor("clerk"))
    assert [row.ok for row in report] == [True, True]
    assert walk.log()[-2:] == [("complete", "交照片", "clerk")] * 2
    assert store.broken_link(walk.case_id) is None


def test_the_statements_do_not_grow_with_the_batch(house: House, at_review: Callable[[], Walk]) -> None:
    counts = []
    actor = house.actor("chief")
    for size in (1, 5, 20):
        chosen = picks(*[at_review() for _ in range(size)])
        with CaptureQueriesContext(
            connection,
        ) as captured:
            report = engine.complete_many(picks=chosen, actor=actor, opinion="同意")
        assert all(row.ok for row in report)
        counts.append(len([q for q in captured.captured_queries if "SAVEPOINT" not in q["sql"]]))
    assert counts == [5, 5, 5]
