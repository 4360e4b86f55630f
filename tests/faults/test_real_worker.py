"""F1, F5, F6, F7 with the real worker and the real beat, killed, flushed and left without their broker."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import redis
from django.test import Client
from django.urls import reverse
from django_celery_beat.models import IntervalSchedule, PeriodicTask, PeriodicTasks
from pytest_django.fixtures import Settings

from deploy.launch.runner import Runner
from deploy.launch.valkey import Valkey
from tests.faults.faults import (
    ROOT,
    SCALE,
    environment,
    eventually,
    lost_and_double,
    reminders_due,
    say,
)
from tests.notices.house import House
from waiban.core import health
from waiban.notices import beat
from waiban.notices.models import Heartbeat
from waiban.workflow.models import WorkItem

FLUSHES = 10 * SCALE
OURS = ("workflow.reminders", "notices.dispatch")
BOOT = (
    "import django; django.setup(); import sys;"
    "from tests.faults import celery_process; celery_process.main(sys.argv[1:])"
)


class Broker:
    """A Valkey of this test alone, that may be flushed and killed."""

    def __init__(self, home: Path) -> None:
        self._server = Valkey(home, Runner())
        self._server.create()
        self.url = self._server.url
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        argv = [str(self._server.program), str(self._server.configuration)]
        self._process = subprocess.Popen(argv, stdout=subprocess.DEVNULL)
        assert eventually(self.answers, 20)

    def answers(self) -> bool:
        with suppress(redis.RedisError), redis.Redis.from_url(self.url) as line:
            return bool(line.ping())
        return False

    def flush(self) -> None:
        with redis.Redis.from_url(self.url) as line:
            line.flushall()

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


class Group:
    """A Celery process with its children, in a process group of its own, so that it can be killed whole."""

    def __init__(self, url: str, log: Path, *words: str) -> None:
        self._log = log.open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-c", BOOT, *words],
            cwd=ROOT,
            env=environment(REDIS_URL=url),
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._log.close()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    server = Broker(tmp_path)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def groups(broker: Broker, tmp_path: Path, house: House) -> Iterator[dict[str, Group]]:
    """Worker and beat, with our sweeps called each second instead of each minute."""
    beat.sync()
    second, _made = IntervalSchedule.objects.get_or_create(every=1, period=IntervalSchedule.SECONDS)
    # The work items of these tests were not made by the engine, so nobody may schedule them anew.
    PeriodicTask.objects.update(enabled=False)
    for name in OURS:
        PeriodicTask.objects.filter(name=beat.PREFIX + name).update(interval=second, enabled=True)
    PeriodicTasks.update_changed()
    found = {name: start(name, broker, tmp_path) for name in ("worker", "beat")}
    yield found
    for group in found.values():
        group.kill()


def start(name: str, broker: Broker, folder: Path) -> Group:
    words = {
        "worker": ["worker", "--concurrency", "2", "--loglevel", "info"],
        "beat": ["beat", "--max-interval", "1", "--pidfile", "", "--loglevel", "info"],
    }[name]
    return Group(broker.url, folder / f"{name}.log", *words)


def nothing_is_left() -> bool:
    return not WorkItem.objects.filter(remind_ordinal=0).exists()


def logs(folder: Path) -> str:
    """The ends of the logs, for the message of a failure."""
    return "\n".join(path.read_text(errors="replace")[-3000:] for path in sorted(folder.glob("*.log")))


@pytest.mark.timeout(240 * SCALE)
def test_worker_and_beat_find_what_is_due_through_kills_and_flushes(
    house: House, broker: Broker, groups: dict[str, Group], tmp_path: Path
) -> None:
    items = reminders_due(house, 40)
    assert eventually(nothing_is_left, 60), logs(tmp_path)
    assert Heartbeat.objects.get(pk="workflow.reminders").error == ""

    started, worst = time.monotonic(), 0.0
    for _ in range(FLUSHES):
        items += reminders_due(house, 20)
        broker.flush()
        since = time.monotonic()
        assert eventually(nothing_is_left, 30), logs(tmp_path)
        worst = max(worst, time.monotonic() - since)
    lost, double = lost_and_double(items)
    figures = {"worst": f"{worst:.1f}", "seconds": round(time.monotonic() - started)}
    say("F6", flushes=FLUSHES, reminders=len(items), lost=lost, double=double, **figures)
    assert (lost, double) == (0, 0)

    items += reminders_due(house, 400)
    time.sleep(1)
    groups["worker"].kill()
    groups["worker"] = start("worker", broker, tmp_path)
    assert eventually(nothing_is_left, 60), logs(tmp_path)
    assert lost_and_double(items) == (0, 0)

    broker.kill()
    items += reminders_due(house, 20)
    time.sleep(2)
    broker.start()
    since = time.monotonic()
    assert eventually(nothing_is_left, 60), logs(tmp_path)
    say("F5", restarts=1, lost=lost_and_double(items)[0], again_after=f"{time.monotonic() - since:.1f}")
    assert lost_and_double(items) == (0, 0)


def test_without_a_broker_the_pages_work_and_the_sweep_by_hand_does_the_work(
    house: House, client: Client, settings: Settings
) -> None:
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    items = reminders_due(house, 3)
    client.force_login(house.people["outbound_clerk"])
    started = time.monotonic()
    html = client.get(reverse("notices:bell"), headers={"HX-Request": "true"}).content.decode()
    assert "提醒可能延迟" in html
    assert client.get(reverse("notices:list")).status_code == 200
    assert time.monotonic() - started < 2
    assert not health.run_all()["broker"].ok
    done = subprocess.run(
        [sys.executable, "-c", BOOT, "sweep", *OURS],
        cwd=ROOT,
        env=environment(REDIS_URL="redis://127.0.0.1:1/0"),
    )
    assert done.returncode == 0
    assert lost_and_double(items) == (0, 0)
