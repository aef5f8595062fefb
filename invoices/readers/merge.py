"""Several sources of one invoice laid over each other: the most trustworthy speaks, any other that differs is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace

from invoices.readers import text
from invoices.readers.base import DISPUTED, KEYS, Facts, Kind, Reading, Source, Value

_RANK = {source: rank for rank, source in enumerate(Source)}
# A refined kind is no contradiction: the code tells toll invoices apart where the heading does not.
_SAME_KIND = ({Kind.VAT, Kind.TOLL}, {Kind.PAPER_SPECIAL, Kind.VAT_SPECIAL}, {Kind.PAPER, Kind.VAT, Kind.ROLL})


def merge(readings: Sequence[Reading]) -> Reading:
    """One reading of all. Where two sources differ the key is unsure and both candidates are kept."""
    ordered = sorted(readings, key=_rank)
    if not ordered:
        return Reading()
    merged = Reading(kind=next((reading.kind for reading in ordered if reading.kind), None))
    for key in KEYS:
        _settle(merged, key, [reading.values[key] for reading in ordered if key in reading.values])
    merged.facts = _facts([reading.facts for reading in ordered])
    merged.blank = set().union(*(reading.blank for reading in ordered)) - merged.values.keys()
    merged.doubt(*(key for reading in ordered for key in reading.unsure if not _confirmed(merged, key, ordered)))
    for reading in ordered:
        for note in reading.notes:
            merged.note(note.code, **note.params)
    return merged


def _rank(reading: Reading) -> int:
    """By the best source a reading has anything from."""
    return min((_RANK[value.source] for value in reading.values.values()), default=len(_RANK))


def _settle(merged: Reading, key: str, candidates: list[Value]) -> None:
    if not candidates:
        return
    ranked = sorted(candidates, key=lambda value: _RANK[value.source])
    chosen = ranked[0]
    others = [value for value in ranked[1:] if not _same(key, chosen, value)]
    if not others:
        merged.values[key] = chosen
        return
    merged.values[key] = replace(chosen, confidence=DISPUTED)
    merged.alternatives[key] = [chosen, *others]
    merged.doubt(key)
    merged.note("sources_differ", key=key)


def _same(key: str, one: Value, other: Value) -> bool:
    if isinstance(one.value, str) and isinstance(other.value, str):
        return text.same_text(one.value, other.value) or (key == "kind" and _same_kind(one.value, other.value))
    return one.value == other.value


def _same_kind(one: str, other: str) -> bool:
    return any(one in group and other in group for group in _SAME_KIND) or Kind.FISCAL.value in (one, other)


def _confirmed(merged: Reading, key: str, readings: Sequence[Reading]) -> bool:
    """One source's doubt about a key is lifted when another says the same without doubt."""
    chosen = merged.values.get(key)
    return chosen is not None and any(
        key in reading.values and key not in reading.unsure and _same(key, chosen, reading.values[key])
        for reading in readings
    )


def _facts(found: Sequence[Facts]) -> Facts:
    """The first that says something, fact by fact."""
    merged = Facts()
    for fact in fields(Facts):
        for facts in found:
            said = getattr(facts, fact.name)
            if said not in ("", None, []):
                setattr(merged, fact.name, said)
                break
    return merged
