"""The main job, played as people do it: real Chromium, real worker, real reader, a receiver that checks each signature.

From invoice files dropped on the wallet to a posted and exported voucher, in both languages and on both screens.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from budgets.models import BudgetNode
from common.models import OutboxMessage
from demo.samples import Sample
from invoices.models import Invoice, Upload
from invoices.readers.base import KEYS
from oa.models import Delivery
from reimburse.models import Document
from tests.browser import papers, steps
from tests.browser.papers import Papers
from tests.browser.people import WAIT, Group, Player, until
from tests.oa.receiver import Heard, Receiver

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SEED = 20261124
STORY = ["claim.submitted", "claim.decided", "claim.decided", "claim.approved", "voucher.posted"]
LONG = pytest.mark.long  # the other language of each: in `make test-full`


@pytest.mark.parametrize("language", ["zh-hans", pytest.param("en", marks=LONG)])
def test_from_dropped_invoices_to_an_exported_voucher(
    visit: Any, group: Group, receiver: Receiver, tmp_path: Path, language: str
) -> None:
    print("seed", SEED)
    steps.connect(Player.enter(visit(), group.person("fangqiming"), language), group, receiver)
    employee = Player.enter(visit(), group.person("linzhixia"), language, "/wallet/")
    day = timezone.localdate() - timedelta(days=1)
    bundle = papers.drawn(group.company, day=day, traveller=employee.employee.name, seed=SEED)

    drop_and_confirm(employee, bundle)
    claim = claim_in_two_clicks(employee, bundle)

    manager = Player.enter(visit(), group.person("xuqinghe"), language)
    steps.approve_by_key(manager, claim)
    finance_on_the_way = Player.enter(visit("phone"), group.person("chengyinan"), language)
    steps.approve_by_thumb(finance_on_the_way, claim)
    steps.expect_stage(employee, claim, "Approved")

    finance = Player.enter(visit(), group.person("chengyinan"), language)
    voucher = steps.post(finance, claim)
    rows = steps.export_csv(finance, voucher, tmp_path)
    assert sum(Decimal(row["借方金额"] or 0) for row in rows) == bundle.total
    assert sum(Decimal(row["贷方金额"] or 0) for row in rows) == bundle.total
    assert {row["来源单号"] for row in rows} == {claim.number}

    steps.expect_stage(employee, claim, "Posted")
    expect_spent(finance, claim, bundle)
    heard = all_heard(receiver, employee, claim, STORY)
    assert [one.event["data"]["document"]["status"] for one in heard][-1] == Document.Status.POSTED
    for one in heard:  # whoever hears of any step knows what was claimed
        assert told_invoices(one) == {facts.number: facts.truth() for facts in bundle.facts.values()}


@pytest.mark.parametrize("language", ["en", pytest.param("zh-hans", marks=LONG)])
def test_an_advance_goes_back_and_forth_between_phones(
    visit: Any, group: Group, receiver: Receiver, language: str
) -> None:
    steps.connect(Player.enter(visit(), group.person("fangqiming"), language), group, receiver)
    employee = Player.enter(visit("phone"), group.person("linzhixia"), language)
    manager = Player.enter(visit("phone"), group.person("xuqinghe"), language)

    fair = steps.ask_for_money(employee, "南京展会备用金", "3000")
    steps.send_back(manager, fair, "请写明展会的日期")
    steps.mend_and_send_again(employee, fair, said="请写明展会的日期", purpose="南京展会备用金，下月 3 日")
    steps.reject(manager, fair, "本季度不参展")
    steps.expect_stage(employee, fair, "Rejected")
    expect(employee.page.locator(".bx-route")).to_contain_text("本季度不参展")

    stand = steps.ask_for_money(employee, "展台搭建定金", "1200.50")
    steps.hand_over(manager, stand, "顾言川" if language == "zh-hans" else "Gu Yanchuan", "展台由你那边负责")
    colleague = Player.enter(visit("phone"), group.person("guyanchuan"), language)
    steps.open_case(colleague, stand)
    steps.take_back(employee, stand)
    colleague.go("/inbox/")
    expect(colleague.page.locator(".bx-q-row")).to_have_count(0)

    sent, decided = "advance.submitted", "advance.decided"
    back_and_forth = [sent, decided, "advance.returned", sent, decided, "advance.rejected"]
    heard = all_heard(receiver, employee, fair, back_and_forth)
    assert [one.event["data"]["document"]["round"] for one in heard] == [1, 1, 1, 2, 2, 2]
    assert heard[2].event["data"]["event"]["comment"] == "请写明展会的日期"
    all_heard(receiver, employee, stand, [sent, "advance.transferred", "advance.withdrawn"])


@pytest.mark.skipif(not papers.samples(), reason="not run: no folder of invoice samples (INVOICE_SAMPLES)")
def test_real_invoices_of_others_are_read_and_kept_off_the_claim(visit: Any, group: Group, programs: None) -> None:
    real = papers.samples()
    employee = Player.enter(visit(), group.person("linzhixia"), "zh-hans", "/wallet/")
    employee.drop([Sample(path.name, path.read_bytes()) for path in real.values()])
    until(lambda: Upload.objects.filter(finished_at__isnull=False).count() == len(real), employee.page, "samples read")
    said = papers.truth()
    known = {said[name]["number"]: Decimal(said[name]["total"]) for name in real}  # the photo is of one of the others
    assert {invoice.number: invoice.total for invoice in Invoice.objects.all()} == known

    employee.go("/wallet/?chip=problem")
    expect(employee.page.locator("#cards article")).to_have_count(len(known))
    employee.go("/documents/new/")
    expect(employee.page.locator(".bx-choose [name=invoice]")).to_have_count(0)


def drop_and_confirm(employee: Player, bundle: Papers) -> None:
    """All files at once; the reader takes what is data, a person types what the photo does not say."""
    employee.drop(bundle.files)
    until(lambda: Upload.objects.filter(finished_at__isnull=False).count() == 5, employee.page, "five files read")
    expect(employee.page.locator("#upload-list li")).to_have_count(5, timeout=WAIT)
    expect(employee.page.locator("#cards article")).to_have_count(5, timeout=WAIT)
    employee.look()
    steps.confirm_values(employee, bundle.facts["local"])
    assert {invoice.number: invoice.total for invoice in Invoice.objects.all()} == {
        facts.number: facts.total for facts in bundle.facts.values()
    }
    assert not Invoice.objects.exclude(unsure=[]).exists()


def claim_in_two_clicks(employee: Player, bundle: Papers) -> Document:
    """New claim, make it: every line is filled in. What no word on the invoice tells is still asked."""
    employee.go("/")
    employee.link("New expense claim").first.click()
    employee.settle()
    employee.button("Make a claim of the ticked ones").click()
    page = employee.page
    employee.settle()
    expect(page.locator(".bx-edit-line")).to_have_count(5)
    expect(page.locator("#total")).to_have_text(f"¥{bundle.total:,.2f}")

    page.locator("#send").click()  # not yet: the page says what is missing, and nothing is lost
    expect(page.locator("#toasts .bx-toast[data-is=bad]").first).to_be_visible()
    assert not OutboxMessage.objects.filter(topic="claim.submitted").exists()
    page.locator("#toasts [data-dismiss]").first.click()
    employee.was_refused(422)

    office = "办公用品" if employee.language == "zh-hans" else "Office supplies"
    steps.mend(employee, "[name=line-expense_type]", office, of=2)
    steps.mend(employee, "[name=line-purpose]", "华岚连锁采购部，4 人", of=1)
    steps.change(employee, "#title", "上海客户拜访")
    claim = steps.send(employee)
    steps.expect_total(employee, bundle.total)
    assert claim.title == "上海客户拜访"
    return claim


def expect_spent(finance: Player, claim: Document, bundle: Papers) -> None:
    """The dinner's budget of that month has it as spent, and leads back to the claim."""
    dinner = bundle.facts["meals"]
    node = BudgetNode.objects.get(
        company=claim.company,
        department=claim.department,
        expense_type__code="meals",
        starts_on__lte=dinner.issued_on,
        ends_on__gte=dinner.issued_on,
    )
    assert not node.reserved
    assert not node.committed
    assert node.actual > 0
    finance.go(f"/budgets/{node.public_id}/?bucket=actual")
    row = finance.page.locator(".bx-held tbody tr", has_text=claim.number)
    expect(row.locator(".bx-n").first).to_have_text(f"{node.actual:,.2f}")
    row.get_by_role("link").click()
    expect(finance.page.locator(".bx-dochead")).to_contain_text(claim.number)


def told_invoices(heard: Heard) -> dict[str, dict[str, str | None]]:
    """What an event says of each invoice, by number, under the keys by which samples are described."""
    lines = heard.event["data"]["document"]["lines"]
    told = [invoice for line in lines for invoice in line["invoices"]]
    assert [invoice["unsure"] for invoice in told] == [[]] * len(lines)
    return {invoice["number"]: {key: invoice[key] or None for key in KEYS} for invoice in told}


def all_heard(receiver: Receiver, player: Player, document: Document, kinds: list[str]) -> list[Heard]:
    """Every event of a document, in order, each signed; nothing else was heard about it."""
    subject = str(document.public_id)
    wanted = len(kinds)

    def heard() -> list[Heard]:
        return [one for one in receiver.accepted if one.event["subject"] == subject]

    until(lambda: len(heard()) >= wanted, player.page, f"{wanted} events, heard {[h.event['type'] for h in heard()]}")
    until(
        lambda: not Delivery.objects.exclude(state=Delivery.State.DELIVERED).exists(), player.page, "all are delivered"
    )
    assert receiver.forged == []
    assert [one.event["type"] for one in heard()] == kinds
    assert [one.sequence for one in heard()] == list(range(1, wanted + 1))
    return heard()
