"""Rows every app writes and none owns: the audit trail, the outbox, stored files, idempotency answers.

They carry plain ids and snapshots of names, so that nothing here points at the apps to the right.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q


class AppendOnly(models.Model):
    """Rows that are added and never changed. The app's database role may only INSERT and SELECT them (`db_roles`)."""

    append_only: ClassVar[bool] = True

    class Meta:
        abstract = True


class AuditEntry(AppendOnly):
    """One thing that happened: the line on the page's timeline, in the operation log, and the source of every event."""

    id = models.BigAutoField(primary_key=True)
    event_id = models.UUIDField(default=uuid.uuid4, unique=True)
    kind = models.CharField(max_length=60)  # <noun>.<past tense>, listed in docs/events.md
    company_id = models.BigIntegerField(null=True)  # empty: of the whole group, such as a sign-in
    subject_type = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    subject_label = models.CharField(max_length=120)
    actor_id = models.BigIntegerField(null=True)  # empty: the system itself
    actor_name = models.CharField(max_length=80)
    on_behalf_of_id = models.BigIntegerField(null=True)
    on_behalf_of_name = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()
    source = models.CharField(max_length=40)  # web, api, worker, command, oa:<connector>
    request_id = models.CharField(max_length=40, blank=True)
    data = models.JSONField(default=dict)
    schema = models.PositiveSmallIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["subject_id", "id"], name="audit_subject"),
            models.Index(fields=["company_id", "-id"], name="audit_company"),
            models.Index(fields=["actor_id", "-id"], name="audit_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_label}"


UNFINISHED = Q(state__in=["pending", "claimed"])


class OutboxMessage(models.Model):
    """Work that must follow a committed change, written in the same transaction as the change.

    Messages of one `line` are handled in the order of their ids, one at a time. `event` is the audit entry's id, so
    that a consumer recognises a repeat.
    """

    class State(models.TextChoices):
        PENDING = "pending"
        CLAIMED = "claimed"  # a worker works on it until `leased_until`
        DONE = "done"
        DEAD = "dead"  # given up; a person replays it

    id = models.BigAutoField(primary_key=True)
    topic = models.CharField(max_length=60)
    consumer = models.CharField(max_length=60)
    line = models.CharField(max_length=140)
    event_id = models.UUIDField()
    company_id = models.BigIntegerField(null=True)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    available_at = models.DateTimeField()
    trying_since = models.DateTimeField(null=True)  # first attempt of the present series; given up days after it
    leased_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["consumer", "event_id"], name="outbox_once_per_consumer"),
        ]
        indexes = [
            models.Index(fields=["available_at", "id"], condition=UNFINISHED, name="outbox_due"),
            models.Index(fields=["line", "id"], condition=UNFINISHED, name="outbox_line"),
            models.Index(fields=["-id"], condition=Q(state="dead"), name="outbox_dead"),
        ]

    def __str__(self) -> str:
        return f"{self.consumer} {self.topic} #{self.pk}"


class StoredFile(models.Model):
    """Bytes, kept once under their SHA-256 outside the web root. Who may see them, the rows say that point here."""

    id = models.BigAutoField(primary_key=True)
    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.sha256[:12]


class IdempotentAnswer(AppendOnly):
    """What was answered to a key, written in the transaction that did the work."""

    id = models.BigAutoField(primary_key=True)
    source = models.CharField(max_length=80)  # whose key: "web:<employee id>", "api:<client id>"
    key = models.CharField(max_length=255)
    body_hash = models.CharField(max_length=64)
    answer = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="idempotency_key")]

    def __str__(self) -> str:
        return f"{self.source} {self.key}"


class NumberSeries(models.Model):
    """The last number given out for a kind of paper, company and year. Locked late: all of a company queue here."""

    id = models.BigAutoField(primary_key=True)
    company_id = models.BigIntegerField()
    prefix = models.CharField(max_length=20)
    period = models.CharField(max_length=7)  # 2026, or 2026-11 for vouchers
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company_id", "prefix", "period"], name="number_series")]

    def __str__(self) -> str:
        return f"{self.prefix} {self.period}: {self.last}"
