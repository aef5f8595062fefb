"""Accounts, posting rules, vouchers (凭证) and their exports.

A voucher balances by a deferred constraint of the database; a posted one never changes; a correction is a reversal that
names its original.
"""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import ExtractMonth, ExtractYear
from django.utils.translation import gettext_lazy as _

from common.models import StoredFile
from directory.models import Company, CostCentre, Department, Employee, ExpenseType, Project
from invoices.models import Invoice
from reimburse.models import Document
from vouchers.kinds import InvoiceKind, VatMethod, VatReason

PENNY = Decimal("0.01")


class Account(models.Model):
    """An account of a company's chart (科目), and which dimensions its entries carry."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="accounts")
    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    by_department = models.BooleanField(_("by department"), default=False)
    by_employee = models.BooleanField(_("by employee"), default=False)
    by_project = models.BooleanField(_("by project"), default=False)
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering: ClassVar = ["code"]
        constraints = [models.UniqueConstraint(fields=["company", "code"], name="account_code")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def main_name(self) -> str:
        """管理费用 of 管理费用-差旅费, as the first line of a voucher's account column shows it."""
        return self.name.partition("-")[0]

    @property
    def detail_name(self) -> str:
        """差旅费 of 管理费用-差旅费; empty for an account without a level below."""
        return self.name.partition("-")[2]


class ExpenseAccount(models.Model):
    """Posting rule: which account an expense type goes to, by the nature of the cost centre that bears it."""

    company = models.ForeignKey(Company, models.PROTECT, verbose_name=_("company"), related_name="+")
    expense_type = models.ForeignKey(
        ExpenseType, models.PROTECT, verbose_name=_("expense type"), related_name="posting_rules"
    )
    nature = models.CharField(_("nature of the cost centre"), max_length=16, choices=CostCentre.Nature.choices)
    account = models.ForeignKey(Account, models.PROTECT, verbose_name=_("account"), related_name="+")

    class Meta:
        verbose_name = _("expense account")
        verbose_name_plural = _("expense accounts")
        constraints = [
            models.UniqueConstraint(fields=["company", "expense_type", "nature"], name="expense_account_once")
        ]

    def __str__(self) -> str:
        return f"{self.expense_type} {self.nature}: {self.account}"


class FixedAccount(models.Model):
    """Posting rule: the accounts that do not depend on the expense."""

    class Purpose(models.TextChoices):
        INPUT_VAT = "input_vat", _("input VAT")  # 进项税额 2221.01.02, or 待认证进项税额 2221.04
        EMPLOYEE_PAYABLE = "employee_payable", _("payable to employees")  # 其他应付款 2241
        EMPLOYEE_ADVANCE = "employee_advance", _("advances to employees")  # 其他应收款 1221
        WELFARE_PAYABLE = "welfare_payable", _("staff welfare payable")  # 应付职工薪酬 2211.02
        BANK = "bank", _("bank")  # 银行存款 1002

    company = models.ForeignKey(Company, models.PROTECT, verbose_name=_("company"), related_name="+")
    purpose = models.CharField(_("used for"), max_length=20, choices=Purpose.choices)
    account = models.ForeignKey(Account, models.PROTECT, verbose_name=_("account"), related_name="+")

    class Meta:
        verbose_name = _("fixed account")
        verbose_name_plural = _("fixed accounts")
        constraints = [models.UniqueConstraint(fields=["company", "purpose"], name="fixed_account_once")]

    def __str__(self) -> str:
        return f"{self.purpose}: {self.account}"


