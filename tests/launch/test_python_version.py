"""An old Python is told so in one sentence, instead of stumbling over new syntax."""

import ast
import subprocess
import sys
from pathlib import Path

from deploy.launch import __main__ as entry
from deploy.launch.places import ROOT

ON_OLD_PYTHON = """
import sys
sys.version_info = (3, 8, 1, "final", 0)
from deploy.launch.__main__ import main
sys.exit(main())
"""


def test_an_old_python_can_read_the_entry() -> None:
    for path in (Path(entry.__file__), ROOT / "deploy/__init__.py", ROOT / "deploy/launch/__init__.py"):
        ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 6))


def test_an_old_python_alone_on_the_machine_ends_in_one_sentence(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ON_OLD_PYTHON],
        cwd=ROOT,
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert (
        done.stderr
        == "需要 Python 3.11 或更新的版本，当前是 3.8，请安装后重试（Python 3.11 or newer is needed）。\n"
    )


def test_a_newer_python_beside_an_old_one_is_found() -> None:
    assert entry.newer_python() is not None
