"""One act, in the portal's engine, in viewflow, and by hand."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable
from functools import partial

import psycopg2
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from viewflow.workflow.models import Task

from waiban.workflow import engine
from waiban.workflow.models import WorkItem

from .driver import PAIRS, REPEATS, Result, compare, counted
from .rival.flows import RivalFlow
from .world import OPEN, World


class Ours:
    """Completes open items in the portal's engine: rights, lock, state, log, schedule, notices, commit."""

    def __init__(self, world: World) -> None:
        self.world = world

    def begin(self) -> tuple[int, int]:
        """Start a case, do its first step, and return (case, open item): an act in the middle of a case."""
        case_id = self.world.case().pk
        self.act((case_id, self._open(case_id)))
        return case_id, self._open(case_id)

    def _open(self, case_id: int) -> int:
        item = self.world.next_item(case_id)
        assert item is not None
        return item

    def act(self, job: tuple[int, int]) -> None:
        engine.complete(case_id=job[0], item_id=job[1], actor=self.world.actor, opinion="同意")


class Theirs:
    """Assigns and executes open tasks in viewflow: lock, permission, assignment, next tasks, commit."""

    def __init__(self, world: World) -> None:
        self.user = world.users["outbound_clerk"]

    def begin(self) -> tuple[int, int]:
        """Start a process, do its first task, and return (process, open task)."""
        process_id = RivalFlow.start.run().pk
        self.act((process_id, self.open_tasks(process_id)[0]))
        return process_id, self.open_tasks(process_id)[0]

    @staticmethod
    def open_tasks(process_id: int) -> list[int]:
        rows = Task.objects.filter(process_id=process_id, status="NEW", flow_task_type="HUMAN")
        return list(rows.order_by("pk").values_list("pk", flat=True))

    def act(self, job: tuple[int, int]) -> None:
        with transaction.atomic(), RivalFlow.lock(job[0]):
            task = Task.objects.get(pk=job[1])
            activation = task.flow_task.activation_class(task)
            if not activation.assign.has_perm(self.user):
                raise PermissionError
            activation.assign(self.user)
            activation.start(None)
            activation.execute()


BY_HAND = """
    CREATE TABLE bench_case (id serial PRIMARY KEY, version int);
    CREATE TABLE bench_item (id serial PRIMARY KEY, case_id int, state text, at timestamptz);
    CREATE TABLE bench_log (id serial PRIMARY KEY, case_id int, item_id int, what text, at timestamptz);
    INSERT INTO bench_case (version) SELECT 1 FROM generate_series(1, 200);
    INSERT INTO bench_item (case_id, state) SELECT c.id, 'ready' FROM bench_case c, generate_series(1, 53);
"""


class ByHand:
    """The least that any engine must do: lock, update, insert, commit; no rights, schedule or notices."""

    def __init__(self) -> None:
        self.connection = _connect()
        with self.connection, self.connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS bench_case, bench_item, bench_log")
            cursor.execute(BY_HAND)
        self.item_id = 0

    def act(self) -> None:
        self.item_id += 1
        case_id = 1 + self.item_id // 53
        with self.connection, self.connection.cursor() as cursor:
            cursor.execute("SELECT version FROM bench_case WHERE id = %s FOR UPDATE", [case_id])
            cursor.execute(
                "UPDATE bench_item SET state = 'done', at = now() WHERE id = %s AND state = 'ready'",
                [self.item_id],
            )
            cursor.execute("UPDATE bench_item SET state = 'ready' WHERE id = %s", [self.item_id + 1])
            cursor.execute(
                "INSERT INTO bench_log (case_id, item_id, what, at) VALUES (%s, %s, 'done', now())",
                [case_id, self.item_id],
            )


def _connect():
    """Open a plain connection to the same database."""
    parameters = connection.get_connection_params()
    parameters.pop("cursor_factory", None)
    return psycopg2.connect(**parameters)


def measure(world: World) -> list[Result]:
    """All rows about acts."""
    return [*one_act(world), *statements(world), four_branches(world), batch(world)]


