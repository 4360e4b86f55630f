"""Is the portal ready? Each app registers its own question, so that core needs to know nothing to its
right.
"""

from collections.abc import Callable
from dataclasses import dataclass

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from kombu import Connection
from kombu.exceptions import OperationalError


@dataclass(frozen=True, slots=True)
class Report:
    """One answer: `detail` is a short Chinese sentence without names, addresses or secrets."""

    ok: bool
    detail: str


_CHECKS: dict[str, Callable[[], Report]] = {}


def register(name: str, func: Callable[[], Report]) -> None:
    """Add a question to /readyz; `func` answers within two seconds and may raise DatabaseError."""
    _CHECKS[name] = func


def run_all() -> dict[str, Report]:
    """Ask every question; one that raises counts as not ready and does not hinder the others."""
    return {name: _ask(func) for name, func in _CHECKS.items()}


def _ask(func: Callable[[], Report]) -> Report:
    try:
        return func()
    except (DatabaseError, OperationalError, redis.RedisError, OSError) as error:
        return Report(False, f"检查失败：{type(error).__name__}")


def check_database() -> Report:
    """Can a statement be run?"""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return Report(True, "可用")


def check_migrations() -> Report:
    """Does the schema fit the code?"""
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return Report(not waiting, f"{len(waiting)} 个迁移待执行" if waiting else "已是最新")


def check_broker() -> Report:
    """Does the message broker answer? Without it pages work and reminders come late."""
    with Connection(settings.CELERY_BROKER_URL, connect_timeout=2) as broker:
        broker.ensure_connection(max_retries=1, timeout=2)
    return Report(True, "可用")


register("database", check_database)
register("migrations", check_migrations)
register("broker", check_broker)
