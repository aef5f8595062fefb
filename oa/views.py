"""The page of connections: how each receiver does, the log of deliveries, and what administrators do about them."""

from __future__ import annotations

import json
from collections import Counter
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common import crypto
from directory import rights
from directory.models import Company, Employee
from directory.viewer import viewer_of
from oa import catalogue, selectors, services, signing, wordings
from oa.addresses import AddressRefused
from oa.forms import HostForm, SubscriptionForm
from oa.models import AllowedHost, Subscription

UNTOLD = "oa_untold_secret"  # the session's key of a new secret until it is shown


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    viewer = _manager(request)
    now = timezone.now()
    receivers = list(selectors.receivers(viewer).select_related("company"))
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    health = selectors.health(receivers, at=now, today=today)
    wanted = request.GET.get("connection", "")
    receiver = next((one for one in receivers if str(one.public_id) == wanted), None)
    chip = request.GET.get("state", "")
    chip = chip if chip in selectors.CHIPS else ""
    log, cursor = selectors.log(viewer, chip=chip, receiver=receiver, cursor=request.GET.get("after", ""))
    query = request.GET.copy()
    for name in ("after", "poll"):
        query.pop(name, None)
    context = {
        "health": health,
        "states": Counter(one.state for one in health),
        "several_companies": len({one.company_id for one in receivers}) > 1,
        "receiver": receiver,
        "chip": chip,
        "totals": _totals(health, receiver),
        "log": [(one, wordings.note(one, at=now)) for one in log],
        "next": cursor,
        "query": query.urlencode(),
        "readable_companies": _readable(viewer, {one.company_id for one in log}),
        "now": now,
    }
    return render(request, "oa/overview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    viewer = _manager(request)
    companies = selectors.companies(viewer)
    form = SubscriptionForm(request.POST or None, companies=companies)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        company: Company = typed.get("company") or companies[0]
        try:
            receiver, secret = services.create(
                company=company,
                name=typed["name"],
                url=typed["url"],
                topics=typed["topics"],
                actor=viewer,
                at=timezone.now(),
            )
        except AddressRefused as error:
            form.add_error("url", error.message)
        else:
            return _tell(request, receiver, secret)
    return render(request, "oa/new.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """One receiver: its settings, its secret, its private hosts."""
    viewer = _manager(request)
    receiver = _receiver(viewer, connection_id)
    form = SubscriptionForm(request.POST or None, companies=[], receiver=receiver)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            services.change(
                subscription_id=connection_id,
                name=typed["name"],
                url=typed["url"],
                topics=typed["topics"],
                actor=viewer,
                at=timezone.now(),
            )
        except AddressRefused as error:
            form.add_error("url", error.message)
        else:
            messages.success(request, _("Saved. What waits goes to the address given now."))
            return redirect("oa:connection", connection_id)
    now = timezone.now()
    [health] = selectors.health([receiver], at=now, today=now)
    context = {
        "receiver": receiver,
        "health": health,
        "form": form,
        "hosts": AllowedHost.objects.filter(company=receiver.company).order_by("host", "port"),
        "host_form": HostForm() if rights.can(viewer, rights.ADMINISTER, receiver.company_id) else None,
        "both_sign": receiver.previous_until is not None and receiver.previous_until > now,
    }
    return render(request, "oa/connection.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
def secret(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """The new secret, once: it leaves the session with this answer."""
    receiver = _receiver(_manager(request), connection_id)
    untold = request.session.pop(UNTOLD, None)
    told = None
    if untold and untold["connection"] == str(connection_id):
        told = signing.Untold(crypto.open_sealed(bytes.fromhex(untold["sealed"]), context=_untold(receiver)))
    return render(request, "oa/secret.html", {"receiver": receiver, "secret": told})


@require_safe
def delivery(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    viewer = _manager(request)
    one = get_object_or_404(
        selectors.deliveries(viewer).select_related("subscription", "company"), public_id=delivery_id
    )
    context = {
        "delivery": one,
        "body": json.dumps(json.loads(one.body), ensure_ascii=False, indent=2),
        "note": wordings.note(one, at=timezone.now()),
        "attempts": [(attempt, wordings.word(attempt.outcome)) for attempt in one.tries.all()[: selectors.PAGE]],
        "label": catalogue.label(one.topic),
        "readable": one.company_id in _readable(viewer, {one.company_id}),
        "open": one.state in services.OPEN_STATES,
    }
    return render(request, "oa/delivery.html", context)


# --- What is done about them ------------------------------------------------------------------------------------------
@require_POST
def rotate(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    viewer = _manager(request)
    receiver, new_secret = services.rotate_secret(subscription_id=connection_id, actor=viewer, at=timezone.now())
    return _tell(request, receiver, new_secret)


ACTS = {
    "drop-secret": (services.drop_previous_secret, gettext_lazy("Only the new secret signs from now on.")),
    "pause": (services.pause, gettext_lazy("Paused. Events are kept and sent when you resume.")),
    "resume": (services.resume, gettext_lazy("Resumed. What was kept is being sent.")),
    "test": (services.send_test, gettext_lazy("A test event is on its way. Its result stands in the log in a moment.")),
}


@require_POST
def act(request: HttpRequest, connection_id: UUID, what: str) -> HttpResponse:
    viewer = _manager(request)
    service, said = ACTS[what]
    service(subscription_id=connection_id, actor=viewer, at=timezone.now())
    messages.success(request, said)
    return redirect("oa:connection", connection_id)


@require_POST
def end(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    receiver = services.end(subscription_id=connection_id, actor=_manager(request), at=timezone.now())
    messages.success(request, _("“%(name)s” is ended and hears of nothing more.") % {"name": receiver.name})
    return redirect("oa:overview")


@require_POST
def send_again(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    services.send_again(delivery_id=delivery_id, actor=_manager(request), at=timezone.now())
    messages.success(request, _("It is being sent again, with the same id."))
    return _back(request)


@require_POST
def skip(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    services.skip(delivery_id=delivery_id, actor=_manager(request), at=timezone.now())
    messages.success(request, _("Skipped. The later events of this document go on."))
    return _back(request)


@require_POST
def send_all_again(request: HttpRequest) -> HttpResponse:
    """Replay the dead letters of what is looked at: one receiver, or all companies of the viewer."""
    viewer = _manager(request)
    count = 0
    wanted = request.POST.get("connection", "")
    receiver = selectors.receivers(viewer).filter(public_id=wanted).first() if _is_uuid(wanted) else None
    for company in [receiver.company] if receiver else selectors.companies(viewer):
        count += services.send_all_again(
            company=company,
            subscription_id=receiver.public_id if receiver else None,
            actor=viewer,
            at=timezone.now(),
        )
    said = ngettext("%(n)d dead letter is being sent again.", "%(n)d dead letters are being sent again.", count)
    messages.success(request, said % {"n": count})
    return redirect("oa:overview")


@require_POST
def allow_host(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    viewer = _manager(request)
    receiver = _receiver(viewer, connection_id)
    form = HostForm(request.POST)
    if form.is_valid():
        services.allow_host(
            company=receiver.company,
            host=form.cleaned_data["host"],
            port=form.cleaned_data["port"],
            actor=viewer,
            at=timezone.now(),
        )
    else:
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    return redirect("oa:connection", connection_id)


@require_POST
def disallow_host(request: HttpRequest, connection_id: UUID, host_id: int) -> HttpResponse:
    viewer = _manager(request)
    receiver = _receiver(viewer, connection_id)
    services.disallow_host(host_id=host_id, company=receiver.company, actor=viewer, at=timezone.now())
    return redirect("oa:connection", connection_id)


# --- Parts ------------------------------------------------------------------------------------------------------------
def _manager(request: HttpRequest) -> Employee:
    """The viewer, if connections are any business of hers; to others these pages do not exist."""
    viewer = viewer_of(request)
    if not rights.can_anywhere(viewer, rights.MANAGE_CONNECTIONS):
        raise Http404
    return viewer


def _receiver(viewer: Employee, connection_id: UUID) -> Subscription:
    return get_object_or_404(selectors.receivers(viewer).select_related("company"), public_id=connection_id)


def _tell(request: HttpRequest, receiver: Subscription, new_secret: str) -> HttpResponseRedirect:
    """Show a secret on the page that follows, and nowhere else: until then it lies sealed in the session."""
    sealed = crypto.seal(new_secret, context=_untold(receiver)).hex()
    request.session[UNTOLD] = {"connection": str(receiver.public_id), "sealed": sealed}
    return redirect("oa:secret", receiver.public_id)


def _untold(receiver: Subscription) -> str:
    return f"oa.untold:{receiver.public_id}"


def _totals(health: list[selectors.Health], receiver: Subscription | None) -> dict[str, int]:
    """How many there are under each chip, of what is looked at."""
    shown = [one for one in health if receiver is None or one.receiver == receiver]
    return {name: sum(getattr(one, name) for one in shown) for name in selectors.CHIPS}


def _readable(viewer: Employee, company_ids: set[int]) -> set[int]:
    """Of these companies the ones whose documents the viewer may open, so that their numbers become links."""
    return {one for one in company_ids if rights.can(viewer, rights.SEE_ALL_DOCUMENTS, one)}


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _back(request: HttpRequest) -> HttpResponse:
    """To the page the button stood on: the log as it was filtered, or the delivery."""
    query = request.POST.get("query", "")
    if request.POST.get("from") == "delivery":
        assert request.resolver_match is not None
        return redirect("oa:delivery", request.resolver_match.kwargs["delivery_id"])
    response = redirect("oa:overview")
    if query:
        response["Location"] += f"?{QueryDict(query).urlencode()}"
    return response
