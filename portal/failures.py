"""What a person sees when something goes wrong outside the business: what, what to do, and a number.

A fragment asked for by htmx gets a message that floats over the page, so that nothing typed is lost; a page gets a
page. The number is the request's id: it stands in the log beside the reason, and in the audit trail. Business errors
have their own middleware (`common.middleware.BusinessErrors`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from common.context import origin

log = logging.getLogger(__name__)

SHORT: dict[str, Callable[[], str]] = {
    "400": lambda: _("The server did not understand this. Reload the page and try once more."),
    "403": lambda: _("You may not do this. Ask an administrator of your company if your work needs it."),
    "404": lambda: _("This is not there any more, or you may not see it. Reload the page."),
    "500": lambda: _("Something went wrong on our side; nothing was half done. Please try once more."),
    "csrf": lambda: _("The page was open for too long. Copy what you typed, reload the page and send it once more."),
}


def _answer(request: HttpRequest, page: str, status: int) -> HttpResponse:
    if "HX-Request" in request.headers:
        toast = {"tone": "error", "text": SHORT[page](), "number": origin().request_id}
        body = render_to_string("parts/toast.html", toast)
        return HttpResponse(body, status=status, headers={"HX-Retarget": "#toasts", "HX-Reswap": "beforeend"})
    return HttpResponse(render_to_string(f"errors/{page}.html", {}, request), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    log.warning("%s not understood: %s (%s)", request.path, type(exception).__name__, origin().request_id)
    return _answer(request, "400", 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, "403", 403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, "404", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    log.error("%s failed (%s)", request.path, origin().request_id)  # Django logs the traceback
    return _answer(request, "500", 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    log.warning("%s refused by the CSRF check: %s (%s)", request.path, reason, origin().request_id)
    return _answer(request, "csrf", 403)
