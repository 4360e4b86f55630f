"""Under which user the embedded servers run, and where their data may lie.

PostgreSQL refuses to run as root. Root therefore starts both servers as a user that exists anyway and has no
rights. No user is created and no folder above ours is opened: what that user cannot reach is copied, or laid
elsewhere.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.launch.errors import LaunchError
from deploy.launch.places import ROOT, VAR, say

UNPRIVILEGED = ("postgres", "nobody")
ELSEWHERE = Path("/var/lib/waiban")


@dataclass(frozen=True)
class Runner:
    """The user of the embedded servers; `uid` is None where that is simply the one who started us."""

    uid: int | None = None
    gid: int | None = None

    def popen(self) -> dict[str, Any]:
        """Return the arguments that make subprocess start a program as this user."""
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can_run(self, program: Path) -> bool:
        """Tell whether this user can reach and start a program, by starting it with --version."""
        try:
            done = subprocess.run([program, "--version"], cwd="/", capture_output=True, **self.popen())
        except OSError:
            return False
        return done.returncode == 0

    def can_enter(self, folder: Path) -> bool:
        """Tell whether this user gets into a folder by its full path."""
        enter = ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)]
        return subprocess.run(enter, cwd="/", capture_output=True, **self.popen()).returncode == 0

    def folder(self, path: Path) -> Path:
        """Create a folder that belongs to this user and that nobody else can read."""
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.uid is not None and path.stat().st_uid != self.uid:
            os.chown(path, self.uid, self.gid)
        return path

    def write_private(self, path: Path, text: str) -> None:
        """Write a file that only this user (and root) can read."""
        path.unlink(missing_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
            out.write(text)
        if self.uid is not None:
            os.chown(path, self.uid, self.gid)


def choose_runner() -> Runner:
    """Return ourselves, or for root an existing user without rights."""
    if os.geteuid() != 0:
        return Runner()
    for name in UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Runner(entry.pw_uid, entry.pw_gid)
    raise LaunchError(
        "root 不能直接运行 PostgreSQL，请改用普通用户运行", "run as an ordinary user, not as root"
    )


def away_home(mode: str) -> Path:
    """Return where the data of one mode lie when `var` is out of reach."""
    mark = hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]
    return ELSEWHERE / f"{ROOT.name}-{mark}" / mode


def data_home(mode: str, runner: Runner) -> Path:
    """Return the folder of one mode's data: `var/<mode>`, or below /var/lib if servers cannot reach it."""
    home = VAR / mode
    home.mkdir(parents=True, exist_ok=True)
    if runner.can_enter(home):
        return home
    away = away_home(mode)
    away.mkdir(mode=0o755, parents=True, exist_ok=True)
    if not runner.can_enter(away):
        raise LaunchError(
            f"数据库用户进不了 {home} 和 {away}，请换一个目录运行",
            "the database user cannot reach its folder",
        )
    say(f"数据库用户进不了本目录，数据放在 {away} …… data kept there")
    return away


def copy_tree(sources: list[Path], target: Path) -> None:
    """Copy folders side by side into `target`, readable for everybody, so that another user can run them."""
    fresh = target.with_name(target.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o755)
    for source in sources:
        shutil.copytree(source, fresh / source.name, symlinks=True)
    for path in [fresh, *fresh.rglob("*")]:
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o555 if path.is_dir() or mode & 0o100 else 0o444))
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)
