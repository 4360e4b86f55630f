"""A process that has Django loaded and forks work on command, so that each child can be killed for real.

Started by `faults.Nursery` with Django set up. Commands on stdin, one a line: `<what> <chunk>`. A child is
forked to do the work; it prints `begun <pid>` when it comes to its first rows. The nursery prints `gone` when
the child has ended or was killed, `failed` when it ended with an error.
"""

import os
import sys
import traceback
from typing import Any

from django.db import connection

from tests.faults.far_side import use_journal
from tests.notices.house import register_flow
from waiban.notices import dispatch, sweeps
from waiban.workdays.services import current_axis
from waiban.workflow import sweep


def safe(chunk: int) -> None:
    """The sweep without its advisory lock: row locks and the unique key alone must hold."""
    sweep.remind_due(chunk=chunk)


def locked(chunk: int) -> None:
    """The sweep as the beat calls it."""
    sweeps.run_sweep("workflow.reminders")


def unsafe(chunk: int) -> None:
    """The control: no row lock, and the notices committed before the item moves on (send, then mark)."""
    sweep._DUE = sweep._DUE[: sweep._DUE.index("FOR NO KEY UPDATE")]
    remind_chunk = sweep._remind_chunk.__wrapped__
    axis = sweep.current_axis()
    while remind_chunk(axis, chunk) == chunk:
        pass


def send(chunk: int) -> None:
    """The dispatcher of the outbox, to a far side that keeps a journal."""
    use_journal()
    dispatch.CHUNK = chunk
    dispatch.dispatch()


WORK = {"safe": safe, "locked": locked, "unsafe": unsafe, "send": send}


class Begun:
    """Says `begun` when the work comes to its first rows: from then on a kill hits it in the middle."""

    said = False

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not self.said and ("workflow_workitem w" in sql or "notices_notice" in sql):
            self.said = True
            print(f"begun {os.getpid()}", flush=True)
        return execute(sql, params, many, context)


def be_child(what: str, chunk: int) -> int:
    """Do the work on a connection of one's own; return the exit code."""
    connection.close()
    try:
        with connection.execute_wrapper(Begun()):
            WORK[what](chunk)
    except Exception:
        traceback.print_exc()
        return 1
    return 0


def main() -> None:
    """Serve commands until stdin closes."""
    register_flow()
    current_axis()  # read once here, so that a child begins to work at once
    connection.close()
    print("ready", flush=True)
    for line in sys.stdin:
        what, chunk = line.split()
        child = os.fork()
        if child == 0:
            os._exit(be_child(what, int(chunk)))
        _pid, status = os.waitpid(child, 0)
        print("failed" if os.WIFEXITED(status) and os.WEXITSTATUS(status) else "gone", flush=True)
