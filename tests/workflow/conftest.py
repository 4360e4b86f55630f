"""The invented flow, the office that runs it, and a clock that can be set."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
import time_machine

from tests.workflow.factories import MORNING, House, Walk, found_house
from tests.workflow.sample import HALL
from waiban.workdays.axis import Axis
from waiban.workflow import registry
from waiban.workflow.definition import Flow


@pytest.fixture
def flow() -> Iterator[Flow]:
    """Register the invented flow for one test."""
    registry.register(
        registry.Binding(
            flow=HALL, label=HALL.name, menu_url="notices:list", record_url=lambda case: f"/halls/{case.pk}/"
        )
    )
    yield HALL
    registry.unregister(HALL.key)


@pytest.fixture
def clock() -> Iterator[Callable[[datetime], None]]:
    """Set the clock of the process; it stands still until set again. It begins on a Monday morning."""
    running = [time_machine.travel(MORNING, tick=False)]
    running[0].start()

    def set_to(moment: datetime) -> None:
        running.pop().stop()
        running.append(time_machine.travel(moment, tick=False))
        running[0].start()

    yield set_to
    running.pop().stop()


@pytest.fixture
def house(db: None, flow: Flow, clock: Callable[[datetime], None]) -> House:
    """An office with everybody whom the flow needs."""
    return found_house()


@pytest.fixture
def walk(house: House) -> Walk:
    """A case of two participants that has just been started; nothing is known about it yet."""
    return house.start()


@pytest.fixture(scope="session")
def axis() -> Axis:
    """A plain week without holidays."""
    return Axis(1, {}, range(2020, 2041))
