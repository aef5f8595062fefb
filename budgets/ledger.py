"""The SQL of the ledger: each movement of money is one statement that locks, moves the balances and writes the rows.

Nodes are locked in the order of their ids. The figures compared with the limit are those of the locked row, not of the
statement's snapshot, so that two claims cannot both get the last yuan. Every function wants to be called inside a
transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from budgets.models import LedgerRow


@dataclass(frozen=True, slots=True)
class Place:
    """What decides the node a sum is charged to: who bears it, what it is spent on, and when."""

    department_id: int
    expense_type_id: int | None
    on: date


@dataclass(frozen=True, slots=True)
class Movement:
    """One row to be: a bucket of a node moves by `delta` for a line of a document."""

    node_id: int
    document_id: UUID
    number: str
    line_id: UUID | None
    bucket: str
    delta: Decimal


@dataclass(frozen=True, slots=True)
class Moved:
    """A node after its balances moved; `available` may be below zero where the node only warns."""

    node_id: int
    available: Decimal


@dataclass(frozen=True, slots=True)
class Drift:
    """A balance that differs from the sum of its rows."""

    node_id: int
    bucket: str
    balance: Decimal
    rows: Decimal


# The node of the very expense type goes before the department's node for all; of two periods the shorter one.
# UNION drops repeats, so a circle of parents ends.
NODES = """
WITH RECURSIVE place AS (
    SELECT * FROM unnest(%(position)s::int[], %(department)s::bigint[], %(expense_type)s::bigint[], %(on)s::date[])
               AS p(position, department, expense_type, spent_on)
),
charged AS (
    SELECT place.position, leaf.id, leaf.parent_id
      FROM place
     CROSS JOIN LATERAL (
           SELECT n.id, n.parent_id FROM budgets_budgetnode n
            WHERE n.department_id = place.department
              AND (n.expense_type_id = place.expense_type OR n.expense_type_id IS NULL)
              AND place.spent_on BETWEEN n.starts_on AND n.ends_on
            ORDER BY n.expense_type_id IS NULL, n.ends_on - n.starts_on, n.id
            LIMIT 1) leaf
    UNION
    SELECT charged.position, parent.id, parent.parent_id
      FROM charged JOIN budgets_budgetnode parent ON parent.id = charged.parent_id
)
SELECT position, id FROM charged ORDER BY position, id
"""

# What the caller gives is what moves.
GIVEN = """
WITH moves AS (
    SELECT * FROM unnest(%(node)s::bigint[], %(document)s::uuid[], %(number)s::text[], %(line)s::uuid[],
                         %(bucket)s::text[], %(delta)s::numeric[])
               AS m(node_id, document_id, number, line_id, bucket, delta)
),
"""

# What a document still holds in some buckets moves to another one, or away.
HELD = """
WITH held AS (
    SELECT node_id, document_id, max(document_number) AS number, line_id, bucket, sum(delta) AS amount
      FROM budgets_ledgerrow
     WHERE document_id = %(document)s::uuid AND bucket = ANY(%(from)s::text[])
     GROUP BY node_id, document_id, line_id, bucket
    HAVING sum(delta) <> 0
),
moves AS (
    SELECT node_id, document_id, number, line_id, bucket::text AS bucket, -amount AS delta FROM held
    UNION ALL
    SELECT node_id, document_id, max(number), line_id, %(to)s::text, sum(amount) FROM held
     WHERE %(to)s::text <> '' GROUP BY node_id, document_id, line_id
),
"""

# The limit is read from the row as it is once the lock is ours: an UPDATE looks at the newest version of a row.
MOVE = """
sums AS (
    SELECT node_id, coalesce(sum(delta) FILTER (WHERE bucket = 'reserved'), 0) AS reserved,
           coalesce(sum(delta) FILTER (WHERE bucket = 'committed'), 0) AS committed,
           coalesce(sum(delta) FILTER (WHERE bucket = 'actual'), 0) AS actual
      FROM moves GROUP BY node_id
),
locked AS (
    SELECT id FROM budgets_budgetnode WHERE id IN (SELECT node_id FROM sums) ORDER BY id FOR NO KEY UPDATE
),
moved AS (
    UPDATE budgets_budgetnode n
       SET reserved = n.reserved + s.reserved, committed = n.committed + s.committed, actual = n.actual + s.actual
      FROM locked JOIN sums s ON s.node_id = locked.id
     WHERE n.id = locked.id
       AND (NOT %(limited)s::boolean OR n.mode = 'warn'
            OR n.amount - n.reserved - n.committed - n.actual >= s.reserved + s.committed + s.actual)
    RETURNING n.id, n.amount - n.reserved - n.committed - n.actual AS available
),
written AS (
    INSERT INTO budgets_ledgerrow (node_id, document_id, document_number, line_id, bucket, delta, step, key, at)
    SELECT m.node_id, m.document_id, m.number, m.line_id, m.bucket, m.delta, %(step)s::text,
           %(key)s::text || ':' || coalesce(m.line_id::text, '-') || ':' || %(step)s::text, %(at)s::timestamptz
      FROM moves m JOIN moved ON moved.id = m.node_id
     ORDER BY m.line_id, m.node_id, m.delta
)
SELECT id, available FROM moved ORDER BY id
"""

# The net effect of the steps whose keys begin with a prefix, to be turned round.
NET = """
SELECT node_id, document_id, max(document_number), line_id, bucket, sum(delta)
  FROM budgets_ledgerrow
 WHERE key >= %(first)s::text AND key < %(beyond)s::text AND step = ANY(%(steps)s::text[])
 GROUP BY node_id, document_id, line_id, bucket
