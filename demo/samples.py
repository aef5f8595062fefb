"""Ready invoices to try at once: in the wallets of a few people, and as files to drop into the browser."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from random import Random
from zipfile import ZIP_DEFLATED, ZipFile

from demo import papers
from demo.drawing import ofd, pdf, photo
from demo.drawing.facts import InvoiceFacts
from demo.history import bring_in
from directory.models import Company, Employee

SEED = 1124


@dataclass(frozen=True, slots=True)
class Sample:
    name: str
    content: bytes


def fill_wallets(*, at: datetime, seed: int = SEED) -> None:
    """A few invoices that nobody has claimed yet. Opens its own transactions, one a file."""
    rng = Random(seed)
    for username, code, kinds in (
        ("linzhixia", "YSKJ", ("rail", "hotel", "meals", "rail", "local", "print")),
        ("zhoumuzhi", "YSKJ", ("air", "hotel", "local", "local")),
        ("dujiayun", "YSSM", ("office", "courier")),
    ):
        person, company = Employee.objects.get(username=username), Company.objects.get(code=code)
        for kind in kinds:
            day = at.date() - timedelta(days=rng.randint(1, 6))
            bring_in(rng, kind, company=company, person=person, at=at, day=day, as_page=True)


def ready_files(company: Company, *, at: datetime, traveller: str, seed: int) -> list[Sample]:
    """One invoice of each form, XML, OFD, PDF and photo, made out to the company; other numbers for each seed."""
    rng = Random(seed)

    def drawn(code: str) -> InvoiceFacts:
        day = at.date() - timedelta(days=rng.randint(1, 9))
        return papers.paper(rng, code, company=company, day=day, traveller=traveller)

    hotel, meals, office, local = (drawn(code) for code in ("hotel", "meals", "office", "local"))
    rail_name, rail = papers.file_of(drawn("rail"))
    xml_name, xml = papers.file_of(drawn("print"))
    return [
        Sample(f"住宿_{hotel.number}.pdf", pdf.draw(hotel, rng=rng)),
        Sample(f"餐饮_{meals.number}.pdf", pdf.draw(meals, rng=rng)),
        Sample(f"办公_{office.number}.ofd", ofd.draw(office)),
        Sample(xml_name, xml),
        Sample(rail_name, rail),
        Sample(f"IMG_{at:%Y%m%d}_{rng.randint(1000, 9999)}.jpg", photo.take(pdf.draw(local, rng=rng), rng)),
    ]


def as_zip(samples: list[Sample]) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as package:
        for sample in samples:
            package.writestr(sample.name, sample.content)
    return out.getvalue()
