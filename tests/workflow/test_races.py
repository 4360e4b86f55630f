"""Two officers at the same second: one effect, and the other reads who was first. On real connections."""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, connections

from tests.workflow.factories import House, Walk, found_house
from waiban.core.errors import ActError, Conflict
from waiban.notices.models import Notice
from waiban.workflow import engine, store
from waiban.workflow.definition import Flow
from waiban.workflow.enums import ItemState
from waiban.workflow.models import Action, WorkItem

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 100


@pytest.fixture
def house(transactional_db: None, flow: Flow) -> House:
    """An office whose rows are really committed; the clock runs."""
    return found_house()


@pytest.fixture(autouse=True)
def closed_connections() -> Iterator[None]:
    yield
    connections.close_all()


class Runner:
    """Threads with a connection each, kept for many rounds; a round starts all of them at the same moment."""

    def __init__(self, count: int = 2) -> None:
        self.start, self.end = Barrier(count + 1), Barrier(count + 1)
        self.jobs: list[Callable[[], Any] | None] = [None] * count
        self.answers: list[Any] = [None] * count
        self.threads = [Thread(target=self._work, args=(number,), daemon=True) for number in range(count)]
        for thread in self.threads:
            thread.start()

    def _work(self, number: int) -> None:
        connection.ensure_connection()
        while True:
            self.start.wait(60)
            job = self.jobs[number]
            if job is None:
                connection.close()
                return
            try:
                self.answers[number] = job()
            except Exception as error:
                self.answers[number] = error
            self.end.wait(60)

    def together(self, *jobs: Callable[[], Any]) -> list[Any]:
        """Run one job in each thread at once and return results or errors."""
        self.jobs = list(jobs)
        self.start.wait(60)
        self.end.wait(60)
        return list(self.answers)

    def stop(self) -> None:
        self.jobs = [None] * len(self.threads)
        self.start.wait(60)
        for thread in self.threads:
            thread.join(60)


@pytest.fixture
def runner() -> Iterator[Runner]:
    found = Runner()
    yield found
    found.stop()


def job(walk: Walk, act: str, key: str, who: str = "", *, by: str, **more: Any) -> Callable[[], Any]:
    """Prepare an act so that only the act itself happens in the thread."""
    item, actor = walk.item(key, who), walk.house.actor(by)
    do = getattr(engine, act)
    return lambda: do(case_id=walk.case_id, item_id=item.pk, actor=actor, **more)


def split(answers: list[Any]) -> tuple[int, list[ActError]]:
    """Count successes and return the polite refusals; anything else is a failure of the test."""
    refused = [answer for answer in answers if isinstance(answer, ActError)]
    broken = [answer for answer in answers if isinstance(answer, Exception) and answer not in refused]
    assert not broken, broken
    return len(answers) - len(refused), refused


