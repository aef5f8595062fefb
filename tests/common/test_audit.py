"""The audit trail: one row for what happened, written with it, never changed."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import translation

from common import audit
from common.context import coming_from
from common.models import AuditEntry
from tests.builders import NOON, World, make_employee

pytestmark = pytest.mark.django_db


@pytest.fixture
def about(world: World) -> audit.About:
    return audit.About("document", uuid4(), "BX-2026-000001", world.company.pk)


@pytest.fixture
def as_app() -> Iterator[None]:
    """The database role that the programs run as."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE reimburse_app")
        yield
        cursor.execute("RESET ROLE")


def test_the_trail_keeps_the_name_in_the_file_whatever_the_language_of_the_page(about: audit.About) -> None:
    bob = make_employee("xuqinghe", name="许清和", name_en="Xu Qinghe")
    with translation.override("en"):
        assert bob.display_name == "Xu Qinghe"
        entry = audit.record("claim.decided", about, actor=bob, on_behalf_of=bob, at=NOON)
    assert (entry.actor_name, entry.on_behalf_of_name) == ("许清和", "许清和")


def test_an_entry_says_who_on_whose_behalf_when_and_from_where(world: World, about: audit.About) -> None:
    with coming_from("web", "request-7"):
        entry = audit.record(
            "claim.decided", about, actor=world.bob, on_behalf_of=world.erin, at=NOON, data={"action": "approve"}
        )
    entry.refresh_from_db()
    assert (entry.actor_id, entry.actor_name) == (world.bob.pk, "Bob")
    assert (entry.on_behalf_of_id, entry.on_behalf_of_name) == (world.erin.pk, "Erin")
    assert (entry.at, entry.source, entry.request_id) == (NOON, "web", "request-7")
    assert (entry.subject_type, entry.subject_label, entry.company_id) == (
        "document",
        about.audit_label,
        world.company.pk,
    )
    assert entry.data == {"action": "approve"}


def test_what_the_system_does_by_itself_has_no_actor(about: audit.About) -> None:
    assert audit.record("voucher.drafted", about, actor=None, at=NOON).actor_id is None


def test_the_timeline_of_a_subject_is_in_the_order_of_events_and_has_no_others(
    world: World, about: audit.About
) -> None:
    other = audit.About("document", uuid4(), "BX-2026-000002", world.company.pk)
    for subject, kind in ((about, "claim.created"), (other, "claim.created"), (about, "claim.submitted")):
        audit.record(kind, subject, actor=world.alice, at=NOON)
    assert [entry.kind for entry in audit.timeline(about.public_id)] == ["claim.created", "claim.submitted"]


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_the_transaction_of_its_change_is_refused(about: audit.About) -> None:
    with pytest.raises(RuntimeError, match="inside the transaction"):
        audit.record("claim.submitted", about, actor=None, at=NOON)
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("statement", [
    "UPDATE common_auditentry SET actor_name = 'Mallory'",
    "DELETE FROM common_auditentry",
    "TRUNCATE common_auditentry CASCADE",
])  # fmt: skip
def test_the_programs_may_not_change_the_trail(about: audit.About, as_app: None, statement: str) -> None:
    audit.record("claim.submitted", about, actor=None, at=NOON)  # adding works
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(statement)


def test_a_role_with_all_rights_could_change_it(about: audit.About) -> None:
    entry = audit.record("claim.submitted", about, actor=None, at=NOON)
    AuditEntry.objects.filter(pk=entry.pk).update(actor_name="Mallory")  # why the programs do not run as such a role
    entry.refresh_from_db()
    assert entry.actor_name == "Mallory"
