"""What the browser tests of the pages share; the browser itself is in `tests.visitors`."""

from __future__ import annotations

from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Page

from tests.visitors import Visitor

__all__ = ["LOOKS", "Visitor", "violations"]

# Each width, language and theme in every run; the other pairs of them in `make test-full`.
LOOKS = pytest.mark.parametrize(
    ("size", "language", "theme"),
    [
        ("desk", "zh-hans", "light"),
        ("phone", "en", "dark"),
        pytest.param("phone", "zh-hans", "light", marks=pytest.mark.long),
        pytest.param("desk", "en", "dark", marks=pytest.mark.long),
    ],
)

AXE = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js"))


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong with a page; it is injected by the debugger, past the page's policy."""
    page.context.new_cdp_session(page).send("Page.setBypassCSP", {"enabled": True})
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [f"{item['id']}: {item['nodes'][0]['html'][:120]}" for item in found["violations"]]
