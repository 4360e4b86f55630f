"""Every address × every role × {own, another unit's, closed}: the answer is the one that was reviewed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client

from tests.rights import matrix
from tests.rights.catalog import Question, addresses, questions
from tests.rights.world import World
from waiban.workflow.models import Case

pytestmark = [pytest.mark.xdist_group("rights")]

WRITING = re.compile(r"^\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)
READING_MAY_WRITE = {
    "django_session": "the moment of the last request",
    "audit_auditevent": "who opened, exported or was refused what",
}
"""Table → what a GET leaves there."""
READING_DOES_MORE = {
    "notices:open": "following a notice marks it as read",
    "account_email": "allauth takes over the address of the account when its page is first opened",
}
"""Address → what its GET changes besides, on purpose."""
LOG_NAMES_THINGS = {
    ("auditor", "audit:list"): "each event of the log names what it was about, and the auditor reads the log",
}
"""(Person, address) → why names of delegations may stand there that the person cannot open."""


class Visitor:
    """One person with a browser, whose every request is undone."""

    def __init__(self, world: World, name: str) -> None:
        self.world, self.name = world, name
        self.client = Client(raise_request_exception=False)
        if name != "anonymous":
            self.client.force_login(world.people[name])
        self.cookies = self.client.cookies.copy()

    def ask(self, method: str, question: Question) -> Any:
        """Make a request and undo it. An answer of 500 fails with its traceback."""
        with transaction.atomic():
            if method == "GET":
                response = self.client.get(question.path)
            else:
                response = self.client.post(question.path, question.body)
            response.getvalue() if response.streaming else response.content
            transaction.set_rollback(True)
        self.client.cookies = self.cookies.copy()
        cache.clear()
        if response.status_code >= 500 and getattr(response, "exc_info", None):
            raise AssertionError(f"{self.name} {method} {question.key}") from response.exc_info[1]
        return response

    def hidden_markers(self) -> list[str]:
        """Return what names the delegations that this person may not see."""
        user = self.world.people.get(self.name)
        seen = set(Case.objects.visible_to(user).values_list("pk", flat=True)) if user else set()
        return [m for s in self.world.sides.values() if s.group.pk not in seen for m in s.markers]


def status_of(response: Any) -> str:
    """Return a status as the matrix writes it."""
    if response.status_code in (301, 302) and "/login/" in response.headers["Location"]:
        return "302 sign-in"
    return str(response.status_code)


@contextmanager
def writes() -> Iterator[set[str]]:
    """Collect the tables that are written meanwhile."""
    tables: set[str] = set()

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found = WRITING.match(sql)
        if found:
            tables.add(found.group(1))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        yield tables


def body_of(response: Any) -> str:
    """Return a page as text; files are read by the tests of documents and exports."""
    if response.streaming or not response.headers.get("Content-Type", "").startswith(
        ("text/", "application/json")
    ):
        return ""
    return response.content.decode()


def faults_of(response: Any, method: str, hidden: list[str], secrets: tuple[str, ...]) -> list[str]:
    """Return what is wrong with an answer besides its status."""
    found, body = [], body_of(response)
    found += [f"shows {marker}" for marker in hidden if marker in body]
    if method == "GET":
        found += [f"shows {number} in clear" for number in secrets if number in body]
    if response.status_code == 403:
        found += [] if reason_of(response) else ["refuses without a sentence"]
    return found


def reason_of(response: Any) -> str:
    """Return the Chinese sentence of a refusal: of the error page with its code, or above the form."""
    context = response.context or {}
    if context.get("code"):
        return sentence(str(context.get("what", "")))
    form = context.get("form") or getattr(context.get("act"), "form", None)
    return sentence("".join(form.non_field_errors())) if form else ""


def sentence(text: str) -> str:
    """Return a text if it is a Chinese sentence."""
    return text if text.endswith("。") and re.search(r"[\u4e00-\u9fff]{4}", text) else ""


@pytest.fixture(scope="module")
def collected() -> Iterator[dict[str, Mapping[str, str]]]:
    """The answers of all people; written to the file when that was asked for."""
    found: dict[str, Mapping[str, str]] = {}
    yield found
    if matrix.WRITE and set(found) == set(matrix.PEOPLE):
        matrix.store(found)


@pytest.mark.parametrize("person", matrix.PEOPLE)
def test_every_address_answers_this_person_as_agreed(
    world: World, person: str, collected: dict[str, Mapping[str, str]]
) -> None:
    visitor = Visitor(world, person)
    hidden, answers, faults = visitor.hidden_markers(), {}, {}
    for question in questions(world, admin=person in matrix.ADMIN_ASKED):
        for method in ("GET", "POST"):
            line = f"{question.key} {method}"
            with writes() as tables:
                response = visitor.ask(method, question)
            answers[line] = status_of(response)
            names = [] if (person, question.key.split()[0]) in LOG_NAMES_THINGS else hidden
            found = faults_of(response, method, names, world.secrets)
            extra = tables - set(READING_MAY_WRITE)
            if method == "GET" and extra and question.key.split()[0] not in READING_DOES_MORE:
                found.append(f"writes {sorted(extra)}")
            if found:
                faults[line] = found
    collected[person] = answers
    assert faults == {}
    if not matrix.WRITE:
        agreed = matrix.answers_of(person)
        assert {k: (agreed.get(k), v) for k, v in answers.items() if agreed.get(k) != v} == {}


def test_no_address_was_forgotten() -> None:
    asked = {line.split()[0] for line in matrix.stored()}
    assert {address.name for address in addresses()} ^ asked == set()
