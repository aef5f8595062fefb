"""pytest plugin: one PostgreSQL server and one folder for the whole test run, both thrown away afterwards.

Loaded by `-p scripts.pg_pytest` in pyproject.toml: a conftest.py would be too late, pytest-django has read the settings
by then. With DATABASE_URL set, the tests run on that server instead (any PostgreSQL from 15 on; the role must be a
superuser, because tests take the roles of the product with SET ROLE).
"""

import os
import shutil
import tempfile
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from scripts import pg

PREFIX = "reimburse-test-"
ENOUGH_MEMORY = 1 << 30  # bytes free in /dev/shm; some containers have 64 MB there

_cluster: pg.Cluster | None = None
_folder: Path | None = None


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    global _cluster, _folder
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    _sweep_leftovers()
    _folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=_scratch()))
    _folder.chmod(0o711)  # the account of the server passes through; it cannot look around
    os.environ["VAR_DIR"] = str(_folder / "var")
    if not os.environ.get("DATABASE_URL"):
        _cluster = pg.Cluster(home=_folder / "pg", settings=dict(pg.QUICK))
        _cluster.start()
        os.environ["DATABASE_URL"] = _cluster.url(pg.SUPERUSER)
    with psycopg.connect(make_conninfo(os.environ["DATABASE_URL"], dbname="postgres"), autocommit=True) as connection:
        pg.ensure_roles(connection)


def pytest_unconfigure() -> None:
    global _cluster, _folder
    if _cluster is not None:
        _cluster.stop(now=True)
        shutil.rmtree(_cluster.socket_folder, ignore_errors=True)
        _cluster = None
    if _folder is not None:
        shutil.rmtree(_folder, ignore_errors=True)
        _folder = None


def _scratch() -> Path:
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ENOUGH_MEMORY
    return memory if roomy else Path(tempfile.gettempdir())


def _sweep_leftovers() -> None:
    """Remove what a test run that was killed with -9 left behind; its server has ended by itself."""
    for folder in _scratch().glob(f"{PREFIX}*-*"):
        pid = folder.name.removeprefix(PREFIX).split("-")[0]
        if pid.isdigit() and not Path(f"/proc/{pid}").exists() and folder.stat().st_uid == os.geteuid():
            shutil.rmtree(folder, ignore_errors=True)
