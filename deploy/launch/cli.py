"""The commands of the launcher, and how each failure becomes one sentence."""

import os
import signal
import sys
import time
from collections.abc import Callable

from deploy.launch import bootstrap, checks, portal
from deploy.launch.errors import LaunchError, Stopped, in_plain_words
from deploy.launch.front import listen_for_the_end, run_in_front, undisturbed
from deploy.launch.places import PYTHON, VAR, say
from deploy.launch.servers import Servers, only_one, remove_data, running
from deploy.launch.supervisor import Supervisor

STOP_SECONDS = 60


def run(words: list[str]) -> int:
    """Start the portal and keep it running."""
    return portal.run()


def stop(words: list[str]) -> int:
    """Stop the portal that another terminal runs in this folder."""
    for mode in ("demo", "office"):
        lock = VAR / f"{mode}.lock"
        held = lock.read_text(encoding="utf-8").split() if lock.exists() else []
        if len(held) < 2:
            continue
        os.kill(int(held[1]), signal.SIGTERM)
        until = time.monotonic() + STOP_SECONDS
        while lock.read_text(encoding="utf-8") and time.monotonic() < until:
            time.sleep(0.2)
        say("已停止 …… stopped")
    return 0


def reset(words: list[str]) -> int:
    """Remove the data of the demo office, so that the next start begins anew."""
    with only_one("demo"):
        remove_data("demo")
    say("演示数据已清除 …… the demo data are gone")
    return 0


def with_servers(action: Callable[[dict[str, str]], int]) -> int:
    """Act on the servers of `make run`: those that run, or ones started for this and stopped afterwards."""
    mode = "demo" if portal.wants_demo() else "office"
    addresses = running(mode)
    if addresses:
        return action(portal.surroundings(mode, addresses))
    servers = Servers(mode, own=True)
    bootstrap.ensure(bootstrap.DEMO if servers.embedded else bootstrap.OWN_SERVERS)
    with only_one(mode):
        supervisor = Supervisor()
        try:
            return action(portal.surroundings(mode, servers.start(supervisor)))
        finally:
            with undisturbed():
                supervisor.stop()


def manage(words: list[str]) -> int:
    """Run a command of manage.py on the data of `make run`, whether that runs or not."""
    return with_servers(lambda env: run_in_front([str(PYTHON), "manage.py", *words], env))


def servers(words: list[str]) -> int:
    """Keep only the servers running, for a developer who starts the rest by hand."""

    def hold(env: dict[str, str]) -> int:
        for name in ("DATABASE_URL", "REDIS_URL", "WAIBAN_DEMO", "WAIBAN_FILES"):
            say(f"export {name}='{env[name]}'")
        signal.pause()
        return 0

    return with_servers(hold)


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "run": run,
    "stop": stop,
    "reset": reset,
    "manage": manage,
    "servers": servers,
    "test": checks.test,
    "lint": checks.lint,
    "bench": checks.bench,
    "screenshots": checks.screenshots,
    "faults": checks.faults,
}


def run_command(argv: list[str]) -> int:
    """Run one command with its words, or those in ARGS. Every failure ends in one sentence."""
    if not argv or argv[0] not in COMMANDS:
        print("用法 usage: python3 -m deploy.launch " + "|".join(COMMANDS), file=sys.stderr)
        return 2
    listen_for_the_end()
    try:
        return COMMANDS[argv[0]](argv[1:] or checks.arguments())
    except Stopped:
        return 0 if argv[0] in ("run", "servers") else 130
    except LaunchError as reason:
        print(reason, file=sys.stderr)
    except OSError as error:
        print(in_plain_words(error), file=sys.stderr)
    return 1
