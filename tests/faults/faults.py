"""What the fault tests share: processes to be killed, reminders to be lost, and the line that sums it up."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

from django.db import connection

from tests.notices.house import FLOW, House
from waiban.accounts.enums import Role
from waiban.core.time import local, now
from waiban.notices.enums import Channel
from waiban.notices.models import Notice
from waiban.workflow.models import WorkItem

ROOT = Path(__file__).resolve().parents[2]
SCALE = int(os.environ.get("WAIBAN_FAULTS_SCALE", "1"))
"""1 for the short form of every run; 10 for the nightly one of 200 kills and 10,000 reminders."""

BOOT = "import django; django.setup(); from tests.faults import nursery; nursery.main()"


def database_url() -> str:
    """The address of the database of this test run, for processes of our own."""
    given = urlsplit(os.environ.get("DATABASE_URL", "postgres:///waiban"))
    query = f"?{given.query}" if given.query else ""
    return f"{given.scheme}://{given.netloc}/{connection.settings_dict['NAME']}{query}"


def environment(**more: str) -> dict[str, str]:
    """The environment of a process that works on the database of this test run."""
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    ours = {"DATABASE_URL": database_url(), "PYTHONPATH": path, "WAIBAN_EMAIL_URL": "dummymail://"}
    return os.environ | ours | more


class Nursery:
    """One process that forks work on command; the forked child can be killed, the nursery lives on."""

    def __init__(self, **env: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", BOOT],
            cwd=ROOT,
            env=environment(**env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> "Nursery":
        try:
            self._expect("ready")
        except AssertionError:
            self._process.communicate(timeout=60)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate(timeout=60)

    def _line(self) -> str:
        assert self._process.stdout is not None
        while line := self._process.stdout.readline():
            if not line.startswith("{"):  # the log speaks JSON
                return line.strip()
        raise AssertionError("the nursery died")

    def _expect(self, word: str) -> None:
        line = self._line()
        assert line == word, line

    def start(self, what: str, chunk: int) -> None:
        """Fork a child that does `what`."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{what} {chunk}\n")
        self._process.stdin.flush()

    def wait(self) -> None:
        """Wait until the child has ended by itself."""
        line = self._line()
        if line.startswith("begun"):
            line = self._line()
        assert line == "gone", line

    def kill_soon(self, within: float) -> None:
        """Kill the child at a random moment of its work, at most `within` seconds after it began."""
        line = self._line()
        if line.startswith("begun"):
            time.sleep(random.uniform(0, within))
            with suppress(ProcessLookupError):
                os.kill(int(line.split()[1]), signal.SIGKILL)
            line = self._line()
        assert line == "gone", line


def kill_at_random(nursery: Nursery, what: str, chunk: int, kills: int, left: Callable[[], int]) -> int:
    """Start the work and kill it, again and again; return how many kills hit work that was half done.

    The span in which a kill falls follows the speed of the machine.
    """
    within, now_left, hit = 0.05, left(), 0
    for _ in range(kills):
        nursery.start(what, chunk)
        nursery.kill_soon(within)
        before, now_left = now_left, left()
        done = before - now_left
        hit += done > 0 and now_left > 0
        within = min(max(within * (1.4 if done == 0 else 0.7 if done > 10 * chunk else 1), 0.02), 2)
    return hit


def reminders_due(house: House, count: int) -> list[int]:
    """Write `count` open work items of which a reminder has come due; each has one reader with an address."""
    reader = house.people.get(Role.OUTBOUND_CLERK) or house.person(Role.OUTBOUND_CLERK, name="林晓岚")
    moment = now()
    case = house.case()
    step = FLOW.by_key["accept"]
    items = WorkItem.objects.bulk_create(
        WorkItem(
            case=case,
            step_key=f"{step.key}",
            step_no=1,
            participant=house.member(case, None, f"第{number}人"),
            state="ready",
            role=step.who,
            limit=2,
            assignee=reader,
            ready_at=moment - timedelta(days=9),
            due_at=local(moment - timedelta(days=3)).replace(hour=17, minute=30, second=0),
            next_remind_at=moment - timedelta(minutes=1),
        )
        for number in range(count)
    )
    return [item.pk for item in items]


def lost_and_double(items: list[int]) -> tuple[int, int]:
    """Return how many of these items have no notice in the portal, and how many notices are one too many."""
    told = Counter(
        Notice.objects.filter(item_id__in=items, channel=Channel.INAPP).values_list("item_id", flat=True)
    )
    return sum(item not in told for item in items), sum(count - 1 for count in told.values())


def without_unique_key(work: Callable[[], None]) -> None:
    """Do something while the ledger lacks its unique key, and put the key back afterwards."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE notices_notice DROP CONSTRAINT notice_once")
    try:
        work()
    finally:
        Notice.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(
                "ALTER TABLE notices_notice ADD CONSTRAINT notice_once"
                " UNIQUE (recipient_id, kind, subject_key, round, ordinal, channel)"
            )


def say(name: str, **figures: object) -> None:
    """Print the one line that a fault test leaves behind, past any capturing."""
    line = " ".join([name, *(f"{key}={value}" for key, value in figures.items())])
    print(f"\n{line}", file=sys.__stderr__, flush=True)


def eventually(true: Callable[[], bool], seconds: float = 60) -> bool:
    """Wait until something is true; False when it never became so."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if true():
            return True
        time.sleep(0.1)
    return False
