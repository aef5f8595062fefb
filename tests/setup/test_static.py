"""Static files: only what is listed is served, and what the pages name is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import override_settings

from common.staticfiles import NpmFinder

NAMED = re.compile(r"""{%\s*static\s+["']([^"']+)["']""")


@pytest.fixture
def shelf(tmp_path: Path) -> NpmFinder:
    package = tmp_path / "node_modules" / "box"
    package.mkdir(parents=True)
    (package / "box.min.js").write_text("listed")
    (package / "secret.js").write_text("not listed")
    with override_settings(NPM_FILES={"vendor/box": (package, ["box.min.js", "gone.js"])}):
        return NpmFinder()


def test_a_listed_file_of_a_package_is_found(shelf: NpmFinder) -> None:
    assert Path(shelf.find("vendor/box/box.min.js")).read_text() == "listed"
    assert len(shelf.find("vendor/box/box.min.js", find_all=True)) == 1


@pytest.mark.parametrize(
    "path", ["vendor/box/secret.js", "vendor/box/../box/secret.js", "vendor/box/gone.js", "box.min.js", "vendor/box/"]
)
def test_anything_else_of_a_package_is_not(shelf: NpmFinder, path: str) -> None:
    assert shelf.find(path) == []
    assert shelf.find(path, find_all=True) == []


def test_every_listed_file_is_installed() -> None:
    missing = [
        str(folder / name)
        for folder, names in settings.NPM_FILES.values()
        for name in names
        if not (folder / name).exists()
    ]
    assert missing == [], "run: make setup"


def test_every_static_file_that_a_template_names_exists() -> None:
    pages = [path for path in Path(settings.BASE_DIR, "templates").rglob("*") if path.suffix in {".html", ".svg"}]
    named = {(name, str(page)) for page in pages for name in NAMED.findall(page.read_text(encoding="utf-8"))}
    assert named
    assert [(name, page) for name, page in sorted(named) if finders.find(name) is None] == []


def test_the_manifest_gives_every_file_a_name_of_its_content_and_minds_no_missing_source_map(tmp_path: Path) -> None:
    storages = settings.STORAGES | {"staticfiles": {"BACKEND": "common.staticfiles.ManifestStorage"}}
    with override_settings(STORAGES=storages, STATIC_ROOT=tmp_path):
        call_command("collectstatic", interactive=False, verbosity=0)
    (sheet,) = tmp_path.glob("vendor/tabler/css/tabler.min.*.css")
    assert "sourceMappingURL" in sheet.read_text(encoding="utf-8")
    assert sheet.with_name(sheet.name + ".gz").exists()
    assert not (tmp_path / "vendor/tabler/css/tabler.min.css").exists()
    served = {path.relative_to(tmp_path).parts[1] for path in tmp_path.glob("vendor/*/*")}
    assert served == {"tabler", "htmx", "echarts"}
    assert not list(tmp_path.glob("viewflow*"))
