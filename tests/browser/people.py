"""Who plays the stories, and what they see: words in their language, pages that fit their screen."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils import translation
from playwright.sync_api import Locator, Page

from demo.group import PASSWORD
from demo.samples import Sample
from directory.models import Company, Employee
from tests.visitors import Visitor, settled

WAIT = 90_000  # milliseconds for what a worker or the reader has to do first
DROP = """(files) => {
  const dropped = new DataTransfer();
  for (const [name, content] of files) {
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
    dropped.items.add(new File([bytes], name));
  }
  document.querySelector("h1").dispatchEvent(
    new DragEvent("drop", {dataTransfer: dropped, bubbles: true, cancelable: true}));
}"""

SPILT = "[...document.querySelectorAll('.bx-steps')].some((steps) => steps.scrollWidth > steps.clientWidth)"


@dataclass(frozen=True)
class Group:
    """One company of the example group, and its people by sign-in name."""

    company: Company

    def person(self, username: str) -> Employee:
        return Employee.objects.get(username=username)


@dataclass
class Player:
    """Somebody at a screen, in one language. Each page is looked at: nothing may be wider than the screen."""

    employee: Employee
    visitor: Visitor
    language: str
    page: Page

    @classmethod
    def enter(cls, visitor: Visitor, employee: Employee, language: str, path: str = "/") -> Player:
        visitor.speak(language).sign_in_by_hand(employee, PASSWORD)
        return cls(employee, visitor, language, visitor.open(path))

    def word(self, msgid: str, context: str = "") -> str:
        """What stands on the page for a message, in the language of the player."""
        with translation.override(self.language):
            return translation.pgettext(context, msgid) if context else translation.gettext(msgid)

    def go(self, path: str) -> None:
        self.look()
        self.page.goto(self.visitor.address + path)
        self.settle()
        self.look()

    def look(self) -> None:
        wide = self.page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wide, f"wider than the screen: {self.page.url}"
        spilt = self.page.evaluate(SPILT)
        assert not spilt, f"the stages run out of their card: {self.page.url}"

    def settle(self) -> None:
        settled(self.page)

    def was_refused(self, status: int) -> None:
        """The browser and htmx note by themselves an answer that says no; nothing else may have been said."""
        refused = [line for line in self.visitor.said if f" {status}" in line]
        assert refused, "nothing was refused"
        self.visitor.said[:] = [line for line in self.visitor.said if line not in refused]

    def button(self, msgid: str) -> Locator:
        return self.page.get_by_role("button", name=self.word(msgid))

    def link(self, msgid: str) -> Locator:
        return self.page.get_by_role("link", name=self.word(msgid))

    def drop(self, files: Sequence[Sample]) -> None:
        """Files dragged from the desk onto the page."""
        self.page.evaluate(DROP, [[file.name, base64.b64encode(file.content).decode()] for file in files])


def until(reached: Callable[[], bool], page: Page, what: str) -> None:
    """Let the page live until something is so in the database, which a worker brings about."""
    deadline = time.monotonic() + WAIT / 1000
    while not reached():
        assert time.monotonic() < deadline, f"not reached: {what}"
        page.wait_for_timeout(200)
