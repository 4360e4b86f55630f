"""Browsers, a live server and the people of the demo office."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.office import Office
from waiban.accounts.demo import load_demo_accounts
from waiban.accounts.models import User

expect.set_options(timeout=20_000)  # two busy cores


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """A browser set to Chinese: date fields read 年/月/日."""
    return {**browser_type_launch_args, "args": [*browser_type_launch_args["args"], "--lang=zh-CN"]}


@pytest.fixture
def people(transactional_db: None) -> dict[str, User]:
    """The demo accounts by user name."""
    return load_demo_accounts()


@pytest.fixture
def office(browser: Browser, live_server: Any, people: dict[str, User]) -> Iterator[Office]:
    """Everybody's browsers. In the end no page has asked another host, failed, or complained."""
    office = Office(browser, live_server.url)
    yield office
    office.leave()
    assert office.faults.found == []
