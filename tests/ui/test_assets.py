"""Templates, styles and icons fit together, and nothing breaks the policy of the pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from common.templatetags import ui
from directory.models import ExpenseType
from portal import navigation

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted(path for path in ROOT.glob("templates/**/*.html") if "admin" not in path.parts)
STYLES = sorted(ROOT.glob("static/css/*.css"))
SCRIPTS = sorted(ROOT.glob("static/js/*.js"))
SPRITE = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "static/img/icons.svg").read_text()))

ICON_TAG = re.compile(r"""{%\s*icon\s+["']([\w-]+)["']""")
MARK_TAG = re.compile(r"""{%\s*mark\s+["'][\w-]+["']\s+\S+\s+["']([\w-]+)["']""")
PICTURE = re.compile(r"""\bpicture=["']([\w-]+)["']""")
HANDLER = re.compile(
    r"\son(click|change|input|submit|load|error|toggle|(key|mouse|pointer|touch|drag)\w*|drop|focus|blur)="
)
OUR_CLASS = re.compile(r"\bbx-[a-z0-9-]+")


def icons_used() -> Iterator[tuple[str, str]]:
    for path in TEMPLATES:
        text = path.read_text()
        for pattern in (ICON_TAG, MARK_TAG, PICTURE):
            yield from ((path.name, name) for name in pattern.findall(text))
    yield from (("navigation", place.icon) for place in (*navigation.PLACES, *navigation.TABS))
    yield from (("statuses", icon) for _word, icon, _colour in ui.STATUSES.values())
    yield from (("marks", icon) for icon in (*ui.MARK_ICONS.values(), *ui.FINDING_ICONS.values()))
    yield "expense types", ExpenseType().icon


def test_every_icon_that_is_named_is_in_the_sprite() -> None:
    missing = sorted(f"{icon} ({where})" for where, icon in set(icons_used()) if icon not in SPRITE)
    assert not missing


def test_every_class_of_ours_has_a_style() -> None:
    styled = {name for path in STYLES for name in OUR_CLASS.findall(path.read_text())}
    used = {
        (name, path.name)
        for path in TEMPLATES
        for value in re.findall(r'class="([^"]*)"', path.read_text())
        for name in OUR_CLASS.findall(value)
        if "{" not in name
    }
    # A name that JavaScript only looks for needs no style.
    hooks = {name for path in SCRIPTS for name in OUR_CLASS.findall(path.read_text())}
    assert not sorted(f"{name} ({where})" for name, where in used if name not in styled | hooks)


def test_every_style_of_ours_is_worn_by_a_page() -> None:
    sources = [*TEMPLATES, *SCRIPTS, *ROOT.glob("*/templatetags/*.py"), *ROOT.glob("*/forms.py")]
    worn = {name for path in sources for name in OUR_CLASS.findall(path.read_text())}
    idle = {
        f"{name} ({path.name})"
        for path in STYLES
        for name in re.findall(r"\.(bx-[a-z0-9-]+)", path.read_text())
        if name not in worn
    }
    assert not sorted(idle)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_template_needs_what_the_policy_forbids(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"<style|\sstyle\s*=", text), "inline style"
    assert not re.search(r"<script(?![^>]*\ssrc=)", text), "inline script"
    assert not HANDLER.search(text), "inline handler"
    assert not re.search(r"hx-on|\bjs:|javascript:", text), "script in an attribute"
    assert "//cdn" not in text
