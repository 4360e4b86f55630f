"""The pages for people agree with the house: links, files, names, commands, accounts, the drawing."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

from waiban.accounts.demo import PEOPLE

ROOT = Path(settings.BASE_DIR)
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
MADE_LATER = {"bench/results.json"}
"""Files that a command writes and git ignores."""

LINK = re.compile(r"\]\(([^()\s]+)\)|\bsrc=\"([^\"]+)\"")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.M | re.S)
CODE = re.compile(r"`([^`\n]+)`")
DOTTED = re.compile(r"(?:waiban|delegations)(?:\.\w+)+")
every_page = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())


@cache
def text_of(page: Path) -> str:
    """Return the text of a page."""
    return page.read_text(encoding="utf-8")


def spans(page: Path) -> Iterator[str]:
    """Yield what stands in backticks within the prose of a page."""
    for match in CODE.finditer(FENCE.sub("", text_of(page))):
        yield match[1]


def code(page: Path) -> str:
    """Return everything that a page shows as code."""
    return "\n".join([*spans(page), *(match[2] for match in FENCE.finditer(text_of(page)))])


def anchors(page: Path) -> set[str]:
    """Return the anchors of the headings of a page, as a reader of Markdown makes them."""
    heads = re.findall(r"^#+ (.+)$", FENCE.sub("", text_of(page)), re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@every_page
def test_every_link_leads_to_a_file_and_to_a_heading_in_it(path: Path) -> None:
    lost = []
    for match in LINK.finditer(FENCE.sub("", text_of(path))):
        address = match[1] or match[2]
        if re.match(r"[a-z]+:", address):
            continue
        name, _, anchor = address.partition("#")
        target = (path.parent / name).resolve() if name else path
        if not target.exists() or (anchor and anchor not in anchors(target)):
            lost.append(address)
    assert lost == []


@every_page
def test_every_file_that_a_page_names_exists(path: Path) -> None:
    folders = {path.name for path in ROOT.iterdir() if path.is_dir()} - {"var", ".venv", "node_modules"}
    named = (span.rstrip("/") for span in spans(path) if re.fullmatch(r"[\w.*-]+(/[\w.*-]+)+/?", span))
    ours = {name for name in named if name.split("/")[0] in folders} - MADE_LATER
    assert {name for name in ours if not list(ROOT.glob(name))} == set()


@every_page
def test_every_dotted_name_leads_to_something_in_the_code(path: Path) -> None:
    lost = []
    for name in {span for span in spans(path) if DOTTED.fullmatch(span)}:
        parts = name.split(".")
        found: object = None
        for length in range(len(parts), 0, -1):
            try:
                found = import_module(".".join(parts[:length]))
            except ModuleNotFoundError:
                continue
            for part in parts[length:]:
                found = getattr(found, part, None)
            break
        if found is None:
            lost.append(name)
    assert lost == []


@every_page
def test_every_make_target_that_a_page_names_exists(path: Path) -> None:
    makefile = text_of(ROOT / "Makefile")
    targets = set(re.findall(r"^\.PHONY: (.+)$", makefile, re.M)[0].split())
    assert set(re.findall(r"\bmake ([a-z]+)", code(path))) <= targets


@every_page
def test_every_variable_that_a_page_names_is_explained_in_the_example(path: Path) -> None:
    known = set(re.findall(r"\bWAIBAN_[A-Z_]+", text_of(ROOT / ".env.example")))
    assert set(re.findall(r"\bWAIBAN_[A-Z_]+\b", text_of(path))) <= known


@every_page
def test_every_command_that_a_page_names_exists(path: Path) -> None:
    named = set(re.findall(r'make manage ARGS="(\w+)', code(path)))
    for line in re.findall(r"Commands?: (`\w+`(?:, `\w+`)*)", text_of(path)):
        named |= set(CODE.findall(line))
    assert named <= set(get_commands())


def test_the_readme_lists_each_demo_account_once_and_no_other() -> None:
    table = text_of(ROOT / "README.md").split("### Demo accounts")[1].split("\n#")[0]
    first_cells = re.findall(r"^\| (`[^|]+`) \|", table, re.M)
    named = [name for cell in first_cells for name in CODE.findall(cell)]
    assert sorted(named) == sorted(person.username for person in PEOPLE)


def test_the_index_of_decisions_names_each_page_in_order() -> None:
    folder = ROOT / "docs" / "decisions"
    pages = sorted(path.name for path in folder.glob("0*.md"))
    assert re.findall(r"\((0[^)]+)\)", text_of(folder / "README.md")) == pages
    assert [int(name[:4]) for name in pages] == list(range(1, len(pages) + 1))


def imported(package: str) -> set[str]:
    """Return the names of the parts of the house that a part imports."""
    folder = ROOT / package if (ROOT / package).is_dir() else ROOT / "waiban" / package
    found = set()
    for path in folder.rglob("*.py"):
        if "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(text_of(path))):
            module = node.module or "" if isinstance(node, ast.ImportFrom) and not node.level else ""
            if module == "waiban" and isinstance(node, ast.ImportFrom):
                found |= {alias.name for alias in node.names}
            elif module.startswith("waiban."):
                found.add(module.split(".")[1])
    return found - {package, "celery"}


def test_the_drawing_of_the_floors_shows_the_imports_of_the_code() -> None:
    drawing = FENCE.search(text_of(ROOT / "docs" / "architecture.md"))
    assert drawing is not None
    drawn = {
        left: set(right.split(" & ")) for left, right in re.findall(r"^ +(\w+) --> (.+)$", drawing[2], re.M)
    }
    assert drawn == {name: imported(name) for name in drawn}
    apps = {path.parent.name for path in (ROOT / "waiban").glob("*/apps.py")}
    assert set(drawn) == apps - {"core"} | {"delegations"}