def one_act(world: World) -> list[Result]:
    """One act against viewflow and against hand-written SQL."""
    ours, theirs, hand = Ours(world), Theirs(world), ByHand()
    jobs = [ours.begin() for _ in range(2 * (PAIRS * REPEATS + 1))]
    rival_jobs = [theirs.begin() for _ in range(PAIRS * REPEATS + 1)]
    name = "one act of the engine, everything included"
    return [
        compare(
            name, "django-viewflow 2.4, same 53-task shape (assign + execute)",
            lambda: ours.act(jobs.pop()), lambda: theirs.act(rival_jobs.pop()), floor=3, goal=6,
        ),
        compare(
            name, "hand-written psycopg2: lock, update, insert, commit (its rate = 1)",
            lambda: ours.act(jobs.pop()), hand.act, floor=0.25, goal=0.5,
        ),
    ]  # fmt: skip


FRAME = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


def statements(world: World) -> list[Result]:
    """Count the SQL statements of every act of one case from the first step to the last."""
    counts = []
    case_id = world.case().pk
    while (item_id := world.next_item(case_id)) is not None:
        with CaptureQueriesContext(connection) as seen:
            engine.complete(case_id=case_id, item_id=item_id, actor=world.actor, opinion="同意")
        counts.append(
            sum(1 for q in seen if not q["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")))
        )
    return [
        counted(
            "SQL statements per act (most of 53)",
            max(counts),
            floor=8,
            goal=5,
            note="viewflow 21 in the trial",
        ),
        counted("statements: last step / first step", counts[-1] / counts[0], floor=1.2, goal=1.05),
    ]


def four_branches(world: World, rounds: int = 20) -> Result:
    """Finish four branches at the same moment; compare the 95th percentile of the waits."""
    ours: list[float] = []
    theirs: list[float] = []
    opened = 0
    rival = Theirs(world)
    for _ in range(rounds):
        case_id, items = _at_split(world)
        ours += _together([partial(_finish, world, case_id, item) for item in items])
        opened += WorkItem.objects.filter(case_id=case_id, step_key="t11", state__in=OPEN).count() == 1
        jobs = _rival_at_split(rival)
        theirs += _together([partial(rival.act, job) for job in jobs])
    p95, rival_p95 = (statistics.quantiles(times, n=20)[-1] for times in (ours, theirs))
    return Result(
        "four branches finished at the same moment: p95", "django-viewflow, SelectForUpdateLock",
        round(p95, 3), round(rival_p95, 3), round(rival_p95 / p95, 2), 20, 100,
        note=f"the join opened once in {opened} of {rounds}",
    )  # fmt: skip


def _finish(world: World, case_id: int, item_id: int) -> None:
    engine.complete(case_id=case_id, item_id=item_id, actor=world.actor)


def _at_split(world: World) -> tuple[int, list[int]]:
    case_id = world.case().pk
    for _ in range(6):
        item = world.next_item(case_id)
        assert item is not None
        engine.complete(case_id=case_id, item_id=item, actor=world.actor)
    return case_id, list(
        WorkItem.objects.filter(case_id=case_id, state__in=OPEN).values_list("pk", flat=True)
    )


def _rival_at_split(rival: Theirs) -> list[tuple[int, int]]:
    process, task = rival.begin()
    for _ in range(5):
        rival.act((process, task))
        task = rival.open_tasks(process)[0]
    return [(process, found) for found in rival.open_tasks(process)]


def _together(calls: list[Callable[[], object]]) -> list[float]:
    """Run calls in threads that start at once; return milliseconds of each, retried until they succeed."""
    barrier = threading.Barrier(len(calls))
    times: list[float] = []

    def run(call: Callable[[], object]) -> None:
        connection.ensure_connection()
        barrier.wait()
        start = time.perf_counter()
        while True:
            try:
                call()
                break
            except Exception:
                connection.close()
                if time.perf_counter() - start > 30:
                    raise
        times.append((time.perf_counter() - start) * 1000)
        connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


def batch(world: World, size: int = 50) -> Result:
    """Fifty decisions in one batch against fifty single ones."""
    ours = Ours(world)
    prepared = [{item: case for case, item in (ours.begin() for _ in range(size))} for _ in range(14)]

    def together() -> None:
        report = engine.complete_many(picks=prepared.pop(), actor=world.actor, opinion="同意")
        assert all(row.ok for row in report)

    def singly() -> None:
        for item, case in prepared.pop().items():
            engine.complete(case_id=case, item_id=item, actor=world.actor, opinion="同意")

    return compare(
        "batch of 50 decisions", "50 single acts", together, singly, floor=5, goal=10, pairs=2, repeats=3
    )
