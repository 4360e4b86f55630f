"""Every page of the portal in a browser: accessible, inside a phone's width, without a request to others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response

from tests.e2e.office import PHONE, WIDE, Office, Person
from tests.rights import matrix
from tests.rights.catalog import questions
from tests.rights.world import World, build

pytestmark = pytest.mark.timeout(900)

PREFERRED = (
    "unit_clerk",
    "outbound_clerk",
    "outbound_chief",
    "passport_clerk",
    "member1",
    "translator",
    "auditor",
    "sysadmin",
    "anonymous",
)
"""Who looks at a page: the first of these who may."""

MORE = {
    "unit_clerk": ("/desk/?tab=outside", "/desk/?tab=done", "/desk/?tab=mine", "/search/?q=美国"),
    "outbound_clerk": tuple(
        f"/delegations/{{case_id}}/?tab={tab}"
        for tab in ("map", "gantt", "overview", "members", "itinerary", "budget", "papers", "outcomes", "log")
    ),
    "finance": ("/desk/", "/delegations/", "/delegations/people/", "/delegations/0/"),
}
"""Person → pages that differ by what follows the question mark, and pages that refuse."""

ON_THE_PHONE = {
    "member1": ("/delegations/{case_id}/me/", "/delegations/{case_id}/me/{member_item_id}/"),
    "outbound_chief": ("/desk/", "/delegations/{case_id}/"),
    "unit_clerk": ("/desk/", "/delegations/new/", "/notices/"),
    "anonymous": ("/", "/accounts/login/"),
}
"""Person → pages that axe reads at a phone's width too."""

GRAVE = {"serious", "critical"}
AXE = Axe()


@pytest.fixture
def world(people: object) -> World:
    """The three delegations of the rights matrix."""
    return build()


def pages_of(world: World) -> dict[str, list[str]]:
    """Return for each person the addresses that he looks at, every address of the portal once."""
    stored, found = matrix.stored(), defaultdict(list)
    for question in questions(world, admin=False):
        row = stored.get(f"{question.key} GET", {})
        if question.key.endswith((" foreign", " closed")) or "200" not in row:
            continue
        who = next((p for p in PREFERRED if matrix.answers_of_row(p, row) == "200"), None)
        if who is not None:
            found[who].append(question.path)
    for who, paths in MORE.items():
        found[who] += [path.format(**world.sides["own"].ids) for path in paths]
    return found


def looked_at(office: Office, world: World, wanted: dict[str, list[str]]) -> Iterator[tuple[str, Page]]:
    """Open every page at its person's browser, wide; yield those that are HTML."""
    for who, paths in wanted.items():
        person: Person = office.visitor() if who == "anonymous" else office.person(who)
        for path in paths:
            person.page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
            answer = download_or_page(person.page, path)
            if answer is not None and is_page(answer):
                yield f"{who} {path}", person.page
        person.close()


def is_page(answer: Response) -> bool:
    """Whether an answer is a whole page: no file, and no part that htmx puts into one."""
    return "text/html" in answer.headers.get("content-type", "") and "<html" in answer.text()


def download_or_page(page: Page, path: str) -> Response | None:
    """Open a page; None for an address that hands out a file."""
    try:
        return page.goto(path)
    except Exception as error:
        if "Download is starting" in str(error):
            return None
        raise


def grave_faults(page: Page) -> list[str]:
    """Return what axe calls serious or critical, each with the first place."""
    found = AXE.run(page).response["violations"]
    return [
        f"{fault['id']}: {fault['nodes'][0]['target'][0]} ×{len(fault['nodes'])}"
        for fault in found
        if fault["impact"] in GRAVE
    ]


WIDE_ELEMENTS = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  const right = (element) => element.getBoundingClientRect().right;
  const all = [...document.body.querySelectorAll("*")];
  const wide = all.filter((element) => right(element) > root.clientWidth + 1);
  return ["page", ...wide.slice(0, 3).map((e) => `${e.tagName}.${e.className} ${right(e)}`)];
}"""


def overflow(page: Page) -> list[str]:
    """Return the elements that make a page wider than a phone."""
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    return page.evaluate(WIDE_ELEMENTS)


def test_every_page_is_accessible_and_fits_a_phone(office: Office, world: World) -> None:
    faults = {}
    for name, page in looked_at(office, world, pages_of(world)):
        found = grave_faults(page) + [f"too wide: {place}" for place in overflow(page)]
        if found:
            faults[name] = found
    assert not faults, "\n".join(f"{name}: {found}" for name, found in faults.items())


def test_the_pages_of_the_phone_are_accessible_there(office: Office, world: World) -> None:
    faults = {}
    wanted = {w: [p.format(**world.sides["own"].ids) for p in paths] for w, paths in ON_THE_PHONE.items()}
    for name, page in looked_at(office, world, wanted):
        page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        if found := grave_faults(page):
            faults[name] = found
    assert not faults, "\n".join(f"{name}: {found}" for name, found in faults.items())
