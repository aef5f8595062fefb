"""The list of vouchers, and what is done to several of them at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST, require_safe

from directory.viewer import viewer_of
from vouchers import selectors, services
from vouchers.exporters import FORMATS
from vouchers.forms import chosen_of
from vouchers.models import Export
from vouchers.services import Outcome
from vouchers.views.asked import Asked, asked

MOST_ERRORS_SHOWN = 5


@require_safe
def show_list(request: HttpRequest) -> HttpResponse:
    """The list alone; a wide window opens its first voucher beside it."""
    return render(request, "vouchers/page.html", listing(request, asked(request)))


def listing(request: HttpRequest, look: Asked) -> dict[str, Any]:
    """What the list beside every voucher needs: three statements."""
    viewer = viewer_of(request)
    page = selectors.vouchers(viewer, look.company, show=look.show, month=look.month, cursor=look.after)
    counts = selectors.counts(viewer, look.company, month=look.month)
    last: Export | None = selectors.exports(viewer, look.company).first()
    return {
        "look": look,
        "rows": page.rows,
        "next": page.next,
        "query": look.query,
        "counts": counts,
        "chips": _chips(look, counts),
        "previous_month": look.query_for(show=selectors.MONTH, month=selectors.previous_month(look.month)),
        "next_month": look.query_for(show=selectors.MONTH, month=selectors.next_month(look.month)),
        "last_export": last,
        "fresh_export": request.GET.get("exported", ""),
        "formats": list(FORMATS),
    }


def _chips(look: Asked, counts: selectors.Counts) -> list[tuple[str, str, str, int]]:
    """Key, label, parameters, number. Drafts with something missing get a chip of their own while there are any."""
    labels = [
        (selectors.MONTH, _month_label(look.month), counts.month),
        (selectors.REVIEW, _("To review"), counts.review),
        (selectors.PROBLEMS, _("Incomplete"), counts.problems),
        (selectors.EXPORT, _("To export"), counts.export),
    ]
    return [
        (key, label, look.query_for(show=key), number)
        for key, label, number in labels
        if key != selectors.PROBLEMS or number or look.show == key
    ]


def _month_label(month: date) -> str:
    """November, or with its year where that is not this one."""
    this_year = month.year == timezone.localdate().year
    pattern = pgettext("format of a month", "F") if this_year else pgettext("format of a month", "F Y")
    return date_format(month, pattern)


# --- Several at once --------------------------------------------------------------------------------------------------
@require_POST
def post_several(request: HttpRequest) -> HttpResponse:
    """Post the drafts that were ticked, from the bottom of the list up: the earliest gets the lowest number."""

    def said(done: Sequence[Outcome]) -> str:
        numbers = [outcome.voucher.full_number for outcome in done if outcome.voucher]
        text = ngettext("Posted %(count)s voucher: %(numbers)s", "Posted %(count)s vouchers: %(numbers)s", len(done))
        return text % {"count": len(done), "numbers": _range(numbers)}

    return _several(request, services.post_several, said)


@require_POST
def redraft_several(request: HttpRequest) -> HttpResponse:
    def said(done: Sequence[Outcome]) -> str:
        complete = sum(1 for outcome in done if outcome.voucher and not outcome.voucher.problems)
        text = _("Drafted %(count)s again; %(complete)s of them are complete now")
        return text % {"count": len(done), "complete": complete}

    return _several(request, services.redraft_several, said)


def _several(
    request: HttpRequest,
    act: Callable[..., list[Outcome]],
    said: Callable[[Sequence[Outcome]], str],
) -> HttpResponse:
    chosen = list(reversed(chosen_of(request.POST.getlist("voucher"))))
    outcomes = act(chosen=chosen, actor=viewer_of(request), at=timezone.now())
    done = [outcome for outcome in outcomes if outcome.error is None]
    failed = [outcome for outcome in outcomes if outcome.error is not None]
    if done:
        messages.success(request, said(done))
    for outcome in failed[:MOST_ERRORS_SHOWN]:
        messages.error(request, str(outcome.error))
    if len(failed) > MOST_ERRORS_SHOWN:
        more = len(failed) - MOST_ERRORS_SHOWN
        messages.error(request, _("%(count)s more could not be done either.") % {"count": more})
    if not outcomes:
        messages.error(request, _("Choose vouchers in the list first."))
    return back(request)


def _range(numbers: Sequence[str]) -> str:
    return numbers[0] if len(numbers) == 1 else f"{numbers[0]} … {numbers[-1]}"


def back(request: HttpRequest, voucher_id: UUID | None = None, **extra: str) -> HttpResponse:
    """Where the person came from: the list with its filter, if the form said so, and perhaps a voucher beside it."""
    query = request.POST.get("back", "")
    address = redirect("vouchers:voucher", voucher_id) if voucher_id else redirect("vouchers:list")
    extras = "&".join(f"{name}={value}" for name, value in extra.items())
    whole = "&".join(part for part in (query, extras) if part)
    target = f"{address.url}?{whole}" if whole else address.url
    return redirect(target if url_has_allowed_host_and_scheme(target, None) else address.url)
