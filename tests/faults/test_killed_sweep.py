"""F1: the sweep is killed at random moments; no reminder is lost, none is written twice."""

import time

import pytest

from tests.faults.faults import (
    SCALE,
    Nursery,
    kill_at_random,
    lost_and_double,
    reminders_due,
    say,
    without_unique_key,
)
from tests.notices.house import House
from waiban.workflow.models import WorkItem

KILLS = 20 * SCALE
REMINDERS = 1000 * SCALE
CHUNK = 5


def left() -> int:
    """How many items no sweep has dealt with yet."""
    return WorkItem.objects.filter(remind_ordinal=0).count()


@pytest.mark.timeout(120 * SCALE)
def test_a_sweep_killed_at_any_moment_loses_nothing_and_doubles_nothing(house: House) -> None:
    items = reminders_due(house, REMINDERS)
    started = time.monotonic()
    with Nursery() as nursery:
        hit = kill_at_random(nursery, "safe", CHUNK, KILLS, left)
        nursery.start("safe", 500)
        nursery.wait()
    lost, double = lost_and_double(items)
    seconds = round(time.monotonic() - started)
    say("F1", kills=KILLS, midway=hit, reminders=REMINDERS, lost=lost, double=double, seconds=seconds)
    assert (lost, double) == (0, 0)
    assert hit >= KILLS // 10, "the kills must hit sweeps that have done something and not all"


@pytest.mark.timeout(120)
def test_control_without_transaction_and_key_a_killed_sweep_writes_some_twice(house: House) -> None:
    def run() -> None:
        items = reminders_due(house, 600)
        kills = double = 0
        with Nursery() as nursery:
            while not double and kills < 300:
                kills += 10
                kill_at_random(nursery, "unsafe", CHUNK, 10, left)
                _lost, double = lost_and_double(items)
                if left() == 0:
                    items += reminders_due(house, 600)
        say("F1-control", kills=kills, reminders=len(items), double=double)
        assert double > 0, "the control must show the fault, or the test above proves nothing"

    without_unique_key(run)
