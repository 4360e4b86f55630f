"""Run a program in the foreground, and end it politely when we are asked to end."""

import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType

from deploy.launch.errors import Stopped
from deploy.launch.places import ROOT

PATIENCE = 20.0  # seconds


def raise_stopped(signum: int, frame: FrameType | None) -> None:
    """Turn a signal into an exception, so that every `finally` on the way runs."""
    raise Stopped


def listen_for_the_end() -> None:
    """From now on Ctrl+C and SIGTERM raise Stopped."""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, raise_stopped)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Finish what is being ended, however often Ctrl+C is pressed."""
    before = {
        name: signal.signal(name, signal.SIG_IGN) for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def run_in_front(argv: list[str], env: Mapping[str, str]) -> int:
    """Run a program with our own input and output and return its exit code."""
    process = subprocess.Popen(argv, cwd=ROOT, env=dict(env))
    try:
        return process.wait()
    except Stopped:
        with undisturbed():
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        raise
