"""One voucher: the paper, what is missing, what was decided about input VAT, and what can be done with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from directory.models import Employee
from directory.viewer import viewer_of
from vouchers import selectors, services, showing
from vouchers.errors import NoVoucherYet, VoucherNotFound
from vouchers.forms import HeadForm, LineForm, Lists, ReasonForm, VatForm
from vouchers.models import Voucher, VoucherLine
from vouchers.views.asked import asked, version_of
from vouchers.views.listing import back, listing


@require_safe
def show(request: HttpRequest, voucher_id: UUID) -> HttpResponse:
    """The voucher beside the list; alone when only that part of the page was asked for."""
    voucher = _voucher(request, voucher_id)
    return _page(request, voucher, showing.desk(voucher, viewer_of(request)))


@require_safe
def of_document(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """From the page of a document to its voucher: the one that counts, or the last one."""
    viewer = viewer_of(request)
    voucher_id = selectors.voucher_of(viewer, document_id)
    if voucher_id is None:
        number = selectors.waits_for_voucher(viewer, document_id)
        raise NoVoucherYet(document=number) if number else VoucherNotFound
    return redirect("vouchers:voucher", voucher_id)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, voucher_id: UUID) -> HttpResponse:
    """The draft with fields in it, and what was typed into them."""
    voucher = _voucher(request, voucher_id)
    context = showing.desk(voucher, viewer_of(request))
    lines: list[VoucherLine] = context["lines"]
    lists = Lists.of(voucher, _people(voucher, lines))
    typed = request.POST if request.method == "POST" else None
    initial = {"dated_on": voucher.dated_on, "attachment_count": voucher.attachment_count}
    head = HeadForm(typed, initial=initial)
    forms = [LineForm(typed, line=line, lists=lists) for line in lines]
    if typed is not None and all([head.is_valid(), *(form.is_valid() for form in forms)]):
        services.edit(
            voucher_id=voucher_id,
            actor=viewer_of(request),
            version=version_of(request),
            lines=[form.change() for form in forms],
            at=timezone.now(),
            **head.cleaned_data,
        )
        return back(request, voucher_id)
    if not voucher.is_draft:
        return redirect("vouchers:voucher", voucher_id)
    context |= {"head": head, "forms": list(zip(lines, forms, strict=True)), "lists": lists}
    return _page(request, voucher, context)


@require_POST
def post(request: HttpRequest, voucher_id: UUID) -> HttpResponse:
    """Post it, and go on to the next draft; at the end of them stay with this one."""
    viewer = viewer_of(request)
    voucher = services.post(voucher_id=voucher_id, actor=viewer, version=version_of(request), at=timezone.now())
    messages.success(request, _("Posted as %(number)s") % {"number": voucher.full_number})
    return back(request, selectors.next_to_review(viewer, voucher) or voucher_id)


@require_POST
def redraft(request: HttpRequest, voucher_id: UUID) -> HttpResponse:
    viewer = viewer_of(request)
    voucher = services.redraft(voucher_id=voucher_id, actor=viewer, version=version_of(request), at=timezone.now())
    if voucher.problems:
        messages.warning(request, _("Drafted again, but something is still missing."))
    else:
        messages.success(request, _("Drafted again; nothing is missing any more."))
    return back(request, voucher_id)


@require_POST
def reverse(request: HttpRequest, voucher_id: UUID) -> HttpResponse:
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    red = services.reverse(voucher_id=voucher_id, actor=viewer_of(request), reason=reason, at=timezone.now())
    words = {"original": red.reverses.full_number if red.reverses else "", "red": red.full_number}
    messages.success(request, _("%(original)s is reversed by %(red)s") % words)
    return back(request, red.public_id)


@require_POST
def decide_vat(request: HttpRequest, voucher_id: UUID, invoice_id: UUID) -> HttpResponse:
    form = VatForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Enter an amount such as 45.66, zero or more."))
        return back(request, voucher_id)
    services.decide_vat(
        voucher_id=voucher_id,
        actor=viewer_of(request),
        version=version_of(request),
        invoice_id=invoice_id,
        at=timezone.now(),
        **form.cleaned_data,
    )
    return back(request, voucher_id)


@require_POST
def draft_again(request: HttpRequest, document_id: UUID) -> HttpResponse:
    voucher = services.draft_again(document_id=document_id, actor=viewer_of(request), at=timezone.now())
    return back(request, voucher.public_id)


# --- Parts ------------------------------------------------------------------------------------------------------------
def _voucher(request: HttpRequest, voucher_id: UUID) -> Voucher:
    voucher = selectors.voucher(viewer_of(request), voucher_id)
    if voucher is None:
        raise Http404
    return voucher


def _page(request: HttpRequest, voucher: Voucher, context: dict[str, Any]) -> HttpResponse:
    if request.headers.get("HX-Target") == "desk":
        look = asked(request, company_id=voucher.company_id)
        return render(request, "vouchers/parts/desk.html", context | {"look": look, "query": look.query})
    look = asked(request, company_id=voucher.company_id)
    return render(request, "vouchers/page.html", context | listing(request, look))


def _people(voucher: Voucher, lines: Iterable[VoucherLine]) -> list[Employee]:
    """Those a line can be about: the people of the document and those who stand on it already."""
    document = voucher.document
    found = [document.applicant, document.payee] if document else []
    return list(dict.fromkeys([*found, *(line.employee for line in lines if line.employee)]))