def without_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Switch the lock of the door off, to show that there is a race to be lost."""
    monkeypatch.setattr(store, "load", partial(store.load, lock=False))


# The same step, by two people


def test_one_of_two_who_finish_the_same_step_is_told_who_was_first(house: House, runner: Runner) -> None:
    for _ in range(20):
        walk = house.start([])
        walk.tell(large=False)
        walk.until("study")
        jobs = [job(walk, "complete", "study", by=name) for name in ("officer", "colleague")]
        done, refused = split(runner.together(*jobs))
        assert done == 1
        assert isinstance(refused[0], Conflict) and refused[0].code == "DONE"
        winner = walk.item("study").done_by.name
        assert refused[0].message.startswith(f"初审已由{winner}于 ")
        assert Counter(walk.log())["complete", "初审", winner] == 1
        assert store.broken_link(walk.case_id) is None


RACES = [
    (
        ("complete", "officer", {}),
        ("return_back", "colleague", {"target": "ask", "reason_code": "R1", "defects": ["缺"]}),
    ),
    (("claim", "officer", {}), ("claim", "colleague", {})),
    (("complete", "officer", {}), ("refuse", "colleague", {"reason": "维修"})),
    (("complete", "officer", {}), ("complete", "officer", {})),
    (("refuse", "officer", {"reason": "维修"}), ("refuse", "colleague", {"reason": "维修"})),
]


@pytest.mark.parametrize(("first", "second"), RACES, ids=[f"{a[0]}-{b[0]}" for a, b in RACES])
def test_any_two_acts_on_one_step_have_one_effect(
    house: House, runner: Runner, first: tuple[str, str, dict], second: tuple[str, str, dict]
) -> None:
    for _ in range(5):
        walk = house.start([])
        walk.tell(large=False)
        walk.until("study")
        before = Action.objects.filter(case_id=walk.case_id).count()
        jobs = [job(walk, act, "study", by=by, **more) for act, by, more in (first, second)]
        done, refused = split(runner.together(*jobs))
        assert (done, len(refused)) == (1, 1)
        assert Action.objects.filter(case_id=walk.case_id).count() == before + 1
        assert store.broken_link(walk.case_id) is None


def test_finishing_and_cancelling_at_once_leave_a_whole_case(house: House, runner: Runner) -> None:
    chief = house.actor("chief")
    for _ in range(5):
        walk = house.start([])
        cancel = partial(engine.cancel, case_id=walk.case_id, actor=chief, reason="不借了")
        split(runner.together(job(walk, "complete", "ask", by="clerk"), cancel))
        assert walk.case.status == "cancelled"
        assert walk.open() == set()
        assert store.broken_link(walk.case_id) is None


def test_a_batch_and_a_single_decision_do_not_wait_for_each_other_for_ever(
    house: House, runner: Runner
) -> None:
    walks = [house.start([]) for _ in range(6)]
    for walk in walks:
        walk.tell(large=False)
        walk.until("review")
    chief = house.actor("chief")
    house.hire("second", "section", "outbound_chief")
    second = house.actor("second")
    picks = {walk.item("review").pk: walk.case_id for walk in walks}
    backwards = dict(reversed(list(picks.items())))
    answers = runner.together(
        lambda: engine.complete_many(picks=picks, actor=chief, opinion="同意"),
        lambda: engine.complete_many(picks=backwards, actor=second, opinion="同意"),
    )
    rows = [row for answer in answers for row in answer]
    assert Counter(row.code for row in rows) == {"": 6, "DONE": 6}


# Branches that end at the same moment


def test_a_join_opens_once_however_its_four_branches_end(house: House) -> None:
    people = ["甲", "乙", "丙", "丁"]
    branches = {f"photo:{who}" for who in people}
    walk = house.start(people)
    walk.tell(large=False, **dict.fromkeys(people, False))
    walk.until(*branches)
    while walk.open() != branches:
        walk.do(min(walk.open() - branches))
    runner = Runner(len(people))
    for number in range(1, ROUNDS + 1):
        jobs = [job(walk, "complete", "photo", who, by=who) for who in people]
        done, _refused = split(runner.together(*jobs))
        assert done == len(people)
        key = walk.item("key")
        assert (key.state, key.round) == (ItemState.READY, number)
        if number < ROUNDS:
            walk.send_back("key", "photo")
    runner.stop()
    joins = WorkItem.objects.filter(case_id=walk.case_id, step_key="key")
    assert joins.count() == ROUNDS
    assert joins.exclude(ready_at=None).count() == ROUNDS
    told = Notice.objects.filter(item__in=joins, kind="ready", channel="inapp")
    assert told.count() == ROUNDS, "each opening is announced once"
    assert store.broken_link(walk.case_id) is None


# Control runs: with the lock off, the race is there


def test_without_the_lock_a_step_is_done_twice_or_breaks(
    house: House, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_lock(monkeypatch)
    bad = 0
    for _ in range(30):
        walk = house.start([])
        walk.do("ask")
        jobs = [job(walk, "complete", "accept", by=name) for name in ("officer", "colleague")]
        answers = runner.together(*jobs)
        bad += sum(not isinstance(answer, Conflict) for answer in answers) > 1
        if bad:
            break
    assert bad, "the race that the lock prevents has to show itself"


def test_without_the_lock_a_join_is_lost(
    house: House, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_lock(monkeypatch)
    lost = False
    for _ in range(30):
        walk = house.start(["甲", "乙"])
        walk.tell(large=False, 甲=False, 乙=False)
        walk.until("photo:甲", "photo:乙", "study")
        while walk.open() != {"photo:甲", "photo:乙"}:
            walk.do(min(walk.open() - {"photo:甲", "photo:乙"}))
        answers = runner.together(*[job(walk, "complete", "photo", who, by=who) for who in ("甲", "乙")])
        failed = any(isinstance(answer, Exception) for answer in answers)
        lost = lost or failed or walk.item("key").state == ItemState.WAITING
        if lost:
            break
    assert lost, "without the lock both branches believe that the other is still open"
