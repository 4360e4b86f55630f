"""`make test`, `make lint` and everything else that runs once on servers of its own."""

import os
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from deploy.launch import bootstrap
from deploy.launch.browser import find_chromium, font_settings
from deploy.launch.front import run_in_front, undisturbed
from deploy.launch.places import PYTHON, VENV, say
from deploy.launch.portal import prepare, surroundings
from deploy.launch.servers import Servers, only_one, remove_data
from deploy.launch.supervisor import Supervisor

LINT_IMPORTS = [str(VENV / "bin" / "lint-imports")]
PYTEST = [str(PYTHON), "-m", "pytest"]
TEMPLATES = "templates"


@contextmanager
def own_servers(mode: str, *, durable: bool = False) -> Iterator[dict[str, str]]:
    """Start fresh servers of a mode and end them, with their data, afterwards. Yields the environment."""
    with only_one(mode):
        remove_data(mode)
        supervisor = Supervisor()
        try:
            addresses = Servers(mode, trial=True, durable=durable).start(supervisor)
            yield surroundings(mode, addresses)
        finally:
            with undisturbed():
                supervisor.stop()
                remove_data(mode)


def browser(env: Mapping[str, str]) -> dict[str, str]:
    """Return the environment with CHROMIUM and fonts; says so when there is no Chromium."""
    path = find_chromium()
    if path is None:
        say("没有可用的 Chromium，浏览器测试将跳过（CI=true 时算失败）…… no Chromium for the browser tests")
        return dict(env)
    return {**env, **font_settings(), "CHROMIUM": path}


def run_all(steps: Mapping[str, list[str]], env: Mapping[str, str]) -> int:
    """Run every step, also after one has failed; say at the end which failed. Returns 0 or 1."""
    failed = []
    for title, argv in steps.items():
        say(f"—— {title}: {shlex.join(argv)}")
        if run_in_front(argv, env):
            failed.append(title)
    if failed:
        say("未通过 …… failed: " + ", ".join(failed))
    return 1 if failed else 0


def test(words: list[str]) -> int:
    """Import contracts, then pytest on two processes; with words, only what they name."""
    bootstrap.ensure(bootstrap.FULL)
    with own_servers("test") as env:
        prepare(env, "--messages")
        pytest = [*PYTEST, "-n", "2", *(words or ["tests"])]
        return run_all({"import contracts": LINT_IMPORTS, "tests": pytest}, browser(env))


def lint(words: list[str]) -> int:
    """Every static check: style, format, import contracts, system checks, migrations, templates."""
    bootstrap.ensure(bootstrap.FULL)
    python = str(PYTHON)
    ruff = [python, "-m", "ruff"]
    manage = [python, "manage.py"]
    steps = {
        "style": [*ruff, "check", "--output-format", "concise", "."],
        "format": [*ruff, "format", "--check", "--output-format", "concise", "."],
        "import contracts": LINT_IMPORTS,
        "system checks": [*manage, "check", "--fail-level", "WARNING"],
        "migrations": [*manage, "makemigrations", "--check", "--dry-run"],
        "templates": [python, "-m", "djlint", "--lint", "--quiet", TEMPLATES],
    }
    with own_servers("lint") as env:
        return run_all(steps, env)


def bench(words: list[str]) -> int:
    """The measurements, on servers that write to disk as in production."""
    bootstrap.ensure(bootstrap.FULL)
    with own_servers("bench", durable=True) as env:
        return run_in_front([str(PYTHON), "-m", "bench", *words], env)


def screenshots(words: list[str]) -> int:
    """The pictures under docs/, taken by the test browser."""
    bootstrap.ensure(bootstrap.FULL)
    with own_servers("screenshots") as env:
        prepare(env, "--messages")
        pytest = [*PYTEST, "-p", "no:randomly", "tests/e2e/screenshots.py", *words]
        return run_in_front(pytest, browser(env))


def faults(words: list[str]) -> int:
    """The fault tests in their long form: ten times the kills of `make test`."""
    bootstrap.ensure(bootstrap.FULL)
    with own_servers("faults", durable=True) as env:
        prepare(env, "--messages")
        scale = {"WAIBAN_FAULTS_SCALE": os.environ.get("WAIBAN_FAULTS_SCALE", "10")}
        return run_in_front([*PYTEST, "-s", "-p", "no:randomly", "tests/faults", *words], env | scale)


def words_of(text: str) -> list[str]:
    """Split ARGS the way a shell does."""
    return shlex.split(text) if text else []


def arguments() -> list[str]:
    """Return ARGS from the environment, where make puts it."""
    return words_of(os.environ.get("ARGS", ""))
