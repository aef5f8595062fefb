"""What administrators of connections do: set up receivers, change their secrets, and see to what did not arrive."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from common import audit, outbox
from common.errors import BusinessError
from common.models import AuditEntry, OutboxMessage
from directory import rights
from directory.models import Company, Employee
from oa import addresses, catalogue, signing, tasks
from oa.models import AllowedHost, Delivery, Subscription

State = Delivery.State
OPEN_STATES = (State.WAITING, State.RETRYING, State.DEAD)
BOTH_SIGN_FOR = timedelta(days=7)  # after a change of secrets; a person may end it sooner


class NotFound(BusinessError):
    code = "connection_not_found"
    status = 404
    wording = _("This connection is not there, or you may not see it. Go back to the list.")


class UnknownEvent(BusinessError):
    code = "event_unknown"
    status = 422
    wording = _("There is no event “%(topic)s”. Choose from the list.")


class NothingToSend(BusinessError):
    code = "delivery_finished"
    wording = _("This delivery is %(state)s by now; there is nothing to send again. Reload the page.")


class HostRefused(BusinessError):
    code = "host_refused"
    status = 422
    wording = _("“%(host)s” is no host name or address. Write it without https:// and without a path.")


# --- Receivers --------------------------------------------------------------------------------------------------------
@transaction.atomic(durable=True)
def create(
    *, company: Company, name: str, url: str, topics: Sequence[str], actor: Employee, at: datetime
) -> tuple[Subscription, str]:
    """Set up a receiver. Returns it with its secret, which is told this once. Raises NotAllowed, AddressRefused."""
    rights.require(actor, rights.MANAGE_CONNECTIONS, company.pk)
    _check(company.pk, url, topics)
    receiver = Subscription(company=company, name=name, url=url, topics=sorted(topics), created_at=at)
    secret = signing.new_secret()
    receiver.secret = signing.seal(secret, receiver)
    receiver.save()
    _record("subscription.created", receiver, actor, at, name=name, url=url, topics=sorted(topics))
    return receiver, secret


@transaction.atomic(durable=True)
def change(
    *, subscription_id: UUID, name: str, url: str, topics: Sequence[str], actor: Employee, at: datetime
) -> Subscription:
    """Change a receiver. What already waits goes to the new address, at once. Raises NotFound, AddressRefused."""
    receiver = _taken(subscription_id, actor)
    _check(receiver.company_id, url, topics)
    new = {"name": name, "url": url, "topics": sorted(topics)}
    changes = {
        field: {"from": getattr(receiver, field), "to": value}
        for field, value in new.items()
        if getattr(receiver, field) != value
    }
    for field, value in new.items():
        setattr(receiver, field, value)
    if "url" in changes:
        _start_anew(receiver, at=at)
    receiver.save()
    if changes:
        _record("subscription.changed", receiver, actor, at, **changes)
    return receiver


@transaction.atomic(durable=True)
def rotate_secret(*, subscription_id: UUID, actor: Employee, at: datetime) -> tuple[Subscription, str]:
    """Give a new secret, told this once. For some days both sign, so that the receiver can change over in peace."""
    receiver = _taken(subscription_id, actor)
    secret = signing.new_secret()
    receiver.previous_secret, receiver.previous_until = receiver.secret, at + BOTH_SIGN_FOR
    receiver.secret = signing.seal(secret, receiver)
    receiver.save(update_fields=["secret", "previous_secret", "previous_until"])
    _record("subscription.secret_rotated", receiver, actor, at)
    return receiver, secret


@transaction.atomic(durable=True)
def drop_previous_secret(*, subscription_id: UUID, actor: Employee, at: datetime) -> Subscription:
    """The receiver has changed over: only the new secret signs from now on."""
    receiver = _taken(subscription_id, actor)
    if receiver.previous_secret is not None:
        receiver.previous_secret = receiver.previous_until = None
        receiver.save(update_fields=["previous_secret", "previous_until"])
        _record("subscription.secret_dropped", receiver, actor, at)
    return receiver


@transaction.atomic(durable=True)
def pause(*, subscription_id: UUID, actor: Employee, at: datetime) -> Subscription:
    """Send nothing for the time being. Events go on being queued."""
    receiver = _taken(subscription_id, actor)
    if receiver.active:
        receiver.active = False
        receiver.save(update_fields=["active"])
        _record("subscription.paused", receiver, actor, at)
    return receiver


@transaction.atomic(durable=True)
def resume(*, subscription_id: UUID, actor: Employee, at: datetime) -> Subscription:
    """Send what was queued, and what comes."""
    receiver = _taken(subscription_id, actor)
    if not receiver.active:
        receiver.active, receiver.gone = True, False
        _start_anew(receiver, at=at)
        receiver.save(update_fields=["active", "gone", "failures", "waits_until"])
        _record("subscription.resumed", receiver, actor, at)
    return receiver


@transaction.atomic(durable=True)
def end(*, subscription_id: UUID, actor: Employee, at: datetime) -> Subscription:
    """Give a receiver up for good: it hears of nothing more, and what waits for it is skipped."""
    receiver = _taken(subscription_id, actor)
    receiver.active, receiver.ended_at = False, at
    receiver.save(update_fields=["active", "ended_at"])
    skipped = Delivery.objects.filter(subscription=receiver, state__in=OPEN_STATES).update(
        state=State.SKIPPED, next_attempt_at=None
    )
    outbox.hasten(tasks.SENDER, line_prefix=tasks.line_of(receiver.pk), at=at)  # the worker finds them finished
    _record("subscription.ended", receiver, actor, at, skipped=skipped)
    return receiver


@transaction.atomic(durable=True)
def send_test(*, subscription_id: UUID, actor: Employee, at: datetime) -> Delivery:
    """Send one event that means nothing, to see whether the way is free."""
    receiver = _taken(subscription_id, actor)
    entry = _record(catalogue.TESTED, receiver, actor, at, message="If you can read this, the connection works.")
    receiver.waits_until = None
    receiver.save(update_fields=["waits_until"])
    return tasks.deliver(entry, [receiver], at=at)[0]


# --- What did not arrive ----------------------------------------------------------------------------------------------
@transaction.atomic(durable=True)
def send_again(*, delivery_id: UUID, actor: Employee, at: datetime) -> Delivery:
    """Try a delivery now, a dead letter too, with its id unchanged. Raises NotFound, NothingToSend."""
    delivery = _taken_delivery(delivery_id, actor)
    _replay(Delivery.objects.filter(pk=delivery.pk), at=at)
    _let_try(Subscription.objects.filter(pk=delivery.subscription_id))
    outbox.hasten(tasks.SENDER, line_prefix=tasks.line_of(delivery.subscription_id, delivery.subject_id), at=at)
    audit.record("delivery.sent_again", delivery, actor=actor, at=at)
    return delivery


@transaction.atomic(durable=True)
def send_all_again(*, company: Company, actor: Employee, at: datetime, subscription_id: UUID | None = None) -> int:
    """Replay the dead letters of a company, or of one receiver. Returns how many."""
    rights.require(actor, rights.MANAGE_CONNECTIONS, company.pk)
    dead = Delivery.objects.filter(company=company, state=State.DEAD)
    if subscription_id is not None:
        dead = dead.filter(subscription__public_id=subscription_id)
    ids = Subscription.objects.filter(deliveries__in=dead).order_by("pk").distinct().values_list("pk", flat=True)
    receivers = [one.pk for one in Subscription.objects.select_for_update().filter(pk__in=list(ids)).order_by("pk")]
    count = _replay(dead.filter(subscription__in=receivers), at=at)
    _let_try(Subscription.objects.filter(pk__in=receivers))
    for receiver in receivers:
        outbox.hasten(tasks.SENDER, line_prefix=tasks.line_of(receiver), at=at)
    if count:
        about = audit.About("company", company.public_id, company.short_name, company.pk)
        audit.record("delivery.all_sent_again", about, actor=actor, at=at, data={"count": count})
    return count


@transaction.atomic(durable=True)
def skip(*, delivery_id: UUID, actor: Employee, at: datetime) -> Delivery:
    """Leave a delivery out for good, so that the later events of its subject go on. Raises NotFound, NothingToSend."""
    delivery = _taken_delivery(delivery_id, actor)
    delivery.state, delivery.next_attempt_at = State.SKIPPED, None
    delivery.save(update_fields=["state", "next_attempt_at"])
    _messages(Delivery.objects.filter(pk=delivery.pk)).filter(
        state__in=[OutboxMessage.State.PENDING, OutboxMessage.State.DEAD]
    ).update(state=OutboxMessage.State.DONE, done_at=at, leased_until=None)
    outbox.hasten(tasks.SENDER, line_prefix=tasks.line_of(delivery.subscription_id, delivery.subject_id), at=at)
    audit.record("delivery.skipped", delivery, actor=actor, at=at)
    return delivery


# --- Private hosts ----------------------------------------------------------------------------------------------------
@transaction.atomic(durable=True)
def allow_host(*, company: Company, host: str, port: int | None, actor: Employee, at: datetime) -> AllowedHost:
    """Let hooks of the company go to a private host. Only for administrators of the company. Raises HostRefused."""
    rights.require(actor, rights.ADMINISTER, company.pk)
    try:
        host = addresses.normal_host(host.strip().strip("[]"))
    except ValueError:
        raise HostRefused(host=host) from None
    allowed, created = AllowedHost.objects.get_or_create(company=company, host=host, port=port)
    if created:
        _record_host("host.allowed", allowed, actor, at)
    return allowed


@transaction.atomic(durable=True)
def disallow_host(*, host_id: int, company: Company, actor: Employee, at: datetime) -> None:
    rights.require(actor, rights.ADMINISTER, company.pk)
    allowed = AllowedHost.objects.filter(pk=host_id, company=company).first()
    if allowed is not None:
        _record_host("host.disallowed", allowed, actor, at)
        allowed.delete()


# --- Parts ------------------------------------------------------------------------------------------------------------
def _taken(subscription_id: UUID, actor: Employee) -> Subscription:
    """The receiver, locked, for somebody who manages its company's connections. Raises NotFound."""
    found = Subscription.objects.select_for_update(of=("self",)).filter(public_id=subscription_id, ended_at=None)
    receiver = found.select_related("company").first()
    if receiver is None or not rights.can(actor, rights.MANAGE_CONNECTIONS, receiver.company_id):
        raise NotFound
    return receiver


