"""gunicorn: settings of the web server, for `make run` and for an office's own service."""

import os

from django.db import connections

wsgi_app = "waiban.wsgi"
preload_app = True  # one start, memory shared by the workers
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 60
graceful_timeout = 15
keepalive = 5
max_requests = 20_000
max_requests_jitter = 2_000
accesslog = "-"
control_socket_disable = True


def pre_fork(server: object, worker: object) -> None:
    """Close what the preloaded application opened: two processes must not share a database connection."""
    connections.close_all()
