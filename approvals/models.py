"""Approval requests, their routes and slots.

A request holds a title, an amount, the facts that chose its route, and the route itself, kept as a snapshot: a rule
change never moves a running request. One viewflow task stands for a step; one Slot for one approver's turn in it, and
the open slots are the inbox.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from viewflow.workflow.models import Process, Task

from directory.models import Company, CostCentre, Department, Employee

if TYPE_CHECKING:
    from approvals.flows import Course


class Route(models.Model):
    """A route as administrators write it: for whom it is (conditions) and its steps. The first, by position, that fits
    is taken."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="routes", verbose_name=_("company"))
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80, blank=True)
    kind = models.CharField(_("kind of document"), max_length=30)
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    version = models.PositiveIntegerField(_("version"), default=1)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("route")
        verbose_name_plural = _("routes")
        ordering: ClassVar = ["company", "kind", "position", "pk"]

    def __str__(self) -> str:
        return self.name


class RouteStep(models.Model):
    """One step: who approves (source), whether all or any of them must, and under which conditions the route has it."""

    class Source(models.TextChoices):
        MANAGER = "manager", _("manager, so many levels up")
        DEPARTMENT_HEAD = "department_head", _("head of the department")
        COST_CENTRE_OWNER = "cost_centre_owner", _("owner of the cost centre")
        ROLE = "role", _("holders of a role")
        PEOPLE = "people", _("named people")

    class Rule(models.TextChoices):
        ALL = "all", _("all of them")
        ANY = "any", _("any one of them")

    route = models.ForeignKey(Route, models.CASCADE, related_name="steps", verbose_name=_("route"))
    position = models.PositiveSmallIntegerField(_("position"), default=10)
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    source = models.CharField(_("who"), max_length=20, choices=Source.choices)
    level = models.PositiveSmallIntegerField(_("levels up"), default=1)
    role = models.CharField(_("role"), max_length=30, blank=True)
    people = models.ManyToManyField(Employee, verbose_name=_("people"), blank=True)
    rule = models.CharField(_("how many"), max_length=4, choices=Rule.choices, default=Rule.ALL)

    class Meta:
        verbose_name = _("route step")
        verbose_name_plural = _("route steps")
        ordering: ClassVar = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class Condition(models.Model):
    """One condition on a declared fact. All conditions of a route (or of a step) must hold."""

    class Operator(models.TextChoices):
        IS = "is", _("is")
        IS_NOT = "is_not", _("is not")
        IN = "in", _("is one of")
        HAS_ANY = "has_any", _("contains one of")
        HAS_NONE = "has_none", _("contains none of")
        AT_LEAST = "at_least", _("at least")
        BELOW = "below", _("below")

    route = models.ForeignKey(Route, models.CASCADE, null=True, blank=True, related_name="conditions")
    step = models.ForeignKey(RouteStep, models.CASCADE, null=True, blank=True, related_name="conditions")
    fact = models.CharField(_("fact"), max_length=40)
    operator = models.CharField(_("operator"), max_length=10, choices=Operator.choices, default=Operator.IS)
    value = models.CharField(_("value"), max_length=300)  # several are separated by commas

    class Meta:
        verbose_name = _("condition")
        verbose_name_plural = _("conditions")
        constraints = [
            models.CheckConstraint(
                condition=Q(route__isnull=False, step=None) | Q(route=None, step__isnull=False),
                name="condition_of_route_or_step",
            )
        ]

    def __str__(self) -> str:
        return f"{self.fact} {self.operator} {self.value}"


class ApprovalProcess(Process):
    """viewflow's process of one round, without a column of ours: it saves all columns whenever it saves."""

    course: Course  # what the nodes need to know; set in memory by whoever moves the flow

    class Meta:
        proxy = True


