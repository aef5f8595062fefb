"""What is wrong with a route as an administrator wrote it, said so that she can mend it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from approvals import kinds, policy
from approvals.kinds import Fact, Kind
from approvals.models import Condition, RouteStep
from directory.models import Company, Role

LISTED = 12  # codes named in a message; more would not be read


def condition_faults(kind_code: str, company: Company, fact_key: str, operator: str, value: str) -> dict[str, str]:
    """Field → what is wrong with a condition; empty when it can be asked."""
    kind = kinds.find(kind_code)
    if kind is None:
        return {"fact": _("The kind of document “%(kind)s” is unknown.") % {"kind": kind_code}}
    fact = kind.facts.get(fact_key)
    if fact is None:
        return {"fact": _unknown_fact(kind, fact_key)}
    if operator not in policy.OPERATORS[fact.type]:
        fitting = _(", ").join(str(Condition.Operator(one).label) for one in policy.OPERATORS[fact.type])
        words = {"fact": fact.label, "operators": fitting}
        return {"operator": _("“%(fact)s” can be compared by: %(operators)s.") % words}
    fault = _value_fault(fact, company, operator, policy.values_of(value))
    return {"value": fault} if fault else {}


def _unknown_fact(kind: Kind, fact_key: str) -> str:
    words = {"fact": fact_key, "kind": kind.label, "facts": _(", ").join(kind.facts)}
    return _("“%(kind)s” has no fact “%(fact)s”. There are: %(facts)s.") % words


def _value_fault(fact: Fact, company: Company, operator: str, values: list[str]) -> str:
    several = operator in (Condition.Operator.IN, Condition.Operator.HAS_ANY, Condition.Operator.HAS_NONE)
    if not values:
        return _("Say what to compare “%(fact)s” with.") % {"fact": fact.label}
    if len(values) > 1 and not several:
        return _("Only one value can stand here. For several, choose “is one of”.")
    if fact.type in ("decimal", "number") and policy.decimal_of(values[0]) is None:
        words = {"value": values[0]}
        return _("“%(value)s” is not a number. Write 10000 or 10000.00, without thousands separators.") % words
    if fact.type == "bool" and values[0].lower() not in policy.TRUTH:
        return _("Write yes or no (是 or 否).")
    return _unknown_codes(fact, company, values) if fact.choices else ""


def _unknown_codes(fact: Fact, company: Company, values: list[str]) -> str:
    codes = [code for code, _name in fact.choices(company)] if fact.choices else []
    unknown = [value for value in values if value not in codes]
    if not unknown:
        return ""
    words = {"values": _(", ").join(unknown), "company": company.shown_name, "codes": _(", ").join(codes[:LISTED])}
    return _("%(company)s has no code %(values)s. It has: %(codes)s…") % words


def in_words(kind_code: str, condition: Condition) -> str:
    """A condition for a list of the admin: amount at least 10000."""
    kind = kinds.find(kind_code)
    fact = kind.facts.get(condition.fact) if kind else None
    label = fact.label if fact else condition.fact
    return f"{label} {Condition.Operator(condition.operator).label} {condition.value}"


def step_faults(source: str, level: int | None, role: str, names_people: bool) -> dict[str, str]:
    """Field → what is wrong with a step."""
    if source == RouteStep.Source.MANAGER and not level:
        return {"level": _("Say how many levels up: 1 is the manager.")}
    if source == RouteStep.Source.PEOPLE and not names_people:
        return {"people": _("Name at least one person.")}
    if source == RouteStep.Source.ROLE and not Role.objects.filter(code=role).exists():
        codes = _(", ").join(Role.objects.order_by("code").values_list("code", flat=True)[:LISTED])
        return {"role": _("There is no role “%(role)s”. There are: %(codes)s.") % {"role": role, "codes": codes}}
    return {}
