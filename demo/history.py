"""The past of 远山集团, made by the real services with a clock of its own.

Each document is a story: a generator that does one step and says when the next one is due. A runner takes the steps of
all stories in the order of time and stops at the present, so that what is unfinished today is simply unfinished.
"""

from __future__ import annotations

import heapq
import logging
import time as clock
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from approvals import services as approvals
from approvals.models import Slot
from budgets.services import BudgetExceeded
from common import outbox
from common.errors import BusinessError
from demo import hours, papers
from demo.plans import Occasion, Plan, plans, unanswered
from directory import rights
from directory.models import Company, CostCentre, Employee, ExpenseType, Period, Project
from invoices import reading
from invoices import services as invoices
from invoices.models import Invoice
from reimburse import services as reimburse
from reimburse.models import Document
from vouchers import services as vouchers
from vouchers.models import Voucher

log = logging.getLogger(__name__)

SEED = 20261124
DOCUMENTS = 420
WITH_PICTURES = timedelta(days=30)  # invoices younger than this come as PDF pages, older ones as data files
ALLOWANCE = Decimal("100.00")  # yuan a day

Story = Generator[datetime, datetime, None]  # yields when its next step is due, is sent the time when it is


@dataclass(slots=True)
class Teller:
    """What every story needs: chance, the present, who and where people work."""

    rng: Random
    now: datetime
    people: dict[str, Employee]
    companies: dict[str, Company]

    @classmethod
    def of(cls, now: datetime, seed: int) -> Teller:
        return cls(
            rng=Random(seed),
            now=now,
            people={person.username: person for person in Employee.objects.all()},
            companies={company.code: company for company in Company.objects.all()},
        )


def tell(*, now: datetime, documents: int = DOCUMENTS, seed: int = SEED) -> int:
    """Make the past up to now. Returns how many documents there are. Opens its own transactions, one a step."""
    teller = Teller.of(now, seed)
    stories: list[Story] = [
        _advance(teller, plan) if plan.occasion is None else _claim(teller, plan, plan.occasion)
        for plan in plans(teller.rng, today=now.date(), count=documents)
    ]
    stories += [_exports(teller, company) for company in teller.companies.values()]
    stories += [_waits(teller, plan, plan.occasion, answers) for plan, answers in unanswered(now) if plan.occasion]
    run(stories, until=now)
    _close_books(now.date())
    return Document.objects.count()


def run(stories: Sequence[Story], *, until: datetime) -> None:
    """Take the steps of all stories in the order of time. A story that the product refuses ends there."""
    due: list[tuple[datetime, int, Story]] = [(next(story), number, story) for number, story in enumerate(stories)]
    heapq.heapify(due)
    while due:
        at, number, story = heapq.heappop(due)
        if at > until:
            return
        try:
            heapq.heappush(due, (max(story.send(at), at), number, story))
        except StopIteration:
            continue
        except BusinessError as refusal:
            log.info("story %s ends: %s", number, refusal.code)


# --- Stories ----------------------------------------------------------------------------------------------------------
def _claim(teller: Teller, plan: Plan, occasion: Occasion) -> Story:
    at = yield plan.at
    person, company = teller.people[plan.person.username], teller.companies[plan.company]
    found = _collect(teller, occasion, person=person, company=company, at=at)
    at = yield hours.later(teller.rng, at, hours=2)
    document = reimburse.create_claim(employee=person, invoice_ids=[i.public_id for i in found], company=company, at=at)
    kept_as_draft = teller.rng.random() < 0.06
    document = _fill_in(teller, document, occasion, at=at, settle=not kept_as_draft)
    if kept_as_draft:
        return
    at = yield hours.later(teller.rng, at, hours=3)
    yield from _decided_and_posted(teller, document, at)


def _waits(teller: Teller, plan: Plan, occasion: Occasion, answers: int) -> Story:
    """Sent in the last hours, approved so many times, and now on the desk of the next."""
    at = yield plan.at
    person, company = teller.people[plan.person.username], teller.companies[plan.company]
    found = _collect(teller, occasion, person=person, company=company, at=at)
    document = reimburse.create_claim(employee=person, invoice_ids=[i.public_id for i in found], company=company, at=at)
    document = _submit(_fill_in(teller, document, occasion, at=at, settle=False), at=at)
    for _answer in range(answers):
        at = yield at + timedelta(minutes=teller.rng.randint(5, 25))
        if slot := _open_slot(document):
            approvals.decide(slot_id=slot.public_id, actor=slot.approver, action="approve", comment="同意。", at=at)


