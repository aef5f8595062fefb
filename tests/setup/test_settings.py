"""What the settings promise about the database."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from config import env


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
