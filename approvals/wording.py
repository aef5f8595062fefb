"""Why a document takes its route, in words: conditions are kept as code and parameters and worded when shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals import kinds, policy
from approvals.models import ApprovalRequest, Condition
from approvals.snapshot import Reason, Route, Step
from common.errors import Wording
from common.money import MINOR_DIGITS
from common.templatetags import ui

Operator = Condition.Operator

SENTENCES: Mapping[str, Wording] = {
    Operator.IS: gettext_lazy("%(fact)s is %(values)s"),
    Operator.IS_NOT: gettext_lazy("%(fact)s is not %(values)s"),
    Operator.IN: gettext_lazy("%(fact)s is %(values)s"),
    Operator.HAS_ANY: gettext_lazy("%(fact)s include %(values)s"),
    Operator.HAS_NONE: gettext_lazy("%(fact)s do not include %(values)s"),
    Operator.AT_LEAST: gettext_lazy("%(fact)s from %(values)s"),
    Operator.BELOW: gettext_lazy("%(fact)s below %(values)s"),
}


@dataclass(frozen=True, slots=True)
class Because:
    """One line of “why this route”: a reason, and what follows from it."""

    reason: str
    effect: str


@dataclass(slots=True)
class Words:
    """Makes sentences of the conditions of one request; the names behind codes are read once per fact."""

    request: ApprovalRequest
    names: dict[str, dict[str, str]] = field(default_factory=dict)

    def all_of(self, reasons: Sequence[Reason]) -> str:
        return _(", ").join(self._each(reasons))

    def _each(self, reasons: Sequence[Reason]) -> Iterator[str]:
        lowest = {r.fact: r for r in reasons if r.operator == Operator.AT_LEAST}
        highest = {r.fact: r for r in reasons if r.operator == Operator.BELOW}
        for reason in reasons:
            if (
                reason.fact in lowest
                and reason.fact in highest
                and reason.operator in (Operator.AT_LEAST, Operator.BELOW)
            ):
                if reason.operator == Operator.AT_LEAST:
                    yield self._between(reason, highest[reason.fact])
                continue
            yield self._one(reason)

    def _between(self, low: Reason, high: Reason) -> str:
        words = {"fact": self._label(low.fact), "low": self._values(low), "high": self._values(high)}
        return _("%(fact)s from %(low)s to below %(high)s") % words

    def _one(self, reason: Reason) -> str:
        words = {"fact": self._label(reason.fact), "values": self._values(reason)}
        if self._type(reason.fact) == "bool":
            yes = bool(reason.values) and policy.TRUTH.get(reason.values[0].lower())
            return words["fact"] if yes else _("not %(fact)s") % words
        return str(SENTENCES[reason.operator]) % words

    def _fact(self, key: str) -> kinds.Fact | None:
        kind = kinds.find(self.request.kind)
        return kind.facts.get(key) if kind else None

    def _type(self, key: str) -> str:
        fact = self._fact(key)
        return fact.type if fact else ""

    def _label(self, key: str) -> str:
        fact = self._fact(key)
        return str(fact.label) if fact else key

    def _values(self, reason: Reason) -> str:
        fact = self._fact(reason.fact)
        if fact is not None and fact.type == "decimal":
            return _(" or ").join(self._amount(value) for value in reason.values)
        if fact is None or fact.choices is None:
            return _(" or ").join(reason.values)
        if reason.fact not in self.names:
            self.names[reason.fact] = dict(fact.choices(self.request.company))
        names = self.names[reason.fact]
        return _(" or ").join(names.get(value, value) for value in reason.values)

    def _amount(self, text: str) -> str:
        number = policy.decimal_of(text)
        return text if number is None else ui.money(_short(number, self.request.currency), self.request.currency)


def _short(number: Decimal, currency: str) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-MINOR_DIGITS.get(currency, 2)))


def because(request: ApprovalRequest, route: Route) -> list[Because]:
    """Why this route and not another, and why each of its steps is there or is left out."""
    words = Words(request)
    lines = []
    if route.why:
        lines.append(Because(words.all_of(route.why), route.shown_name))
    for step in route.steps:
        if step.why:
            lines.append(Because(words.all_of(step.why), step.shown_name))
        if step.how_many != step.rule or not step.source:
            lines.append(
                Because(_("nobody found for “%(step)s”") % {"step": step.shown_name}, _("process administrator"))
            )
    for left in route.left_out:
        reason = _("does not apply: %(conditions)s") % {"conditions": words.all_of(left.why)}
        lines.append(Because(reason, _("without “%(step)s”") % {"step": left.shown_name}))
    lines += [_counted(step) for step in route.steps if step.counted]
    return lines


def _counted(step: Step) -> Because:
    names = _(", ").join(person.display_name for person in step.people if person.id in step.counted)
    reason = _("%(people)s approved the step before") % {"people": names}
    return Because(reason, _("counts for “%(step)s”") % {"step": step.shown_name})
