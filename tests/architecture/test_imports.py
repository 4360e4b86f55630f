"""The import contracts of pyproject.toml hold; they run here too, so that no test run passes without them."""

import ast
from importlib.util import find_spec

import pytest
from importlinter import configuration
from importlinter.application import use_cases

from tests.architecture.house import PRODUCT, ROOT, functions, modules, place


@pytest.fixture(scope="module", autouse=True)
def import_linter() -> None:
    configuration.configure()


def test_the_floors_and_rooms_of_the_house_are_kept(capsys: pytest.CaptureFixture[str]) -> None:
    passed = use_cases.lint_imports(config_filename=str(ROOT / "pyproject.toml"), cache_dir=None)
    assert passed, capsys.readouterr().out


def test_nothing_is_imported_inside_a_function() -> None:
    found = {
        f"{place(path)}::{node.name}"
        for path in modules(*PRODUCT)
        for node in functions(path)
        if any(isinstance(inner, ast.Import | ast.ImportFrom) for inner in ast.walk(node))
    }
    assert found == set()


def test_every_business_has_the_shape_that_the_contracts_speak_of() -> None:
    assert {app for app in PRODUCT if find_spec(app) is None} == set()
