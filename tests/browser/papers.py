"""The files of the stories: drawn invoices made out to the company, and real ones where their folder is there."""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random

from django.conf import settings

from demo import papers
from demo.drawing import ofd, pdf, photo, xml
from demo.drawing.facts import InvoiceFacts
from demo.samples import Sample
from directory.models import Company

UNKNOWN = "licence"  # no word of the company's expense types stands on it: a person has to say what it is

# One of each form whose buyer is another company: they are read in full and then kept off the claim.
OTHERS = ("shudian_pdf/xj_sj1.pdf", "shudian_ofd/ofdrw_20240531.ofd", "shudian_xml/einv_special.xml")
MANIFEST = "MANIFEST.tsv"
PHOTO = "photo_sim/xj_sj1.jpg"  # of the same invoice as the PDF: one invoice, two files


@dataclass(frozen=True)
class Papers:
    """What a journey left behind, by expense type, and the files in which it came."""

    facts: dict[str, InvoiceFacts]
    files: list[Sample]

    @property
    def total(self) -> Decimal:
        return sum((facts.total for facts in self.facts.values()), Decimal(0))

    @property
    def tax(self) -> Decimal:
        return sum((facts.tax for facts in self.facts.values()), Decimal(0))


def drawn(company: Company, *, day: date, traveller: str, seed: int) -> Papers:
    """A hotel as PDF, office supplies as OFD, a dinner and a licence as XML, a ride as photo."""
    rng = Random(seed)
    facts = {
        code: papers.paper(rng, code, company=company, day=day, traveller=traveller)
        for code in ("hotel", "office", "meals", "print", "local")
    }
    facts[UNKNOWN] = _licence(facts.pop("print"))
    files = [
        Sample("酒店.pdf", pdf.draw(facts["hotel"], rng=rng)),
        Sample("办公.ofd", ofd.draw(facts["office"])),
        Sample("晚餐.xml", xml.einvoice(facts["meals"])),
        Sample("授权.xml", xml.einvoice(facts[UNKNOWN])),
        Sample("打车.jpg", photo.take(pdf.draw(facts["local"], rng=rng), rng)),
    ]
    return Papers(facts, files)


def _licence(paper: InvoiceFacts) -> InvoiceFacts:
    """The same sums for something that no expense type of the company has a word for."""
    line = replace(paper.lines[0], name="*信息系统服务*授权费", unit="项")
    return replace(paper, seller=replace(paper.seller, name="宁波启明信息系统有限公司"), lines=[line])


def samples() -> dict[str, Path]:
    """Real invoices by the name of the manifest. Empty where their folder is not: they are never copied in."""
    folder = _folder()
    return {name: folder / name for name in (*OTHERS, PHOTO)} if (folder / MANIFEST).exists() else {}


def truth() -> dict[str, dict[str, str]]:
    """What each sample says, by its name in the manifest."""
    with (_folder() / MANIFEST).open(encoding="utf-8") as manifest:
        return {row["file"]: row for row in csv.DictReader(manifest, delimiter="\t")}


def _folder() -> Path:
    return Path(os.environ.get("INVOICE_SAMPLES") or settings.BASE_DIR.parent / "shared/samples/invoices")
