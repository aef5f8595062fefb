"""Outbound hooks: who wants to hear of what, and every attempt to tell them."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from directory.models import Company


class Subscription(models.Model):
    """A receiver of one company's events. Its secrets are kept sealed and shown once."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="subscriptions")
    name = models.CharField(_("name"), max_length=80)
    url = models.URLField(_("address"), max_length=500)
    topics = models.JSONField(_("events"), default=list)  # names of events (oa.catalogue); empty: all
    secret = models.BinaryField()  # sealed
    previous_secret = models.BinaryField(null=True)  # sealed; signs beside the new one while a receiver changes over
    previous_until = models.DateTimeField(null=True)
    active = models.BooleanField(_("active"), default=True)
    gone = models.BooleanField(default=False)  # it answered 410, that it wants no more; that switched it off
    ended_at = models.DateTimeField(null=True)  # given up for good: hears of nothing that happens later
    waits_until = models.DateTimeField(null=True)  # nothing is sent before: circuit open, or the receiver asked for it
    failures = models.PositiveIntegerField(default=0)  # in a row
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        ordering: ClassVar = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(previous_secret=None, previous_until=None)
                | Q(previous_secret__isnull=False, previous_until__isnull=False),
                name="subscription_previous_secret",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def audit_type(self) -> str:
        return "subscription"

    @property
    def audit_label(self) -> str:
        return self.name

    def wants(self, topic: str) -> bool:
        return not self.topics or topic in self.topics


class AllowedHost(models.Model):
    """A private host an administrator allows hooks to be sent to: an OA usually stands in the company's own network."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="allowed_hosts")
    host = models.CharField(_("host"), max_length=253)
    port = models.PositiveIntegerField(_("port"), null=True, blank=True)

    class Meta:
        verbose_name = _("allowed host")
        verbose_name_plural = _("allowed hosts")
        constraints = [
            models.UniqueConstraint(fields=["company", "host", "port"], name="allowed_host_once", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return self.host


class Delivery(models.Model):
    """One event on its way to one receiver. Body and id never change, however often it is sent.

    The events of one subject go out in the order of their sequence, and the next one only when the one before it was
    delivered, or skipped by a person.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RETRYING = "retrying", _("waiting to be sent again")
        DELIVERED = "delivered", _("delivered")
        DEAD = "dead", _("dead letter")
        SKIPPED = "skipped", _("skipped")  # by a person, so that the document's later events go on

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)  # webhook-id
    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="deliveries", db_index=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="+", db_index=False)
    topic = models.CharField(max_length=60)
    event_id = models.UUIDField()
    subject_id = models.UUIDField()
    subject_label = models.CharField(max_length=120)
    sequence = models.PositiveIntegerField()  # per subscription and subject, from 1
    body = models.TextField()  # CloudEvents JSON, as signed
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    took_ms = models.PositiveIntegerField(null=True)  # of the last attempt
    outcome = models.JSONField(default=dict)  # of the last attempt: code and params, worded when shown (oa.wordings)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["subscription", "event_id"], name="delivery_once"),
            models.UniqueConstraint(fields=["subscription", "subject_id", "sequence"], name="delivery_sequence"),
        ]
        indexes = [
            models.Index(fields=["company", "-id"], name="delivery_company"),
            models.Index(fields=["company", "state", "-id"], condition=~Q(state="delivered"), name="delivery_open"),
            models.Index(fields=["subscription", "-id"], name="delivery_subscription"),
            models.Index(fields=["subscription", "delivered_at"], name="delivery_delivered"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.subject_label}"

    @property
    def audit_type(self) -> str:
        return "delivery"

    @property
    def audit_label(self) -> str:
        return f"{self.topic} {self.subject_label}"


class Attempt(models.Model):
    """One time it was sent: when, how long it took, what came back."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="tries")
    at = models.DateTimeField()
    took_ms = models.PositiveIntegerField()
    status = models.PositiveSmallIntegerField(null=True)  # empty: no answer
    outcome = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.status or '-'}"
