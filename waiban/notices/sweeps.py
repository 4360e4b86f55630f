"""Sweeps: idempotent jobs that find by themselves what is to be done, so that no wake-up call matters.

A sweep asks the database what is due; it may be called by the beat, by hand or by two of them at once. An
advisory lock lets one of them work, a heartbeat row tells when it last came to its end.
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

from django.db import DatabaseError, connection

from waiban.core.time import now
from waiban.notices.models import Heartbeat

log = logging.getLogger(__name__)

LOCK_CLASS = 0x5741  # "WA": keeps our advisory locks apart from those of others in the same database


@dataclass(frozen=True, slots=True)
class Sweep:
    """A registered sweep: `every` is its period in seconds, `run` returns the number of rows handled."""

    name: str
    label: str
    every: int
    run: Callable[[], int]


_registry: dict[str, Sweep] = {}


def sweep(name: str, *, every: int = 60, label: str = "") -> Callable[[Callable[[], int]], Callable[[], int]]:
    """Register a function as a sweep; it must be idempotent and may run beside a copy of itself."""

    def register_it(run: Callable[[], int]) -> Callable[[], int]:
        register(name, run, every, label=label)
        return run

    return register_it


def register(name: str, run: Callable[[], int], every_seconds: int, *, label: str = "") -> None:
    """Register a sweep by call. A name belongs to one function."""
    if name in _registry and _registry[name].run is not run:
        raise ValueError(f"sweep {name} is registered twice")
    _registry[name] = Sweep(name, label or name, every_seconds, run)


def all_sweeps() -> tuple[Sweep, ...]:
    """All registered sweeps, by name."""
    return tuple(_registry[name] for name in sorted(_registry))


def run_sweep(name: str) -> int | None:
    """Run one sweep under its advisory lock. Return the rows handled; None when another run holds the lock.

    Writes the heartbeat. Errors: KeyError for an unknown name; whatever the sweep raises, after it was noted.
    """
    job = _registry[name]
    with advisory_lock(name) as held:
        if not held:
            return None
        started = monotonic()
        try:
            rows = job.run()
        except Exception as error:
            _note_failure(name, error)
            raise
        at = now()
        Heartbeat.objects.update_or_create(
            name=name,
            defaults={
                "at": at,
                "tried_at": at,
                "rows": rows,
                "ms": int((monotonic() - started) * 1000),
                "error": "",
            },
        )
        return rows


def _note_failure(name: str, error: Exception) -> None:
    """Write the error beside the heartbeat; when the database itself is away the log has to do."""
    log.exception("sweep %s failed", name)
    text = f"{type(error).__name__}: {error}"[:300]
    try:
        Heartbeat.objects.update_or_create(name=name, defaults={"tried_at": now(), "error": text})
    except DatabaseError:
        log.exception("the failure of sweep %s could not be written", name)


def lock_key(name: str) -> int:
    """The number of the advisory lock of a name: 32 bits with sign, as PostgreSQL wants it."""
    return zlib.crc32(name.encode()) - 2**31


@contextmanager
def advisory_lock(name: str) -> Iterator[bool]:
    """Try to take the lock of a name for this database session; never waits.

    It spans several transactions, and the server frees it when the process dies.
    """
    key = lock_key(name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK_CLASS, key])
        held = bool(cursor.fetchone()[0])
    try:
        yield held
    finally:
        if held:
            _unlock(key)


def _unlock(key: int) -> None:
    """Give the lock back; a broken connection has given it back already."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK_CLASS, key])
    except DatabaseError:
        connection.close()
