"""The invented flow and its office, seen from the desk."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.workflow.conftest import clock, flow, house
from tests.workflow.factories import House

__all__ = ["as_person", "clock", "flow", "house"]


@pytest.fixture
def as_person(house: House) -> Callable[[str], Client]:
    """Sign a person of the house in."""

    def sign_in(name: str) -> Client:
        client = Client()
        client.force_login(house.users[name])
        return client

    return sign_in
