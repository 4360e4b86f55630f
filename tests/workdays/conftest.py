"""The invented people of the demo office, and a day in autumn on which next year's notice is due."""

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from django.test import Client

from waiban.accounts.actors import Actor, actor_for
from waiban.accounts.demo import load_demo_accounts
from waiban.accounts.models import User
from waiban.core.time import at
from waiban.workdays.services import current_axis


@pytest.fixture
def people(db: None) -> dict[str, User]:
    current_axis()
    return load_demo_accounts()


@pytest.fixture
def sysadmin(people: dict[str, User]) -> Actor:
    return actor_for(people["sysadmin"])


@pytest.fixture
def autumn() -> Iterator[None]:
    with time_machine.travel(at(date(2026, 11, 24), "10:00"), tick=False):
        yield


@pytest.fixture
def signed_in(people: dict[str, User], autumn: None):
    def sign_in(username: str) -> Client:
        client = Client()
        client.force_login(people[username])
        return client

    return sign_in
