"""The rows behind a figure: which documents hold what in some nodes, and every movement that made it so.

A figure of several nodes adds up those that are not below one another (`selectors.topmost`); its rows are theirs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from directory import rights
from directory.models import Employee

PAGE = 50
LAST = 2**63 - 1

# What each document holds by bucket, the latest change first. What came and went again is not there, nor are lines
# that are charged to one of the nodes in `besides` as well.
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
          FROM unnest(%(node)s::bigint[], %(part)s::int[]) AS m(node_id, part)
          JOIN budgets_ledgerrow l ON l.node_id = m.node_id
         GROUP BY m.part, l.document_id
        HAVING sum(l.delta) <> 0) held
 GROUP BY part
"""


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


def documents(
    viewer: Employee, nodes: Sequence[int], *, besides: Sequence[int] = (), bucket: str = "", cursor: str = ""
) -> Page[Holding]:
    """The documents behind a figure of these nodes, which the caller has checked the viewer may see.

    Lines that are charged to a node in `besides` as well are left out: they are shown there.
    """
    parameters: dict[str, Any] = {
        "nodes": list(nodes),
        "besides": list(besides),
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
    rows = LedgerRow.objects.filter(node_id__in=nodes, pk__lt=_before(cursor)).order_by("-pk")
    if bucket:
        rows = rows.filter(bucket=bucket)
    found = list(rows.select_related("node__department", "node__expense_type")[: PAGE + 1])
    return Page(found[:PAGE], next=str(found[PAGE - 1].pk) if len(found) > PAGE else "")


def count_documents(parts: Mapping[int, Sequence[int]]) -> dict[int, int]:
    """How many documents hold something in each part, a part being a number of the caller's with its nodes."""
    pairs = [(node, part) for part, nodes in parts.items() for node in nodes]
    with connection.cursor() as sql:
        sql.execute(COUNTS, {"node": [node for node, _part in pairs], "part": [part for _node, part in pairs]})
        return dict(sql.fetchall())


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
