"""The embedded servers of one mode, each started only where no address of an own one is given."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from deploy.launch.errors import LaunchError
from deploy.launch.places import VAR, dotenv, setting
from deploy.launch.postgres import Postgres
from deploy.launch.runner import Runner, away_home, choose_runner, data_home
from deploy.launch.supervisor import Supervisor
from deploy.launch.valkey import Valkey

DATABASE, BROKER = "DATABASE_URL", "REDIS_URL"


@contextmanager
def only_one(mode: str) -> Iterator[Path]:
    """Hold the lock of a mode; raise with the number of the process that holds it. Yields the lock's file."""
    VAR.mkdir(exist_ok=True)
    path = VAR / f"{mode}.lock"
    with path.open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip()
            raise LaunchError(
                f"本目录已有一个在运行（{holder}），请先按 Ctrl+C 或用 make stop 停止它",
                "already running in this folder",
            ) from None
        note_holder(path, f"pid {os.getpid()}")
        try:
            yield path
        finally:
            note_holder(path, "")
            env_file(mode).unlink(missing_ok=True)


def note_holder(path: Path, words: str) -> None:
    """Write into the lock who holds it."""
    path.write_text(words, encoding="utf-8")


def env_file(mode: str) -> Path:
    """Return the private file that holds the addresses of a mode's servers while they run."""
    return VAR / f"{mode}.env"


def running(mode: str) -> dict[str, str]:
    """Return the addresses of the servers that another launcher keeps for this mode; empty if none does."""
    try:
        with only_one(mode):
            return {}
    except LaunchError:
        return dotenv(env_file(mode))


class Servers:
    """PostgreSQL and Valkey of one mode, for instance `demo`, `office` or `test`."""

    def __init__(self, mode: str, *, own: bool = False, trial: bool = False, durable: bool = True) -> None:
        """With `own`, an address in the environment or in `.env` stands in for an embedded server."""
        self.addresses = {name: setting(name) if own else "" for name in (DATABASE, BROKER)}
        self.mode = mode
        self.trial = trial
        self.durable = durable

    @property
    def embedded(self) -> bool:
        """Tell whether at least one server is ours to start."""
        return not all(self.addresses.values())

    def start(self, supervisor: Supervisor) -> dict[str, str]:
        """Start what is missing and wait until it answers. Returns DATABASE_URL and REDIS_URL."""
        kinds = self._missing() if self.embedded else {}
        for server in kinds.values():
            server.stop_leftover()
            server.create()
        children = [server.child() for server in kinds.values()]
        supervisor.start(*children)
        for (name, server), child in zip(kinds.items(), children, strict=True):
            server.wait_ready(child)
            self.addresses[name] = server.url
        lines = (f"{name}={address}\n" for name, address in self.addresses.items())
        Runner().write_private(env_file(self.mode), "".join(lines))
        return dict(self.addresses)

    def _missing(self) -> dict[str, Postgres | Valkey]:
        """Return the servers that are ours to start."""
        runner = choose_runner()
        home = data_home(self.mode, runner)
        kinds: dict[str, Postgres | Valkey] = {}
        if not self.addresses[DATABASE]:
            kinds[DATABASE] = Postgres(home, runner, trial=self.trial, durable=self.durable)
        if not self.addresses[BROKER]:
            kinds[BROKER] = Valkey(home, runner)
        return kinds


def remove_data(mode: str) -> None:
    """Remove everything that one mode keeps: databases, files, copied programs. It must not be running."""
    away = away_home(mode)
    for home in (VAR / mode, away):
        if home.exists():
            shutil.rmtree(home)
    for empty in (away.parent, away.parent.parent):
        with suppress(OSError):
            empty.rmdir()
