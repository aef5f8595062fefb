"""Accounts, posting rules, vouchers (凭证) and their exports.

A voucher balances by a deferred constraint of the database; a posted one never changes; a correction is a reversal that
names its original.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.models import StoredFile
from directory.models import Company, CostCentre, Department, Employee, ExpenseType, Project
from invoices.models import Invoice
from reimburse.models import Document


class Account(models.Model):
    """An account of a company's chart (科目), and which dimensions its entries carry."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="accounts")
    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    by_department = models.BooleanField(_("by department"), default=False)
    by_employee = models.BooleanField(_("by employee"), default=False)
    by_project = models.BooleanField(_("by project"), default=False)
    active = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering: ClassVar = ["code"]
        constraints = [models.UniqueConstraint(fields=["company", "code"], name="account_code")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class ExpenseAccount(models.Model):
    """Posting rule: which account an expense type goes to, by the nature of the cost centre that bears it."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    expense_type = models.ForeignKey(ExpenseType, models.PROTECT, related_name="posting_rules")
    nature = models.CharField(max_length=16, choices=CostCentre.Nature.choices)
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")

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
        INPUT_VAT = "input_vat", _("input VAT")  # 进项税额 2221.01.02
        EMPLOYEE_PAYABLE = "employee_payable", _("payable to employees")  # 其他应付款 2241
        EMPLOYEE_ADVANCE = "employee_advance", _("advances to employees")  # 其他应收款 1221
        WELFARE_PAYABLE = "welfare_payable", _("staff welfare payable")  # 应付职工薪酬 2211.02
        BANK = "bank", _("bank")  # 银行存款 1002

    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("fixed account")
        verbose_name_plural = _("fixed accounts")
        constraints = [models.UniqueConstraint(fields=["company", "purpose"], name="fixed_account_once")]

    def __str__(self) -> str:
        return f"{self.purpose}: {self.account}"


class VatRule(models.Model):
    """Whether and how an invoice of some kind gives input VAT, from a day on (reference: 增值税法, 公告2026年第13号)."""

    class Method(models.TextChoices):
        PRINTED = "printed", _("the tax printed on it")
        INCLUDED = "included", _("included in the price: price ÷ (1 + rate) × rate")
        NONE = "none", _("none")

    kind = models.CharField(_("kind of invoice"), max_length=30)  # vouchers.vat.classify's word for it
    method = models.CharField(max_length=8, choices=Method.choices)
    rate = models.DecimalField(max_digits=6, decimal_places=4, null=True, blank=True)
    needs_traveller = models.BooleanField(_("only with the traveller's name"), default=False)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("input VAT rule")
        verbose_name_plural = _("input VAT rules")
        ordering: ClassVar = ["kind", "starts_on"]
        constraints = [models.UniqueConstraint(fields=["kind", "starts_on"], name="vat_rule_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.starts_on}"


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
    dated_on = models.DateField()  # the company's local date
    summary = models.CharField(max_length=200)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.DRAFT)
    version = models.PositiveIntegerField(default=1)
    total = models.DecimalField(max_digits=18, decimal_places=2)
    attachment_count = models.PositiveSmallIntegerField(default=0)
    problem = models.JSONField(default=dict)  # a missing mapping {code, params}: named, fixable, blocks posting
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")
    prepared_by = models.ForeignKey(Employee, models.PROTECT, null=True, related_name="+", db_index=False)
    posted_by = models.ForeignKey(Employee, models.PROTECT, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField()
    posted_at = models.DateTimeField(null=True)
    exported_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document"], condition=Q(reverses=None) & ~Q(status="reversed"), name="one_voucher_a_document"
            ),
            models.CheckConstraint(
                condition=Q(status="draft", number=None, posted_at=None)
                | Q(status__in=["posted", "reversed"], number__isnull=False, posted_at__isnull=False),
                name="voucher_posted",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-dated_on", "-id"], name="voucher_company_date"),
        ]

    def __str__(self) -> str:
        return self.audit_label

    @property
    def audit_type(self) -> str:
        return "voucher"

    @property
    def audit_label(self) -> str:
        return f"{self.word}-{self.number:04}" if self.number else self.summary


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
    reason = models.CharField(max_length=30)  # deductible, no_rule, use_blocked, small_taxpayer, other_buyer, no_traveller
    base = models.DecimalField(max_digits=18, decimal_places=2)
    printed = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    deductible = models.DecimalField(max_digits=18, decimal_places=2)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["voucher", "invoice"], name="vat_decision_once")]

    def __str__(self) -> str:
        return f"{self.invoice_id}: {self.deductible} ({self.reason})"


class Export(models.Model):
    """One file handed to the ERP: how many vouchers, which sums, by whom, and why again if it was again."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="voucher_exports")
    number = models.CharField(max_length=30)
    format = models.CharField(max_length=10)  # csv, xlsx
    vouchers = models.ManyToManyField(Voucher, related_name="exports", through="ExportedVoucher")
    voucher_count = models.PositiveIntegerField()
    debit_total = models.DecimalField(max_digits=20, decimal_places=2)
    exported_by = models.ForeignKey(Employee, models.PROTECT, related_name="+", db_index=False)
    exported_at = models.DateTimeField()
    again_because = models.CharField(max_length=200, blank=True)
    stored = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
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
