"""The whole of `make run` after the set-up: database, web, worker and reader come up together and go together."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scripts import pg

PATIENCE = 240  # seconds for a first start on a busy machine

pytestmark = pytest.mark.slow


class Run:
    """`python -m scripts.up` with a folder, a database and a port of its own, and without the demo group."""

    def __init__(self, var: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        inherited = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
        self.environment = inherited | {"VAR_DIR": str(var), "PORT": str(self.port), "DEMO": "0"}
        self.log = var / "run.log"
        self.cluster = pg.Cluster(home=var / "pg" if os.geteuid() else pg.ROOT_HOME / pg._digest(var))
        self.process: subprocess.Popen[bytes] | None = None

    def manage(self, *words: str) -> None:
        subprocess.run([sys.executable, "manage.py", *words], cwd=pg.ROOT, env=self.environment, check=True)

    def start(self) -> None:
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "scripts.up"],
                cwd=pg.ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def wait_until(self, seen: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not seen():
            assert time.monotonic() < deadline, f"{what}: {self.log.read_text()[-3000:]}"
            time.sleep(0.05)

    def says(self, text: str) -> bool:
        return text in self.log.read_text(encoding="utf-8", errors="replace")

    def sign_in_page(self) -> str:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"http://127.0.0.1:{self.port}/", timeout=30) as answer:
            return str(answer.read().decode())

    def processes(self) -> dict[int, str]:
        """Every process that has this run's folder in its environment, and the server on its data."""
        mark = f"VAR_DIR={self.environment['VAR_DIR']}".encode()
        found = {}
        for entry in Path("/proc").iterdir():
            try:
                own = entry.name.isdigit() and mark in (entry / "environ").read_bytes().split(b"\0")
                if own or (entry.name.isdigit() and (entry / "cwd").readlink() == self.cluster.data):
                    found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
        return {pid: command for pid, command in found.items() if command}


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    run = Run(tmp_path / "var")
    (tmp_path / "var").mkdir()
    run.manage("collectstatic", "--noinput", "-v0")
    run.start()
    yield run
    if run.process is not None and run.process.poll() is None:
        run.process.terminate()
        run.process.wait()
    shutil.rmtree(run.cluster.home, ignore_errors=True)


def test_everything_starts_survives_a_killed_database_and_leaves_nothing_after_kill_9(run: Run) -> None:
    run.wait_until(lambda: run.says(f"http://127.0.0.1:{run.port}/"), "the address is not printed")
    assert "csrfmiddlewaretoken" in run.sign_in_page()
    commands = " ".join(run.processes().values())
    assert all(name in commands for name in ("gunicorn", "manage.py worker", "manage.py reader", "postgres"))

    second = subprocess.run(
        [sys.executable, "-m", "scripts.up"], cwd=pg.ROOT, env=run.environment, capture_output=True, check=False
    )
    assert second.returncode == 1
    assert b"already running from this folder" in second.stderr

    (server,) = [pid for pid, command in run.processes().items() if "bin/postgres" in command]
    os.kill(server, signal.SIGKILL)
    run.wait_until(lambda: run.says("starting it again"), "the database is not started again")
    run.wait_until(run.cluster.answers, "the database does not answer again")
    assert "csrfmiddlewaretoken" in run.sign_in_page()

    assert run.process is not None
    run.process.kill()
    run.process.wait()
    run.wait_until(lambda: run.processes() == {}, "something is left")
