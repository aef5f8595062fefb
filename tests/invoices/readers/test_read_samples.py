"""Real and published invoices, as far as their folder is there: every field right, none wrong."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from invoices import reading
from invoices.readers.base import KEYS
from tests.invoices.readers.truth import Tally, table

STRUCTURED = (".pdf", ".ofd", ".xml")


def rows(samples: Path) -> Iterator[dict[str, str]]:
    with (samples / "MANIFEST.tsv").open(encoding="utf-8") as file:
        yield from csv.DictReader(file, delimiter="\t")


def tally(samples: Path, today: date, *, structured: bool) -> dict[str, Tally]:
    tallies: dict[str, Tally] = defaultdict(Tally)
    for row in rows(samples):
        if row["file"].endswith(STRUCTURED) is structured:
            content = (samples / row["file"]).read_bytes()
            (found,) = reading.read(content, name=row["file"], today=today, with_preview=False)
            truth = {key: row[key] or None for key in KEYS}
            tallies[row["type"]].count(row["file"], found.reading, truth)
    return tallies


def test_every_pdf_ofd_and_xml_is_read_without_a_gap_or_an_error(
    samples: Path, today: date, capsys: pytest.CaptureFixture[str]
) -> None:
    tallies = tally(samples, today, structured=True)

    with capsys.disabled():
        print(table(tallies))
    assert sum(one.files for one in tallies.values()) >= 30
    assert [fault for one in tallies.values() for fault in one.wrong] == []
    assert {kind: one.missing for kind, one in tallies.items() if one.missing} == {}
    assert {kind: one.unsure for kind, one in tallies.items() if one.unsure} == {}


def test_a_picture_gives_what_its_code_says_and_leaves_the_rest_to_a_person(
    samples: Path, today: date, capsys: pytest.CaptureFixture[str]
) -> None:
    tallies = tally(samples, today, structured=False)

    with capsys.disabled():
        print(table(tallies))
    assert [fault for one in tallies.values() for fault in one.wrong] == []
    assert sum(one.right for one in tallies.values()) >= 80  # number, date, one amount of each that has a code


def test_every_first_page_has_a_picture(samples: Path, today: date) -> None:
    for row in rows(samples):
        if row["file"].endswith((".pdf", ".ofd")):
            (found,) = reading.read((samples / row["file"]).read_bytes(), name=row["file"], today=today)
            assert found.preview is not None
            assert found.preview.content.startswith(b"\x89PNG")
