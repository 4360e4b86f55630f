"""`python3 -m deploy.launch run|test|lint|…`, readable by an old Python, to be told that it is too old."""

import os
import shutil
import subprocess
import sys

OLDEST = (3, 11)
TOO_OLD = "需要 Python 3.11 或更新的版本，当前是 %d.%d，请安装后重试（Python 3.11 or newer is needed）。"


def newer_python():
    """Return the path of an installed Python that is new enough, or None."""
    for name in ("python3.13", "python3.12", "python3.11", "python3.14"):
        path = shutil.which(name)
        probe = "import sys; sys.exit(sys.version_info < (3, 11))"
        if path and subprocess.call([path, "-c", probe], stderr=subprocess.DEVNULL) == 0:
            return path
    return None


def main():
    """Run on a Python that is new enough, or say in one sentence that there is none."""
    if sys.version_info < OLDEST:
        path = newer_python()
        if path is None:
            sys.stderr.write(TOO_OLD % sys.version_info[:2] + "\n")
            return 1
        os.execv(path, [path, "-m", "deploy.launch", *sys.argv[1:]])
    from deploy.launch.cli import run_command

    return run_command(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
