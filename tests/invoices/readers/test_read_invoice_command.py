"""manage.py read_invoice: one JSON object a line and file, without a database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from demo.drawing import chance, pdf, xml
from invoices.readers.base import KEYS, Kind
from tests.invoices.readers.test_refuse_hostile_files import archive

NOWHERE = "postgresql://nobody@127.0.0.1:1/none"


def run(*files: Path, as_json: bool = True) -> subprocess.CompletedProcess[str]:
    """As a person runs it, with a database address where nothing listens."""
    return subprocess.run(
        [sys.executable, "manage.py", "read_invoice", *map(str, files), *(["--json"] if as_json else [])],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": NOWHERE, "DJANGO_SETTINGS_MODULE": "config.settings.test"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.fixture
def drawn(tmp_path: Path) -> dict[Path, dict[str, str | None]]:
    """Files and what they say."""
    rng = Random(5)
    truths = {}
    for kind in (Kind.EINVOICE_SPECIAL, Kind.VAT, Kind.FISCAL):
        facts = chance.random_invoice(rng, kind)
        file = tmp_path / f"{kind.name}.pdf"
        file.write_bytes(pdf.draw(facts))
        truths[file] = facts.truth()
    return truths


def test_it_prints_a_line_a_file_and_needs_no_database(drawn: dict[Path, dict[str, str | None]]) -> None:
    done = run(*drawn)

    assert done.returncode == 0, done.stderr
    printed = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["file"] for line in printed] == [str(file) for file in drawn]
    for line, truth in zip(printed, drawn.values(), strict=True):
        assert set(line) == {"file", "unsure", *KEYS}
        assert {key: line[key]["value"] for key in KEYS} == truth
        assert {frozenset(line[key]) for key in KEYS} == {frozenset(("value", "source", "confidence"))}
        assert line["unsure"] == []


def test_a_bad_file_is_reported_and_the_others_are_read(
    drawn: dict[Path, dict[str, str | None]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = next(iter(drawn))
    bad = tmp_path / "bad.pdf"
    bad.write_bytes(b"no invoice")
    with pytest.raises(CommandError, match="2 of 3") as failure:
        call_command("read_invoice", str(bad), str(tmp_path / "missing.pdf"), str(good), "--json")

    assert failure.value.returncode == 1
    refused, missing, read = lines(capsys)
    assert refused["error"]["code"] == "file_type"
    assert "bad.pdf" in refused["error"]["message"]
    assert missing["error"]["code"] == "file_missing"
    assert read["number"]["value"] == drawn[good]["number"]


def test_a_file_that_is_too_large_is_not_loaded(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    large = tmp_path / "large.pdf"
    with large.open("wb") as file:
        file.truncate(50 * 2**30)  # sparse: 50 GB that take no room
    with pytest.raises(CommandError):
        call_command("read_invoice", str(large), "--json")

    assert lines(capsys)[0]["error"]["code"] == "file_too_large"


def test_two_invoices_in_one_file_are_two_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rng = Random(6)
    both = [chance.random_invoice(rng, Kind.EINVOICE), chance.random_invoice(rng, Kind.EINVOICE)]
    file = tmp_path / "both.zip"
    file.write_bytes(archive({f"{facts.number}.xml": xml.einvoice(facts) for facts in both}))
    call_command("read_invoice", str(file), "--json")

    assert {(line["part"], line["number"]["value"]) for line in lines(capsys)} == {
        (f"{facts.number}.xml", facts.number) for facts in both
    }


def test_without_json_a_person_can_read_it(
    drawn: dict[Path, dict[str, str | None]], capsys: pytest.CaptureFixture[str]
) -> None:
    file, truth = next(iter(drawn.items()))
    call_command("read_invoice", str(file))

    printed = capsys.readouterr().out
    assert all(str(value) in printed for value in truth.values() if value)
