"""Thousands of acts at random, on random flows in memory and on the invented flow in the database."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflow.factories import MORNING, House, Walk
from tests.workflow.nets import axes, case_of, flows
from tests.workflow.sample import HALL
from waiban.core.errors import ActError
from waiban.core.time import local
from waiban.workdays.axis import Axis
from waiban.workflow import acts, engine, store
from waiban.workflow.definition import Flow
from waiban.workflow.enums import ActionKind, CaseStatus, ItemState, Mode, ReturnMode
from waiban.workflow.models import Action, Case, WorkItem
from waiban.workflow.rules import Doer
from waiban.workflow.settling import settle
from waiban.workflow.start import Newcomer, add_participant, new_item
from waiban.workflow.state import CaseState, Item, Person

ACTS_EACH = 60


class Wanderer:
    """Walks one case in memory by acts drawn at random, and looks at it after each."""

    def __init__(self, state: CaseState, random: Random, axis: Axis, now: datetime) -> None:
        self.state, self.random, self.axis, self.now = state, random, axis, now
        self.acts = 0
        self.people = max((item.participant_id or 0 for item in state.items), default=0)
        self.look()

    @property
    def doer(self) -> Doer:
        """Somebody who has not acted before, so that nobody is kept from deciding."""
        self.acts += 1
        return Doer(self.acts, f"人员{self.acts}")

    def some(self, *states: ItemState) -> Item | None:
        """Pick a current item in one of the states."""
        found = [item for item in self.state.current() if item.state in states]
        return self.random.choice(found) if found else None

    def some_open(self) -> Item | None:
        return self.some(ItemState.READY, ItemState.DOING, ItemState.OUTSIDE)

    # The acts

    def complete(self) -> None:
        item = self.some_open()
        if item is not None:
            acts.require_open(self.state, item, {})
            acts.complete(self.state, item, self.doer, opinion="同意", data=None, now=self.now)

    def claim(self) -> None:
        item = self.some_open()
        if item is not None and item.assignee_id is None:
            acts.claim(self.state, item, self.doer, now=self.now)

    def send_back(self) -> None:
        item = self.some_open()
        targets = item and self.state.step(item).returns
        if item is not None and targets:
            acts.return_back(
                self.state, item, self.doer, target=self.random.choice(targets), reason_code="R",
                defects=["缺"], mode=self.random.choice(list(ReturnMode)), now=self.now,
            )  # fmt: skip

    def take_back(self) -> None:
        item = self.some(ItemState.DONE)
        if item is not None and item.done_by_id is not None:
            acts.take_back(self.state, item, Doer(item.done_by_id, "本人"))

    def learn(self) -> None:
        facts = {"case": dict(self.state.facts.get("case") or {}), "members": {}}
        facts["members"] |= {k: dict(v) for k, v in (self.state.facts.get("members") or {}).items()}
        value = self.random.choice((True, False, None))
        ids = {str(item.participant_id) for item in self.state.current() if item.participant_id}
        if ids and self.random.random() < 0.6:
            facts["members"].setdefault(self.random.choice(sorted(ids)), {})[self.random.choice("xy")] = value
        else:
            facts["case"][self.random.choice("ab")] = value
        acts.take_facts(self.state, facts, None)

    def join(self) -> None:
        self.people += 1
        person = Person(self.people, self.people, f"团员{self.people}")
        limits = {step.key: step.limit for step in self.state.flow.steps}
        steps = [step for step in self.state.flow.steps if step.per_member]
        acts.add_person(self.state, person, [new_item(step, person, limits, {}) for step in steps])

    def leave(self) -> None:
        ids = sorted({item.participant_id for item in self.state.current() if item.participant_id})
        if ids:
            acts.remove_person(self.state, self.random.choice(ids), "某人", "生病")

    def hurry(self) -> None:
        acts.change_mode(self.state, Mode.FAST if self.state.mode == Mode.STANDARD else Mode.STANDARD, {})

    def rest(self) -> None:
        """Pause, let some days pass, and resume."""
        acts.pause(self.state, "等", now=self.now)
        self.look()
        self.wait()
        acts.resume(self.state, now=self.now)

    def wait(self) -> None:
        self.now += timedelta(hours=self.random.randint(1, 100))

    def step(self) -> None:
        """Do one act at random, or be refused, and look at the case."""
        wild = [self.claim, self.send_back, self.take_back, self.learn, self.join, self.leave, self.hurry]
        choice = self.random.choice([self.complete] * 6 + wild + [self.rest, self.wait])
        with suppress(ActError):
            choice()
        self.look()

    def go_home(self) -> None:
        """Only finish steps from now on; the case has to close within the steps that there are."""
        for _ in range(len(self.state.items) + 1):
            if self.state.status != CaseStatus.RUNNING:
                return
            self.complete()
            self.look()
        raise AssertionError("the case never closes")

    # What has to hold after every act

    def look(self) -> None:
        settle(self.state, now=self.now, axis=self.axis)
        self.check_rounds()
        self.check_readiness()
        self.check_log()
        self.check_times()

    def check_rounds(self) -> None:
        live = Counter((item.step_key, item.participant_id) for item in self.state.items if item.is_live)
        assert all(count == 1 for count in live.values()), "a step is alive once"
        numbers: dict[tuple[str, int | None], list[int]] = {}
        for item in self.state.items:
            numbers.setdefault((item.step_key, item.participant_id), []).append(item.round)
        assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())

    def check_readiness(self) -> None:
        by_step = self.state.by_step()
        if self.state.status == CaseStatus.RUNNING:
            assert any(item.is_open for item in self.state.current()), "a dead end"
        else:
            assert not any(item.is_live for item in self.state.items)
            return
        corrected = self.state.corrected(by_step)
        for item in self.state.current():
            before = list(self.state.predecessors(item, by_step, corrected))
            if item.is_live:
                assert item.is_open is all(other.has_passed for other in before)
            if item.state == ItemState.SKIPPED:
                step, facts = self.state.step(item), self.state.read_facts()
                assert self.state.flow.applies(step, facts, item.participant_id) is False

    def check_log(self) -> None:
        finished = Counter(
            id(entry.item) for entry in self.state.log if entry.kind is ActionKind.COMPLETE and entry.item
        )
        assert all(count == 1 for count in finished.values()), "an item is finished once"
        done = [item for item in self.state.items if item.state == ItemState.DONE]
        assert all(id(item) in finished for item in done), "what is done is in the log"

    def check_times(self) -> None:
        if self.state.status != CaseStatus.RUNNING:
            return
        for item in self.state.current():
            if item.is_open:
                assert item.due_at is not None
                due = local(item.due_at)
                assert (due.hour, due.minute) == (17, 30) and self.axis.is_workday(due.date())
                assert self.state.paused_at or item.next_remind_at is not None
        assert self.state.forecast_date is None or self.state.end_date is not None


@settings(max_examples=120, deadline=None)
@given(flows(), axes(), st.integers(0, 3), st.integers(0, 10**9))
def test_no_walk_ever_ends_in_a_dead_end(flow: Flow, axis: Axis, members: int, seed: int) -> None:
    wanderer = Wanderer(case_of(flow, members, now=MORNING, axis=axis), Random(seed), axis, MORNING)
    for _ in range(ACTS_EACH):
        if wanderer.state.status == CaseStatus.RUNNING:
            wanderer.step()
    wanderer.go_home()
    assert wanderer.state.status == CaseStatus.CLOSED


# The same in the database, through the door


def wander(walk: Walk, random: Random, names: list[str]) -> str:
    """Do one act at random through the engine; return its kind, or "" when it was refused or not possible."""
    house, clerk = walk.house, walk.house.actor("clerk")
    open_items = list(
        WorkItem.objects.filter(case_id=walk.case_id, state__in=["ready", "doing", "outside"]).order_by("pk")
    )
    item = random.choice(open_items)
    who = item.participant.name if item.participant else ""
    people = list(walk.case.participants.filter(left_at=None))

    def join() -> Any:
        names.append(f"员{len(names)}")
        person = Newcomer(house.member(names[-1]).pk, names[-1])
        return add_participant(case_id=walk.case_id, person=person, actor=clerk)

    def leave() -> Any:
        gone = random.choice(people)
        return engine.remove_participant(
            case_id=walk.case_id, participant_id=gone.pk, actor=clerk, reason="生病"
        )

    def learn() -> Any:
        values = {person.name: random.choice((True, False, None)) for person in people}
        return walk.tell(large=random.choice((True, False, None)), **values)

    def send_back() -> Any:
        mode = random.choice(list(ReturnMode))
        target = random.choice(HALL.by_key[item.step_key].returns)
        return walk.send_back(item.step_key, target, who, mode=mode)

    kinds: dict[str, Callable[[], Any]] = {
        "complete": lambda: walk.do(item.step_key, who),
        "claim": lambda: walk.act("claim", item.step_key, who),
        "take_back": lambda: walk.act("take_back", random.choice(sorted(HALL.by_key)), who),
        "return": send_back,
        "facts": learn,
        "join": join,
        "leave": leave,
    }
    weights = [12, 2, 1, 2, 1, 1, 1]
    kind = random.choices(list(kinds), weights)[0]
    try:
        kinds[kind]()
    except (ActError, IndexError, WorkItem.DoesNotExist):
        return ""
    return kind


def test_a_long_walk_through_the_database_loses_no_log_row(house: House) -> None:
    random = Random(53)
    for _ in range(4):
        walk = house.start(["甲"])
        names = ["甲"]
        done = Counter({"start": 1})
        for _ in range(70):
            if walk.case.status != CaseStatus.RUNNING:
                break
            done[wander(walk, random, names)] += 1
        while walk.open():
            label = min(walk.open())
            walk.do(*label.split(":"))
            done["complete"] += 1
        check_whole(walk, done)


def check_whole(walk: Walk, done: Counter[str]) -> None:
    """The log holds every act once, its chain holds, no round was finished twice, the case is closed."""
    case = Case.objects.get(pk=walk.case_id)
    logged = Counter(Action.objects.filter(case=case).values_list("kind", flat=True))
    del done[""]
    done["return"] += done.pop("take_back", 0)
    assert logged == done
    assert case.log_seq == sum(done.values()) == case.version - 1
    assert store.broken_link(case.pk) is None
    finished = Action.objects.filter(case=case, kind="complete").values_list("item_id", flat=True)
    assert max(Counter(finished).values()) == 1
    assert case.status == CaseStatus.CLOSED
