"""One helper tells the time, so that tests can move it and nobody forgets the zone."""

import ast

import pytest

from tests.architecture.house import PRODUCT, modules, place, tree

ONLY_HERE = "waiban/core/time.py"
CLOCKS = {
    ("timezone", "now"),
    ("timezone", "localdate"),
    ("datetime", "now"),
    ("datetime", "today"),
    ("datetime", "utcnow"),
    ("date", "today"),
    ("time", "time"),
}


def asked_clocks(root: ast.Module) -> list[int]:
    """Return the lines that ask a clock other than that of the house."""
    return [
        node.lineno
        for node in ast.walk(root)
        if isinstance(node, ast.Attribute) and (last_name(node.value), node.attr) in CLOCKS
    ]


def last_name(node: ast.AST) -> str:
    """Return the last part of a dotted name."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def test_only_core_time_asks_the_clock() -> None:
    found = {place(path): asked_clocks(tree(path)) for path in modules(*PRODUCT)}
    assert {name: lines for name, lines in found.items() if lines and name != ONLY_HERE} == {}


@pytest.mark.parametrize(
    "code",
    ["x = timezone.now()", "x = datetime.datetime.now()", "Field(default=timezone.now)", "date.today()"],
)
def test_the_search_finds_what_it_should(code: str) -> None:
    assert asked_clocks(ast.parse(code)) == [1]
