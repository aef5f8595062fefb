"""The language of the pages: what the person chose, else Chinese.

The browser's own list is not asked: in many companies Windows is English and the people are not.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from directory.models import Employee

SUPPORTED = {code for code, _name in settings.LANGUAGES}


class LanguageMiddleware:
    """Speaks the language in the cookie, or the product's default one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        with translation.override(chosen if chosen in SUPPORTED else settings.LANGUAGE_CODE):
            request.LANGUAGE_CODE = translation.get_language()
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language())
        return response


def remember(response: HttpResponse, language: str) -> HttpResponse:
    """Keep a language on this device for a year."""
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 24 * 3600, samesite="Lax", httponly=True)
    return response


@login_not_required
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Switch the language, on this device and, for somebody signed in, in all that is sent to her."""
    language = request.POST.get("language", "")
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    if language not in SUPPORTED:
        return response
    if request.user.is_authenticated:
        Employee.objects.filter(pk=request.user.pk).update(language=language)
    return remember(response, language)
