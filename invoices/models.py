"""Invoices: their identity, the files they came as, who keeps them, and what they are used for.

One identity, many files: an XML, a PDF and a photo of one number are one invoice. The identity is unique in the whole
group; a second live use is refused by the database.
"""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.models import StoredFile
from directory.models import Company, Employee


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    def locked(self) -> Self:
        """By id, so that two documents wait for each other and never in a circle. Others may still point at them."""
        return self.select_for_update(no_key=True).order_by("pk")


class Invoice(models.Model):
    """One invoice of the world. `fields` keeps each value with its source; the columns are what holds now."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Empty code and number: not known yet (a photo to be typed). Such an invoice has no identity and cannot be used.
    code = models.CharField(max_length=20, blank=True)
    number = models.CharField(max_length=30, blank=True)
    kind = models.CharField(max_length=60, blank=True)  # as printed: 电子发票（普通发票）, 增值税电子普通发票…
    issued_on = models.DateField(null=True)
    seller_name = models.CharField(max_length=120, blank=True)
    seller_tax_id = models.CharField(max_length=20, blank=True)
    buyer_name = models.CharField(max_length=120, blank=True)
    buyer_tax_id = models.CharField(max_length=20, blank=True)
    amount_excl_tax = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    tax = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    total = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    check_code_last6 = models.CharField(max_length=6, blank=True)
    currency = models.CharField(max_length=3, default="CNY")
    fields = models.JSONField(default=dict)  # key: {value, source, confidence, alternatives}
    unsure = models.JSONField(default=list)  # keys a person must confirm
    facts = models.JSONField(default=dict)  # items, remark, trip: what else was read
    reader_version = models.CharField(max_length=20, blank=True)
    first_seen_at = models.DateTimeField()
    # A photo that was typed and turned out to be an invoice known already: its files went there, its row stays.
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "number"], condition=~Q(number=""), name="invoice_identity"),
        ]
        indexes = [
            models.Index(fields=["seller_name", "issued_on", "total"], name="invoice_lookalike"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.number}".strip()

    @property
    def has_identity(self) -> bool:
        return bool(self.number)


class InvoiceFile(models.Model):
    """One file as received, byte for byte, and the picture of its first page."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="files")
    stored = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    preview = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", db_index=False)
    name = models.CharField(max_length=200)
    source_kind = models.CharField(max_length=10)  # xml, xbrl, ofd, pdf, picture
    received_at = models.DateTimeField()
    received_from = models.ForeignKey(Employee, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["invoice", "stored"], name="invoice_file_once")]

    def __str__(self) -> str:
        return self.name


class HoldingQuerySet(models.QuerySet["Holding"]):
    def live(self) -> Self:
        return self.filter(removed_at=None)


class Holding(models.Model):
    """Whose wallet an invoice lies in, in which company. The first to bring it in keeps it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="holdings")
    company = models.ForeignKey(Company, models.PROTECT, related_name="invoice_holdings")
    holder = models.ForeignKey(Employee, models.PROTECT, related_name="invoice_holdings", db_index=False)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)  # put out of the wallet; the invoice and its files stay
    problems = models.JSONField(default=list)  # codes of `invoices.policy.problems`, renewed with every change

    objects = HoldingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invoice"], condition=Q(removed_at=None), name="one_live_holding"),
        ]
        indexes = [
            models.Index(fields=["holder", "-added_at", "-id"], condition=Q(removed_at=None), name="wallet"),
        ]

    def __str__(self) -> str:
        return f"{self.holder_id}: {self.invoice_id}"


class InvoiceUseQuerySet(models.QuerySet["InvoiceUse"]):
    def live(self) -> Self:
        return self.filter(released_at=None)


class InvoiceUse(models.Model):
    """An invoice spent on a line of a document. Live until released; a draft only marks (`firm` false), a submit uses.

    The line and the document are plain ids and a number: the wallet knows what is free without knowing documents.
    """

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="uses")
    company = models.ForeignKey(Company, models.PROTECT, related_name="+", db_index=False)
    document_id = models.UUIDField()
    document_label = models.CharField(max_length=120)  # number, or the draft's title
    line_id = models.UUIDField()
    used_by = models.ForeignKey(Employee, models.PROTECT, related_name="+", db_index=False)
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    firm = models.BooleanField(default=False)
    used_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)

    objects = InvoiceUseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invoice"], condition=Q(released_at=None, firm=True), name="one_live_use"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="use_amount"),
            models.UniqueConstraint(
                fields=["invoice", "line_id"], condition=Q(released_at=None), name="one_use_a_line"
            ),
        ]
        indexes = [
            models.Index(fields=["document_id"], name="use_document"),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id} → {self.document_label}"


class Upload(models.Model):
    """One file somebody dropped: its progress and outcome, by name, until it is an invoice or a clear refusal.

    A zip is an upload as well; each file inside is one of its own (`part_of`). Whoever reads a file takes it first
    (`claimed_until`); when the claim runs out, because a process died, another may take it.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting to be read")
        READING = "reading", _("being read")
        READ = "read", _("read")
        DUPLICATE = "duplicate", _("already known")
        REFUSED = "refused", _("not readable")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="+", db_index=False)
    employee = models.ForeignKey(Employee, models.PROTECT, related_name="uploads")
    name = models.CharField(max_length=200)
    stored = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", db_index=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    invoice = models.ForeignKey(Invoice, models.PROTECT, null=True, related_name="uploads")
    outcome = models.JSONField(default=dict)  # {code, params}: worded when shown
    part_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="parts", db_index=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "reading"], finished_at=None)
                | Q(state__in=["read", "duplicate", "refused"], finished_at__isnull=False),
                name="upload_finished",
            ),
            models.CheckConstraint(condition=~Q(state="read") | ~Q(outcome={}), name="upload_outcome"),
        ]
        ordering: ClassVar = ["-id"]
        indexes = [models.Index(fields=["employee", "-id"], name="upload_recent")]

    def __str__(self) -> str:
        return self.name

    @property
    def audit_type(self) -> str:
        return "upload"

    @property
    def audit_label(self) -> str:
        return self.name
