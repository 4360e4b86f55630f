"""An office whose rows are committed, so that other processes see them."""

from typing import Any

import pytest

from tests.notices.house import House, found_office, register_flow
from waiban.workflow import registry


@pytest.fixture
def house(transactional_db: Any) -> Any:
    """The office of the notice tests, in a database that is really written to."""
    register_flow()
    house: House = found_office()
    yield house
    registry.unregister("bell_ringing")
