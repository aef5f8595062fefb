"""Wording of findings: each app registers the sentence for its codes; the page words them in the viewer's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from common.errors import Wording

_wordings: dict[str, Wording] = {}


def register(wordings: Mapping[str, Wording]) -> None:
    """Declare the sentences of an app's finding codes (in `apps.ready()`)."""
    for code, wording in wordings.items():
        if _wordings.setdefault(code, wording) != wording:
            raise ValueError(f"two wordings for the finding {code}")


def word(code: str, params: Mapping[str, Any]) -> str:
    return str(_wordings[code]) % params


def codes() -> set[str]:
    return set(_wordings)
