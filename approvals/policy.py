"""Judgements on facts and answers, without the database: does a condition hold, is a step's rule met."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from approvals.kinds import Fact, FactType
from approvals.models import Condition, RouteStep
from approvals.snapshot import Step

Operator = Condition.Operator

# What may be asked of which type of fact.
OPERATORS: Mapping[FactType, Sequence[Operator]] = {
    "decimal": (Operator.AT_LEAST, Operator.BELOW, Operator.IS),
    "number": (Operator.AT_LEAST, Operator.BELOW, Operator.IS, Operator.IS_NOT),
    "code": (Operator.IS, Operator.IS_NOT, Operator.IN),
    "codes": (Operator.HAS_ANY, Operator.HAS_NONE),
    "bool": (Operator.IS,),
}
YES, NO = "yes", "no"
TRUTH = {YES: True, NO: False, "true": True, "false": False, "是": True, "否": False}


def values_of(text: str) -> list[str]:
    """The values written in a condition; commas of either script, or 、, separate them."""
    return [value for part in text.replace("，", ",").replace("、", ",").split(",") if (value := part.strip())]


def decimal_of(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def holds(fact: Fact, key: str, operator: str, values: Sequence[str], facts: Mapping[str, Any]) -> bool:
    """Whether a condition holds for a document's facts. A fact that is unknown or empty satisfies nothing but "is not"
    and "contains none of"."""
    value = facts.get(key)
    match fact.type:
        case "decimal" | "number":
            return _compare(operator, value, values)
        case "bool":
            return bool(values) and TRUTH.get(values[0].lower()) == bool(value)
        case "codes":
            shared = bool(set(value or ()) & set(values))
            return shared if operator == Operator.HAS_ANY else operator == Operator.HAS_NONE and not shared
        case "code":
            belongs = set(facts.get(fact.within) or ()) if fact.within else set()
            inside = bool((belongs | {value}) & set(values))
            return not inside if operator == Operator.IS_NOT else operator in (Operator.IS, Operator.IN) and inside


def _compare(operator: str, value: Any, values: Sequence[str]) -> bool:
    given = None if value is None else decimal_of(str(value))
    bound = decimal_of(values[0]) if values else None
    if given is None or bound is None:
        return False
    match operator:
        case Operator.AT_LEAST:
            return given >= bound
        case Operator.BELOW:
            return given < bound
        case Operator.IS:
            return given == bound
        case Operator.IS_NOT:
            return given != bound
    return False


def counted(step: Step, approved_before: Collection[int]) -> list[int]:
    """Whose approval of the step directly before counts for this one: nobody is asked the same twice in a row."""
    return [person.id for person in step.people if person.id in approved_before]


def is_passed(step: Step, counts: Collection[int]) -> bool:
    """Whether a step needs no further answer because of the approvals that count for it."""
    if step.how_many == RouteStep.Rule.ANY:
        return bool(counts)
    return all(person.id in counts for person in step.people)


def is_met(step: Step, waiting: Collection[object]) -> bool:
    """Whether a step is done after an approval, `waiting` being the turns of it that are still open."""
    return step.how_many == RouteStep.Rule.ANY or not waiting
