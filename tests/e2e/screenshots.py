"""The pictures of the README: `make screenshots` takes them from the demo office, for docs/."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from PIL import Image
from playwright.sync_api import Browser, Page

from delegations.models import Delegation
from tests.e2e.office import PHONE, WIDE
from waiban.accounts.demo import DEMO_PASSWORD
from waiban.notices.sweeps import run_sweep
from waiban.workflow.enums import CaseStatus

SHOTS = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
COLOURS = 256
"""A palette of this size keeps each picture small and text sharp."""


@contextmanager
def signed_in(browser: Browser, home: str, username: str, size: tuple[int, int]) -> Iterator[Page]:
    """Give a page of a demo person."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    page = context.new_page()
    page.goto(f"{home}/accounts/login/")
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", DEMO_PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url(lambda address: "login" not in address)
    yield page
    context.close()


def take(page: Page, address: str, name: str) -> None:
    """Keep a picture of an address."""
    page.goto(address)
    page.wait_for_load_state("networkidle")
    path = SHOTS / f"{name}.png"
    page.screenshot(path=str(path), full_page=True)
    with Image.open(path) as picture:
        small = picture.convert("RGB").quantize(COLOURS, kmeans=3, dither=Image.Dither.NONE)
        small.save(path, optimize=True)


@pytest.mark.timeout(900)
def test_take_the_pictures(browser: Browser, live_server: Any, transactional_db: None) -> None:
    SHOTS.mkdir(exist_ok=True)
    call_command("load_demo", verbosity=0)
    call_command("sync_beat", verbosity=0)
    run_sweep("workflow.reminders")
    home = live_server.url
    group = Delegation.objects.get(name="赴美国现代农业招商团组", case__status=CaseStatus.RUNNING)
    record = f"{home}/delegations/{group.pk}/"
    with signed_in(browser, home, "outbound_clerk", WIDE) as page:
        take(page, f"{home}/desk/", "desk")
    with signed_in(browser, home, "outbound_chief", WIDE) as page:
        take(page, record, "record")
        take(page, f"{record}?tab=gantt&province=1", "gantt")
    with signed_in(browser, home, "member1", PHONE) as page:
        take(page, f"{record}me/", "member")