HAVING sum(delta) <> 0
 ORDER BY node_id, line_id
"""

# What a document holds in one bucket, in the order in which it was charged.
BALANCE = """
SELECT node_id, document_id, max(document_number), line_id, bucket, sum(delta)
  FROM budgets_ledgerrow
 WHERE document_id = %(document)s::uuid AND bucket = %(bucket)s::text
 GROUP BY node_id, document_id, line_id, bucket
HAVING sum(delta) <> 0
 ORDER BY min(id)
"""


# Balances that are not what their rows add up to.
DRIFTS = """
SELECT n.id, b.bucket, b.balance, coalesce(r.total, 0)
  FROM budgets_budgetnode n
 CROSS JOIN LATERAL (VALUES ('reserved', n.reserved), ('committed', n.committed), ('actual', n.actual))
                    AS b(bucket, balance)
  LEFT JOIN (SELECT node_id, bucket, sum(delta) AS total FROM budgets_ledgerrow GROUP BY node_id, bucket) r
         ON r.node_id = n.id AND r.bucket = b.bucket
 WHERE b.balance <> coalesce(r.total, 0)
 ORDER BY n.id, b.bucket
"""


def nodes_of(places: Sequence[Place]) -> list[list[int]]:
    """For each place the ids of its node and all above it; an empty list where no budget is set."""
    found: list[list[int]] = [[] for _place in places]
    parameters: dict[str, Any] = {
        "position": list(range(len(places))),
        "department": [place.department_id for place in places],
        "expense_type": [place.expense_type_id for place in places],
        "on": [place.on for place in places],
    }
    with connection.cursor() as cursor:
        cursor.execute(NODES, parameters)
        for position, node_id in cursor.fetchall():
            found[position].append(node_id)
    return found


def move(
    movements: Iterable[Movement], *, step: LedgerRow.Step, key: str, at: datetime, limited: bool = False
) -> list[Moved]:
    """Write the movements. With `limited`, nodes that block and have too little left are not among those returned."""
    rows = list(movements)
    if not rows:
        return []
    parameters = {
        "node": [row.node_id for row in rows],
        "document": [row.document_id for row in rows],
        "number": [row.number for row in rows],
        "line": [row.line_id for row in rows],
        "bucket": [row.bucket for row in rows],
        "delta": [row.delta for row in rows],
        "limited": limited,
    }
    return _execute(GIVEN + MOVE, parameters, step=step, key=key, at=at)


def shift(
    document_id: UUID, *, out_of: Sequence[str], into: str, step: LedgerRow.Step, key: str, at: datetime
) -> list[Moved]:
    """Move what the document holds in some buckets into another one, or (`into` empty) back to what is available."""
    parameters = {"document": document_id, "from": list(out_of), "to": into, "limited": False}
    return _execute(HELD + MOVE, parameters, step=step, key=key, at=at)


def net(prefix: str, *, steps: Sequence[str]) -> list[Movement]:
    """What the steps of all keys below `prefix` have moved, summed by node, line and bucket."""
    # The column sorts by bytes; ";" is the character after ":".
    return _movements(NET, {"first": f"{prefix}:", "beyond": f"{prefix};", "steps": list(steps)})


def balance(document_id: UUID, bucket: str) -> list[Movement]:
    """What a document holds in a bucket, by node and line, oldest first."""
    return _movements(BALANCE, {"document": document_id, "bucket": bucket})


def drifts() -> list[Drift]:
    """Every balance that is not the sum of its rows, in one statement and so at one moment."""
    with connection.cursor() as cursor:
        cursor.execute(DRIFTS)
        return [Drift(*row) for row in cursor.fetchall()]


def _movements(sql: str, parameters: dict[str, Any]) -> list[Movement]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [Movement(*row) for row in cursor.fetchall()]


def _execute(sql: str, parameters: dict[str, Any], *, step: LedgerRow.Step, key: str, at: datetime) -> list[Moved]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters | {"step": str(step.value), "key": key, "at": at})
        return [Moved(*row) for row in cursor.fetchall()]
