"""People of the demo office and a delegation that has just been started."""

import pytest

from tests.delegations.desk import Walker, start, team
from waiban.accounts.demo import load_demo_accounts
from waiban.accounts.models import User


@pytest.fixture
def people(db: None) -> dict[str, User]:
    """All demo accounts by user name."""
    return load_demo_accounts()


@pytest.fixture
def walker(people: dict[str, User]) -> Walker:
    """A delegation of two members to the United States."""
    return start(people, members=team(people))
