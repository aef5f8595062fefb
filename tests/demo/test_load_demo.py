"""The example group: loaded once, lived by the real services, and never beside real companies."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from approvals.models import Slot
from common import outbox
from common.models import AuditEntry, OutboxMessage
from demo import load
from demo.group import LOGINS, PASSWORD
from demo.plans import UNANSWERED
from directory.models import Company, Employee
from invoices import selectors as invoices
from reimburse.models import Document, Settlement
from tests.builders import NOON
from vouchers.models import Voucher

DOCUMENTS = 12


@pytest.mark.slow
def test_the_past_is_lived_by_the_real_services_and_only_once(transactional_db: None) -> None:
    assert load.load_essentials(at=NOON)
    assert load.load_history(at=NOON, documents=DOCUMENTS)
    expect_documents_of_many_states()
    expect_invoices_to_claim()
    expect_work_on_every_desk()
    call_command("verify_budgets", stdout=StringIO())  # ends with an error where a balance differs from its rows

    outbox.drain()  # what the worker beside it does meanwhile
    assert OutboxMessage.objects.exists()
    assert not OutboxMessage.objects.exclude(state=OutboxMessage.State.DONE).exists()

    before = (Document.objects.count(), AuditEntry.objects.count(), Employee.objects.count())
    assert not load.load_essentials(at=NOON)
    assert not load.load_history(at=NOON, documents=DOCUMENTS)
    assert (Document.objects.count(), AuditEntry.objects.count(), Employee.objects.count()) == before


def expect_documents_of_many_states() -> None:
    documents = Document.objects.all()
    print(sorted(documents.values_list("status", flat=True)))
    assert documents.count() == DOCUMENTS + len(UNANSWERED)
    assert {Document.Status.POSTED, Document.Status.WAITING} <= set(documents.values_list("status", flat=True))
    assert not documents.filter(changed_at__gt=NOON).exists()  # nothing happens in the future
    assert not AuditEntry.objects.filter(at__gt=NOON).exists()
    for waiting in documents.filter(status=Document.Status.WAITING):
        assert Slot.objects.filter(request__subject_id=waiting.public_id, state=Slot.State.OPEN).exists()
    for posted in documents.filter(status=Document.Status.POSTED):
        assert Voucher.objects.filter(document=posted, status=Voucher.Status.POSTED).count() == 1


def expect_invoices_to_claim() -> None:
    person = Employee.objects.get(username="linzhixia")
    assert invoices.wallet_counts(person).ready >= 6


def expect_work_on_every_desk() -> None:
    waiting = Slot.objects.filter(state=Slot.State.OPEN).values_list("approver__username", flat=True)
    print(sorted(waiting))
    assert {"linzhixia", "xuqinghe", "chengyinan"} <= set(waiting)
    assert Document.objects.filter(applicant__username="linzhixia", status=Document.Status.WAITING).exists()
    drafts = Document.objects.filter(status=Document.Status.DRAFT)
    assert not Settlement.objects.filter(claim__in=drafts).exists()


def test_the_command_prints_the_logins_and_they_open(transactional_db: None, settings: Any) -> None:
    settings.DEMO = True
    out = StringIO()
    call_command("load_demo", stdout=out)
    assert PASSWORD in out.getvalue()
    for username, _who in LOGINS:
        assert username in out.getvalue()
        answer = Client().post(reverse("login"), {"username": username, "password": PASSWORD})
        assert answer.status_code == 302, username


@pytest.mark.parametrize("options", [{}, {"history": True}])
def test_without_demo_the_command_makes_nothing(transactional_db: None, settings: Any, options: dict[str, Any]) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("load_demo", **options)
    assert not Company.objects.exists()
    assert not Employee.objects.exists()


def test_a_company_that_is_there_is_not_touched(transactional_db: None) -> None:
    real = Company.objects.create(code="REAL", name="真实公司", short_name="真实", tax_id="91330106MA2K7Y3X4T")
    assert not load.load_essentials(at=NOON)
    assert list(Company.objects.all()) == [real]
    assert not Employee.objects.exists()
