"""`make run`: database, migrations, demo group, then web, worker and reader until Ctrl-C or a signal.

With DATABASE_URL the given server is used; without it a PostgreSQL of this folder's own is started and stopped too.
"""

from __future__ import annotations

import contextlib
import fcntl
import http.client
import os
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

from config import env
from scripts import pg
from scripts.supervisor import Program, Supervisor, say

HOST = "127.0.0.1"
# `load_demo` makes the demo group if it is not there and prints the logins; with `--history` it adds the past months.
NEEDED = ("worker", "reader", "load_demo")
READY_WITHIN = 60  # seconds from the start of the web server to its first answer
DATABASE_FALLS_ALLOWED = 5


def main() -> int:
    os.chdir(pg.ROOT)
    env.read_dotenv()
    port = env.number("PORT", 8000)
    refuse_missing_commands()
    with only_run():
        refuse_taken_port(port)
        supervisor = Supervisor(environment(port))
        supervisor.listen_to_signals()
        cluster = None if env.text("DATABASE_URL") else pg.Cluster()
        try:
            return serve(supervisor, cluster, port)
        except pg.ServerFailed as error:
            sys.exit(str(error))
        finally:
            supervisor.stop_all()
            if cluster is not None:
                cluster.stop()  # last: the others finish their work on it


def environment(port: int) -> dict[str, str]:
    """What every program gets. DEMO is on unless it was switched off."""
    given = {"DJANGO_SETTINGS_MODULE": "config.settings.dev", "DEMO": "1", **os.environ}
    return given | {"PORT": str(port), "PYTHONUNBUFFERED": "1"}


def serve(supervisor: Supervisor, cluster: pg.Cluster | None, port: int) -> int:
    if cluster is not None:
        cluster.start()
        cluster.ensure_roles_and_database()
        supervisor.env |= {
            "DATABASE_URL": cluster.url(pg.APP_ROLE),
            "DATABASE_OWNER_URL": cluster.url(pg.OWNER_ROLE),
        }
    if not supervisor.step("The migration of the database", manage("migrate", "--noinput", "-v0")):
        return 0
    demo = supervisor.env["DEMO"] == "1"
    logins = var_folder() / "run" / "demo_logins.txt"
    if demo:
        logins.parent.mkdir(parents=True, exist_ok=True)
        if not supervisor.step("Loading the demo group", manage("load_demo"), output=logins):
            return 0
    programs = [
        Program("web", [sys.executable, "-m", "gunicorn", "-c", "python:config.gunicorn", "config.wsgi"]),
        Program("worker", manage("worker")),
        Program("reader", manage("reader")),
    ]
    if demo:
        programs.append(Program("demo history", manage("load_demo", "--history"), once=True, low_priority=True))
    greeting = Greeting(port, logins if demo else None)
    watch_database = DatabaseWatch(cluster)

    def every_tick() -> None:
        greeting.tick()
        watch_database.tick()

    return supervisor.watch(programs, every_tick=every_tick)


def var_folder() -> Path:
    return env.path("VAR_DIR", pg.ROOT / "var")


def manage(*words: str) -> list[str]:
    return [sys.executable, "manage.py", *words]


def refuse_missing_commands() -> None:
    """A copy without one of the programs would only fall and be restarted; say it at once."""
    missing = [name for name in NEEDED if not list(pg.ROOT.glob(f"*/management/commands/{name}.py"))]
    if missing:
        sys.exit(f"This copy of Reimburse is not complete: manage.py {', '.join(missing)} is missing. Fetch it again.")


@contextlib.contextmanager
def only_run() -> Iterator[None]:
    """Two runs in one folder would share a database that the first one to end takes away."""
    folder = var_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "run.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            sys.exit(
                "Reimburse is already running from this folder. Stop that run first (Ctrl-C where it was started)."
            )
        yield


def refuse_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or error
            sys.exit(f"Port {port} cannot be used ({reason}). Choose another one: PORT={port % 65000 + 1} make run")


class Greeting:
    """Says where the product is, once it really answers there."""

    def __init__(self, port: int, logins: Path | None) -> None:
        self.port, self.logins = port, logins
        self.done = False
        self.deadline = time.monotonic() + READY_WITHIN

    def tick(self) -> None:
        if self.done:
            return
        if self._answers():
            say(f"\nReimburse 报销系统  →  http://{HOST}:{self.port}/")
            if self.logins is not None and self.logins.exists():
                say(self.logins.read_text(encoding="utf-8").rstrip())
            say("Ctrl-C stops everything. 按 Ctrl-C 停止。\n")
            self.done = True
        elif time.monotonic() > self.deadline:
            say(f"The web server does not answer on port {self.port} as it should; see its lines above.")
            self.done = True

    def _answers(self) -> bool:
        """Whether the first page, or the sign-in page that it leads to, is served."""
        # No proxy of the environment may stand between us and our own machine.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            opener.open(f"http://{HOST}:{self.port}/", timeout=5).close()
        except urllib.error.HTTPError as error:
            return error.code < HTTPStatus.INTERNAL_SERVER_ERROR
        except (OSError, http.client.HTTPException):
            return False
        return True


class DatabaseWatch:
    """Starts our own PostgreSQL again when it was killed; the programs reconnect by themselves."""

    def __init__(self, cluster: pg.Cluster | None) -> None:
        self.cluster, self.falls = cluster, 0

    def tick(self) -> None:
        process = self.cluster.process if self.cluster else None
        if self.cluster is None or process is None or process.poll() is None:
            return
        self.falls += 1
        if self.falls > DATABASE_FALLS_ALLOWED:
            raise pg.ServerFailed(f"PostgreSQL ended {self.falls} times; giving up. Its log is {self.cluster.log}.")
        say("The database server ended; starting it again.")
        time.sleep(1)  # its children notice the death of their parent within this time
        self.cluster.start()


if __name__ == "__main__":
    sys.exit(main())
