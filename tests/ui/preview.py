"""Serve sample pages for the eye: `python -m tests.ui.preview` and open the printed address.

Not part of the site. Every page is rendered anew at each request, so a change of a template or stylesheet
shows at once. With `--write` the pages are written to var/preview/ instead.
"""

import mimetypes
import os
import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "waiban.settings")
os.environ.setdefault("WAIBAN_DEMO", "1")

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.staticfiles import finders  # noqa: E402
from django.template import engines  # noqa: E402

from tests.ui.pages import PAGES  # noqa: E402
from tests.ui.rendering import render  # noqa: E402

PORT = int(os.environ.get("PREVIEW_PORT", "8765"))


class Handler(BaseHTTPRequestHandler):
    """Sample pages by name, and the static files as the finders see them."""

    def do_GET(self) -> None:
        path = unquote(self.path.split("?")[0]).strip("/")
        if path.startswith("static/"):
            found = finders.find(path.removeprefix("static/"))
            body = Path(found).read_bytes() if found else None
            self._answer(body, mimetypes.guess_type(path)[0] or "application/octet-stream")
        elif path in PAGES:
            for loader in engines["django"].engine.template_loaders:
                loader.reset()
            self._answer(render(path).encode(), "text/html; charset=utf-8")
        elif not path:
            links = "".join(f'<li><a href="/{name}">{name}</a></li>' for name in PAGES)
            self._answer(f"<meta charset=utf-8><ul>{links}</ul>".encode(), "text/html; charset=utf-8")
        else:
            self._answer(None, "text/plain")

    def _answer(self, body: bytes | None, kind: str) -> None:
        self.send_response(200 if body is not None else 404)
        self.send_header("Content-Type", kind)
        policy = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'"
        self.send_header("Content-Security-Policy", policy)
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, format: str, *args: Any) -> None:
        """Stay quiet."""


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
