"""The pages of documents: who sees them, what they say, what they cost."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from tests.builders import World
from tests.reimburse import build


def test_the_editor_shows_a_draft(world: World, as_alice: Client):
    claim = build.make_claim(world, "106.00", "553.00")

    page = as_alice.get(reverse("reimburse:edit", args=[claim.public_id]))

    assert page.status_code == 200
    assert "659.00" in page.content.decode()


def test_the_document_page_shows_a_sent_claim(routed: World, as_alice: Client):
    claim = build.submit(build.make_claim(routed, "106.00"))

    page = as_alice.get(reverse("reimburse:document", args=[claim.public_id]))

    assert page.status_code == 200
    assert "BX-2026-000001" in page.content.decode()


def test_other_pages(routed: World, as_alice: Client):
    build.submit(build.make_claim(routed, "106.00"))
    build.submit(build.make_advance(routed))
    for name in ("list", "new", "new_advance"):
        assert as_alice.get(reverse(f"reimburse:{name}")).status_code == 200
    claim = build.make_claim(routed, "10.00")
    assert as_alice.get(reverse("reimburse:picker", args=[claim.public_id])).status_code == 200
    advance = build.make_advance(routed)
    assert as_alice.get(reverse("reimburse:edit", args=[advance.public_id])).status_code == 200
