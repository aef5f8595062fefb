"""Exports: making one, finding it again, fetching its file."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common import files, keyset
from directory.viewer import viewer_of
from vouchers import selectors, services
from vouchers.exporters import FORMATS
from vouchers.forms import ExportForm, chosen_of
from vouchers.models import Export
from vouchers.views.asked import asked, company_of, month_of
from vouchers.views.listing import back

NEWEST_FIRST = ("-id",)


@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """Export what was ticked, or the whole month; the page then fetches the file."""
    company, form = company_of(request), ExportForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose Excel or CSV."))
        return back(request)
    wanted: dict[str, Any] = {"voucher_ids": [public_id for public_id, _version in _chosen(request)]}
    if "month_export" in request.POST:
        wanted = {"month": month_of(request.POST["month_export"])}
    made = services.export(company=company, actor=viewer_of(request), at=timezone.now(), **form.cleaned_data, **wanted)
    return back(request, exported=str(made.public_id))


def _chosen(request: HttpRequest) -> list[tuple[UUID, int]]:
    return chosen_of(request.POST.getlist("voucher"))


@require_safe
def show_exports(request: HttpRequest) -> HttpResponse:
    look = asked(request)
    rows = selectors.exports(viewer_of(request), look.company)
    found, following = keyset.page(rows, NEWEST_FIRST, after=look.after, limit=selectors.EXPORTS_PAGE)
    context = {"look": look, "rows": found, "next": following, "query": look.query}
    return render(request, "vouchers/exports.html", context)


@require_safe
def file(request: HttpRequest, export_id: UUID) -> HttpResponseBase:
    """The file as it was made, streamed from the disk."""
    made = selectors.export(viewer_of(request), export_id)
    if made is None:
        raise Http404
    return files.response(made.stored, name=name_of(made))


def name_of(made: Export) -> str:
    """The name says what is inside, so that nobody imports the wrong file: number, vouchers, sum."""
    return f"{made.number}_{made.voucher_count}_{made.debit_total}.{FORMATS[made.format].extension}"
