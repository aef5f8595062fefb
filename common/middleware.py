"""Middleware: where a request comes from, and business errors as answers a person can act on."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from common.context import coming_from
from common.errors import BusinessError, NotReady
from common.findings import word

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class RequestOrigin:
    """Names the source of everything recorded during the request, with an id that errors and log lines share."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request_id = uuid.uuid4().hex[:12]
        request.request_id = request_id  # type: ignore[attr-defined]
        with coming_from("web", request_id):
            response = self.get_response(request)
        response["X-Request-Id"] = request_id
        return response


class BusinessErrors:
    """Turns a BusinessError into an answer: a toast for htmx, problem details for scripts, a message and the way back
    for a plain form, or a page of its own."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        if not isinstance(exception, BusinessError):
            return None
        if request.headers.get("HX-Request"):
            return _fragment(request, exception)
        if "application/json" in request.headers.get("Accept", ""):
            return problem(exception)
        back = request.headers.get("Referer", "")
        if request.method == "POST" and url_has_allowed_host_and_scheme(
            back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        ):
            messages.error(request, " ".join([exception.message, *sentences(exception)]))
            return HttpResponseRedirect(back)
        return render(request, "errors/business.html", {"error": exception}, status=exception.status)


def sentences(error: BusinessError) -> list[str]:
    """The findings of an error that has several, worded."""
    return [word(f.code, f.params) for f in error.findings] if isinstance(error, NotReady) else []


def problem(error: BusinessError) -> JsonResponse:
    """RFC 9457 problem details. Findings, where there are any, each with its code, place and sentence."""
    body: dict[str, object] = {
        "type": f"urn:reimburse:{error.code}",
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "code": error.code,
        "detail": error.message,
    }
    if isinstance(error, NotReady):
        body["findings"] = [
            {"code": f.code, "severity": f.severity, "where": f.where, "detail": word(f.code, f.params)}
            for f in error.findings
        ]
    return JsonResponse(body, status=error.status, content_type="application/problem+json")


def _fragment(request: HttpRequest, error: BusinessError) -> HttpResponse:
    """A toast, put into the page's toast area whatever the request's target was."""
    context = {"tone": "error", "text": error.message, "sentences": sentences(error)}
    response = render(request, "parts/toast.html", context, status=error.status)
    response["HX-Retarget"] = "#toasts"
    response["HX-Reswap"] = "beforeend"
    return response
