"""The lists that the set-up works from agree with each other."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from django.conf import settings

from scripts import check_hosts, lock

ROOT = Path(settings.BASE_DIR)
NAME = re.compile(r"^([A-Za-z0-9._-]+)", re.MULTILINE)


def names_in(file: str) -> set[str]:
    lines = [line for line in (ROOT / file).read_text().splitlines() if line and line[0] not in "#-"]
    return {re.sub(r"[._]", "-", NAME.findall(line)[0].lower()) for line in lines}


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_every_package_we_ask_for_is_pinned(name: str) -> None:
    pinned = names_in("requirements.txt") | names_in(f"{name}.txt")
    assert names_in(f"{name}.in") - pinned == set(), "run scripts/lock.py"
    loose = [
        line for line in (ROOT / f"{name}.txt").read_text().splitlines() if line[:1].isalnum() and "==" not in line
    ]
    assert loose == []


def test_interpreters_that_differ_get_a_line_each() -> None:
    resolved = {"3.11": {"a": "1", "b": "1", "old": "1"}, "3.12": {"a": "1", "b": "2"}, "3.13": {"a": "1", "b": "2"}}
    assert lock.lines(resolved) == [
        "a==1",
        'b==1 ; python_version == "3.11"',
        'b==2 ; python_version == "3.12" or python_version == "3.13"',
        'old==1 ; python_version == "3.11"',
    ]


def test_no_file_names_a_package_registry() -> None:
    assert check_hosts.problems() == []


def test_every_app_of_ours_has_its_place_in_the_order_of_imports() -> None:
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = [name.strip() for layer in contract["contracts"][0]["layers"] for name in layer.split("|")]
    ours = {app.parent.name for app in ROOT.glob("*/apps.py")} | {"config"}
    assert set(layers) == set(contract["root_packages"]) == ours


def test_every_variable_that_is_read_is_explained() -> None:
    sources = [*(ROOT / "config").rglob("*.py"), ROOT / "scripts" / "up.py"]
    read = re.compile(r"""(?:env\.\w+|environ\.get)\(\s*["']([A-Z_]{3,})["']""")
    used = {name for source in sources for name in read.findall(source.read_text())}
    explained = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert used - explained == {"DATABASE_AS_OWNER"}  # set by manage.py itself
