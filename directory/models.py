"""Who and what exists: the group's companies, their people, departments, rights and master data.

Every row of a company carries `company`. One Employee is one human in the whole group; a Post is what ties her to a
company and a department.
"""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin, UserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Named(models.Model):
    """A thing with a Chinese name and, where given, an English one."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.shown_name

    @property
    def shown_name(self) -> str:
        english = (get_language() or "").startswith("en")
        return self.name_en if english and self.name_en else self.name


class Company(Named):
    """A legal entity of the group: the tenant, the buyer on its invoices, the owner of its books."""

    class TaxpayerKind(models.TextChoices):
        GENERAL = "general", _("general taxpayer")  # 一般纳税人: may deduct input VAT
        SMALL = "small", _("small-scale taxpayer")  # 小规模纳税人: may not

    class Chart(models.TextChoices):
        ENTERPRISE = "enterprise", _("Accounting Standards for Business Enterprises")  # 企业会计准则
        SMALL = "small", _("Accounting Standards for Small Enterprises")  # 小企业会计准则

    code = models.CharField(_("code"), max_length=20, unique=True)
    short_name = models.CharField(_("short name"), max_length=40)
    tax_id = models.CharField(_("tax id"), max_length=20, unique=True)
    taxpayer_kind = models.CharField(
        _("taxpayer kind"), max_length=10, choices=TaxpayerKind.choices, default=TaxpayerKind.GENERAL
    )
    chart = models.CharField(_("accounting standards"), max_length=12, choices=Chart.choices, default=Chart.ENTERPRISE)
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        ordering: ClassVar = ["code"]


class EmployeeManager(UserManager["Employee"]):
    def _create_user(self, username: str, email: str | None, password: str | None, **extra: Any) -> Employee:
        employee = self.model(username=username, email=self.normalize_email(email), **extra)
        employee.set_password(password)
        employee.save(using=self._db)
        return employee


class Employee(AbstractBaseUser, PermissionsMixin):
    """One human in the whole group. Never deleted: she leaves (`is_active` false, posts ended)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    username = models.CharField(_("sign-in name"), max_length=60, unique=True, validators=[UnicodeUsernameValidator()])
    staff_number = models.CharField(_("staff number"), max_length=30, blank=True)
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    # Pinyin, so that lists sort as people expect.
    sort_key = models.CharField(_("sorted as"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    is_staff = models.BooleanField(_("may use the administrators' admin"), default=False)
    is_active = models.BooleanField(_("works here"), default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects = EmployeeManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar = ["name"]

    class Meta:
        verbose_name = _("employee")
        verbose_name_plural = _("employees")

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        english = (get_language() or "").startswith("en")
        return self.name_en if english and self.name_en else self.name


class Department(Named):
    company = models.ForeignKey(Company, models.PROTECT, related_name="departments", verbose_name=_("company"))
    code = models.CharField(_("code"), max_length=20)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    head = models.ForeignKey(
        Employee, models.PROTECT, null=True, blank=True, related_name="heads", verbose_name=_("head")
    )
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        ordering: ClassVar = ["code"]
        constraints = [models.UniqueConstraint(fields=["company", "code"], name="department_code")]


class CostCentre(Named):
    """Who bears the cost. Its nature chooses the account: administration 6602, sales 6601, R&D 5301…"""

    class Nature(models.TextChoices):
        ADMINISTRATION = "administration", _("administration")
        SALES = "sales", _("sales")
        RESEARCH = "research", _("research and development")
        PRODUCTION = "production", _("production")

    company = models.ForeignKey(Company, models.PROTECT, related_name="cost_centres", verbose_name=_("company"))
    code = models.CharField(_("code"), max_length=20)
    nature = models.CharField(_("nature"), max_length=16, choices=Nature.choices, default=Nature.ADMINISTRATION)
    # Whose budget pays.
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="cost_centres", verbose_name=_("department")
    )
    owner = models.ForeignKey(
        Employee, models.PROTECT, null=True, blank=True, related_name="cost_centres_owned", verbose_name=_("owner")
    )
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("cost centre")
        verbose_name_plural = _("cost centres")
        ordering: ClassVar = ["code"]
        constraints = [models.UniqueConstraint(fields=["company", "code"], name="cost_centre_code")]


class Project(Named):
    company = models.ForeignKey(Company, models.PROTECT, related_name="projects", verbose_name=_("company"))
    code = models.CharField(_("code"), max_length=20)
    manager = models.ForeignKey(
        Employee, models.PROTECT, null=True, blank=True, related_name="projects_managed", verbose_name=_("manager")
    )
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        ordering: ClassVar = ["code"]
        constraints = [models.UniqueConstraint(fields=["company", "code"], name="project_code")]


class ExpenseType(Named):
    """What money is spent on. `use` decides whether input VAT may be deducted at all (增值税法 art. 22)."""

    class Use(models.TextChoices):
        BUSINESS = "business", _("business use")
        TRAVEL = "travel", _("passenger transport")
        ENTERTAINMENT = "entertainment", _("business entertainment")  # 业务招待: never deductible
        CATERING = "catering", _("catering")  # 餐饮: never deductible
        WELFARE = "welfare", _("staff welfare")  # 集体福利: never deductible, passes through 2211
        ALLOWANCE = "allowance", _("allowance")  # 差旅补助: no invoice

    company = models.ForeignKey(Company, models.PROTECT, related_name="expense_types", verbose_name=_("company"))
    code = models.CharField(_("code"), max_length=20)
    icon = models.CharField(_("icon"), max_length=30, default="receipt-2")
    use = models.CharField(_("use"), max_length=16, choices=Use.choices, default=Use.BUSINESS)
    needs_invoice = models.BooleanField(_("needs an invoice"), default=True)
    keywords = models.CharField(_("words on invoices that suggest it"), max_length=300, blank=True)  # space separated
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("expense type")
        verbose_name_plural = _("expense types")
        ordering: ClassVar = ["position", "code"]
        constraints = [models.UniqueConstraint(fields=["company", "code"], name="expense_type_code")]


class Supplier(Named):
    company = models.ForeignKey(Company, models.PROTECT, related_name="suppliers", verbose_name=_("company"))
    code = models.CharField(_("code"), max_length=30)
    tax_id = models.CharField(_("tax id"), max_length=20, blank=True)
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("supplier")
        verbose_name_plural = _("suppliers")
        ordering: ClassVar = ["code"]
        constraints = [models.UniqueConstraint(fields=["company", "code"], name="supplier_code")]


class Post(models.Model):
    """An employee's place in a company: department, title, manager, from when to when."""

    employee = models.ForeignKey(Employee, models.PROTECT, related_name="posts", verbose_name=_("employee"))
    company = models.ForeignKey(Company, models.PROTECT, related_name="posts", verbose_name=_("company"))
    department = models.ForeignKey(Department, models.PROTECT, related_name="posts", verbose_name=_("department"))
    title = models.CharField(_("title"), max_length=60, blank=True)
    level = models.PositiveSmallIntegerField(_("level"), default=1)
    manager = models.ForeignKey(
        Employee, models.PROTECT, null=True, blank=True, related_name="reports", verbose_name=_("manager")
    )
    cost_centre = models.ForeignKey(
        CostCentre, models.PROTECT, null=True, blank=True, related_name="posts", verbose_name=_("cost centre")
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)
    primary = models.BooleanField(_("main post"), default=True)

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="post_ends_after_start"
            ),
            models.UniqueConstraint(
                fields=["employee"], condition=Q(primary=True, ends_on=None), name="one_primary_post"
            ),
        ]
        indexes = [models.Index(fields=["company", "employee"], name="post_company")]

    def __str__(self) -> str:
        return f"{self.employee} {self.title}".strip()


