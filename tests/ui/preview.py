"""Serve sample pages for the eye: `python -m tests.ui.preview` and open the printed address.

Not part of the site. Every page is rendered anew at each request, so a change of a template or stylesheet
shows at once. With `--write` the pages are written to var/preview/ instead.
"""

import os
import sys
from collections.abc import Callable
from http.server import ThreadingHTTPServer

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "waiban.settings")
os.environ.setdefault("WAIBAN_DEMO", "1")

import django

django.setup()

from django.conf import settings  # noqa: E402

from tests.ui.pages import PAGES  # noqa: E402
from tests.ui.rendering import render  # noqa: E402
from tests.ui.server import Handler  # noqa: E402

PORT = int(os.environ.get("PREVIEW_PORT", "8765"))


def write() -> None:
    """Write every sample page to var/preview/."""
    folder = settings.BASE_DIR / "var" / "preview"
    folder.mkdir(parents=True, exist_ok=True)
    for name in PAGES:
        (folder / f"{name}.html").write_text(render(name), encoding="utf-8")
        sys.stdout.write(f"{folder / name}.html\n")


def serve() -> None:
    """Serve until Ctrl+C."""
    sys.stdout.write(f"http://127.0.0.1:{PORT}/\n")
    ThreadingHTTPServer(("127.0.0.1", PORT), Handler).serve_forever()


if __name__ == "__main__":
    run: Callable[[], None] = write if "--write" in sys.argv else serve
    run()
