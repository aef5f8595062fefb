"""The PostgreSQL that runs beside the product: starts from every mess, ends with its starter, bothers nobody."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from scripts import pg

PATIENCE = 20  # seconds a process has to disappear


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder that the server's account can reach, which pytest's own (0700) are not when root runs the tests."""
    path = Path(f"/tmp/reimburse-pg-{os.getpid()}-{time.monotonic_ns()}")
    path.mkdir(mode=0o711)
    yield path
    subprocess.run(["rm", "-rf", str(path)], check=True)


@pytest.fixture
def make_cluster(folder: Path) -> Iterator[Callable[[str], pg.Cluster]]:
    made: list[pg.Cluster] = []

    def make(name: str = "pg") -> pg.Cluster:
        made.append(pg.Cluster(home=folder / name, settings=dict(pg.QUICK)))
        return made[-1]

    yield make
    for cluster in made:
        cluster.stop(now=True)


def servers_on(data: Path) -> list[int]:
    """The processes that work inside a data folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if (entry / "cwd").readlink() == data:
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def wait_until_gone(data: Path) -> list[int]:
    deadline = time.monotonic() + PATIENCE
    while (left := servers_on(data)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


def test_it_runs_in_a_folder_with_a_space_and_chinese_letters_and_leaves_nothing(
    make_cluster: Callable[[str], pg.Cluster],
) -> None:
    cluster = make_cluster("报销 系统's")
    cluster.start()
    cluster.ensure_roles_and_database()
    cluster.ensure_roles_and_database()  # a second run finds everything there
    with psycopg.connect(cluster.url(pg.OWNER_ROLE)) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        row = connection.execute("SELECT cardinality(show_trgm('报销')), current_user").fetchone()
    assert row == (3, pg.OWNER_ROLE)
    cluster.stop()
    assert wait_until_gone(cluster.data) == []


def test_the_app_role_is_neither_superuser_nor_owner(make_cluster: Callable[[str], pg.Cluster]) -> None:
    cluster = make_cluster("pg")
    cluster.start()
    cluster.ensure_roles_and_database()
    with psycopg.connect(cluster.url(pg.APP_ROLE), autocommit=True) as connection:
        row = connection.execute("SELECT rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user").fetchone()
        assert row == (False, False)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE public.mine (id int)")


def test_a_long_path_gets_a_socket_short_enough_for_the_kernel() -> None:
    cluster = pg.Cluster(home=Path("/home/我的项目") / ("很长的名字" * 8))
    assert len(os.fsencode(cluster.socket_folder / ".s.PGSQL.5432")) <= 107
    assert cluster.socket_folder.parent == Path("/tmp")


def test_a_stale_pid_file_whose_number_another_program_has_is_no_obstacle(
    make_cluster: Callable[[str], pg.Cluster], monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = make_cluster("pg")
    cluster.start()
    cluster.stop()
    # A program of the server's own account: the case that PostgreSQL itself cannot tell from a running server.
    bystander = subprocess.Popen(["sleep", "600"], **cluster._run_as())
    try:
        pid_file = cluster.data / "postmaster.pid"
        stale = (
            f"{bystander.pid}\n{cluster.data}\n1700000000\n5432\n{cluster.socket_folder}\n\n    1234    5678\nready\n"
        )
        pid_file.write_text(stale)
        with monkeypatch.context() as without:
            without.setattr(pg.Cluster, "_forget_stale_pid", lambda _self: None)
            with pytest.raises(pg.ServerFailed, match="did not start"):
                cluster.start()
        pid_file.write_text(stale)
        cluster.start()
        assert cluster.answers()
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_a_truncated_pid_file_and_an_interrupted_initdb_are_no_obstacle(
    make_cluster: Callable[[str], pg.Cluster],
) -> None:
    cluster = make_cluster("pg")
    (cluster.home / "new" / "base").mkdir(parents=True)
    cluster.start()
    cluster.stop()
    (cluster.data / "postmaster.pid").write_text("")
    cluster.start()
    assert cluster.answers()


STARTER = """
import sys, time
from pathlib import Path
from scripts import pg
cluster = pg.Cluster(home=Path(sys.argv[1]), settings=dict(pg.QUICK))
cluster.start()
print("up", flush=True)
time.sleep(600)
"""


def test_kill_9_of_the_starter_ends_the_server_and_the_next_start_is_clean(
    make_cluster: Callable[[str], pg.Cluster],
) -> None:
    cluster = make_cluster("pg")
    command = [sys.executable, "-c", STARTER, str(cluster.home)]
    with subprocess.Popen(command, cwd=pg.ROOT, stdout=subprocess.PIPE) as starter:
        assert starter.stdout is not None
        assert starter.stdout.readline() == b"up\n"
        assert servers_on(cluster.data)
        starter.send_signal(signal.SIGKILL)
    assert wait_until_gone(cluster.data) == []
    cluster.start()
    assert cluster.answers()


def test_a_start_that_cannot_work_says_what_the_server_said(make_cluster: Callable[[str], pg.Cluster]) -> None:
    cluster = make_cluster("pg")
    cluster.settings["shared_buffers"] = "'many'"
    with pytest.raises(pg.ServerFailed, match="shared_buffers"):
        cluster.start()
