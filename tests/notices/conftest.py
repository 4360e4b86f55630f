"""A small office with one flow of its own, and a clock that can be set."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine

from tests.notices.house import FLOW, House, found_office, register_flow
from waiban.workflow import registry
from waiban.workflow.definition import Flow


@pytest.fixture
def flow() -> Iterator[Flow]:
    register_flow()
    yield FLOW
    registry.unregister(FLOW.key)


@pytest.fixture
def house(db: None, flow: Flow) -> House:
    return found_office()


@pytest.fixture
def clock() -> Iterator[Callable[[datetime], None]]:
    """Set the clock of the process; it stands still until set again."""
    running: list[Any] = []

    def set_to(moment: datetime) -> None:
        if running:
            running.pop().stop()
        traveller = time_machine.travel(moment, tick=False)
        traveller.start()
        running.append(traveller)

    yield set_to
    if running:
        running.pop().stop()
