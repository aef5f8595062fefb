"""Merge the translations of every area (locale_src/*.po) into the one catalogue that Django reads.

    python -m scripts.messages

An area owns its words, so that the files stay short. Refused are: an entry without translation or marked fuzzy, the
same message translated in two ways, and a translation whose %(places)s differ from the message's.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "locale_src"
TARGET = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.mo"
METADATA = {"Language": "zh_Hans", "Content-Type": "text/plain; charset=UTF-8", "Plural-Forms": "nplurals=1; plural=0;"}
PLACE = re.compile(r"%\(\w+\)[#0 +-]*[\d.]*[a-zA-Z]")

Key = tuple[str, str]  # context ("" for none), message


@dataclass(frozen=True)
class Merged:
    entries: dict[Key, polib.POEntry]
    problems: list[str]


def key_of(entry: polib.POEntry) -> Key:
    return entry.msgctxt or "", entry.msgid


def translations_of(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def faults_of(entry: polib.POEntry) -> list[str]:
    """What is wrong with one entry taken alone."""
    texts = translations_of(entry)
    if entry.fuzzy or not texts or not all(texts):
        return ["has no translation, or one marked fuzzy"]
    known = set(PLACE.findall(entry.msgid)) | set(PLACE.findall(entry.msgid_plural or ""))
    if any(set(PLACE.findall(text)) - known for text in texts):
        return ["names a place in its translation that the message does not have"]
    if not entry.msgid_plural and any(known - set(PLACE.findall(text)) for text in texts):
        return ["leaves out a place of the message in its translation"]
    return []


def merge(folder: Path = SOURCES) -> Merged:
    entries: dict[Key, polib.POEntry] = {}
    homes: dict[Key, str] = {}
    problems: list[str] = []
    for file in sorted(folder.glob("*.po")):
        try:
            catalogue = polib.pofile(str(file), check_for_duplicates=False)
        except (OSError, UnicodeDecodeError) as error:
            problems.append(f"{file.name}: cannot be read: {error}")
            continue
        for entry in catalogue:
            if entry.obsolete:
                continue
            key = key_of(entry)
            problems += [f"{file.name}:{entry.linenum}: “{entry.msgid}” {fault}" for fault in faults_of(entry)]
            other = entries.get(key)
            if other is not None and translations_of(other) != translations_of(entry):
                both = f"{translations_of(other)[0]} ({homes[key]}) and {translations_of(entry)[0]}"
                problems.append(f"{file.name}:{entry.linenum}: “{entry.msgid}” is translated in two ways: {both}")
            entries.setdefault(key, entry)
            homes.setdefault(key, file.name)
    return Merged(entries, problems)


def write(entries: dict[Key, polib.POEntry], target: Path = TARGET) -> None:
    """Put the compiled catalogue in place in one step, so that a reader never meets half of it."""
    catalogue = polib.POFile()
    catalogue.metadata = METADATA
    catalogue.extend(entry for _key, entry in sorted(entries.items()))
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(descriptor, "wb") as out:
        out.write(catalogue.to_binary())
    Path(draft).chmod(0o644)
    Path(draft).replace(target)


def is_stale(folder: Path = SOURCES, target: Path = TARGET) -> bool:
    made = target.stat().st_mtime if target.exists() else 0.0
    return made == 0.0 or any(path.stat().st_mtime >= made for path in [folder, *folder.glob("*.po")])


def main() -> int:
    merged = merge()
    for problem in merged.problems:
        print(problem, file=sys.stderr)
    if merged.problems:
        print(f"{len(merged.problems)} translations have to be mended; nothing was written.", file=sys.stderr)
        return 1
    write(merged.entries)
    return 0


if __name__ == "__main__":
    sys.exit(main())
