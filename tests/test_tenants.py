"""Another company's object is not there: every address of the product is walked as a stranger.

The walk takes the list of addresses from the product itself. An address with an id that has no sample below fails the
test, so that a new page cannot be forgotten. Each sample is first opened by somebody who may see it, which shows that
the stranger's 404 is about the stranger.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from common import files, outbox
from directory import rights
from directory.models import Employee
from invoices.models import Holding, InvoiceFile
from reimburse import services as reimburse
from reimburse.models import Document
from tests.builders import NOON, grant, make_world
from tests.invoices.build import make_invoice
from tests.oa import builders as oa
from tests.reimburse import build
from tests.stories.books import Books, special, spent
from vouchers import services as vouchers

PUBLIC = {"login", "set_language", None}  # addresses that nobody has to be signed in for
FORM = {
    "version": 1,
    "comment": "x",
    "reason": "x",
    "action": "approve",
    "deductible": "1.00",
    "because": "x",
}  # complete enough for the object to be looked for
SECRET_TITLE = "只有本公司能看的标题"


@dataclass(frozen=True)
class Sample:
    """An object of Alice's company under an address, and who of her company may see it."""

    kwargs: dict[str, Any]
    insider: Employee


@dataclass
class Stage:
    samples: dict[str, Sample]
    stranger: Employee
    words: list[str]  # what must never be on a stranger's page


