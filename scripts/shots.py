"""Pictures of every page, at the width of a desk and of a phone, in both languages.

    python -m scripts.shots FOLDER [--address http://127.0.0.1:8000] [--only home,inbox] [--theme dark]

Wants a running copy with the demo group (`make run`). The pictures in docs/ and README are made with it. It ends with 1
when a page answered with an error, wrote to the browser's console, or is wider than the screen.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from scripts import browser

WIDTHS = {"desktop": (1280, 800), "phone": (390, 844)}
LANGUAGES = {"zh": "zh-hans", "en": "en"}
LOCALES = {"zh": "zh-CN", "en": "en-GB"}  # of the browser itself: how it writes days in its own fields
PASSWORD = "yuanshan-2026"  # noqa: S105 (of the demo group, which `make run` prints)
PEOPLE = {"employee": "linzhixia", "approver": "xuqinghe", "finance": "chengyinan", "it": "fangqiming"}


@dataclass(frozen=True)
class Shot:
    """One page: whose, where, and what to click before the picture is taken.

    Clicks are selectors, in order; "?" in front: only where it is seen.
    """

    name: str
    role: str
    path: str
    clicks: tuple[str, ...] = ()
    status: int = 200


SHOTS = (
    Shot("login", "", "/login/"),
    Shot("home", "employee", "/"),
    Shot("home-finance", "finance", "/"),
    Shot("wallet", "employee", "/wallet/"),
    Shot("invoice", "employee", "/wallet/", ("a.bx-fig-l",)),
    Shot("documents", "employee", "/documents/"),
    Shot("new-claim", "employee", "/documents/new/"),
    Shot("new-advance", "employee", "/documents/new/advance/"),
    Shot("document", "employee", "/documents/?status=waiting", ("main a.bx-doc",)),
    Shot("editor", "employee", "/documents/?status=draft", ("main a.bx-doc",)),
    Shot("inbox", "approver", "/inbox/"),
    Shot("inbox-done", "approver", "/inbox/done/"),
    Shot("inbox-stuck", "it", "/inbox/stuck/"),
    Shot("hand-over", "approver", "/inbox/", ("?.bx-decide label[for=say]", "a.bx-decide-transfer")),
    Shot("voucher", "finance", "/vouchers/"),
    Shot("voucher-draft", "finance", "/vouchers/?show=review"),
    Shot("voucher-edited", "finance", "/vouchers/?show=review", ("a[data-voucher]", "a[data-edit]")),
    Shot("exports", "finance", "/vouchers/exports/"),
    Shot("budget", "finance", "/budgets/"),
    Shot("connectors", "it", "/oa/"),
    Shot("new-connection", "it", "/oa/new/"),
    Shot("connection", "it", "/oa/", ("main a.bx-c-name",)),
    Shot("delivery", "it", "/oa/", (".bx-logs a.bx-fig",)),
    Shot("password", "employee", "/me/password/"),
    Shot("search", "employee", "/search/?q=%E4%B8%8A%E6%B5%B7"),
    Shot("me", "employee", "/me/"),
    Shot("not-found", "employee", "/nothing/here/", status=404),
)


class Studio:
    """One browser; a context a person, width and language, so that nobody signs in twice."""

    def __init__(self, chromium: Browser, address: str, folder: Path, theme: str) -> None:
        self.chromium, self.address, self.folder, self.theme = chromium, address, folder, theme
        self.contexts: dict[tuple[str, str, str], BrowserContext] = {}
        self.complaints: list[str] = []

    def connect(self) -> None:
        """Make one connection and send it a test event, if there is none: to an address where nobody answers."""
        page = self._context("it", "desktop", "en").new_page()
        page.goto(self.address + "/oa/")
        if not page.locator("main a.bx-c-name").count():
            page.goto(self.address + "/oa/new/")
            page.fill("[name=name]", "泛微 e-cology")
            page.fill("[name=url]", "https://oa.example.com/hooks/reimburse")
            page.click(".bx-c-form button.btn-primary")
            page.goto(self.address + "/oa/")
            page.click("main a.bx-c-name")
            page.click("form[action$='/test/'] button")
            page.wait_for_load_state("networkidle")
        page.close()

    def take(self, shot: Shot) -> None:
        for width in WIDTHS:
            for language in LANGUAGES:
                name = f"{shot.name}-{width}-{language}"
                page = self._context(shot.role, width, language).new_page()
                if shot.status == 200:  # the browser itself writes of other answers
                    page.on("console", self._listener(name))
                self._open(page, shot, name)
                page.screenshot(path=self.folder / f"{name}.png")
                page.close()

    def _listener(self, name: str) -> Callable[[ConsoleMessage], None]:
        return lambda said: self.complaints.append(f"{name}: {said.text}")

    def _open(self, page: Page, shot: Shot, name: str) -> None:
        response = page.goto(self.address + shot.path, wait_until="networkidle")
        if response is None or response.status != shot.status:
            self.complaints.append(f"{name}: answered {response.status if response else 'nothing'}")
        for click in shot.clicks:
            selector = click.removeprefix("?")
            if not page.locator(selector).first.is_visible():
                if click != selector:
                    continue
                self.complaints.append(f"{name}: nothing to click at {selector}")
                return
            page.locator(selector).first.click()
            page.wait_for_load_state("networkidle")
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            self.complaints.append(f"{name}: wider than the screen")

    def _context(self, role: str, width: str, language: str) -> BrowserContext:
        key = (role, width, language)
        if key not in self.contexts:
            across, down = WIDTHS[width]
            context = self.chromium.new_context(
                viewport={"width": across, "height": down},
                device_scale_factor=2,
                is_mobile=width == "phone",
                has_touch=width == "phone",
                color_scheme="dark" if self.theme == "dark" else "light",
                timezone_id="Asia/Shanghai",
                locale=LOCALES[language],
            )
            if role:
                self._sign_in(context, PEOPLE[role])
            context.add_cookies([{"name": "django_language", "value": LANGUAGES[language], "url": self.address}])
            self.contexts[key] = context
        return self.contexts[key]

    def _sign_in(self, context: BrowserContext, username: str) -> None:
        page = context.new_page()
        page.goto(self.address + "/login/")
        page.fill("[name=username]", username)
        page.fill("[name=password]", PASSWORD)
        page.click("form button[type=submit].btn-primary")
        page.wait_for_load_state("networkidle")
        if "/login/" in page.url:
            sys.exit(f"{username} could not sign in at {self.address}. Is the demo group loaded (make run)?")
        page.close()


def chosen(only: str) -> Iterator[Shot]:
    wanted = {name for name in only.split(",") if name}
    unknown = wanted - {shot.name for shot in SHOTS}
    if unknown:
        sys.exit(f"There is no page called {', '.join(sorted(unknown))}. Known: {', '.join(s.name for s in SHOTS)}")
    yield from (shot for shot in SHOTS if not wanted or shot.name in wanted)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--address", default="http://127.0.0.1:8000")
    parser.add_argument("--only", default="")
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser.executable(), args=browser.arguments())
        studio = Studio(chromium, given.address.rstrip("/"), given.folder, given.theme)
        shots = list(chosen(given.only))
        if any(shot.path == "/oa/" for shot in shots):
            studio.connect()
        for shot in shots:
            studio.take(shot)
        chromium.close()
    for complaint in studio.complaints:
        print(complaint, file=sys.stderr)
    return 1 if studio.complaints else 0


if __name__ == "__main__":
    sys.exit(main())
