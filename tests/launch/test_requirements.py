"""The pinned packages are those that the code uses."""

import ast
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

from django.conf import settings

from deploy.launch.places import ROOT

PRODUCT = ("waiban", "visits", "delegations", "apec_cards", "events")
# Used without an import of ours: the server, its parts that Django or Celery load by name, data.
BY_NAME = {
    "gunicorn",
    "kombu",
    "psycopg2-binary",
    "tzdata",
    "crispy-bootstrap5",
    "whitenoise",
    "django-celery-beat",
}


def pinned(name: str) -> set[str]:
    """The packages of a requirements file, in lower case."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return {line.split("==")[0].split("[")[0].lower() for line in lines if "==" in line and line[0] != "#"}


def top_level_imports(folders: tuple[str, ...]) -> set[str]:
    """The first part of the name of each module imported below these folders or named in the settings."""
    names: set[str] = set()
    for path in (file for folder in folders for file in Path(ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names.add(node.module.split(".")[0])
    return names | {word.split(".")[0] for word in (*settings.INSTALLED_APPS, *settings.MIDDLEWARE)}


def distributions_of(modules: set[str]) -> set[str]:
    """The packages from which these modules come."""
    known = packages_distributions()
    return {name.lower() for module in modules for name in known.get(module, ())}


def third_party(folders: tuple[str, ...]) -> set[str]:
    """The modules that neither Python nor this project brings."""
    ours = {*PRODUCT, "deploy", "tests", "bench"}
    return top_level_imports(folders) - set(sys.stdlib_module_names) - ours


def test_what_the_product_imports_is_pinned_for_production() -> None:
    used = distributions_of(third_party(PRODUCT))
    assert used - pinned("requirements.txt") == set()


def test_what_tests_and_bench_import_is_pinned_for_developers() -> None:
    used = distributions_of(third_party((*PRODUCT, "tests", "bench")))
    assert used - pinned("requirements.txt") - pinned("requirements-dev.txt") == set()


def test_what_is_pinned_for_production_is_used() -> None:
    used = distributions_of(third_party((*PRODUCT, "deploy")))
    assert pinned("requirements.txt") - used - BY_NAME == set()
