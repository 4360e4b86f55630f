"""What dies is started again; what is to end ends, whatever it was doing."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.launch import places, supervisor
from deploy.launch.supervisor import Child, Supervisor, end_leftovers


@pytest.fixture(autouse=True)
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "LOGS", tmp_path / "log")
    monkeypatch.setattr(supervisor, "TURN", 0.02)


def child(code: str, name: str = "sleeper") -> Child:
    return Child(name, [sys.executable, "-c", code], cwd=Path("/"), env=os.environ)


def soon(condition: Callable[[], bool], seconds: float = 10) -> Callable[[], bool]:
    until = time.monotonic() + seconds
    return lambda: condition() or time.monotonic() > until


def gone(pid: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 0)
        return False
    return True


def test_a_killed_process_is_started_again(capsys: pytest.CaptureFixture[str]) -> None:
    sleeper, keeper = child("import time; time.sleep(60)"), Supervisor()
    keeper.start(sleeper)
    first = sleeper.process.pid
    os.kill(first, signal.SIGKILL)
    keeper.watch(soon(lambda: sleeper.alive() and sleeper.process.pid != first))
    assert sleeper.alive()
    assert "sleeper 已退出（-9），1 秒后重新启动" in capsys.readouterr().out
    keeper.stop()
    assert not sleeper.alive()


def test_a_process_that_dies_at_once_is_started_less_and_less_often() -> None:
    broken = child("raise SystemExit(3)")
    broken.start()
    broken.process.wait()
    pauses = []
    for _ in range(7):
        broken.next_start = 0.0
        broken.look_after(now=broken.started + 1)
        pauses.append(broken.pause)
    assert pauses == [1, 2, 4, 8, 16, 30, 30]


def test_a_process_that_ignores_the_request_is_ended_by_force() -> None:
    stubborn = child(
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1); time.sleep(60)"
    )
    stubborn.grace = 0.5
    keeper = Supervisor()
    keeper.start(stubborn)
    time.sleep(0.5)
    keeper.stop()
    assert not stubborn.alive()


def test_the_orphans_of_a_killed_process_end_with_it(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    parent = child(
        "import subprocess, sys, time, pathlib;"
        "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
        f"pathlib.Path({str(note)!r}).write_text(str(p.pid)); time.sleep(60)"
    )
    keeper = Supervisor()
    keeper.start(parent)
    keeper.watch(soon(lambda: note.exists() and note.read_text() != ""))
    orphan = int(note.read_text())
    parent.process.kill()
    parent.process.wait()
    parent.look_after(time.monotonic())
    keeper.watch(soon(lambda: gone(orphan) or zombie(orphan)))
    assert gone(orphan) or zombie(orphan)
    keeper.stop()


def zombie(pid: int) -> bool:
    look = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return look.stdout.startswith("Z")


def test_what_a_killed_supervisor_left_is_ended_and_strangers_are_not(tmp_path: Path) -> None:
    record = tmp_path / "processes.json"
    left, stranger = child("import time; time.sleep(61)"), child("import time; time.sleep(62)")
    left.start()
    stranger.start()
    record.write_text(json.dumps({"web": left.process.pid, "beat": stranger.process.pid}))
    end_leftovers(record, "sleep(61)")
    assert left.process.wait(timeout=5) == -signal.SIGKILL
    assert stranger.alive()
    assert not record.exists()
    stranger.ask_to_end()
    stranger.end()