def _advance(teller: Teller, plan: Plan) -> Story:
    at = yield plan.at
    amount = Decimal(teller.rng.choice([1000, 2000, 3000, 5000, 8000, 12000]))
    document = reimburse.create_advance(
        employee=teller.people[plan.person.username],
        company=teller.companies[plan.company],
        purpose=plan.title,
        amount=amount,
        due_on=at.date() + timedelta(days=teller.rng.choice([30, 45, 60])),
        at=at,
    )
    at = yield hours.later(teller.rng, at, hours=1)
    yield from _decided_and_posted(teller, document, at)


def _decided_and_posted(teller: Teller, document: Document, at: datetime) -> Story:
    """Submitted, and again after each return; then the voucher. Ends early where it is rejected or withdrawn."""
    for _round in range(3):
        try:
            document = _submit(document, at=at)
        except BudgetExceeded:
            return  # stays a draft: the budget of that month is used up
        yield from _decided(teller, document, at)
        document.refresh_from_db()
        if document.status != Document.Status.RETURNED:
            break
        at = yield hours.later(teller.rng, _last_change(document), hours=20)
    if document.status == Document.Status.APPROVED:
        yield from _posted(teller, document, _last_change(document))


def _decided(teller: Teller, document: Document, at: datetime) -> Story:
    """Every approver in turn, until nobody is asked any more."""
    if teller.rng.random() < 0.03:
        at = yield hours.later(teller.rng, at, hours=4)
        reimburse.withdraw(
            document_id=document.public_id, employee=document.applicant, at=at, comment="行程有变，先撤回。"
        )
        return
    while slot := _open_slot(document):
        at = yield hours.later(teller.rng, at, hours=teller.rng.choice([2, 5, 20, 30]))
        slot = _open_slot(document)
        if slot is None:
            return
        action, comment = _judgement(teller.rng)
        approvals.decide(slot_id=slot.public_id, actor=slot.approver, action=action, comment=comment, at=at)


def _judgement(rng: Random) -> tuple[approvals.Action, str]:
    chance = rng.random()
    if chance < 0.035:
        return "return", rng.choice(["请补充住宿水单。", "请写明招待对象和人数。", "请补一张行程单。"])
    if chance < 0.055:
        return "reject", rng.choice(["不在本项目预算内，请走部门费用。", "与上月重复，请核对。"])
    return "approve", rng.choice(["", "", "", "同意。", "预算内，同意。"])


def _posted(teller: Teller, document: Document, at: datetime) -> Story:
    """Finance posts the voucher that the worker drafted; now and then it has to be reversed and drafted anew."""
    at = yield hours.later(teller.rng, at, hours=18)
    voucher = _voucher(document)
    keepers = rights.people_with(rights.MANAGE_VOUCHERS, document.company)
    accountant = next((keeper for keeper in keepers if keeper != document.applicant), keepers[0])
    vouchers.post(voucher_id=voucher.public_id, actor=accountant, version=voucher.version, at=at)
    if teller.rng.random() < 0.012:
        at = yield hours.later(teller.rng, at, hours=26)
        vouchers.reverse(voucher_id=voucher.public_id, actor=accountant, reason="部门归属有误", at=at)


def _exports(teller: Teller, company: Company) -> Story:
    """The books of each month go to the ERP on the third working morning of the next."""
    accountant = rights.holders("accountant", company)[0]
    for month in _months_before(teller.now.date(), count=11):
        first_of_next = (month + timedelta(days=32)).replace(day=3)
        at = yield hours.working(datetime(first_of_next.year, first_of_next.month, 3, 9, 30, tzinfo=hours.SHANGHAI))
        try:
            vouchers.export(company=company, actor=accountant, format="xlsx", month=month, at=at)
        except BusinessError as refusal:
            log.info("no export of %s for %s: %s", month, company.code, refusal.code)


# --- Steps ------------------------------------------------------------------------------------------------------------
def _collect(teller: Teller, occasion: Occasion, *, person: Employee, company: Company, at: datetime) -> list[Invoice]:
    """The invoices of an occasion arrive in the person's wallet."""
    return [
        bring_in(
            teller.rng,
            code,
            company=company,
            person=person,
            at=at,
            day=at.date() - timedelta(days=teller.rng.randint(0, 5)),
            as_page=teller.now - at < WITH_PICTURES,
        )
        for code in occasion.papers
    ]


