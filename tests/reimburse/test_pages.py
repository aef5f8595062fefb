"""The pages of documents: who sees them, what they do, what they cost."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, reverse

from invoices import services as receiving
from invoices.models import Upload
from reimburse import services, urls
from reimburse.models import Document
from tests.builders import NOON, World, grant
from tests.invoices.papers import paper
from tests.reimburse import build
from tests.reimburse.build import make_invoice
from tests.reimburse.test_edit_draft import PNG
from tests.reimburse.test_settle_advances import settle

HTMX = {"HX-Request": "true"}
KINDS = pytest.mark.parametrize("make", [build.make_claim, build.make_advance])


def address(name: str, document: Document, *ids: Any) -> str:
    return reverse(f"reimburse:{name}", args=[document.public_id, *ids])


def text(response: Any) -> str:
    return response.content.decode()


# --- Two clicks: ticked invoices become a claim, the claim is sent ----------------------------------------------------
def test_from_ticked_invoices_to_a_sent_claim(routed: World, as_alice: Client) -> None:
    invoices = [make_invoice(routed.alice, routed.company, total=total) for total in ("106.00", "53.00")]
    build.make_claim(routed)  # the same seller before: its type is learned
    answer = as_alice.post(reverse("reimburse:create"), {"invoice": [invoice.public_id for invoice in invoices]})
    claim = Document.objects.order_by("-pk").first()
    assert claim is not None
    assert answer["Location"] == address("edit", claim)

    answer = as_alice.post(address("submit", claim), {"version": claim.version, "key": "k"}, headers=HTMX)
    assert answer["HX-Redirect"] == address("document", claim)
    page = text(as_alice.get(address("document", claim)))
    assert "BX-2026-000001" in page
    assert "壹佰伍拾玖元整" in page


@KINDS
def test_the_editor_and_the_page_of_both_kinds(routed: World, as_alice: Client, make) -> None:
    document = make(routed)
    assert as_alice.get(address("edit", document)).status_code == 200
    assert as_alice.get(address("document", document))["Location"] == address("edit", document)  # a draft is edited
    document = build.submit(document)
    assert as_alice.get(address("document", document)).status_code == 200
    assert as_alice.get(address("edit", document))["Location"] == address("document", document)


def test_a_new_advance_is_kept_as_a_draft_even_when_it_cannot_be_sent(routed: World, as_alice: Client) -> None:
    typed = {"purpose": "南京展会备用金", "amount": "5,000.00", "due_on": "", "send": "", "key": "k"}
    answer = as_alice.post(reverse("reimburse:new_advance"), typed)
    advance = Document.objects.get()
    assert answer["Location"] == address("edit", advance)
    assert (advance.status, advance.title) == ("draft", "南京展会备用金")

    answer = as_alice.post(reverse("reimburse:new_advance"), typed | {"due_on": "2026-12-24", "key": "k2"})
    sent = Document.objects.get(status="waiting")
    assert answer["Location"] == address("document", sent)
    assert sent.number == "JK-2026-000001"


def test_a_second_click_on_send_is_answered_like_the_first(routed: World, as_alice: Client) -> None:
    claim = build.make_claim(routed)
    typed = {"version": claim.version, "title": "办公用品", "line": claim.lines.get().public_id, "key": "k"}
    answers = [as_alice.post(address("submit", claim), typed, headers=HTMX) for _click in range(2)]
    assert [answer.headers.get("HX-Redirect") for answer in answers] == [address("document", claim)] * 2
    claim.refresh_from_db()
    assert (claim.round, claim.title) == (1, "办公用品")
    assert as_alice.post(address("submit", claim), typed | {"key": "other"}, headers=HTMX).status_code == 409

    typed = {"purpose": "南京展会备用金", "amount": "5,000.00", "due_on": "2026-12-24", "send": "", "key": "a"}
    answers = [as_alice.post(reverse("reimburse:new_advance"), typed, follow=True) for _click in range(2)]
    advance = Document.objects.get(kind="advance")
    assert [answer.redirect_chain[-1][0] for answer in answers] == [address("document", advance)] * 2
    assert [list(answer.context["messages"]) for answer in answers] == [[], []]


def test_an_advance_without_a_readable_amount_keeps_what_was_typed(world: World, as_alice: Client) -> None:
    answer = as_alice.post(reverse("reimburse:new_advance"), {"purpose": "展会", "amount": "viel", "send": ""})
    assert answer.status_code == 422
    assert 'value="展会"' in text(answer)
    assert not Document.objects.exists()


# --- Saved as one types -----------------------------------------------------------------------------------------------
def save(client: Client, claim: Document, **values: Any) -> Any:
    line = claim.lines.first()
    data = {"version": claim.version, "line": line.public_id if line else ""} | values
    return client.post(address("save", claim), data, headers=HTMX)


def test_typing_is_answered_with_the_foot_and_the_next_version(world: World, as_alice: Client) -> None:
    claim = build.make_claim(world, "106.00")
    answer = save(as_alice, claim, **{"line-amount": "￥80.00", "title": "上海出差"})
    claim.refresh_from_db()
    assert (str(claim.total), claim.title) == ("80.00", "上海出差")
    assert f'name="version" value="{claim.version}"' in text(answer)
    assert "捌拾元整" in text(answer)
    assert 'id="lines"' not in text(answer)  # nothing under the fingers is replaced


def test_what_cannot_be_read_is_said_and_the_rest_is_kept(world: World, as_alice: Client) -> None:
    claim = build.make_claim(world, "106.00")
    answer = save(as_alice, claim, **{"line-amount": "viel", "line-purpose": "打印纸"})
    line = claim.lines.get()
    assert (str(line.amount), line.purpose) == ("106.00", "打印纸")
    assert "bx-field-error" in text(answer)


def test_opening_another_line_saves_what_was_typed_into_this_one(world: World, as_alice: Client) -> None:
    claim = build.make_claim(world, "10.00", "20.00")
    first, second = build.lines_of(claim)
    answer = save(as_alice, claim, **{"line-purpose": "打印纸", "open": second.public_id})
    first.refresh_from_db()
    assert first.purpose == "打印纸"
    assert f'name="line" value="{second.public_id}"' in text(answer)


def test_without_a_script_the_same_form_leads_back_to_the_editor(world: World, as_alice: Client) -> None:
    claim = build.make_claim(world, "10.00")
    line = claim.lines.get()
    data = {"version": claim.version, "line": line.public_id, "line-purpose": "打印纸"}
    answer = as_alice.post(address("save", claim), data)
    assert answer["Location"] == f"{address('edit', claim)}?line={line.public_id}"
    line.refresh_from_db()
    assert line.purpose == "打印纸"


def test_the_older_window_is_told_in_a_toast(world: World, as_alice: Client) -> None:
    claim = build.make_claim(world)
    save(as_alice, claim, title="newer")
    answer = save(as_alice, claim, title="older")
    assert (answer.status_code, answer["HX-Retarget"]) == (409, "#toasts")
    claim.refresh_from_db()
    assert claim.title == "newer"


@pytest.mark.parametrize("version", ["", "x", None])
def test_a_request_without_a_version_is_an_old_one(world: World, as_alice: Client, version: str | None) -> None:
    claim = build.make_claim(world)
    data = {} if version is None else {"version": version}
    assert as_alice.post(address("save", claim), data, headers=HTMX).status_code == 409


def test_lines_by_the_buttons(world: World, as_alice: Client) -> None:
    claim = build.make_claim(world, "10.00", "20.00")
    first, second = build.lines_of(claim)
    for name, ids in (("move_line", [second.public_id, "up"]), ("remove_line", [first.public_id]), ("add_line", [])):
        claim.refresh_from_db()
        answer = as_alice.post(address(name, claim, *ids), {"version": claim.version}, headers=HTMX)
        assert answer.status_code == 200, name
    assert [str(line.amount) for line in build.lines_of(claim)] == ["20.00", "None"]


def test_invoices_from_the_wallet(world: World, as_alice: Client) -> None:
    claim = build.make_claim(world, "10.00")
    free = make_invoice(world.alice, world.company, total="7.00")
    assert str(free.public_id) in text(as_alice.get(address("picker", claim), headers=HTMX))
    assert str(free.public_id) in text(as_alice.get(address("picker", claim)))
    answer = as_alice.post(
        address("add_invoices", claim), {"version": claim.version, "invoice": free.public_id}, headers=HTMX
    )
    claim.refresh_from_db()
    assert (answer.status_code, str(claim.total)) == (200, "17.00")


def test_an_open_advance_is_settled_where_the_claim_is_typed(routed: World, as_alice: Client) -> None:
    advance = build.decide(build.submit(build.make_advance(routed, "5000.00")))
    claim = build.make_claim(routed, "106.00")
    assert advance.number in text(as_alice.get(address("edit", claim)))
    save(as_alice, claim, **{f"settle-{advance.public_id}": "100"})
    assert str(claim.settlements.get().amount) == "100.00"


def test_the_settlement_of_an_advance_that_is_closed_by_now_is_taken_off(routed: World, as_alice: Client) -> None:
    advance = build.decide(build.submit(build.make_advance(routed, "100.00")))
    draft = settle(build.make_claim(routed, "106.00"), advance, "100.00")
    build.submit(settle(build.make_claim(routed, "106.00"), advance, "100.00"))
    field = f"settle-{advance.public_id}"
    assert field in text(as_alice.get(address("edit", draft)))
    save(as_alice, draft, **{field: ""})
    assert not draft.settlements.exists()


def test_a_sum_too_large_for_any_budget_is_not_taken(world: World, as_alice: Client) -> None:
    claim = build.make_claim(world, "10.00", "20.00")
    for line in build.lines_of(claim):
        save(as_alice, claim, **{"line": line.public_id, "line-amount": "9999999999999999.99"})
    assert [str(line.amount) for line in build.lines_of(claim)] == ["10.00", "20.00"]


# --- Files dropped on the editor --------------------------------------------------------------------------------------
def drop(client: Client, claim: Document, *files: tuple[str, bytes]) -> Any:
    dropped = [SimpleUploadedFile(name, content) for name, content in files]
    return client.post(address("upload", claim), {"version": claim.version, "files": dropped}, headers=HTMX)


def test_an_invoice_dropped_on_the_editor_is_read_and_put_on_a_line(world: World, as_alice: Client, reader) -> None:
    claim = build.make_claim(world, "10.00")
    answer = drop(as_alice, claim, ("发票.xml", paper(world.company).xml()))
    claim.refresh_from_db()
    assert [str(line.amount) for line in build.lines_of(claim)] == ["10.00", "1360.00"]
    assert "发票.xml" in text(answer)
    assert 'name="upload"' not in text(answer)  # nothing to be asked after


def test_one_that_takes_longer_is_asked_after(
    world: World, as_alice: Client, reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = build.make_claim(world, "10.00")
    with monkeypatch.context() as slow:
        slow.setattr(receiving, "read_now", lambda **_: None)
        answer = drop(as_alice, claim, ("发票.xml", paper(world.company).xml()))
    upload = Upload.objects.get()
    assert f'name="upload" value="{upload.public_id}"' in text(answer)

    again = {"version": claim.version, "upload": upload.public_id}
    assert f'value="{upload.public_id}"' in text(as_alice.post(address("arrive", claim), again, headers=HTMX))
    receiving.read_now(upload_ids=[upload.pk], at=NOON)
    answer = as_alice.post(address("arrive", claim), again, headers=HTMX)
    claim.refresh_from_db()
    assert (claim.lines.count(), str(claim.total)) == (2, "1370.00")
    assert 'name="upload"' not in text(answer)


def test_nobody_asks_after_somebody_elses_upload(world: World, client: Client, noon: None, reader) -> None:
    claim, bobs = build.make_claim(world), build.make_claim(world, employee=world.bob)
    client.force_login(world.alice)
    drop(client, claim, ("发票.xml", paper(world.company).xml()))
    client.force_login(world.bob)
    upload = Upload.objects.get()
    answer = client.post(address("arrive", bobs), {"version": bobs.version, "upload": upload.public_id}, headers=HTMX)
    assert answer.status_code == 200
    assert "发票.xml" not in text(answer)
    assert bobs.lines.count() == 1


# --- Bad input keeps the draft ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("rechnung.pdf", b"", "0"),
        ("rechnung.pdf", b"MZ" + b"\x00" * 200, "application/x-dosexec"),
        ("rechnung.png", PNG + b"\x00" * (20 * 1024 * 1024), "20"),
    ],
)
def test_a_bad_file_gets_a_sentence(world: World, as_alice: Client, name: str, content: bytes, word: str) -> None:
    claim = build.make_claim(world)
    for target in ("attach", "upload"):
        files = {"version": claim.version, "files": SimpleUploadedFile(name, content)}
        answer = as_alice.post(address(target, claim), files, headers=HTMX)
        assert name in text(answer)
        assert word in text(answer)
    claim.refresh_from_db()
    assert (claim.lines.count(), claim.attachments.count(), claim.status) == (1, 0, "draft")


def test_of_several_attachments_those_that_can_be_taken_are_kept(routed: World, as_alice: Client) -> None:
    claim = build.make_claim(routed)
    sent = (("a.png", PNG), ("empty.pdf", b""), ("b.txt", b"who was there"))
    chosen = [SimpleUploadedFile(name, content) for name, content in sent]
    answer = as_alice.post(address("attach", claim), {"version": claim.version, "files": chosen}, headers=HTMX)
    claim.refresh_from_db()
    assert [attachment.name for attachment in claim.attachments.order_by("pk")] == ["a.png", "b.txt"]
    assert "empty.pdf" in text(answer)
    assert f'name="version" value="{claim.version}"' in text(answer)  # the page goes on from what was kept


def test_an_attachment_is_seen_by_the_approver_and_nobody_else(routed: World, client: Client, noon: None) -> None:
    claim = build.make_claim(routed)
    claim = services.attach(
        document_id=claim.public_id, employee=routed.alice, version=claim.version, name="水单.png", content=PNG, at=NOON
    )
    claim = build.submit(claim)
    attachment = claim.attachments.get()
    for person, status in ((routed.bob, 200), (routed.carol, 200), (routed.erin, 404), (routed.dan, 404)):
        client.force_login(person)
        assert client.get(address("attachment", claim, attachment.public_id)).status_code == status, person


def test_findings_are_all_said_when_it_is_sent_too_early(routed: World, as_alice: Client) -> None:
    claim = build.type_in(build.make_claim(routed), expense_type=None, spent_on=None)
    answer = as_alice.post(address("submit", claim), {"version": claim.version}, headers=HTMX)
    assert answer.status_code == 422
    problem = as_alice.post(
        address("submit", claim), {"version": claim.version}, headers={"Accept": "application/json"}
    )
    assert [finding["code"] for finding in json.loads(problem.content)["findings"]] == ["line_no_type", "line_no_date"]


# --- Who sees what ----------------------------------------------------------------------------------------------------
@KINDS
def test_the_same_page_serves_applicant_approver_and_finance(routed: World, client: Client, noon: None, make) -> None:
    document = build.submit(make(routed))
    slot = build.open_slot(document)
    for person in (routed.alice, routed.bob, routed.carol):
        client.force_login(person)
        page = text(client.get(address("document", document)))
        assert document.number in page
        assert (reverse("approvals:show", args=[slot.public_id]) in page) == (person == routed.bob)
        assert (address("withdraw", document) in page) == (person == routed.alice)


@KINDS
def test_a_draft_is_its_writers_alone(routed: World, client: Client, noon: None, make) -> None:
    document = make(routed)
    for person in (routed.bob, routed.carol, routed.dan):
        client.force_login(person)
        assert client.get(address("document", document)).status_code == 404


def every_route() -> list[URLPattern]:
    return [pattern for pattern in urls.urlpatterns if "document_id" in pattern.pattern.converters]


@KINDS
@pytest.mark.parametrize("pattern", every_route(), ids=lambda pattern: str(pattern.name))
def test_another_companys_document_is_not_there(
    routed: World, client: Client, noon: None, make, pattern: URLPattern
) -> None:
    """Every route of a document, as Dan of the other company, who even may see all documents there."""
    grant(routed.dan, "documents.see_all", company=routed.other_company)
    document = build.submit(make(routed))
    line = document.lines.get()
    ids = {"document_id": document.public_id, "line_id": line.public_id, "by": "up"}
    ids |= {name: uuid4() for name in ("invoice_id", "attachment_id")}
    target = reverse(
        f"reimburse:{pattern.name}", kwargs={name: ids[name] for name in pattern.pattern.converters if name in ids}
    )
    client.force_login(routed.dan)
    answers = [client.get(target), client.post(target, {"version": document.version})]
    assert {answer.status_code for answer in answers} <= {404, 405}
    assert 404 in {answer.status_code for answer in answers}


def test_nothing_is_changed_by_a_get(world: World, as_alice: Client) -> None:
    claim = build.make_claim(world)
    for name in ("save", "submit", "delete", "withdraw", "add_line", "add_invoices", "upload", "attach"):
        assert as_alice.get(address(name, claim)).status_code == 405
    assert as_alice.get(reverse("reimburse:create")).status_code == 405


# --- The list ---------------------------------------------------------------------------------------------------------
def test_the_list_says_who_holds_it(routed: World, as_alice: Client) -> None:
    build.submit(build.make_claim(routed, "106.00"))
    page = text(as_alice.get(reverse("reimburse:list")))
    assert "BX-2026-000001" in page
    assert "Bob" in page


def test_chips_filter_by_status_and_stay_in_the_address(routed: World, as_alice: Client) -> None:
    sent, draft = build.submit(build.make_claim(routed)), build.make_claim(routed)
    page = text(as_alice.get(reverse("reimburse:list"), {"status": "waiting"}))
    assert address("document", sent) in page
    assert address("edit", draft) not in page


def test_finance_sees_everything_sent_in_her_company(routed: World, client: Client, noon: None) -> None:
    sent, draft = build.submit(build.make_claim(routed)), build.make_claim(routed)
    client.force_login(routed.carol)
    page = text(client.get(reverse("reimburse:list"), {"scope": "company"}))
    assert address("document", sent) in page
    assert str(draft.public_id) not in page
    client.force_login(routed.bob)  # without the right the scope is his own
    assert str(sent.public_id) not in text(client.get(reverse("reimburse:list"), {"scope": "company"}))


def test_the_list_goes_on_after_its_last_row(routed: World, as_alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for _n in range(3):
        services.create_claim(employee=routed.alice, at=NOON)
    monkeypatch.setattr("reimburse.selectors.my_documents.__kwdefaults__", {"chip": "all", "cursor": None, "limit": 2})
    first = as_alice.get(reverse("reimburse:list"))
    second = as_alice.get(reverse("reimburse:list"), {"after": first.context["next"]})
    assert [len(first.context["rows"]), len(second.context["rows"]), second.context["next"]] == [2, 1, ""]


# --- What the inbox shows ---------------------------------------------------------------------------------------------
@KINDS
def test_the_inbox_draws_the_document(routed: World, client: Client, noon: None, make) -> None:
    document = build.submit(make(routed))
    client.force_login(routed.bob)
    page = text(client.get(reverse("approvals:show", args=[build.open_slot(document).public_id])))
    assert "bx-case-scroll" in page
    assert "bx-inbox-preview" in page
