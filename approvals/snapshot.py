"""The route of one round as it is kept on the request: who is asked at each step, under which rule, and why.

Compiled once, when the round opens; a change of the route's rules never reaches it. People are kept with their names,
so that the page can say who is next without asking the directory.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.translation import get_language

from approvals.models import RouteStep, Slot
from directory.models import Employee


def _shown(name: str, name_en: str) -> str:
    english = (get_language() or "").startswith("en")
    return name_en if english and name_en else name


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody a step asks, and by what right (`Slot.Reason`)."""

    id: int
    name: str
    name_en: str
    reason: str

    @classmethod
    def of(cls, employee: Employee, reason: str) -> Person:
        return cls(employee.pk, employee.name, employee.name_en, reason)

    @property
    def display_name(self) -> str:
        return _shown(self.name, self.name_en)

    @property
    def pk(self) -> int:  # a face on the page takes its tone from it
        return self.id


@dataclass(frozen=True, slots=True)
class Reason:
    """A condition that held (or, for a step left out, did not), as code and parameters; `wording` makes words of it."""

    fact: str
    operator: str
    values: list[str]


@dataclass(slots=True)
class Step:
    """One step. `named` are the people of a step that names them; `counted` are those whose approval of the step
    directly before counts here as well, filled in when the step opens or is passed."""

    name: str
    name_en: str
    source: str
    rule: str
    level: int = 1
    role: str = ""
    named: list[int] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    why: list[Reason] = field(default_factory=list)
    counted: list[int] = field(default_factory=list)

    @property
    def shown_name(self) -> str:
        return _shown(self.name, self.name_en)

    @property
    def how_many(self) -> str:
        """The rule that applies: of process administrators who stand in, any one is enough."""
        stand_in = bool(self.people) and all(person.reason == Slot.Reason.UNRESOLVED for person in self.people)
        return RouteStep.Rule.ANY if stand_in else self.rule


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A step of the route that this document does not need, and the conditions that did not hold."""

    name: str
    name_en: str
    why: list[Reason]

    @property
    def shown_name(self) -> str:
        return _shown(self.name, self.name_en)


@dataclass(slots=True)
class Route:
    id: int
    name: str
    name_en: str
    version: int
    why: list[Reason]
    steps: list[Step]
    left_out: list[LeftOut]

    @property
    def shown_name(self) -> str:
        return _shown(self.name, self.name_en)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def read(kept: Mapping[str, Any]) -> Route:
    """The route kept on a request."""
    return Route(
        id=kept["id"],
        name=kept["name"],
        name_en=kept["name_en"],
        version=kept["version"],
        why=_reasons(kept["why"]),
        steps=[_step(step) for step in kept["steps"]],
        left_out=[LeftOut(left["name"], left["name_en"], _reasons(left["why"])) for left in kept["left_out"]],
    )


def _step(kept: Mapping[str, Any]) -> Step:
    return Step(
        **{key: value for key, value in kept.items() if key not in ("people", "why")},
        people=[Person(**person) for person in kept["people"]],
        why=_reasons(kept["why"]),
    )


def _reasons(kept: list[dict[str, Any]]) -> list[Reason]:
    return [Reason(**reason) for reason in kept]
