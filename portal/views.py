"""Pages of the portal: home, search, the counts of the navigation, one's own page."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils import timezone
from django.views.decorators.http import require_GET

from budgets import selectors as budgets
from directory import selectors as directory
from directory.viewer import viewer_of
from portal import counts, navigation
from portal import home as start
from portal import search as finding
from portal.context import Shell
from reimburse import selectors as reimburse

ROWS = 6  # documents on the start page


@login_not_required
@require_GET
def favicon(request: HttpRequest) -> HttpResponse:
    return redirect(static("img/brand.svg"))


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    viewer, now = viewer_of(request), timezone.localtime()
    shell = Shell(request)
    budget = budgets.department_summary(shell.post.department, now.date()) if shell.post else None
    context = {
        "shell": shell,
        "greeting": start.greeting(viewer, now),
        "today": start.today_in_words(now),
        "waits": start.waits(viewer),
        "rows": reimburse.my_documents(viewer, limit=ROWS).rows,
        "month": reimburse.my_month(viewer, now.date()),
        "month_name": start.month_in_words(now.date()),
        "sees_budget": navigation.who_sees_budgets(shell.seen),
        "budget": budget,
        "budget_period": start.period_in_words(budget.period) if budget else "",
    }
    return render(request, "portal/home.html", context)


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()
    context = {"text": text, "found": finding.search(viewer_of(request), text), "shortest": finding.SHORTEST}
    return render(request, "portal/search.html", context)


@require_GET
def badges(request: HttpRequest) -> HttpResponse:
    """The numbers of the navigation, each laid into its place by htmx."""
    shell = Shell(request)
    numbers = counts.badges(viewer_of(request), shell.numbered, shell.numbered_tabs)
    return render(request, "portal/badges.html", {"badges": numbers})


@require_GET
def me(request: HttpRequest) -> HttpResponse:
    """Who one is here: posts, language, appearance, password; on a phone also the places the tabs have no room for."""
    posts = directory.posts_of(viewer_of(request), day=timezone.localdate())
    return render(request, "portal/me.html", {"posts": posts})
