"""`.env.example` names each variable that the settings read, and no other."""

import ast
from itertools import pairwise

from deploy.launch.places import ROOT

LAUNCHER = {"PORT"}  # read by `make run`, not by the settings


def names_in_settings() -> set[str]:
    """Every variable asked for by env.xxx("NAME") or _secret("NAME")."""
    tree = ast.parse((ROOT / "waiban" / "settings.py").read_text(encoding="utf-8"))
    names = set()
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args):
        function, first = call.func, call.args[0]
        asks = isinstance(function, ast.Attribute) and getattr(function.value, "id", "") == "env"
        asks = asks or (isinstance(function, ast.Name) and function.id in ("env", "_secret"))
        if asks and isinstance(first, ast.Constant):
            names.add(first.value)
    return names


def names_in_example() -> list[str]:
    """Every variable of the example, set or commented out."""
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    heads = (line.removeprefix("#").partition("=")[0] for line in lines if "=" in line)
    return [head for head in heads if head.isidentifier() and head.isupper()]


def test_the_example_names_each_variable_once_and_no_other() -> None:
    assert sorted(names_in_example()) == sorted(names_in_settings() | LAUNCHER)


def test_each_variable_is_explained_in_chinese() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    for before, line in pairwise(lines):
        if line.removeprefix("#").partition("=")[0].isidentifier() and "=" in line:
            assert any("一" <= letter <= "鿿" for letter in before), line
