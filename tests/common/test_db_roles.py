"""What the database role of the programs may do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from common import db_roles
from common.models import AuditEntry, IdempotentAnswer

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_app() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE reimburse_app")
        yield
        cursor.execute("RESET ROLE")


def rights_on(table: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p FROM unnest(ARRAY['SELECT','INSERT','UPDATE','DELETE','TRUNCATE']) p "
            "WHERE has_table_privilege('reimburse_app', %s, p)",
            [table],
        )
        return {row[0] for row in cursor.fetchall()}


def test_append_only_tables_can_be_read_and_added_to_and_nothing_else() -> None:
    tables = db_roles.append_only_tables()
    assert {AuditEntry._meta.db_table, IdempotentAnswer._meta.db_table, "budgets_ledgerrow"} <= tables
    assert {table: rights_on(table) for table in tables} == {table: {"SELECT", "INSERT"} for table in tables}


def test_every_other_table_of_ours_can_be_read_and_written() -> None:
    others = {model._meta.db_table for model in apps.get_models() if not getattr(model, "append_only", False)}
    assert {table for table in others if not {"SELECT", "INSERT", "UPDATE", "DELETE"} <= rights_on(table)} == set()


def test_the_role_is_neither_superuser_nor_owner_and_makes_no_tables(as_app: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls, rolcreatedb FROM pg_roles WHERE rolname = 'reimburse_app'")
        assert cursor.fetchone() == (False, False, False)
        cursor.execute("SELECT count(*) FROM pg_tables WHERE tableowner = 'reimburse_app'")
        assert cursor.fetchone() == (0,)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute("CREATE TABLE common_stray (id int)")


def test_a_table_that_appears_later_is_granted_by_the_next_migrate() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE common_new_table (id int)")
        assert rights_on("common_new_table") == set()
        call_command("migrate", verbosity=0)
        assert rights_on("common_new_table") == {"SELECT", "INSERT", "UPDATE", "DELETE"}


def test_without_such_a_role_nothing_is_done(settings) -> None:
    settings.DATABASE_APP_ROLE = "nobody_has_this_name"
    db_roles.grant_to_app_role(using="default")
