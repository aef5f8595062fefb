"""The budget page, and the rows behind each of its figures. What is looked at stands in the address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from budgets import overview, periods, rows, selectors
from budgets.models import BudgetNode, LedgerRow
from budgets.overview import Figures
from budgets.periods import Span
from directory.models import Company, Department, Employee
from directory.viewer import viewer_of

UNITS = ("yuan", "wan")
UNSPLIT = "rest"  # the address's word for what a department has not split by expense type


@dataclass(frozen=True, slots=True)
class Look:
    """What the address asks for: one company and year, a span of it, perhaps one department."""

    company: Company
    companies: Sequence[Company]
    years: Sequence[int]
    span: Span
    nodes: Sequence[BudgetNode]

    def department(self, written: str) -> Department | None:
        """One of the departments looked at; none is asked for when nothing is written. Raises Http404."""
        if not written:
            return None
        for node in self.nodes:
            if str(node.department.public_id) == written:
                return node.department
        raise Http404


@require_safe
def show_overview(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    places = _places(viewer)
    if not places:
        return _nothing_to_see(request, viewer)
    look = _look(request, viewer, places)
    by_department = overview.by_department(look.nodes, look.span)
    department = look.department(request.GET.get("dept", "")) or _most_used(by_department)
    month = _month(request, look.span.year)
    table_span = month or look.span
    table = overview.by_type(look.nodes, department, table_span) if department else []
    whole = overview.figures_of(
        node for node in overview.within(look.nodes, table_span) if department and node.department_id == department.pk
    )
    counts = rows.count_documents([whole.behind, *[row.figures.behind for row in table]])
    context = {
        "look": look,
        "chips": _chips(look.span),
        "unit": _unit(request),
        "sums": overview.figures_of(overview.within(look.nodes, look.span)),
        "departments": by_department,
        "heat": overview.heat_map(look.nodes, look.span.year),
        "months": [periods.month(look.span.year, number) for number in range(1, 13)],
        "department": department,
        "month": month,
        "table_span": table_span,
        "table": list(zip(table, counts[1:], strict=True)),
        "whole": whole,
        "whole_count": counts[0],
    }
    return render(request, "budgets/overview.html", context)


@require_safe
def show_rows(request: HttpRequest) -> HttpResponse:
    """The documents behind a figure of the budget page."""
    viewer = viewer_of(request)
    places = _places(viewer)
    if not places:
        raise Http404
    look = _look(request, viewer, places)
    department = look.department(request.GET.get("dept", ""))
    span = _month(request, look.span.year) or look.span
    wanted = request.GET.get("type", "")
    figures, type_name = _figures(look, department, span, wanted)
    title = " ".join(str(part) for part in (department or look.company.short_name, type_name) if part)
    context = {"look": look, "title": title, "span": span, "figures": figures, "department": department}
    return _show_behind(request, viewer, figures, context)


@require_safe
def show_node(request: HttpRequest, node_id: UUID) -> HttpResponse:
    """One node: what it allots, who answers for it, what it is part of, and the documents that use it."""
    viewer = viewer_of(request)
    visible = selectors.visible_to(viewer)
    found = visible.select_related("company", "department__head", "expense_type", "owner", "parent__department")
    node = found.filter(public_id=node_id).first()
    if node is None:
        raise Http404
    figures = overview.figures_of([node])
    context = {
        "node": node,
        "title": " ".join(str(part) for part in (node.department, node.expense_type) if part),
        "figures": figures,
        "parent": visible.filter(children=node).select_related("department", "expense_type").first(),
        "children": visible.filter(parent=node).select_related("department", "expense_type"),
    }
    return _show_behind(request, viewer, figures, context)


def _show_behind(request: HttpRequest, viewer: Employee, figures: Figures, context: dict[str, Any]) -> HttpResponse:
    bucket = request.GET.get("bucket", "")
    bucket = bucket if bucket in LedgerRow.Bucket.values else ""
    cursor = request.GET.get("after", "")
    query = request.GET.copy()
    query.pop("after", None)
    # Movements that were split off cannot be told apart one by one: such a figure has its documents only.
    context["can_list_movements"] = not figures.behind.besides
    context["listed"] = "movements" if query.get("list") == "movements" and not figures.behind.besides else "documents"
    context |= {"bucket": bucket, "query": query.urlencode(), "buckets": _bucket_chips(figures)}
    if context["listed"] == "movements":
        context["page"] = rows.movements(figures.behind.nodes, bucket=bucket, cursor=cursor)
    else:
        context["page"] = rows.documents(viewer, figures.behind, bucket=bucket, cursor=cursor)
    return render(request, "budgets/rows.html", context)


# --- Reading the address ----------------------------------------------------------------------------------------------
def _places(viewer: Employee) -> dict[int, list[int]]:
    """The years with budgets the viewer may see, by company."""
    places: dict[int, list[int]] = {}
    found = selectors.visible_to(viewer).values_list("company_id", "starts_on__year").distinct()
    for company_id, year in found.order_by("company_id", "starts_on__year"):
        places.setdefault(company_id, []).append(year)
    return places


def _look(request: HttpRequest, viewer: Employee, places: dict[int, list[int]]) -> Look:
    companies = list(Company.objects.filter(pk__in=places))
    wanted = request.GET.get("company", "")
    company = next((one for one in companies if str(one.public_id) == wanted), None if wanted else companies[0])
    if company is None:
        raise Http404
    years, today = places[company.pk], timezone.localdate()
    span = periods.parse(request.GET.get("period", ""))
    span = span or Span(today.year if today.year in years else years[-1])
    nodes = selectors.visible_to(viewer).filter(company=company, starts_on__year=span.year)
    return Look(company, companies, years, span, list(nodes.select_related("department", "expense_type")))


def _month(request: HttpRequest, year: int) -> Span | None:
    written = request.GET.get("month", "")
    return periods.parse(f"{year}-{written:0>2}") if written else None


def _unit(request: HttpRequest) -> str:
    unit = request.GET.get("unit", "")
    return unit if unit in UNITS else "wan"


def _chips(span: Span) -> list[Span]:
    """The year, and the quarter and month one is most likely to want: the chosen ones, else today's, else the last."""
    today = timezone.localdate()
    near = today.month if today.year == span.year else 12
    near = near if span.first <= near <= span.last else span.last
    return [Span(span.year), periods.quarter_of(span.year, near), periods.month(span.year, near)]


