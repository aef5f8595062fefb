"""Choosing the route of a request and compiling it into the snapshot that the request keeps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from approvals import people, policy, snapshot
from approvals.kinds import Kind
from approvals.models import Condition, Route, RouteStep
from approvals.people import Circumstances
from common.errors import BusinessError
from common.money import Money
from directory.models import Company


class NoRoute(BusinessError):
    code = "no_route"
    status = 422
    wording = _(
        "No approval route of %(company)s fits: %(kind)s over %(amount)s. Ask an administrator to add a route for it, "
        "or to widen one (Administration, Routes); then send it again."
    )


@dataclass(frozen=True, slots=True)
class Rules:
    """The active routes of a company for one kind, as administrators wrote them, read in three statements."""

    routes: list[Route]
    steps: Mapping[int, list[RouteStep]]
    of_route: Mapping[int, list[Condition]]
    of_step: Mapping[int, list[Condition]]

    @classmethod
    def read(cls, company: Company, kind: Kind) -> Rules:
        mine = Q(company=company, kind=kind.code, active=True)
        routes = list(Route.objects.filter(mine).order_by("position", "pk"))
        ids = [route.pk for route in routes]
        steps: dict[int, list[RouteStep]] = defaultdict(list)
        for step in RouteStep.objects.filter(route__in=ids).order_by("position", "pk"):
            steps[step.route_id].append(step)
        of_route: dict[int, list[Condition]] = defaultdict(list)
        of_step: dict[int, list[Condition]] = defaultdict(list)
        for condition in Condition.objects.filter(Q(route__in=ids) | Q(step__route__in=ids)).order_by("pk"):
            if condition.route_id is not None:
                of_route[condition.route_id].append(condition)
            elif condition.step_id is not None:
                of_step[condition.step_id].append(condition)
        return cls(routes, steps, of_route, of_step)


def compile_route(
    kind: Kind, facts: Mapping[str, Any], about: Mapping[str, Any], *, amount: Decimal, currency: str
) -> snapshot.Route:
    """The first route, by position, whose conditions all hold, with the people of its steps.

    `about` are the Circumstances without the route's name. Raises NoRoute, NoApprover.
    """
    company: Company = about["company"]
    rules = Rules.read(company, kind)
    for route in rules.routes:
        if not _failing(rules.of_route[route.pk], kind, facts):
            return _compiled(route, rules, kind, facts, about)
    raise NoRoute(company=company.shown_name, kind=kind.label, amount=Money(amount, currency))


def _compiled(
    route: Route, rules: Rules, kind: Kind, facts: Mapping[str, Any], about: Mapping[str, Any]
) -> snapshot.Route:
    compiled = snapshot.Route(
        id=route.pk,
        name=route.name,
        name_en=route.name_en,
        version=route.version,
        why=_reasons(rules.of_route[route.pk]),
        steps=[],
        left_out=[],
    )
    circumstances = Circumstances(**about, route=compiled.shown_name)
    for step in rules.steps[route.pk]:
        if failing := _failing(rules.of_step[step.pk], kind, facts):
            compiled.left_out.append(snapshot.LeftOut(step.name, step.name_en, _reasons(failing)))
            continue
        compiled.steps.append(_step(step, _reasons(rules.of_step[step.pk])))
    if not compiled.steps:  # never approved in silence: without a step that fits, the process administrators decide
        compiled.steps.append(_nobodys_step())
    for asked in compiled.steps:
        people.fill(asked, circumstances)
    return compiled


def _step(step: RouteStep, why: list[snapshot.Reason]) -> snapshot.Step:
    named = step.source == RouteStep.Source.PEOPLE
    return snapshot.Step(
        name=step.name,
        name_en=step.name_en,
        source=step.source,
        rule=step.rule,
        level=step.level,
        role=step.role,
        named=list(step.people.order_by("pk").values_list("pk", flat=True)) if named else [],
        why=why,
    )


def _nobodys_step() -> snapshot.Step:
    return snapshot.Step(name="流程管理员", name_en="Process administrator", source="", rule=RouteStep.Rule.ANY)


def _failing(conditions: Sequence[Condition], kind: Kind, facts: Mapping[str, Any]) -> list[Condition]:
    """The conditions that do not hold. One on a fact that the kind does not declare never does."""
    return [
        condition
        for condition in conditions
        if (fact := kind.facts.get(condition.fact)) is None
        or not policy.holds(fact, condition.fact, condition.operator, policy.values_of(condition.value), facts)
    ]


def _reasons(conditions: Sequence[Condition]) -> list[snapshot.Reason]:
    return [snapshot.Reason(c.fact, c.operator, policy.values_of(c.value)) for c in conditions]