def bring_in(
    rng: Random, code: str, *, company: Company, person: Employee, at: datetime, day: date, as_page: bool
) -> Invoice:
    """One drawn invoice, received and read as any other; here and now, without the reader process."""
    facts = papers.paper(rng, code, company=company, day=day, traveller=person.name)
    name, content = papers.page_of(facts, rng) if as_page else papers.file_of(facts)
    upload = invoices.receive(company=company, employee=person, name=name, content=content, at=at)
    found = reading.read(content, name=name, today=at.date(), with_preview=as_page)
    upload = invoices.store(upload_id=upload.pk, found=found, at=at)
    assert upload.invoice is not None
    return upload.invoice


def _fill_in(teller: Teller, document: Document, occasion: Occasion, *, at: datetime, settle: bool) -> Document:
    """Title, whom one dined with, the allowance of a journey, and an open advance where there is one to settle."""
    entertained = document.lines.filter(expense_type__use=ExpenseType.Use.ENTERTAINMENT)
    changes = reimburse.Changes(
        head={"title": occasion.title} | _project(teller, document),
        lines={line.public_id: {"purpose": occasion.purpose} for line in entertained},
        settles=_open_advances(document) if settle else {},
    )
    document = _save(document, changes, at=at)
    if not occasion.days:
        return document
    document, line = reimburse.add_line(
        document_id=document.public_id, employee=document.applicant, version=document.version, at=at
    )
    allowance = {
        "expense_type": ExpenseType.objects.get(company=document.company, code="allowance"),
        "spent_on": at.date(),
        "purpose": f"{occasion.days} 天，每天 {ALLOWANCE:.0f} 元",
        "amount": ALLOWANCE * occasion.days,
    }
    return _save(document, reimburse.Changes(lines={line.public_id: allowance}), at=at)


def _project(teller: Teller, document: Document) -> dict[str, Project]:
    """Research is kept by project; now and then somebody forgets it, and finance has to add it to the voucher."""
    if document.cost_centre.nature != CostCentre.Nature.RESEARCH or teller.rng.random() < 0.05:
        return {}
    codes = ["P2600", "P2600", "P2602"]
    return {"project": Project.objects.get(company=document.company, code=teller.rng.choice(codes))}


def _save(document: Document, changes: reimburse.Changes, *, at: datetime) -> Document:
    return reimburse.save_draft(
        document_id=document.public_id,
        employee=document.applicant,
        version=document.version,
        changes=changes,
        at=at,
    )


def _open_advances(document: Document) -> dict[UUID, Decimal]:
    """One open advance of the applicant, as far as the claim goes."""
    advances = Document.objects.filter(
        applicant=document.applicant, company=document.company, kind="advance", status=Document.Status.POSTED
    ).select_related("advance")
    for advance in advances:
        still_open = min(advance.total - advance.advance.settled, document.total)
        if still_open > 0:
            return {advance.public_id: still_open}
    return {}


def _submit(document: Document, *, at: datetime) -> Document:
    document.refresh_from_db()
    return reimburse.submit(
        document_id=document.public_id, employee=document.applicant, version=document.version, at=at
    )


def _open_slot(document: Document) -> Slot | None:
    slots = Slot.objects.filter(request__subject_id=document.public_id, state=Slot.State.OPEN)
    return slots.select_related("approver").order_by("pk").first()


def _last_change(document: Document) -> datetime:
    document.refresh_from_db()
    return document.decided_at or document.changed_at


def _voucher(document: Document, *, patience: float = 30.0) -> Voucher:
    """The draft of a document's voucher. The worker makes it; where none runs, this process does its work."""
    until = clock.monotonic() + patience
    while True:
        voucher = Voucher.objects.filter(document=document, status=Voucher.Status.DRAFT).first()
        if voucher is not None or clock.monotonic() > until:
            break
        if not outbox.work_one():
            clock.sleep(0.05)
    assert voucher is not None
    return voucher


def _months_before(today: date, *, count: int) -> Iterator[date]:
    for back in range(count, 0, -1):
        year, month = divmod(today.year * 12 + today.month - 1 - back, 12)
        yield date(year, month + 1, 1)


def _close_books(today: date) -> None:
    """Everything before the previous month is closed."""
    previous = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    for period in Period.objects.filter(closed=False):
        if date(period.year, period.month, 1) < previous:
            period.closed = True
            period.save(update_fields=["closed"])