class ApprovalRequest(models.Model):
    """One question put to approvers, with everything the inbox row shows."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RETURNED = "returned", _("returned")
        APPROVED = "approved", _("approved")
        REJECTED = "rejected", _("rejected")
        WITHDRAWN = "withdrawn", _("withdrawn")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="approval_requests")
    kind = models.CharField(max_length=30)
    subject_id = models.UUIDField(unique=True)  # the document's public id: one request a document, in rounds
    number = models.CharField(max_length=30)
    title = models.CharField(max_length=120)
    applicant = models.ForeignKey(Employee, models.PROTECT, related_name="approval_requests")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", db_index=False)
    cost_centre = models.ForeignKey(CostCentre, models.PROTECT, related_name="+", db_index=False)
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    currency = models.CharField(max_length=3, default="CNY")
    facts = models.JSONField(default=dict)
    attention = models.JSONField(default=list)  # findings (code, severity, params) that deserve an approver's eye
    route = models.JSONField(default=dict)  # approvals.snapshot.Route of this round
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    round = models.PositiveSmallIntegerField(default=1)
    step = models.PositiveSmallIntegerField(default=0)  # index of the current step in the snapshot
    process = models.OneToOneField(ApprovalProcess, models.PROTECT, null=True, related_name="request")
    submitted_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "returned"], decided_at=None)
                | Q(status__in=["approved", "rejected", "withdrawn"], decided_at__isnull=False),
                name="request_decided_at",
            )
        ]
        indexes = [models.Index(fields=["applicant", "-id"], name="request_applicant")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def audit_type(self) -> str:
        return "document"

    @property
    def audit_label(self) -> str:
        return self.number


class Slot(models.Model):
    """One approver's turn in one step of one round."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("answer", "not yet")
        APPROVED = "approved", pgettext_lazy("answer", "approved")
        REJECTED = "rejected", pgettext_lazy("answer", "rejected")
        RETURNED = "returned", pgettext_lazy("answer", "returned")
        TRANSFERRED = "transferred", pgettext_lazy("answer", "handed over")
        SKIPPED = "skipped", pgettext_lazy("answer", "not needed any more")  # somebody else's answer was enough
        WITHDRAWN = "withdrawn", pgettext_lazy("answer", "taken back")

    class Reason(models.TextChoices):
        ROUTE = "route", _("by the route")
        SELF_APPROVAL = "self_approval", _("moved up, because nobody approves a document of his own")
        VACANT = "vacant", _("moved up, because the department has no head at present")
        LEFT = "left", _("took over, because the approver left")
        UNRESOLVED = "unresolved", _("nobody could be found for this step, so the process administrator decides")
        TRANSFER = "transfer", _("handed over")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    request = models.ForeignKey(ApprovalRequest, models.PROTECT, related_name="slots")
    task = models.ForeignKey(Task, models.PROTECT, related_name="+")
    company = models.ForeignKey(Company, models.PROTECT, related_name="+", db_index=False)
    round = models.PositiveSmallIntegerField()
    step = models.PositiveSmallIntegerField()
    approver = models.ForeignKey(Employee, models.PROTECT, related_name="slots", db_index=False)
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    reason = models.CharField(max_length=14, choices=Reason.choices, default=Reason.ROUTE)
    flagged = models.BooleanField(default=False)  # the request deserves attention: listed first
    transferred_from = models.ForeignKey(Employee, models.PROTECT, null=True, related_name="+", db_index=False)
    comment = models.TextField(blank=True)
    opened_at = models.DateTimeField()
    acted_at = models.DateTimeField(null=True)
    acted_by = models.ForeignKey(Employee, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "approver"], condition=Q(state="open"), name="one_open_slot"),
            models.CheckConstraint(
                condition=Q(state="open", acted_at=None) | (~Q(state="open") & Q(acted_at__isnull=False)),
                name="slot_acted_at",
            ),
        ]
        indexes = [
            models.Index(
                fields=["approver", "-flagged", "-opened_at", "-id"], condition=Q(state="open"), name="slot_inbox"
            ),
            models.Index(fields=["approver", "-acted_at", "-id"], condition=~Q(state="open"), name="slot_done"),
            models.Index(fields=["approver", "request"], name="slot_party"),  # who may see the document
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.approver_id} {self.state}"
