"""What the house is made of, for tests that read its own files."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PRODUCT = ("waiban", "delegations", "visits", "apec_cards", "events")
PROGRAM = (*PRODUCT, "deploy", "bench")
TEMPLATES = ROOT / "templates"


@cache
def modules(*folders: str) -> tuple[Path, ...]:
    """Return the Python files below these folders of the root, migrations left out."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return tuple(sorted(path for path in found if "migrations" not in path.parts))


@cache
def templates() -> tuple[Path, ...]:
    """Return every template: pages, parts, mails in HTML and in plain text."""
    return tuple(sorted(path for path in TEMPLATES.rglob("*") if path.suffix in {".html", ".txt"}))


def place(path: Path) -> str:
    """Return a path as people write it, from the root of the project."""
    return path.relative_to(ROOT).as_posix()


@cache
def source(path: Path) -> str:
    """Return the text of a file."""
    return path.read_text(encoding="utf-8")


@cache
def tree(path: Path) -> ast.Module:
    """Return a Python file as a tree."""
    return ast.parse(source(path), filename=str(path))


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    """Yield every function and method of a file."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef):
            yield node


def lines_without_docstring(node: ast.FunctionDef) -> int:
    """Return how many lines a function has; its docstring, which states the contract, does not count."""
    count = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    if ast.get_docstring(node) is not None:
        count -= (first.end_lineno or first.lineno) - first.lineno + 1
    return count
