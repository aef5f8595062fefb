"""Comparing a reading with what an invoice is known to say."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from invoices.readers.base import KEYS, Reading


def said(reading: Reading) -> dict[str, str | None]:
    """Every key's value as text, None where there is none."""
    return {key: reading.text(key) or None for key in KEYS}


def differences(
    reading: Reading, truth: Mapping[str, str | None], *, absent: Collection[str] = ()
) -> dict[str, tuple[str | None, str | None]]:
    """Key → (read, true), of keys that differ. Those `absent` from the source may be missing, but never wrong."""
    found = said(reading)
    return {
        key: (found[key], truth[key])
        for key in KEYS
        if found[key] != truth[key] and not (key in absent and found[key] is None)
    }


@dataclass
class Tally:
    """Right, missing and wrong fields of one kind of file."""

    files: int = 0
    right: int = 0
    missing: int = 0
    unsure: int = 0
    wrong: list[str] = field(default_factory=list)

    def count(self, name: str, reading: Reading, truth: Mapping[str, str | None]) -> None:
        self.files += 1
        for key, value in said(reading).items():
            if value == truth[key]:
                self.right += value is not None
            elif value is None:
                self.missing += 1
            elif key in reading.unsure:
                self.unsure += 1
            else:
                self.wrong.append(f"{name}: {key} is {truth[key]!r}, read as {value!r}")


def table(tallies: Mapping[str, Tally]) -> str:
    lines = [f"\n{'kind of file':<14}{'files':>6}{'right':>7}{'missing':>9}{'unsure':>8}{'wrong':>7}"]
    for kind, tally in sorted(tallies.items()):
        figures = f"{tally.files:>6}{tally.right:>7}{tally.missing:>9}{tally.unsure:>8}{len(tally.wrong):>7}"
        lines.append(f"{kind:<14}{figures}")
    return "\n".join(lines)
