"""People of the demo office for the tests of audit."""

import pytest

from waiban.accounts.demo import load_demo_accounts
from waiban.accounts.models import User


@pytest.fixture
def people(db: None) -> dict[str, User]:
    """All demo accounts by user name."""
    return load_demo_accounts()
