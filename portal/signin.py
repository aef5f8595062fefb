"""Signing in by password, and changing it. Wrong guesses are counted by django-axes, which locks for a while."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.forms import PasswordChangeForm as DjangoPasswordChangeForm
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.models import Employee
from portal import language


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": gettext_lazy(
            "The name or the password is not right. Check capital letters; after five wrong tries sign-in is locked "
            "for a while."
        ),
        "inactive": gettext_lazy("This account is closed. Ask an administrator of your company."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = gettext_lazy("Sign-in name")
        self.fields["password"].label = gettext_lazy("Password")


class SignInView(views.LoginView):
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"notice": self._notice()}

    def _notice(self) -> str:
        """Why somebody who was signed in has to sign in again."""
        if self.request.method != "GET":
            return ""
        if self.request.GET.get("ended") == "idle":
            return _("You were away for a while, so you were signed out for safety. Sign in to go on where you were.")
        stale = settings.SESSION_COOKIE_NAME in self.request.COOKIES and self.get_redirect_url()
        if stale or self.request.GET.get("ended") == "day":
            return _("Your session has ended. Sign in to go on where you were.")
        return ""

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_valid(form)
        user = form.get_user()
        if isinstance(user, Employee) and user.language in language.SUPPORTED:
            language.remember(response, user.language)
        return response


class SignOutView(views.LogoutView):
    next_page = "login"


class PasswordChangeForm(DjangoPasswordChangeForm):
    error_messages = {
        **DjangoPasswordChangeForm.error_messages,
        "password_incorrect": gettext_lazy("The present password is not right. Type it once more."),
        "password_mismatch": gettext_lazy("The two new passwords differ. Type both once more."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = gettext_lazy("Present password")
        self.fields["new_password1"].label = gettext_lazy("New password")
        self.fields["new_password1"].help_text = gettext_lazy(
            "At least 10 characters. Three or four words in a row are easy to keep in mind and hard to guess; "
            "only digits, common passwords and your own name are refused."
        )
        self.fields["new_password2"].label = gettext_lazy("New password, once more")
        self.fields["new_password2"].help_text = ""


class PasswordChangeView(views.PasswordChangeView):
    form_class = PasswordChangeForm
    success_url = reverse_lazy("portal:me")

    def form_valid(self, form: DjangoPasswordChangeForm) -> HttpResponse:
        messages.success(self.request, _("Your password is changed. Other devices have to sign in anew."))
        return super().form_valid(form)


def locked_out(request: HttpRequest, response: HttpResponse | None, credentials: Any) -> HttpResponse:
    """What somebody sees whose sign-in is locked (AXES_LOCKOUT_CALLABLE)."""
    pause = timedelta(hours=settings.AXES_COOLOFF_TIME)
    context = {"failures": settings.AXES_FAILURE_LIMIT, "minutes": int(pause.total_seconds() // 60)}
    locked = render(request, "registration/locked.html", context, status=429)
    locked["Retry-After"] = str(int(pause.total_seconds()))
    return locked


def client_address(request: HttpRequest) -> str | None:
    """Where wrong guesses come from (AXES_CLIENT_IP_CALLABLE).

    Behind our proxy all connections come from it; it adds the true address at the end of X-Forwarded-For. What stands
    before that anybody can write, and without a proxy the whole header.
    """
    if settings.BEHIND_TLS_PROXY:
        said = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        with contextlib.suppress(ValueError):
            return str(ip_address(said))
    return request.META.get("REMOTE_ADDR") or None


@login_not_required
def admin_door(request: HttpRequest) -> HttpResponse:
    """The administrators' admin has no sign-in of its own: one door, one count of wrong guesses."""
    if request.user.is_authenticated:
        raise PermissionDenied  # signed in, but no administrator
    return redirect_to_login(request.GET.get("next", ""))
