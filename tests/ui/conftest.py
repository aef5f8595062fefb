"""What the browser tests of the pages share; the browser itself is in `tests.visitors`."""

from __future__ import annotations

from pathlib import Path

import axe_playwright_python
from playwright.sync_api import Page

from tests.visitors import Visitor

__all__ = ["Visitor", "violations"]

AXE = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js"))


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong with a page; it is injected by the debugger, past the page's policy."""
    page.context.new_cdp_session(page).send("Page.setBypassCSP", {"enabled": True})
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [f"{item['id']}: {item['nodes'][0]['html'][:120]}" for item in found["violations"]]
