"""pytest plugin: one PostgreSQL server for the whole test run, thrown away afterwards.

Loaded by `-p scripts.pg_pytest` in pyproject.toml: a conftest.py would be too late, pytest-django has read the settings
by then. With DATABASE_URL set, the tests run on that server instead (any PostgreSQL from 15 on; the role must be a
superuser because tests take the roles of the product with SET ROLE).
"""

import os
import shutil
import tempfile
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from scripts import pg

PREFIX = "reimburse-test-"
ENOUGH_MEMORY = 1 << 30  # bytes free in /dev/shm; some containers have 64 MB there

_cluster: pg.Cluster | None = None


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    global _cluster
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    if not os.environ.get("DATABASE_URL"):
        _sweep_leftovers()
        home = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=_scratch()))
        _cluster = pg.Cluster(home=home, settings=dict(pg.QUICK))
        _cluster.start()
        os.environ["DATABASE_URL"] = _cluster.url(pg.SUPERUSER)
    _ensure_roles(os.environ["DATABASE_URL"])


def pytest_unconfigure() -> None:
    global _cluster
    if _cluster is not None:
        _cluster.stop(now=True)
        shutil.rmtree(_cluster.home, ignore_errors=True)
        shutil.rmtree(_cluster.socket_folder, ignore_errors=True)
        _cluster = None


def _scratch() -> Path:
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ENOUGH_MEMORY
    return memory if roomy else Path(tempfile.gettempdir())


def _sweep_leftovers() -> None:
    """Remove what a test run that was killed with -9 left behind."""
    for folder in _scratch().glob(f"{PREFIX}*-*"):
        pid = folder.name.removeprefix(PREFIX).split("-")[0]
        if pid.isdigit() and not Path(f"/proc/{pid}").exists() and os.access(folder, os.W_OK):
            shutil.rmtree(folder, ignore_errors=True)


def _ensure_roles(url: str) -> None:
    """The two roles of the product, which tests take with SET ROLE."""
    with psycopg.connect(url.replace(f"/{pg.NAME}?", "/postgres?", 1), autocommit=True) as connection:
        for role in (pg.OWNER_ROLE, pg.APP_ROLE):
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
