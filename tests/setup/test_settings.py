"""What the settings promise about the database."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from config import env
from config.settings import base


@pytest.mark.django_db
def test_statements_and_lock_waits_end_by_themselves() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout'), current_setting('statement_timeout')")
        assert cursor.fetchone() == ("5s", "15s")


@pytest.mark.django_db
def test_the_server_is_postgresql_15_or_newer_and_sees_chinese_trigrams() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int, upper('é'), length('报销')")
        version, upper, length = cursor.fetchone()
    assert version >= 150000
    assert (upper, length) == ("É", 2)


def test_a_socket_folder_with_a_space_survives_the_address() -> None:
    entry = env.database("postgresql://app@/reimburse?host=%2Fhome%2Fme%2F%E6%8A%A5%20x%2Frun&sslmode=disable")
    assert entry["HOST"] == "/home/me/报 x/run"
    assert entry["NAME"] == "reimburse"
    assert entry["USER"] == "app"
    assert entry["OPTIONS"] == {"sslmode": "disable"}


def test_a_secret_with_odd_letters_survives_the_address() -> None:
    entry = env.database("postgres://app:p%40ss%2Fw%3Ard@db.example.com:6543/books")
    assert (entry["PASSWORD"], entry["HOST"], entry["PORT"]) == ("p@ss/w:rd", "db.example.com", "6543")
    assert entry["NAME"] == "books"


def test_another_database_than_postgresql_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="PostgreSQL only"):
        env.database("sqlite:///db.sqlite3")


def test_a_missing_secret_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY is not set"):
        env.required("SECRET_KEY")


def test_production_settings_pass_djangos_own_check_for_deployment(tmp_path: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "config.settings.prod",
        "SECRET_KEY": "k" * 20 + "0123456789abcdefghijklmnopqrstuvwxyz",
        "FIELD_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        "ALLOWED_HOSTS": "expense.example.com",
        "DATABASE_URL": "postgresql://app:x@db.example.com/reimburse",
        "DATABASE_OWNER_URL": "postgresql://owner:x@db.example.com/reimburse",
        "BEHIND_TLS_PROXY": "1",
        "VAR_DIR": str(tmp_path),
    }
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_migrations_run_as_the_owner_and_without_time_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    app, owner = "postgresql://app@/books", "postgresql://owner@/books"
    running = base.database(app, owner_url=owner)
    assert (running["USER"], "statement_timeout" in running["OPTIONS"]["options"]) == ("app", True)
    monkeypatch.setenv("DATABASE_AS_OWNER", "1")
    migrating = base.database(app, owner_url=owner)
    assert (migrating["USER"], migrating["OPTIONS"]["options"]) == ("owner", "")
    assert base.database(app)["USER"] == "app"  # one role does both where no second one is given