class VatRule(models.Model):
    """Whether and how an invoice of some kind gives input VAT, from a day on. Law changes: rules are rows."""

    kind = models.CharField(_("kind of invoice"), max_length=20, choices=InvoiceKind.choices)
    method = models.CharField(_("deductible"), max_length=8, choices=VatMethod.choices)
    rate = models.DecimalField(_("rate"), max_digits=6, decimal_places=4, null=True, blank=True)
    needs_traveller = models.BooleanField(_("only with the traveller's name"), default=False)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("input VAT rule")
        verbose_name_plural = _("input VAT rules")
        ordering: ClassVar = ["kind", "starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "starts_on"], name="vat_rule_once"),
            models.CheckConstraint(
                condition=~Q(method="included") | Q(rate__isnull=False, rate__gt=0, rate__lt=1),
                name="vat_rule_included_has_rate",
            ),
            models.CheckConstraint(condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="vat_rule_period"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.starts_on}"


class Voucher(models.Model):
    """One accounting voucher: draft at approval, reviewed and posted by finance, exported once."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("to be reviewed")
        POSTED = "posted", _("posted")
        REVERSED = "reversed", _("reversed")  # posted, and its reversal is posted too

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="vouchers")
    document = models.ForeignKey(Document, models.PROTECT, null=True, related_name="vouchers")
    word = models.CharField(max_length=4, default="记")
    number = models.PositiveIntegerField(null=True)  # given at posting, without gaps per company and month
    dated_on = models.DateField()  # the company's local date; its month is the accounting period
    summary = models.CharField(max_length=200)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.DRAFT)
    version = models.PositiveIntegerField(default=1)
    total = models.DecimalField(max_digits=18, decimal_places=2)  # of the debit column; negative when red
    attachment_count = models.PositiveSmallIntegerField(default=0)
    problems = models.JSONField(default=list)  # findings that block posting: what is missing and where it is fixed
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")
    reason = models.CharField(max_length=200, blank=True)  # why it was reversed, on the reversal
    prepared_by = models.ForeignKey(Employee, models.PROTECT, null=True, related_name="+", db_index=False)
    posted_by = models.ForeignKey(Employee, models.PROTECT, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField()
    posted_at = models.DateTimeField(null=True)
    exported_at = models.DateTimeField(null=True)  # the first time

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document"], condition=Q(reverses=None) & ~Q(status="reversed"), name="one_voucher_a_document"
            ),
            models.UniqueConstraint(
                F("company"),
                F("word"),
                ExtractYear("dated_on"),
                ExtractMonth("dated_on"),
                F("number"),
                name="voucher_number",
            ),
            models.CheckConstraint(
                condition=Q(status="draft", number=None, posted_at=None, exported_at=None)
                | Q(status__in=["posted", "reversed"], number__isnull=False, posted_at__isnull=False, problems=[]),
                name="voucher_posted",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-dated_on", "-id"], name="voucher_company_date"),
            models.Index(fields=["company", "-dated_on", "-id"], condition=Q(status="draft"), name="voucher_to_review"),
            models.Index(
                fields=["company", "-dated_on", "-id"],
                condition=~Q(status="draft") & Q(exported_at=None),
                name="voucher_exportable",
            ),
        ]

    def __str__(self) -> str:
        return self.audit_label

    @property
    def audit_type(self) -> str:
        return "voucher"

    @property
    def audit_label(self) -> str:
        return self.full_number or self.summary

    @property
    def full_number(self) -> str:
        """记-0012; empty before posting."""
        return f"{self.word}-{self.number:04}" if self.number else ""

    @property
    def is_draft(self) -> bool:
        return self.status == self.Status.DRAFT

    @property
    def is_red(self) -> bool:
        """Whether it is a reversal: a red copy that names its original."""
        return self.reverses_id is not None


class VoucherLine(models.Model):
    """One debit or credit. Exactly one of the two columns is not zero; a red reversal has it negative."""

    voucher = models.ForeignKey(Voucher, models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    summary = models.CharField(max_length=200)
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="lines", db_index=False)
    debit = models.DecimalField(max_digits=18, decimal_places=2, default=0)
    credit = models.DecimalField(max_digits=18, decimal_places=2, default=0)
    department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+", db_index=False)
    employee = models.ForeignKey(Employee, models.PROTECT, null=True, related_name="+", db_index=False)
    project = models.ForeignKey(Project, models.PROTECT, null=True, related_name="+", db_index=False)
    cost_centre = models.ForeignKey(CostCentre, models.PROTECT, null=True, related_name="+", db_index=False)
    expense_type = models.ForeignKey(ExpenseType, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(debit=0) & ~Q(credit=0)) | (Q(credit=0) & ~Q(debit=0)), name="debit_or_credit"
            ),
            models.UniqueConstraint(fields=["voucher", "position"], name="voucher_line_position"),
        ]

    def __str__(self) -> str:
        return f"{self.voucher_id}/{self.position}"


class VatDecision(models.Model):
    """What was decided about one invoice's input VAT, and by which rule: the answer to the tax inspector."""

    voucher = models.ForeignKey(Voucher, models.CASCADE, related_name="vat_decisions")
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="vat_decisions")
    rule = models.ForeignKey(VatRule, models.PROTECT, null=True, related_name="+", db_index=False)
    kind = models.CharField(max_length=20, choices=InvoiceKind.choices)
    reason = models.CharField(max_length=20, choices=VatReason.choices)
    claimed = models.DecimalField(max_digits=18, decimal_places=2)  # of the invoice's total, with tax
    base = models.DecimalField(max_digits=18, decimal_places=2)  # the whole invoice's price without tax
    printed = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    computed = models.DecimalField(max_digits=18, decimal_places=2, null=True)  # by the rule's rate, to compare
    deductible = models.DecimalField(max_digits=18, decimal_places=2)  # of what is claimed
    decided_by = models.ForeignKey(Employee, models.PROTECT, null=True, related_name="+", db_index=False)
    because = models.CharField(max_length=200, blank=True)  # a person's reason; empty when the rules decided

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["voucher", "invoice"], name="vat_decision_once"),
            models.CheckConstraint(
                condition=Q(decided_by=None, because="") | (Q(decided_by__isnull=False) & ~Q(because="")),
                name="vat_decided_because",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id}: {self.deductible} ({self.reason})"

    @property
    def differs(self) -> bool:
        """Whether the printed tax is more than a rounding away from what the rule's rate gives."""
        return self.printed is not None and self.computed is not None and abs(self.printed - self.computed) > PENNY


