"""Sweeps: one at a time, with a heartbeat, called by whoever comes first."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from io import StringIO

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from tests.notices.house import ARRIVED
from waiban.core import health
from waiban.core.time import now
from waiban.notices import beat, queries, sweeps, tasks
from waiban.notices.hooks import check_sweep
from waiban.notices.models import Heartbeat

Clock = Callable[[datetime], None]
PLAIN = ("dbname", "user", "password", "host", "port")


@pytest.fixture
def job() -> Iterator[list[int]]:
    """A sweep that counts its runs."""
    runs: list[int] = []

    @sweeps.sweep("tests.job", every=60, label="试运行")
    def run() -> int:
        runs.append(1)
        return 7

    yield runs
    sweeps._registry.pop("tests.job")


def test_a_sweep_leaves_a_heartbeat(db: None, job: list[int], clock: Clock) -> None:
    clock(ARRIVED)
    assert sweeps.run_sweep("tests.job") == 7
    beat_row = Heartbeat.objects.get(pk="tests.job")
    assert (beat_row.at, beat_row.tried_at, beat_row.rows, beat_row.error) == (ARRIVED, ARRIVED, 7, "")


@contextmanager
def held_elsewhere(name: str) -> Iterator[None]:
    """Another session of the database holds the lock of a sweep."""
    parameters = connection.get_connection_params()
    known = {key: parameters[key] for key in PLAIN if parameters.get(key)}
    lock = [sweeps.LOCK_CLASS, sweeps.lock_key(name)]
    with closing(psycopg2.connect(**known)) as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", lock)
        assert cursor.fetchone() == (True,)
        yield
        cursor.execute("SELECT pg_advisory_unlock(%s, %s)", lock)


def test_a_sweep_that_runs_elsewhere_is_passed_over_without_waiting(db: None, job: list[int]) -> None:
    with held_elsewhere("tests.job"):
        assert sweeps.run_sweep("tests.job") is None
        assert (job, Heartbeat.objects.filter(pk="tests.job").exists()) == ([], False)
    assert sweeps.run_sweep("tests.job") == 7


def test_the_lock_is_free_again_after_success_and_after_failure(db: None, job: list[int]) -> None:
    def fail() -> int:
        raise RuntimeError("磁盘已满")

    sweeps.run_sweep("tests.job")
    sweeps._registry.pop("tests.job")
    sweeps.register("tests.job", fail, 60)
    with pytest.raises(RuntimeError):
        sweeps.run_sweep("tests.job")
    with held_elsewhere("tests.job"):
        assert sweeps.run_sweep("tests.job") is None


def test_a_failing_sweep_grows_old_and_says_why(db: None, job: list[int], clock: Clock) -> None:
    clock(ARRIVED)
    sweeps.run_sweep("tests.job")
    sweeps._registry.pop("tests.job")

    def fail() -> int:
        raise RuntimeError("磁盘已满")

    sweeps.register("tests.job", fail, 60)
    clock(ARRIVED + timedelta(minutes=1))
    with pytest.raises(RuntimeError):
        sweeps.run_sweep("tests.job")
    row = Heartbeat.objects.get(pk="tests.job")
    assert (row.at, row.tried_at) == (ARRIVED, ARRIVED + timedelta(minutes=1))
    assert row.error == "RuntimeError: 磁盘已满"


def test_a_name_belongs_to_one_function(job: list[int]) -> None:
    with pytest.raises(ValueError, match="registered twice"):
        sweeps.register("tests.job", lambda: 0, 60)


def test_the_task_runs_the_sweep_that_it_names(db: None, job: list[int]) -> None:
    assert tasks.run_sweep("tests.job") == 7
    assert tasks.run_sweep.name == "notices.run_sweep"
    with pytest.raises(KeyError):
        tasks.run_sweep("no.such.sweep")


def test_every_app_has_its_sweeps_registered_at_start() -> None:
    assert {"notices.dispatch", "workflow.reminders"} <= {sweep.name for sweep in sweeps.all_sweeps()}


def test_the_schedule_is_written_once_and_follows_the_code(db: None, job: list[int]) -> None:
    call_command("sync_beat", stdout=StringIO())
    assert beat.sync()[1] == 0
    row = PeriodicTask.objects.get(name="waiban.tests.job")
    assert (row.task, json.loads(row.args), row.description) == ("notices.run_sweep", ["tests.job"], "试运行")
    assert (row.interval.every, row.interval.period, row.expire_seconds) == (60, IntervalSchedule.SECONDS, 60)
    sweeps._registry.pop("tests.job")
    assert beat.sync()[1] == 1
    assert not PeriodicTask.objects.filter(name="waiban.tests.job").exists()
    assert not Heartbeat.objects.filter(pk="tests.job").exists()
    sweeps.register("tests.job", lambda: 0, 60)


def test_what_the_administrator_changed_in_the_schedule_is_kept(db: None, job: list[int]) -> None:
    beat.sync()
    slow = IntervalSchedule.objects.create(every=5, period=IntervalSchedule.MINUTES)
    PeriodicTask.objects.filter(name="waiban.tests.job").update(
        interval=slow, enabled=False, description="旧说明"
    )
    beat.sync()
    row = PeriodicTask.objects.get(name="waiban.tests.job")
    assert (row.interval, row.enabled, row.description) == (slow, False, "试运行")


def test_a_sweep_can_be_run_by_hand(db: None, job: list[int]) -> None:
    said = StringIO()
    call_command("sweep", "tests.job", stdout=said)
    assert said.getvalue() == "试运行（tests.job）：处理 7 条\n"
    with pytest.raises(CommandError, match="没有这项任务：nothing"):
        call_command("sweep", "nothing")
    call_command("sweep", stdout=said)
    assert len(job) == 2


def test_by_hand_beside_a_running_one_says_so(db: None, job: list[int]) -> None:
    said = StringIO()
    with held_elsewhere("tests.job"):
        call_command("sweep", "tests.job", stdout=said)
    assert "跳过" in said.getvalue()


@pytest.mark.parametrize(
    ("minutes", "ok", "detail"), [(0, True, "0 分钟前"), (15, True, "15 分钟前"), (16, False, "16 分钟前")]
)
def test_readiness_turns_red_after_fifteen_silent_minutes(
    db: None, clock: Clock, minutes: int, ok: bool, detail: str
) -> None:
    clock(ARRIVED)
    beat.sync()
    clock(ARRIVED + timedelta(minutes=minutes))
    assert check_sweep() == health.Report(ok, detail)
    assert queries.reminders_late() is not ok


def test_before_the_first_start_of_the_background_work_readiness_is_red(db: None) -> None:
    assert check_sweep() == health.Report(False, "后台任务尚未运行")
    assert queries.reminders_late()


def test_one_silent_sweep_among_living_ones_is_noticed(db: None, clock: Clock) -> None:
    clock(ARRIVED)
    beat.sync()
    clock(ARRIVED + timedelta(minutes=20))
    Heartbeat.objects.exclude(pk="workflow.reminders").update(at=now())
    assert queries.silence() == timedelta(minutes=20)
    first = queries.pulses()[0]
    assert (first.name, first.stale) == ("workflow.reminders", True)
    assert [pulse.stale for pulse in queries.pulses()[1:]] == [False] * (len(sweeps.all_sweeps()) - 1)