def _taken_delivery(delivery_id: UUID, actor: Employee) -> Delivery:
    """The delivery, locked after its receiver. Raises NotFound, NothingToSend."""
    seen = Delivery.objects.filter(public_id=delivery_id).values_list("subscription__public_id", flat=True).first()
    if seen is None:
        raise NotFound
    _taken(seen, actor)
    delivery = Delivery.objects.select_for_update().get(public_id=delivery_id)
    if delivery.state not in OPEN_STATES:
        raise NothingToSend(state=delivery.get_state_display())
    return delivery


def _check(company_id: int, url: str, topics: Sequence[str]) -> None:
    allowed = set(AllowedHost.objects.filter(company_id=company_id).values_list("host", "port"))
    addresses.check_written(addresses.parse(url), allowed)
    for topic in topics:
        if topic not in catalogue.EVENTS:
            raise UnknownEvent(topic=topic)


def _start_anew(receiver: Subscription, *, at: datetime) -> None:
    """Forget what went wrong and try what waits. The caller saves."""
    receiver.failures, receiver.waits_until = 0, None
    outbox.hasten(tasks.SENDER, line_prefix=tasks.line_of(receiver.pk), at=at)


def _let_try(receivers: QuerySet[Subscription]) -> None:
    """A person says the way is free: the next attempt is made, whatever the circuit says."""
    receivers.update(waits_until=None)


def _messages(deliveries: QuerySet[Delivery]) -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(consumer=tasks.SENDER, event_id__in=deliveries.values("public_id"))


def _replay(deliveries: QuerySet[Delivery], *, at: datetime) -> int:
    """Put dead letters among these back in line; returns how many there were."""
    dead = deliveries.filter(state=State.DEAD)
    ids = list(dead.values_list("pk", flat=True))
    dead = Delivery.objects.filter(pk__in=ids)
    outbox.replay(_messages(dead), at=at)
    return dead.update(state=State.WAITING, next_attempt_at=None)


def _record(kind: str, receiver: Subscription, actor: Employee, at: datetime, **data: Any) -> AuditEntry:
    return audit.record(kind, receiver, actor=actor, at=at, data=data)


def _record_host(kind: str, allowed: AllowedHost, actor: Employee, at: datetime) -> None:
    company = allowed.company
    about = audit.About("company", company.public_id, company.short_name, company.pk)
    audit.record(kind, about, actor=actor, at=at, data={"host": allowed.host, "port": allowed.port})
