"""Where things lie, and what was asked for in the environment or in `.env`."""

import hashlib
import os
import shlex
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from deploy.launch.errors import LaunchError, disk_full

ROOT = Path(__file__).resolve().parents[2]
VAR = ROOT / "var"
LOGS = VAR / "log"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOG_LIMIT = 5_000_000  # bytes; a log larger than this at the start is put aside once


def say(text: str) -> None:
    """Print one line at once, also into a pipe."""
    print(text, flush=True)


def dotenv(path: Path = ROOT / ".env") -> dict[str, str]:
    """Return what `.env` sets, as Django will read it; an absent file sets nothing."""
    if not path.is_file():
        return {}
    pairs: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        name, mark, value = line.strip().removeprefix("export ").partition("=")
        if mark and not name.startswith("#"):
            pairs[name.strip()] = value.strip().strip("'\"")
    return pairs


def setting(name: str, default: str = "") -> str:
    """Return an environment variable, else the line in `.env`, else the default."""
    return os.environ.get(name) or dotenv().get(name) or default


def truthy(text: str) -> bool:
    """Read 1, true, yes, on as yes, the way the settings do."""
    return text.strip().lower() in {"1", "true", "yes", "on", "y", "t", "ok"}


def fingerprint(paths: Iterable[Path], *extra: str) -> str:
    """Return a hash that changes when one of these files changes."""
    digest = hashlib.sha256("\0".join(extra).encode())
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def log_file(name: str) -> Path:
    """Return the path of a log, with its folder there and an overlong old log put aside as `.1`."""
    LOGS.mkdir(parents=True, exist_ok=True)
    path = LOGS / f"{name}.log"
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_suffix(".log.1"))
    return path


def run_logged(argv: list[str], log: str, failure: LaunchError, env: Mapping[str, str] | None = None) -> None:
    """Run a command, its words into a log; raise `failure` when it fails, or the sentence for a full disk."""
    path = log_file(log)
    with path.open("ab") as out:
        start = out.tell()
        out.write(f"$ {shlex.join(argv)}\n".encode())
        out.flush()
        done = subprocess.run(argv, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=env)
    if done.returncode == 0:
        return
    with path.open("rb") as words:
        words.seek(start)
        text = words.read()
    raise disk_full(ROOT) if b"No space left" in text or b"ENOSPC" in text else failure
