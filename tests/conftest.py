"""What every test stands on: speed, strictness, and a database that is left as the migrations made it."""

import ipaddress
import os
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.backends.postgresql.operations import DatabaseOperations
from django.template import engines
from django.template.base import FilterExpression
from django.test.utils import setup_databases, teardown_databases

from deploy.launch.browser import find_chromium
from waiban.workdays.services import current_axis

OFFICE_DATABASE = settings.DATABASES["default"]["NAME"]
SEED = "seed"  # the schema that keeps the rows which migrations wrote
NOT_SEEDED = {"django_migrations"}
OUR_TEMPLATES = str(settings.BASE_DIR / "templates")


def pytest_configure(config: pytest.Config) -> None:
    """Make tests quick (one cheap hash a password) and strict (an undefined template variable fails)."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STATIC_ROOT = tempfile.mkdtemp(prefix="waiban-static-")
    settings.MEDIA_ROOT = tempfile.mkdtemp(prefix="waiban-files-")
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    engines["django"].engine.string_if_invalid = Undefined()


# Templates


class UndefinedVariable(AssertionError):
    """A template of ours named something that its view did not give it."""


class Undefined(str):
    """A `string_if_invalid` that raises for our own templates and stays silent for those of packages.

    Django asks for its truth when a variable cannot be resolved. `{{ x|default:"—" }}` may lack x.
    """

    def __bool__(self) -> bool:
        frame = sys._getframe(1)
        expression = frame.f_locals.get("self")
        if frame.f_code.co_name != "resolve" or not isinstance(expression, FilterExpression):
            return False
        has_default = any(function.__name__.startswith("default") for function, _ in expression.filters)
        origin = template_of(frame)
        if origin.startswith(OUR_TEMPLATES) and not has_default:
            raise UndefinedVariable(f"{{{{ {expression.token} }}}} in {origin}")
        return False


def template_of(frame: FrameType | None) -> str:
    """Return the path of the template whose node is being rendered above this frame."""
    while frame is not None:
        origin = getattr(frame.f_locals.get("self"), "origin", None)
        if frame.f_code.co_name.startswith("render") and origin is not None:
            return str(origin.name)
        frame = frame.f_back
    return ""


# Network


@pytest.fixture(autouse=True, scope="session")
def only_this_machine() -> Iterator[None]:
    """Let no test reach another host."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, guarded(getattr(socket.socket, name)))
        yield


def guarded(connect: Any) -> Any:
    """Wrap a method of a socket so that it refuses every address but those of this machine."""

    def method(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not is_local(address[0]):
            raise AssertionError(f"a test wanted to reach another host: {address}")
        return connect(self, address)

    return method


def is_local(host: str) -> bool:
    """Tell whether a host is this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


# Database


@contextmanager
def triggers_off() -> Iterator[None]:
    """Switch off triggers and foreign keys for one transaction, to clear what is append-only."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any, django_db_keepdb: bool) -> Iterator[None]:
    """After the migrations: keep what they wrote, let every flush restore it, and read the calendar once.

    The calendar is built once a process; a test that happens to be the first would count its queries too.
    """
    with ExitStack() as at_the_end:
        with django_db_blocker.unblock():
            if connection.settings_dict["NAME"] == OFFICE_DATABASE:
                drop = make_test_database(keep=django_db_keepdb)
                at_the_end.callback(drop, django_db_blocker)
            tables = keep_seed()
            current_axis()
        patch = at_the_end.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(DatabaseOperations, "execute_sql_flush", flush_and_restore(tables))
        yield


def make_test_database(*, keep: bool) -> Callable[[Any], None]:
    """Make the test database where the plugin made none, and return what drops it unless it is to be kept.

    The plugin looks at `django_db` marks only; tests that bring their own world carry none, and run alone
    they would write to the office's database.
    """
    before = setup_databases(verbosity=0, interactive=False, aliases={"default"}, keepdb=keep)

    def drop(blocker: Any) -> None:
        with blocker.unblock():
            if not keep:
                teardown_databases(before, verbosity=0)

    return drop


def keep_seed() -> dict[str, str]:
    """Copy the rows that migrations wrote into a schema of their own. Returns table → columns."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {SEED} CASCADE")
        cursor.execute(f"CREATE SCHEMA {SEED}")
        names = sorted(set(connection.introspection.table_names(cursor)) - NOT_SEEDED)
        tables = {}
        for name in names:
            cursor.execute(f'SELECT EXISTS (SELECT 1 FROM "{name}")')
            if cursor.fetchone()[0]:
                tables[name] = plain_columns(cursor, name)
                cursor.execute(f'CREATE TABLE {SEED}."{name}" AS SELECT {tables[name]} FROM "{name}"')
    return tables


def plain_columns(cursor: Any, table: str) -> str:
    """Return the columns of a table that can be written, quoted and joined by commas."""
    cursor.execute(
        "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns"
        " WHERE table_schema = current_schema AND table_name = %s AND is_generated = 'NEVER'",
        [table],
    )
    return cursor.fetchone()[0]


def flush_and_restore(tables: dict[str, str]) -> Any:
    """Return a flush that passes append-only triggers and leaves the database as the migrations made it."""

    def execute_sql_flush(self: DatabaseOperations, sql_list: list[str]) -> None:
        with triggers_off(), connection.cursor() as cursor:
            for sql in sql_list:
                cursor.execute(sql)
            for name, columns in tables.items():
                cursor.execute(f'INSERT INTO "{name}" ({columns}) SELECT {columns} FROM {SEED}."{name}"')

    return execute_sql_flush


# Browser


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The path of a Chromium that starts. Without one browser tests are skipped aloud, and fail in CI."""
    path = find_chromium()
    if path is None and os.environ.get("CI") == "true":
        pytest.fail("没有可用的 Chromium，而 CI=true 时浏览器测试不得跳过 (no Chromium in CI)", pytrace=False)
    if path is None:
        pytest.skip("没有可用的 Chromium (no Chromium on this machine)")
    return path


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict, chromium_path: str) -> dict[str, Any]:
    """Playwright drives that Chromium, for root without a sandbox; Django bears its event loop."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    return {**browser_type_launch_args, "executable_path": chromium_path, "args": ["--no-sandbox"]}
