"""Documents of every kind and their lines.

A claim is a kind, not a table: what every kind has stands on Document, what one kind adds on its detail table
(`AdvanceDetail`). Drafts that were never submitted may be erased; everything else only changes its status.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from approvals.models import ApprovalRequest
from common.errors import WrongState
from common.models import StoredFile
from directory.models import Company, CostCentre, Department, Employee, ExpenseType, Project
from invoices.models import Invoice


class Document(models.Model):
    """What is asked for: an expense claim (费用报销单) or a cash advance (借款单)."""

    audit_type = "document"

    class Kind(models.TextChoices):
        CLAIM = "claim", _("expense claim")
        ADVANCE = "advance", _("cash advance")

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        WAITING = "waiting", _("in approval")
        RETURNED = "returned", _("returned")
        APPROVED = "approved", _("approved")
        REJECTED = "rejected", _("rejected")
        WITHDRAWN = "withdrawn", _("withdrawn")
        POSTED = "posted", _("posted")

    # What may become of a document; docs/states.md draws it. A reversed voucher leads back from posted to approved.
    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        Status.DRAFT: frozenset({Status.WAITING}),
        Status.WAITING: frozenset({Status.RETURNED, Status.WITHDRAWN, Status.APPROVED, Status.REJECTED}),
        Status.RETURNED: frozenset({Status.WAITING}),
        Status.WITHDRAWN: frozenset({Status.WAITING}),
        Status.APPROVED: frozenset({Status.POSTED}),
        Status.POSTED: frozenset({Status.APPROVED}),
        Status.REJECTED: frozenset(),
    }
    EDITABLE: ClassVar = frozenset({Status.DRAFT, Status.RETURNED, Status.WITHDRAWN})
    DECIDED: ClassVar = frozenset({Status.APPROVED, Status.REJECTED, Status.POSTED})

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    number = models.CharField(max_length=30, blank=True)  # given at the first submit
    title = models.CharField(_("title"), max_length=120, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    version = models.PositiveIntegerField(default=1)  # two tabs: the older one is told, nothing is overwritten
    round = models.PositiveSmallIntegerField(default=0)  # how often it was submitted
    applicant = models.ForeignKey(Employee, models.PROTECT, related_name="documents")
    payee = models.ForeignKey(Employee, models.PROTECT, related_name="+", db_index=False)
    department = models.ForeignKey(Department, models.PROTECT, related_name="documents")
    cost_centre = models.ForeignKey(CostCentre, models.PROTECT, related_name="+", db_index=False)
    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    total = models.DecimalField(max_digits=18, decimal_places=2, default=0)
    currency = models.CharField(max_length=3, default="CNY")
    findings = models.JSONField(
        default=list
    )  # what the last check found and did not block: code, severity, where, params
    custom = models.JSONField(default=dict)
    approval = models.OneToOneField(ApprovalRequest, models.PROTECT, null=True, related_name="document")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], condition=~Q(number=""), name="document_number"),
            models.CheckConstraint(
                condition=Q(status="draft", number="", round=0, submitted_at=None, approval=None)
                | (
                    ~Q(status="draft")
                    & ~Q(number="")
                    & Q(round__gte=1, submitted_at__isnull=False, approval__isnull=False)
                ),
                name="document_submitted",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["approved", "rejected", "posted"], decided_at__isnull=False)
                | (~Q(status__in=["approved", "rejected", "posted"]) & Q(decided_at=None)),
                name="document_decided",
            ),
            models.CheckConstraint(condition=Q(total__gte=0), name="document_total"),
        ]
        indexes = [
            models.Index(fields=["applicant", "-id"], name="document_mine"),
            models.Index(fields=["company", "-id"], name="document_company"),
            models.Index(fields=["department", "-id"], name="document_department"),
        ]

    def __str__(self) -> str:
        return self.audit_label

    @property
    def audit_label(self) -> str:
        return self.number or self.title or str(self.get_kind_display())

    @property
    def is_claim(self) -> bool:
        return self.kind == self.Kind.CLAIM

    @property
    def is_editable(self) -> bool:
        return self.status in self.EDITABLE

    @property
    def was_submitted(self) -> bool:
        return self.status != self.Status.DRAFT

    def move_to(self, status: str, *, at: datetime) -> None:
        """Change the status in memory, along MOVES only. The caller holds the row's lock, saves it and records it.

        The version counts as well, so that an editor left open somewhere is told. Raises WrongState.
        """
        if status not in self.MOVES[self.status]:
            raise WrongState(subject=self.audit_label, state=self.get_status_display())
        self.status = status
        self.version += 1
        self.changed_at = at
        if status in self.DECIDED:
            self.decided_at = self.decided_at or at
        elif status == self.Status.WAITING:
            self.decided_at = None
            self.submitted_at = at
            self.round += 1


class Line(models.Model):
    """One expense (or, on an advance, the one sum asked for), with the invoices that prove it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    document = models.ForeignKey(Document, models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField(default=1)
    expense_type = models.ForeignKey(
        ExpenseType, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    spent_on = models.DateField(_("date"), null=True, blank=True)
    purpose = models.CharField(_("purpose"), max_length=200, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2, null=True, blank=True)
    tax = models.DecimalField(_("tax on the invoices"), max_digits=18, decimal_places=2, default=0)
    foreign_amount = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    foreign_currency = models.CharField(max_length=3, blank=True)
    rate = models.DecimalField(max_digits=18, decimal_places=8, null=True, blank=True)
    cost_centre = models.ForeignKey(CostCentre, models.PROTECT, related_name="+", db_index=False)
    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        constraints = [models.CheckConstraint(condition=Q(amount=None) | Q(amount__gte=0), name="line_amount")]

    def __str__(self) -> str:
        return f"{self.document_id}/{self.position}"


class LineInvoice(models.Model):
    """An invoice on a line; how much of it the line claims."""

    line = models.ForeignKey(Line, models.CASCADE, related_name="line_invoices")
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="line_invoices")
    amount = models.DecimalField(max_digits=18, decimal_places=2)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["line", "invoice"], name="line_invoice_once")]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.invoice_id}"


class AdvanceDetail(models.Model):
    """What only a cash advance has: until when it is settled, and how much of it still is to be."""

    document = models.OneToOneField(Document, models.CASCADE, related_name="advance", primary_key=True)
    due_on = models.DateField(_("to be settled by"), null=True, blank=True)
    settled = models.DecimalField(max_digits=18, decimal_places=2, default=0)  # held by live settlements

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(settled__gte=0), name="advance_settled")]

    def __str__(self) -> str:
        return f"advance {self.document_id}"


class Settlement(models.Model):
    """How much of an advance a claim settles (冲销借款). Wished in the draft, firm from submit until released."""

    claim = models.ForeignKey(Document, models.CASCADE, related_name="settlements")
    advance = models.ForeignKey(Document, models.PROTECT, related_name="settled_by")
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    firm = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claim", "advance"], name="settlement_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="settlement_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} → {self.advance_id}: {self.amount}"


class Attachment(models.Model):
    """A file that is not an invoice: a hotel folio, an agenda, a screenshot."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    document = models.ForeignKey(Document, models.CASCADE, related_name="attachments")
    stored = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    added_by = models.ForeignKey(Employee, models.PROTECT, related_name="+", db_index=False)
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
