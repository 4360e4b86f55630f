"""`make run`: from whatever is there to a running portal."""

import http.client
import os
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from deploy.launch import bootstrap
from deploy.launch.errors import LaunchError
from deploy.launch.front import undisturbed
from deploy.launch.keys import office_secrets
from deploy.launch.places import LOGS, PYTHON, ROOT, VAR, VENV, log_file, say, setting, truthy
from deploy.launch.servers import DATABASE, Servers, note_holder, only_one
from deploy.launch.supervisor import Child, Supervisor, end_leftovers

START_SECONDS = 90
TOO_MANY_DEATHS = 3
DEFAULT_PORT = "8000"
HOST = "127.0.0.1"
SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"


def chosen_port() -> int:
    """Return PORT. Raises LaunchError when it is no port."""
    text = setting("PORT", DEFAULT_PORT)
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise LaunchError(
            f"PORT={text} 不是端口号，应为 1 到 65535 的整数", "PORT must be a number from 1 to 65535"
        )
    return int(text)


def require_free(port: int) -> None:
    """Raise LaunchError when somebody listens on the port, or when we may not."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            raise LaunchError(
                f"没有权限使用端口 {port}，请换一个 1024 以上的端口", "port needs more rights"
            ) from None
        except OSError:
            raise LaunchError(
                f"端口 {port} 已被占用，请停掉占用它的程序，或换一个：make run PORT={port % 65535 + 1}",
                "the port is taken",
            ) from None


def wants_demo() -> bool:
    """Tell whether the demo office is asked for; it is, unless DEMO or WAIBAN_DEMO says no."""
    return truthy(setting("DEMO") or setting("WAIBAN_DEMO") or "1")


def surroundings(mode: str, addresses: Mapping[str, str], port: int = 8000) -> dict[str, str]:
    """Return the environment in which the portal's own processes run."""
    own = addresses.get(DATABASE) == setting(DATABASE)
    clean = {name: value for name, value in os.environ.items() if own or not name.startswith("PG")}
    demo = mode != "office"
    env = {**clean, **addresses, "DJANGO_SETTINGS_MODULE": "waiban.settings", "PYTHONUNBUFFERED": "1"}
    env["WAIBAN_DEMO"] = "1" if demo else "0"
    env.setdefault("WAIBAN_FILES", setting("WAIBAN_FILES", str(VAR / mode / "files")))
    env.setdefault("WAIBAN_PORTAL_URL", setting("WAIBAN_PORTAL_URL", f"http://{HOST}:{port}"))
    if not demo:
        env.setdefault("WAIBAN_ALLOWED_HOSTS", setting("WAIBAN_ALLOWED_HOSTS", f"{HOST},localhost"))
        # A loopback address without TLS: a browser would not send back a cookie marked as secure.
        plain = env["WAIBAN_PORTAL_URL"].startswith("http://")
        env.setdefault("WAIBAN_SECURE", setting("WAIBAN_SECURE", "0" if plain else "1"))
        env.update(office_secrets())
    return env


def prepare(env: Mapping[str, str], *words: str) -> None:
    """Bring database, messages and static files up to date, in one process. Raises LaunchError."""
    log = log_file("prepare")
    with log.open("ab") as err:
        start = err.tell()
        argv = [str(PYTHON), "-m", "deploy.launch.prepare", *words]
        done = subprocess.run(argv, cwd=ROOT, env=dict(env), stderr=err)
    if done.returncode:
        text = log.read_bytes()[start:].decode(errors="replace").strip()
        reason = text.splitlines()[-1].rstrip("。.") if text else f"退出码 {done.returncode}"
        raise LaunchError(f"准备数据时失败：{reason}；详见 {log}", "preparing the data failed")


def portal_children(env: Mapping[str, str], port: int) -> list[Child]:
    """Return web, worker and beat."""
    python = str(PYTHON)
    celery = [python, "-m", "celery", "-A", "waiban"]
    web = [
        python,
        "-m",
        "gunicorn",
        "-c",
        "deploy/gunicorn.conf.py",
        "--bind",
        f"{HOST}:{port}",
        "waiban.wsgi",
    ]
    worker = [
        *celery,
        "worker",
        "--loglevel",
        "INFO",
        "--concurrency",
        "2",
        "--without-gossip",
        "--without-mingle",
    ]
    beat = [*celery, "beat", "--loglevel", "INFO", "--pidfile", "", "--scheduler", SCHEDULER]
    commands = {"web": web, "worker": worker, "beat": beat}
    return [Child(name, argv, cwd=ROOT, env=env) for name, argv in commands.items()]


def answers(port: int) -> bool:
    """Tell whether /healthz answers. A refused host name counts too: the office's names may be others."""
    line = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        line.request("GET", "/healthz")
        return line.getresponse().status in (200, 301, 302, 400)
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def wait_until_healthy(supervisor: Supervisor, port: int) -> None:
    """Wait for the first answer. Raises LaunchError naming the process that does not come up."""
    until = time.monotonic() + START_SECONDS

    def settled() -> bool:
        broken = any(child.deaths >= TOO_MANY_DEATHS for child in supervisor.children)
        return broken or time.monotonic() > until or answers(port)

    supervisor.watch(settled)
    broken = [child.name for child in supervisor.children if child.deaths >= TOO_MANY_DEATHS]
    if broken or not answers(port):
        name = broken[0] if broken else "web"
        raise LaunchError(f"{name} 进程没有正常启动，详见 {LOGS / f'{name}.log'}", f"{name} did not start")


def run() -> int:
    """Install, start, prepare, serve, until Ctrl+C. Returns the exit code; raises LaunchError."""
    port = chosen_port()
    mode = "demo" if wants_demo() else "office"
    record = VAR / f"{mode}.processes.json"
    with only_one(mode) as lock:
        end_leftovers(record, str(VENV))
        require_free(port)
        servers = Servers(mode, own=True)
        bootstrap.ensure(bootstrap.DEMO if servers.embedded else bootstrap.OWN_SERVERS)
        supervisor = Supervisor(record)
        try:
            serve(supervisor, servers, mode, port, lock)
        finally:
            say("正在停止 …… stopping")
            with undisturbed():
                supervisor.stop()
    return 0


def serve(supervisor: Supervisor, servers: Servers, mode: str, port: int, lock: Path) -> None:
    """Start everything, say where it is, and look after it until a signal comes."""
    say("启动数据库和消息服务 …… starting the servers" if servers.embedded else "使用自有数据库和消息服务")
    env = surroundings(mode, servers.start(supervisor), port)
    env.setdefault("WAIBAN_HASHED_STATIC", setting("WAIBAN_HASHED_STATIC", "1"))
    accounts = VAR / mode / "accounts.txt"
    accounts.parent.mkdir(parents=True, exist_ok=True)
    prepare(env, "--release", "--demo" if mode == "demo" else "--first-admin", "--accounts", str(accounts))
    say("启动网站、后台任务和定时器 …… starting web, worker and beat")
    supervisor.start(*portal_children(env, port))
    wait_until_healthy(supervisor, port)
    url = f"http://{HOST}:{port}/"
    note_holder(lock, f"pid {os.getpid()} {url}")
    if accounts.exists():
        say(accounts.read_text(encoding="utf-8").rstrip())
    say(f"Waiban is ready: {url}")
    supervisor.watch(lambda: False)
