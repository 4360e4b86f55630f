"""People of the office at their browsers: they sign in, open pages, do steps; what goes wrong is kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Locator, Page, Request, Response, expect

from delegations.flow import FLOW
from waiban.accounts.demo import DEMO_PASSWORD

WIDE, PHONE, TABLET = (1440, 900), (390, 844), (768, 1024)
HERE = {"127.0.0.1", "localhost"}
EXPECTED = re.compile(r"Failed to load resource: .* status of 4\d\d")
"""The browser's own remark on an answer that refuses; tests read the page instead."""

Values = Mapping[str, Any]


class Faults:
    """What no page may do, gathered over all browsers of a test."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def watch(self, page: Page) -> None:
        """Listen to a page: other hosts, errors of scripts, answers of 500."""
        page.on("request", self._request)
        page.on("response", self._response)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.found.append(f"script: {error}"))

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.hostname not in HERE:
            self.found.append(f"asked another host: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.found.append(f"{response.status} {response.url}")

    def _console(self, message: Any) -> None:
        if message.type == "error" and not EXPECTED.match(message.text):
            self.found.append(f"console: {message.text}")


class Person:
    """One person at a browser of his own."""

    def __init__(
        self,
        office: Office,
        username: str,
        size: tuple[int, int],
        *,
        touch: bool = False,
        scripts: bool = True,
    ) -> None:
        self.office, self.username = office, username
        self.context = office.browser.new_context(
            base_url=office.url,
            viewport={"width": size[0], "height": size[1]},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            has_touch=touch,
            java_script_enabled=scripts,
        )
        self.context.set_default_timeout(20_000)
        self.page = self.context.new_page()
        office.faults.watch(self.page)

    def sign_in(self, path: str = "/desk/") -> Page:
        """Sign in through the form, on the way to a page."""
        self.page.goto(path)
        self.give_password()
        return self.page

    def give_password(self) -> None:
        """Fill the sign-in form that is on the screen."""
        self.page.fill("[name=login]", self.username)
        self.page.fill("[name=password]", DEMO_PASSWORD)
        self.page.click("main form button[type=submit]")
        self.page.wait_for_url(lambda url: "/accounts/login/" not in url)

    def open(self, path: str) -> Page:
        """Open a page."""
        self.page.goto(path)
        return self.page

    def panel(self, key: str, member: str = "") -> Locator:
        """Return the panel of a step on the open record, unfolded; for one member where it has one."""
        step = FLOW.by_key[key]
        title = f"办理：{step.no} {step.name}" + (f" · {member}" if member else "")
        heading = self.page.locator("h2", has_text=re.compile(f"^{re.escape(title)}$"))
        panel = self.page.locator("section.act").filter(has=heading)
        folded = self.page.locator("details.act-more:not([open])").filter(has=panel)
        expect(panel).to_have_count(1)
        if folded.count():
            folded.locator("summary").first.click()
        return panel

    def do(self, key: str, values: Values | None = None, *, member: str = "") -> None:
        """Do a step on the record that is open: fill what is given, press the button, read what was done."""
        panel = self.panel(key, member)
        claim = panel.get_by_role("button", name="签收", exact=True)
        if claim.count():
            claim.click()
            panel = self.panel(key, member)
        fill(panel, values or {})
        panel.locator(".act-buttons .btn-primary").click()
        self.expect_done(f"{FLOW.by_key[key].name}已办结。")

    def expect_done(self, words: str) -> None:
        """Read the sentence that says what was done; a form that came back fails with its errors."""
        place = self.page.locator(".messages").get_by_text(words)
        faulty = self.page.locator(".error-summary")
        expect(place.or_(faulty).first).to_be_visible()
        assert not faulty.count(), faulty.inner_text()

    def close(self) -> None:
        """Close the browser window."""
        self.context.close()


class Office:
    """All browsers of one test."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser, self.url = browser, url
        self.faults = Faults()
        self.people: dict[tuple[str, tuple[int, int]], Person] = {}

    def person(self, username: str, size: tuple[int, int] = WIDE) -> Person:
        """Return somebody who is signed in, at a window of this size."""
        if (username, size) not in self.people:
            person = Person(self, username, size, touch=size != WIDE)
            person.sign_in()
            self.people[username, size] = person
        return self.people[username, size]

    def visitor(self, username: str = "", size: tuple[int, int] = WIDE, *, scripts: bool = True) -> Person:
        """Return somebody who has not signed in yet, in a window of his own."""
        person = Person(self, username, size, scripts=scripts)
        self.people[f"visitor {len(self.people)}", size] = person
        return person

    def leave(self) -> None:
        """Close all windows."""
        for person in self.people.values():
            person.close()
        self.people.clear()


def fill(place: Locator, values: Values) -> None:
    """Fill fields by name: text, dates, choices, marks. A name may end in "*" for all fields of a formset."""
    for name, value in values.items():
        pattern = f"[name$='{name[1:]}']" if name.startswith("*") else f"[name='{name}']"
        fields = place.locator(f"{pattern}:not([type=hidden])")
        kind, many = kind_of(fields.first), name.startswith("*")
        if kind == "radio" or (kind == "checkbox" and not isinstance(value, bool)):
            for one in value if isinstance(value, list) else [value]:
                place.locator(f"{pattern}[value='{one}']").check()
            continue
        for field in fields.all() if many else [fields.first]:
            FILLING[kind](field, value)


def kind_of(field: Locator) -> str:
    """Return what a field is: text, select, checkbox or radio."""
    told = field.evaluate("f => f.tagName === 'SELECT' ? 'select' : f.type")
    return told if told in FILLING or told == "radio" else "text"


def choose(field: Locator, value: Any) -> None:
    """Choose by label, or by value when no label is like it."""
    options = value if isinstance(value, list) else [value]
    field.select_option(value=[str(one) for one in options])


FILLING: Mapping[str, Callable[[Locator, Any], Any]] = {
    "text": lambda field, value: field.fill(str(value)),
    "select": choose,
    "checkbox": lambda field, value: field.set_checked(bool(value)),
}
