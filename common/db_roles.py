"""Rights of the database role the app runs as.

The owner migrates; the app role reads and writes rows, and of append-only tables may only INSERT and SELECT. Granted
after every migrate, so that a new table is never forgotten. Without such a role (a one-role installation) nothing is
done.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections
from psycopg import sql


def grant_to_app_role(*, using: str, **_: Any) -> None:
    connection = connections[using]
    role = sql.Identifier(settings.DATABASE_APP_ROLE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [settings.DATABASE_APP_ROLE])
        if cursor.fetchone() is None:
            return
        for statement in (
            "GRANT USAGE ON SCHEMA public TO {role}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
        ):
            cursor.execute(sql.SQL(statement).format(role=role))
        present = set(connection.introspection.table_names(cursor))
        for table in sorted(append_only_tables() & present):
            cursor.execute(
                sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role}").format(
                    table=sql.Identifier(table), role=role
                )
            )


def append_only_tables() -> set[str]:
    return {model._meta.db_table for model in apps.get_models() if getattr(model, "append_only", False)}