class Export(models.Model):
    """One file handed to the ERP: how many vouchers, which sums, by whom, and why again if it was again."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="voucher_exports")
    number = models.CharField(max_length=30)
    format = models.CharField(max_length=10)  # a key of vouchers.exporters.FORMATS
    vouchers = models.ManyToManyField(Voucher, related_name="exports", through="ExportedVoucher")
    voucher_count = models.PositiveIntegerField()
    row_count = models.PositiveIntegerField()
    debit_total = models.DecimalField(max_digits=20, decimal_places=2)
    exported_by = models.ForeignKey(Employee, models.PROTECT, related_name="+", db_index=False)
    exported_at = models.DateTimeField()
    again_because = models.CharField(max_length=200, blank=True)
    stored = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints = [models.UniqueConstraint(fields=["company", "number"], name="export_number")]

    def __str__(self) -> str:
        return self.number

    @property
    def audit_type(self) -> str:
        return "export"

    @property
    def audit_label(self) -> str:
        return self.number


class ExportedVoucher(models.Model):
    """A voucher in an export. The first export of a voucher is unique; later ones say so."""

    export = models.ForeignKey(Export, models.PROTECT, related_name="+")
    voucher = models.ForeignKey(Voucher, models.PROTECT, related_name="+")
    again = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["export", "voucher"], name="voucher_once_an_export"),
            models.UniqueConstraint(fields=["voucher"], condition=Q(again=False), name="voucher_exported_once"),
        ]

    def __str__(self) -> str:
        return f"{self.export_id}: {self.voucher_id}"