def addresses(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every named address of our own; the administrators' admin has its own guard."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            if entry.app_name == "admin":
                continue
            inner = f"{prefix}{entry.namespace}:" if entry.namespace else prefix
            yield from addresses(entry, inner)
        elif entry.name:
            yield f"{prefix}{entry.name}", entry


def with_ids() -> list[str]:
    return sorted({name for name, entry in addresses() if entry.pattern.converters})


def without_ids() -> list[str]:
    return sorted({name for name, entry in addresses() if not entry.pattern.converters})


@pytest.fixture
def stage(db: None) -> Stage:
    """One of everything in Alice's company; Dan works elsewhere and there has every right there is."""
    world = make_world()
    books = Books(world, chart="enterprise")
    for right in rights.RIGHTS:
        grant(world.dan, right, company=world.other_company)
    grant(world.carol, rights.MANAGE_CONNECTIONS, company=world.company)

    posted = books.claim(spent("office", "113.00", special("100.00", "13.00")))
    voucher = books.post(posted)
    export = vouchers.export(
        company=world.company, actor=world.carol, format="csv", voucher_ids=[voucher.public_id], at=NOON
    )
    approved = books.claim(spent("office", "226.00", special("200.00", "26.00")))

    invoice = make_invoice(world.alice, world.company, total="88.00")
    stored = files.store(b"%PDF-1.4 sample", media_type=files.PDF)
    picture = files.store(b"\x89PNG\r\n\x1a\n sample", media_type="image/png")
    file = InvoiceFile.objects.create(
        invoice=invoice,
        stored=stored,
        preview=picture,
        name="a.pdf",
        source_kind="pdf",
        received_at=NOON,
        received_from=world.alice,
    )
    draft = reimburse.create_claim(employee=world.alice, invoice_ids=[invoice.public_id], at=NOON)
    draft = reimburse.save_draft(
        document_id=draft.public_id,
        employee=world.alice,
        version=draft.version,
        changes=reimburse.Changes(head={"title": SECRET_TITLE}),
        at=NOON,
    )
    draft = reimburse.attach(
        document_id=draft.public_id,
        employee=world.alice,
        version=draft.version,
        name="note.txt",
        content=b"a hotel folio",
        at=NOON,
    )
    attachment = draft.attachments.get()
    waiting = build.submit(build.make_claim(world, "45.00", expense_type=world.office))
    subscription = oa.make_subscription(world.company, "https://oa-of-alice.example.com/hook")
    host = oa.allow_loopback(world.company)
    oa.happen(world.company, "claim.submitted")
    while outbox.work_one():
        if (delivery := subscription.deliveries.first()) is not None:
            break

    line = build.lines_of(draft)[0]
    node = books.company.budget_nodes.filter(department=world.department).get()
    of_draft = {"document_id": draft.public_id}
    of_line = of_draft | {"line_id": line.public_id}
    holding = Holding.objects.get(invoice=invoice)
    samples: dict[str, Sample] = {}

    def put(insider: Employee, *names: str, **given: Any) -> None:
        samples.update({name: Sample(given, insider) for name in names})

    put(world.alice, "invoices:file", "invoices:preview", public_id=file.public_id)
    put(world.alice, "invoices:invoice", "invoices:confirm", public_id=invoice.public_id)
    put(world.alice, "invoices:remove", public_id=holding.public_id)
    put(
        world.alice,
        *(
            f"reimburse:{name}"
            for name in ["document", "edit", "save", "submit", "add_line", "add_invoices", "picker", "upload"]
        ),
        *(f"reimburse:{name}" for name in ["arrive", "attach", "delete"]),
        **of_draft,
    )
    put(world.alice, "reimburse:withdraw", document_id=waiting.public_id)
    put(world.alice, "reimburse:remove_line", "reimburse:pane_evidence", **of_line)
    put(world.alice, "reimburse:move_line", **of_line, by="up")
    put(world.alice, "reimburse:take_invoice_off", **of_line, invoice_id=invoice.public_id)
    put(
        world.alice,
        "reimburse:attachment",
        "reimburse:remove_attachment",
        **of_draft,
        attachment_id=attachment.public_id,
    )
    put(world.alice, "reimburse:invoice_preview", "reimburse:invoice_file", **of_draft, invoice_id=invoice.public_id)
    slot = build.open_slot(waiting)
    put(world.bob, "approvals:show", "approvals:decide", "approvals:transfer", slot_id=slot.public_id)
    put(world.carol, "budgets:node", node_id=node.public_id)
    put(world.carol, "vouchers:export_file", export_id=export.public_id)
    put(world.carol, "vouchers:draft_again", document_id=approved.public_id)
    put(world.carol, "vouchers:of_document", document_id=voucher.document.public_id)
    put(
        world.carol,
        *(f"vouchers:{name}" for name in ["voucher", "edit", "post", "redraft", "reverse"]),
        voucher_id=voucher.public_id,
    )
    decision = voucher.vat_decisions.get()
    put(world.carol, "vouchers:decide_vat", voucher_id=voucher.public_id, invoice_id=decision.invoice.public_id)
    for name in with_ids():
        if name.startswith("oa:"):
            ids = _oa_ids(name, {"connection": subscription.public_id, "delivery": delivery.public_id, "host": host.pk})
            put(world.carol, name, **ids)
    words = [posted.number, waiting.number, SECRET_TITLE, invoice.number, export.number, "oa-of-alice.example.com"]
    return Stage(samples, world.dan, words)


def _oa_ids(name: str, known: dict[str, Any]) -> dict[str, Any]:
    """The hooks' addresses name what they are about: connection_id, delivery_id, host_id."""
    entry = next(entry for found, entry in addresses() if found == name)
    return {key: known[key.removesuffix("_id")] for key in entry.pattern.converters}


def signed_in(person: Employee) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_every_address_with_an_id_has_a_sample(stage: Stage) -> None:
    assert set(with_ids()) - set(stage.samples) == set()


def test_another_companys_object_is_not_there(stage: Stage) -> None:
    stranger = signed_in(stage.stranger)
    for name in with_ids():
        sample = stage.samples[name]
        address = reverse(name, kwargs=sample.kwargs)
        insider = signed_in(sample.insider)
        seen = insider.get(address)
        assert seen.status_code != 404, f"{name}: the sample is not there for its own people either"
        assert "no-store" in seen.headers["Cache-Control"], f"{name} stays in the browser after signing out"
        assert stranger.get(address).status_code in (404, 405), name
        for headers in ({}, {"HX-Request": "true"}, {"Accept": "application/json"}):
            answer = stranger.post(address, FORM, headers=headers)
            assert answer.status_code in (404, 405), f"{name} {headers}: {answer.status_code}"
        assert 404 in (stranger.get(address).status_code, stranger.post(address, FORM).status_code), name


def test_lists_say_nothing_of_another_company(stage: Stage) -> None:
    stranger = signed_in(stage.stranger)
    seen = 0
    for name in without_ids():
        if name in PUBLIC or name == "logout":
            continue
        answer = stranger.get(reverse(name), {"q": "BX-2026", "chip": "all", "scope": "company"})
        assert answer.status_code in (200, 302, 404, 405), f"{name}: {answer.status_code}"
        if answer.status_code == 200 and not answer.streaming:
            seen += 1
            page = answer.content.decode()
            for word in stage.words:
                assert word not in page, f"{word} is on {name}"
    assert seen > 8


def test_nobody_sees_anything_without_signing_in(stage: Stage) -> None:
    nobody = Client()
    for name in [*with_ids(), *without_ids()]:
        if name in PUBLIC:
            continue
        kwargs = stage.samples[name].kwargs if name in stage.samples else {}
        for answer in (nobody.get(reverse(name, kwargs=kwargs)), nobody.post(reverse(name, kwargs=kwargs))):
            assert answer.status_code in (302, 401, 403, 405), f"{name}: {answer.status_code}"
            if answer.status_code == 302:
                assert answer.headers["Location"].startswith(reverse("login")), name


def test_the_walk_changed_nothing(stage: Stage) -> None:
    """A stranger's requests leave no trace in the other company's documents."""
    before = list(Document.objects.order_by("pk").values_list("pk", "status", "version"))
    test_another_companys_object_is_not_there(stage)
    after = list(Document.objects.order_by("pk").values_list("pk", "status", "version"))
    assert before == after
