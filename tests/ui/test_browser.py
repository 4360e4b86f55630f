"""The sample pages in a real browser, under the policy of the site: looks, keys, batches, menus."""

import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Page, expect

from tests.ui.pages import PAGES
from tests.ui.server import Handler

AXE = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js"))
SERIOUS = {"serious", "critical"}
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def samples() -> Iterator[str]:
    """Serve the sample pages while the tests of this file run."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser complains of: refused styles and scripts, missing files, errors."""
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def inspect(page: Page) -> list[dict[str, Any]]:
    """Run axe past the policy, as a browser extension would, and return what is serious."""
    page.context.new_cdp_session(page).send("Runtime.evaluate", {"expression": AXE.read_text()})
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [violation for violation in result["violations"] if violation["impact"] in SERIOUS]


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["1440", "390"])
def test_a_page_is_accessible_fits_its_width_and_breaks_no_policy(
    page: Page, samples: str, complaints: list[str], name: str, size: dict[str, int]
) -> None:
    page.set_viewport_size(size)
    page.goto(samples + name)
    assert inspect(page) == []
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0
    assert [text for text in complaints if "favicon" not in text] == []


def test_rows_of_one_step_can_be_decided_together_and_others_not(page: Page, samples: str) -> None:
    page.set_viewport_size(DESK)
    page.goto(samples + "desk")
    bar, boxes = page.locator("[data-batch-bar]"), page.locator("input[name=items]")
    expect(bar).to_be_hidden()
    boxes.nth(8).check()
    boxes.nth(9).check()
    expect(bar).to_contain_text("已选 2 件 · 同为“6 合规预检”，可一并办理")
    expect(page.get_by_role("button", name="批量预检")).to_be_enabled()
    boxes.nth(0).check()
    expect(bar).to_contain_text("批量办理须为同一环节")
    expect(page.locator("[data-batch-act=return]")).to_be_disabled()
    page.get_by_role("button", name="取消选择").click()
    expect(bar).to_be_hidden()


def test_the_keyboard_reaches_search_and_closes_menus(page: Page, samples: str) -> None:
    page.set_viewport_size(DESK)
    page.goto(samples + "desk")
    page.keyboard.press("Control+k")
    expect(page.locator("[data-search]")).to_be_focused()
    page.locator(".person > summary").click()
    expect(page.locator(".topbar .person .drop-panel")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".topbar .person .drop-panel")).to_be_hidden()
    expect(page.locator(".person > summary")).to_be_focused()


def test_the_first_tab_stop_leads_past_the_menu(page: Page, samples: str) -> None:
    page.goto(samples + "record")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()


def test_the_menu_of_a_phone_opens_and_closes_without_losing_the_place(page: Page, samples: str) -> None:
    page.set_viewport_size(PHONE)
    page.goto(samples + "desk")
    expect(page.locator("#menu")).to_be_hidden()
    page.locator("[data-drawer]").click()
    expect(page.locator("#menu").get_by_role("link", name="因公出访")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#menu")).to_be_hidden()
    expect(page.locator("[data-drawer]")).to_be_focused()


def test_larger_type_comes_at_once_and_is_remembered(page: Page, samples: str) -> None:
    page.set_viewport_size(DESK)
    page.goto(samples + "desk")
    before = page.locator("h1").evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    page.locator(".strip [data-elder] button").click()
    after = page.locator("h1").evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert after == pytest.approx(before * 1.25)
    assert {"name": "elder", "value": "1"}.items() <= page.context.cookies()[0].items()
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0


def test_a_common_phrase_replaces_the_opinion(page: Page, samples: str) -> None:
    page.goto(samples + "record")
    page.get_by_role("button", name="请补充后再报").click()
    expect(page.locator("textarea[name=opinion]")).to_have_value("请补充后再报")


def test_errors_take_the_focus_and_lead_to_their_field(page: Page, samples: str) -> None:
    page.goto(samples + "form")
    expect(page.locator(".error-summary")).to_be_focused()
    page.locator(".error-summary a").first.click()
    expect(page.locator("#id_entry_date")).to_be_focused()


def test_without_scripts_everything_can_still_be_done(browser: Any, samples: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    page.goto(samples + "desk")
    page.locator("[data-drawer]").click()
    expect(page.get_by_role("link", name="来访接待")).to_be_visible()
    page.goto(samples + "record")
    assert page.locator("a[href='/cases/items/18/return/']").count() == 1
    page.goto(samples + "list")
    expect(page.get_by_role("button", name="筛选").last).to_be_visible()
    context.close()


def test_the_chart_keeps_the_names_in_view_while_it_scrolls(page: Page, samples: str) -> None:
    page.set_viewport_size(PHONE)
    page.goto(samples + "gantt")
    labels = page.locator(".gantt-labels")
    before = labels.bounding_box()
    page.locator("[data-gantt]").evaluate("box => { box.scrollLeft = 900 }")
    assert labels.bounding_box() == before
    assert page.locator("[data-gantt]").evaluate("box => box.scrollLeft") > 0


def test_an_account_of_the_demo_office_fills_the_form(page: Page, samples: str) -> None:
    page.goto(samples + "sign-in")
    page.get_by_role("button", name="outbound_chief").click()
    expect(page.locator("input[name=login]")).to_have_value("outbound_chief")
    expect(page.locator("input[name=password]")).to_be_focused()
