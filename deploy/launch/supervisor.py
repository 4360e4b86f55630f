"""Keep processes alive, and end them all when asked."""

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.launch.places import log_file, say

LONGEST_PAUSE = 30.0  # seconds between two attempts
STEADY_AFTER = 60.0  # seconds; a process that lived this long starts again with the shortest pause
TURN = 0.2  # seconds between two looks


@dataclass
class Child:
    """One process: how it is started, where its words go, how it is asked to end."""

    name: str
    argv: list[str]
    cwd: Path
    env: Mapping[str, str]
    popen: dict[str, Any] = field(default_factory=dict)
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 20.0  # seconds between the polite request and the end by force
    process: subprocess.Popen | None = None
    started: float = 0.0
    pause: float = 1.0
    next_start: float = 0.0
    deaths: int = 0

    def start(self) -> None:
        """Start it in its own session: Ctrl+C reaches only the supervisor, which knows the right order."""
        with log_file(self.name).open("ab") as log:
            self.process = subprocess.Popen(
                self.argv, cwd=self.cwd, env=dict(self.env), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, **self.popen,
            )  # fmt: skip
        self.started = time.monotonic()

    def alive(self) -> bool:
        """Tell whether the process runs."""
        return self.process is not None and self.process.poll() is None

    def ask_to_end(self) -> None:
        """Send the polite signal."""
        if self.process is not None and self.alive():
            self.process.send_signal(self.stop_signal)

    def end(self) -> None:
        """Wait for the end; after the grace period end the whole group by force."""
        if self.process is None:
            return
        try:
            self.process.wait(timeout=self.grace)
        except subprocess.TimeoutExpired:
            self.end_orphans()
            self.process.wait()

    def end_orphans(self) -> None:
        """End what a dead process left behind in its group."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if self.process is not None:
                os.killpg(self.process.pid, signal.SIGKILL)

    def look_after(self, now: float) -> str:
        """Start it again if it died and its pause is over. Returns a line for the reader, or ''."""
        if self.alive():
            return ""
        if self.next_start == 0.0:
            return self._note_death(now)
        if now >= self.next_start:
            self.next_start = 0.0
            self.start()
        return ""

    def _note_death(self, now: float) -> str:
        """Work out how long to wait: 1, 2, 4 … 30 seconds, from the beginning again after a steady minute."""
        steady = now - self.started > STEADY_AFTER
        self.pause = 1.0 if steady or self.deaths == 0 else min(self.pause * 2, LONGEST_PAUSE)
        self.deaths = 1 if steady else self.deaths + 1
        self.next_start = now + self.pause
        code = self.process.returncode if self.process else None
        self.end_orphans()
        return f"{self.name} 已退出（{code}），{self.pause:.0f} 秒后重新启动 …… ended, will be restarted"


class Supervisor:
    """Children in order of their start; they end in the opposite order, each stage at once.

    With a record, process numbers are kept in a file, so that the next start can end what a killed one left.
    """

    def __init__(self, record: Path | None = None) -> None:
        self.stages: list[list[Child]] = []
        self.record = record

    def start(self, *children: Child) -> None:
        """Start children that do not depend on one another."""
        self.stages.append([])
        for child in children:
            child.start()
            self.stages[-1].append(child)
        self._write_record()

    @property
    def children(self) -> list[Child]:
        """All of them, in order of their start."""
        return [child for stage in self.stages for child in stage]

    def watch(self, done: Callable[[], bool]) -> None:
        """Restart what dies until `done` says so."""
        while not done():
            for child in self.children:
                before = child.process
                line = child.look_after(time.monotonic())
                if line:
                    say(line)
                if child.process is not before:
                    self._write_record()
            time.sleep(TURN)

    def stop(self) -> None:
        """End everything, the last stage first, and leave no process behind."""
        while self.stages:
            stage = self.stages.pop()
            for child in stage:
                child.ask_to_end()
            for child in stage:
                child.end()
        if self.record is not None:
            self.record.unlink(missing_ok=True)

    def _write_record(self) -> None:
        if self.record is not None:
            pids = {child.name: child.process.pid for child in self.children if child.process is not None}
            self.record.write_text(json.dumps(pids), encoding="utf-8")


def end_leftovers(record: Path, mark: str) -> None:
    """End the process groups that a killed supervisor recorded, if `mark` is still in their command line."""
    try:
        pids = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    for pid in pids.values():
        look = subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True)
        if mark in look.stdout:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
    record.unlink(missing_ok=True)