def _figures(look: Look, department: Department | None, span: Span, wanted: str) -> tuple[Figures, str]:
    """The figure the address means, and the name of its expense type. Raises Http404."""
    if not wanted:
        nodes = overview.within(look.nodes, span)
        return overview.figures_of(node for node in nodes if department in (None, node.department)), ""
    if department is not None:
        for row in overview.by_type(look.nodes, department, span):
            if row.expense_type is None and wanted == UNSPLIT:
                return row.figures, _("Not split by type")
            if row.expense_type is not None and str(row.expense_type.public_id) == wanted:
                return row.figures, str(row.expense_type)
    raise Http404


def _most_used(departments: Sequence[overview.OfDepartment]) -> Department | None:
    """The department that needs a look first."""
    return max(departments, key=lambda one: one.figures.rate or 0).department if departments else None


def _bucket_chips(figures: Figures) -> list[tuple[str, str, Any]]:
    sums = figures.sums
    return [
        ("", _("All"), sums.used),
        ("actual", _("Spent"), sums.actual),
        ("committed", _("Approved, not yet posted"), sums.committed),
        ("reserved", _("In approval"), sums.reserved),
    ]


def _nothing_to_see(request: HttpRequest, viewer: Employee) -> HttpResponse:
    """Whoever may see budgets is told how to begin; to others the page does not exist."""
    if not selectors.may_see_some(viewer):
        raise Http404
    return render(request, "budgets/none.html")