class Role(Named):
    """A named bundle of rights (`directory.rights`), which grants hand to people."""

    code = models.CharField(_("code"), max_length=30, unique=True)
    rights = models.JSONField(_("rights"), default=list)

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering: ClassVar = ["code"]


class Grant(models.Model):
    """A role given to somebody, in one company or (company empty) in the whole group."""

    employee = models.ForeignKey(Employee, models.PROTECT, related_name="grants", verbose_name=_("employee"))
    role = models.ForeignKey(Role, models.PROTECT, related_name="grants", verbose_name=_("role"))
    company = models.ForeignKey(
        Company, models.PROTECT, null=True, blank=True, related_name="grants", verbose_name=_("company")
    )

    class Meta:
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        constraints = [
            models.UniqueConstraint(fields=["employee", "role", "company"], name="grant_once", nulls_distinct=False),
        ]

    def __str__(self) -> str:
        return f"{self.employee}: {self.role}"


class Period(models.Model):
    """An accounting month of a company's books. Nothing is posted into a closed one."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="periods", verbose_name=_("company"))
    year = models.PositiveSmallIntegerField(_("year"))
    month = models.PositiveSmallIntegerField(_("month"))
    closed = models.BooleanField(_("closed"), default=False)

    class Meta:
        verbose_name = _("accounting period")
        verbose_name_plural = _("accounting periods")
        ordering: ClassVar = ["-year", "-month"]
        constraints = [
            models.UniqueConstraint(fields=["company", "year", "month"], name="period_once"),
            models.CheckConstraint(condition=Q(month__gte=1, month__lte=12), name="period_month"),
        ]

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02}"
