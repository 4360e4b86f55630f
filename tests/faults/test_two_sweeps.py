"""F4: several sweeps at the same moment, many rounds; each reminder is written once."""

import time

import pytest

from tests.faults.faults import SCALE, Nursery, lost_and_double, reminders_due, say, without_unique_key
from tests.notices.house import House

ROUNDS = 10 * SCALE
EACH = 60
HANDS = 4


def run_together(nurseries: list[Nursery], what: list[str], chunk: int) -> None:
    for nursery, work in zip(nurseries, what, strict=True):
        nursery.start(work, chunk)
    for nursery in nurseries:
        nursery.wait()


@pytest.mark.timeout(120 * SCALE)
def test_two_beats_and_two_sweeps_by_hand_at_once_write_each_reminder_once(house: House) -> None:
    started, items = time.monotonic(), []
    with Nursery() as one, Nursery() as two, Nursery() as three, Nursery() as four:
        for _ in range(ROUNDS):
            items += reminders_due(house, EACH)
            run_together([one, two, three, four], ["locked", "locked", "safe", "safe"], 7)
    lost, double = lost_and_double(items)
    seconds = round(time.monotonic() - started)
    say("F4", rounds=ROUNDS, sweeps=HANDS, reminders=len(items), lost=lost, double=double, seconds=seconds)
    assert (lost, double) == (0, 0)


@pytest.mark.timeout(120)
def test_control_without_lock_and_key_sweeps_at_once_write_some_twice(house: House) -> None:
    def run() -> None:
        items: list[int] = []
        rounds = lost = double = 0
        with Nursery() as one, Nursery() as two:
            while not double and rounds < 20:
                rounds += 1
                items += reminders_due(house, EACH)
                run_together([one, two], ["unsafe", "unsafe"], 7)
                lost, double = lost_and_double(items)
        say("F4-control", rounds=rounds, reminders=len(items), lost=lost, double=double)
        assert double > 0, "the control must show the race, or the test above proves nothing"

    without_unique_key(run)
