"""Nothing is so long that nobody reads it."""

from tests.architecture.house import PROGRAM, functions, lines_without_docstring, modules, place, source

MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_A_FUNCTION = 40
LONGER: dict[str, str] = {}
"""File, or file::function → why it may be longer."""


def test_no_module_is_longer_than_400_lines() -> None:
    long = {place(path): source(path).count("\n") for path in modules(*PROGRAM)}
    assert {n: c for n, c in long.items() if c > MOST_LINES_OF_A_FILE and n not in LONGER} == {}


def test_no_function_is_longer_than_40_lines_without_its_docstring() -> None:
    long = {
        f"{place(path)}::{node.name}": lines_without_docstring(node)
        for path in modules(*PROGRAM)
        for node in functions(path)
    }
    assert {n: c for n, c in long.items() if c > MOST_LINES_OF_A_FUNCTION and n not in LONGER} == {}


def test_every_exception_is_still_needed() -> None:
    names = {place(path) for path in modules(*PROGRAM)}
    assert {name for name in LONGER if name.split("::")[0] not in names} == set()
