"""The rows behind a figure: which documents hold what in some nodes, and every movement that made it so.

A figure of several nodes adds up those that are not below one another (`selectors.topmost`); its rows are theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.db.models.query import QuerySet

from approvals.models import ApprovalRequest, Slot
from budgets.models import LedgerRow
from common import keyset
from directory import rights
from directory.models import Employee

PAGE = 50
LAST = 2**63 - 1

# What each document holds by bucket, the latest change first. What came and went again is not there.
DOCUMENTS = """
SELECT document_id, max(document_number), max(at), max(id),
       coalesce(sum(delta) FILTER (WHERE bucket = 'reserved'), 0),
       coalesce(sum(delta) FILTER (WHERE bucket = 'committed'), 0),
       coalesce(sum(delta) FILTER (WHERE bucket = 'actual'), 0)
  FROM budgets_ledgerrow l
 WHERE node_id = ANY(%(nodes)s::bigint[]) AND (%(bucket)s::text = '' OR bucket = %(bucket)s::text)
   AND (cardinality(%(besides)s::bigint[]) = 0 OR NOT EXISTS (
        SELECT 1 FROM budgets_ledgerrow split
         WHERE split.document_id = l.document_id AND split.line_id IS NOT DISTINCT FROM l.line_id
           AND split.node_id = ANY(%(besides)s::bigint[])))
 GROUP BY document_id
HAVING sum(delta) <> 0 AND max(id) < %(before)s::bigint
 ORDER BY max(id) DESC
 LIMIT %(limit)s::int
"""

COUNTS = """
SELECT part, count(*)
  FROM (SELECT m.part, l.document_id
          FROM unnest(%(node)s::bigint[], %(part)s::int[], %(rest)s::boolean[]) AS m(node_id, part, rest)
          JOIN budgets_ledgerrow l ON l.node_id = m.node_id
         WHERE NOT m.rest OR NOT EXISTS (
               SELECT 1 FROM budgets_ledgerrow split
                WHERE split.document_id = l.document_id AND split.line_id IS NOT DISTINCT FROM l.line_id
                  AND split.node_id = ANY(%(besides)s::bigint[]))
         GROUP BY m.part, l.document_id
        HAVING sum(l.delta) <> 0) held
 GROUP BY part
"""


@dataclass(frozen=True, slots=True)
class Behind:
    """Whose rows are behind a figure: those of `nodes`, without the lines that are charged to `besides` as well."""

    nodes: Sequence[int]
    besides: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Holding:
    """What one document holds in the nodes looked at. Its title is told to those who may see the document."""

    document_id: UUID
    number: str
    changed_at: datetime
    last_row: int
    reserved: Decimal
    committed: Decimal
    actual: Decimal
    title: str = ""
    applicant: str = ""
    readable: bool = False

    @property
    def whole(self) -> Decimal:
        return self.reserved + self.committed + self.actual


Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a list and the cursor of the next ones, empty at the end."""

    rows: Sequence[Row]
    next: str


def documents(viewer: Employee, behind: Behind, *, bucket: str = "", cursor: str = "") -> Page[Holding]:
    """The documents behind a figure; the caller has checked that the viewer may see its nodes."""
    parameters: dict[str, Any] = {
        "nodes": list(behind.nodes),
        "besides": list(behind.besides),
        "bucket": bucket,
        "before": _before(cursor),
        "limit": PAGE + 1,
    }
    with connection.cursor() as sql:
        sql.execute(DOCUMENTS, parameters)
        found = sql.fetchall()
    requests = _readable(viewer, [row[0] for row in found[:PAGE]])
    holdings = [_holding(row, requests.get(row[0])) for row in found[:PAGE]]
    return Page(holdings, next=str(holdings[-1].last_row) if len(found) > PAGE else "")


def movements(nodes: Sequence[int], *, bucket: str = "", cursor: str = "") -> Page[LedgerRow]:
    """Every movement of these nodes, the latest first."""
    rows = LedgerRow.objects.filter(node_id__in=nodes).select_related("node__department", "node__expense_type")
    if bucket:
        rows = rows.filter(bucket=bucket)
    return Page(*keyset.page(rows, ("-id",), after=cursor, limit=PAGE))


def count_documents(figures: Sequence[Behind]) -> list[int]:
    """How many documents are behind each figure; at most one of the figures may have `besides`."""
    parameters: dict[str, Any] = {
        "node": [node for behind in figures for node in behind.nodes],
        "part": [part for part, behind in enumerate(figures) for _node in behind.nodes],
        "rest": [bool(behind.besides) for behind in figures for _node in behind.nodes],
        "besides": [node for behind in figures for node in behind.besides],
    }
    with connection.cursor() as sql:
        sql.execute(COUNTS, parameters)
        counts = dict(sql.fetchall())
    return [counts.get(part, 0) for part in range(len(figures))]


def _before(cursor: str) -> int:
    return int(cursor) if cursor.isdecimal() and len(cursor) < 19 else LAST


def _readable(viewer: Employee, document_ids: Sequence[UUID]) -> dict[UUID, ApprovalRequest]:
    """The approval requests of those documents that the viewer may open."""
    mine = Exists(Slot.objects.filter(request=OuterRef("pk"), approver=viewer))
    requests: QuerySet[ApprovalRequest] = ApprovalRequest.objects.filter(subject_id__in=document_ids).filter(
        rights.companies_with(viewer, rights.SEE_ALL_DOCUMENTS) | Q(applicant=viewer) | mine
    )
    return {request.subject_id: request for request in requests.select_related("applicant")}


def _holding(
    row: tuple[UUID, str, datetime, int, Decimal, Decimal, Decimal], request: ApprovalRequest | None
) -> Holding:
    if request is None:
        return Holding(*row)
    return Holding(*row, title=request.title, applicant=request.applicant.display_name, readable=True)
