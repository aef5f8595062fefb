"""Budget nodes and their ledger.

A node allots an amount to a department, for one expense type or all, in a period. Rows of the ledger are only ever
added; the four balance columns are their sums, kept so that one conditional UPDATE can refuse the last yuan twice.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.models import AppendOnly
from directory.models import Company, Department, Employee, ExpenseType

# Where a budget stands: which charges fall to it, and which budgets above are charged as well.
PLACE = ("company_id", "department_id", "expense_type_id", "starts_on", "ends_on", "parent_id")


class BudgetNode(models.Model):
    """(department, expense type or all, period) with an allotted amount. Its parent covers more; both are charged."""

    class Mode(models.TextChoices):
        BLOCK = "block", _("refuse what is over")
        WARN = "warn", _("warn, and say so to the approvers")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="budget_nodes")
    department = models.ForeignKey(Department, models.PROTECT, related_name="budget_nodes")
    expense_type = models.ForeignKey(
        ExpenseType, models.PROTECT, null=True, blank=True, related_name="budget_nodes", db_index=False
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    mode = models.CharField(_("when exceeded"), max_length=5, choices=Mode.choices, default=Mode.BLOCK)
    amount = models.DecimalField(_("allotted"), max_digits=18, decimal_places=2)
    reserved = models.DecimalField(max_digits=18, decimal_places=2, default=0)
    committed = models.DecimalField(max_digits=18, decimal_places=2, default=0)
    actual = models.DecimalField(max_digits=18, decimal_places=2, default=0)
    owner = models.ForeignKey(Employee, models.PROTECT, null=True, blank=True, related_name="budgets_owned")

    class Meta:
        verbose_name = _("budget node")
        verbose_name_plural = _("budget nodes")
        ordering: ClassVar = ["starts_on", "department__code", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "expense_type", "starts_on", "ends_on"],
                name="budget_node_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="budget_node_period"),
            models.CheckConstraint(
                condition=Q(reserved__gte=0, committed__gte=0, amount__gte=0), name="budget_node_not_negative"
            ),
        ]
        indexes = [models.Index(fields=["company", "starts_on"], name="budget_company_period")]

    def __str__(self) -> str:
        parts = (self.department, self.expense_type, self.period)
        return " ".join(str(part) for part in parts if part)

    def clean(self) -> None:
        """What ties a node to the rest of its company."""
        super().clean()
        if not (self.company_id and self.department_id and self.starts_on and self.ends_on):
            return  # the fields themselves say what is missing
        faults: dict[str, Any] = {}
        for name, other in (
            ("department", self.department),
            ("expense_type", self.expense_type),
            ("parent", self.parent),
        ):
            if other is not None and other.company_id != self.company_id:
                faults[name] = _("This belongs to another company. Choose one of the same company.")
        if self.parent is not None and not faults:
            if not (self.parent.starts_on <= self.starts_on and self.ends_on <= self.parent.ends_on):
                faults["parent"] = _("Its period does not cover this one. Choose a budget of a longer period, or none.")
            elif self.pk is not None and self.pk in self._above():
                faults["parent"] = _("This budget would be above itself. Choose another one, or none.")
        for name in self._moved():
            faults.setdefault(name, _("Documents are charged to this budget already, so it stays where it is."))
        if faults:
            raise ValidationError(faults)

    def _moved(self) -> list[str]:
        """What would take a budget with movements elsewhere: its rows, and those in the budgets above, would not
        follow."""
        before = BudgetNode.objects.filter(pk=self.pk).first() if self.pk else None
        changed = [
            name.removesuffix("_id") for name in PLACE if before and getattr(before, name) != getattr(self, name)
        ]
        return changed if changed and self.rows.exists() else []

    def _above(self) -> set[int]:
        above: set[int] = set()
        node = self.parent
        while node is not None and node.pk not in above:
            above.add(node.pk)
            node = node.parent
        return above

    @property
    def period(self) -> str:
        """2026, 2026 Q4 or 2026-11; both days where it is none of them."""
        first, last = self.starts_on, self.ends_on
        whole = first.day == 1 and (last + timedelta(days=1)).day == 1 and first.year == last.year
        match (first.month, last.month) if whole else None:
            case (1, 12):
                return f"{first:%Y}"
            case (start, end) if start == end:
                return f"{first:%Y-%m}"
            case (start, end) if end == start + 2 and end % 3 == 0:
                return f"{first:%Y} Q{end // 3}"
        return f"{first:%Y-%m-%d} – {last:%Y-%m-%d}"

    @property
    def available(self) -> Decimal:
        """What can still be asked for; below zero where more was let through with a warning."""
        return self.amount - self.reserved - self.committed - self.actual


class LedgerRow(AppendOnly):
    """One movement of one node. `bucket` is the column it moves, `delta` by how much (negative takes back).

    `step` says what happened: a step that moves money on writes one row that takes it out of a bucket and one that
    puts it into the next.
    """

    class Bucket(models.TextChoices):
        RESERVED = "reserved", _("reserved")
        COMMITTED = "committed", _("committed")
        ACTUAL = "actual", _("actual")

    class Step(models.TextChoices):
        RESERVE = "reserve", pgettext_lazy("budget step", "submitted")
        COMMIT = "commit", pgettext_lazy("budget step", "approved")
        SPEND = "spend", pgettext_lazy("budget step", "posted")
        UNSPEND = "unspend", _("voucher reversed")
        RELEASE = "release", _("released")
        LIQUIDATE = "liquidate", _("settled by a claim")
        RESTORE = "restore", _("settlement taken back")

    id = models.BigAutoField(primary_key=True)
    node = models.ForeignKey(BudgetNode, models.PROTECT, related_name="rows")
    bucket = models.CharField(max_length=9, choices=Bucket.choices)
    delta = models.DecimalField(max_digits=18, decimal_places=2)
    document_id = models.UUIDField()  # the document's public id
    document_number = models.CharField(max_length=30)
    line_id = models.UUIDField(null=True)
    step = models.CharField(max_length=9, choices=Step.choices)
    # <document>:<round>:<line>:<step>, one movement a key, node and bucket; sorts by bytes, so a prefix is a range.
    key = models.CharField(max_length=160, db_collation="C")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "node", "bucket"], name="ledger_key"),
            models.CheckConstraint(condition=~Q(delta=0), name="ledger_delta"),
        ]
        indexes = [
            models.Index(fields=["document_id"], name="ledger_document"),
            models.Index(fields=["node", "-id"], name="ledger_node"),
        ]

    def __str__(self) -> str:
        return f"{self.node_id} {self.bucket} {self.delta}"
