"""A small server of the sample pages and the static files, with the content security policy of the site."""

import mimetypes
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from django.contrib.staticfiles import finders
from django.template import engines

from tests.ui.pages import PAGES
from tests.ui.rendering import render

POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)


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
        elif path.startswith(("notices/", "drafts/")):
            self._answer(b"", "text/html; charset=utf-8")
        elif not path:
            links = "".join(f'<li><a href="/{name}">{name}</a></li>' for name in PAGES)
            self._answer(f"<meta charset=utf-8><ul>{links}</ul>".encode(), "text/html; charset=utf-8")
        else:
            self._answer(None, "text/plain")

    def _answer(self, body: bytes | None, kind: str) -> None:
        self.send_response(200 if body is not None else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, format: str, *args: Any) -> None:
        """Stay quiet."""
