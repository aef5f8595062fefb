"""How gunicorn serves the pages; used by `make run` and by a company's server alike."""

import os
from pathlib import Path
from typing import Any

bind = os.environ.get("BIND") or f"127.0.0.1:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_WORKERS", "2"))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "2"))
preload_app = True  # the code is read once and its memory shared
keepalive = 30  # seconds; below that browsers and proxies open a new connection for every click
graceful_timeout = 5
max_requests, max_requests_jitter = 5000, 500
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() and os.access("/dev/shm", os.W_OK) else None
control_socket_disable = True  # else one socket in the home folder for every project of this user


def when_ready(_server: Any) -> None:
    """No connection opened while loading may be shared by the forked workers."""
    from django.db import connections

    connections.close_all()
