"""Who approves a step: from what the step asks for and the directory as it stands.

The rules, in this order:

- Nobody approves a document of their own. The applicant's place moves up: to the head of the department above, or to
  her manager. In an any-one-of step that has others, she is merely left out.
- A department without a working head is headed by the one above.
- Where all of several named people must approve and one has left, a process administrator takes the place.
- Where nobody is found, the process administrators decide, any one of them. Without one, the request is refused.

Every place that did not go to whom the step asked for carries the reason (`Slot.Reason`), which the page shows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import islice

from django.utils.translation import gettext_lazy as _

from approvals.models import RouteStep, Slot
from approvals.snapshot import Person, Step
from common.errors import BusinessError
from directory import rights
from directory import selectors as directory
from directory.models import Company, CostCentre, Department, Employee

Reason = Slot.Reason
Source = RouteStep.Source
Rule = RouteStep.Rule


class NoApprover(BusinessError):
    code = "no_approver"
    status = 422
    wording = _(
        "Nobody can be found for the step “%(step)s” of the route “%(route)s”, and %(company)s has no process "
        "administrator who could decide instead. Ask an administrator to fill the place or to name a process "
        "administrator; then send it again."
    )


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the people of a step depend on."""

    company: Company
    applicant: Employee
    department: Department
    cost_centre: CostCentre
    day: date
    route: str  # its name, for the error


def fill(step: Step, about: Circumstances) -> None:
    """Put the people into a step. Raises NoApprover."""
    found = list({person.id: person for person in _asked(step, about)}.values())
    step.people = found or administrators(step, about)


def administrators(step: Step, about: Circumstances) -> list[Person]:
    """The process administrators, never the applicant herself. Raises NoApprover when there is none."""
    holders = rights.people_with(rights.ADMINISTER_PROCESS, about.company)
    found = [Person.of(holder, Reason.UNRESOLVED) for holder in holders if holder != about.applicant]
    if not found:
        raise NoApprover(step=step.shown_name, route=about.route, company=about.company.shown_name)
    return found


def _asked(step: Step, about: Circumstances) -> list[Person]:
    match step.source:
        case Source.MANAGER:
            nth = islice(_managers(about), max(step.level, 1) - 1, max(step.level, 1))
            return [Person.of(manager, Reason.ROUTE) for manager in nth]
        case Source.DEPARTMENT_HEAD:
            return _head(about)
        case Source.COST_CENTRE_OWNER:
            owner = about.cost_centre.owner
            return _without_applicant(step, [owner] if owner and owner.is_active else [], about)
        case Source.ROLE:
            return _without_applicant(step, rights.holders(step.role, about.company), about)
        case Source.PEOPLE:
            return _named(step, about)
    return []


def _managers(about: Circumstances) -> Iterable[Employee]:
    return directory.managers_above(about.applicant, about.company, day=about.day)


def _head(about: Circumstances) -> list[Person]:
    """The first working head who is not the applicant, going up from the department."""
    reason = Reason.ROUTE
    for department in directory.departments_above(about.department):
        head = department.head
        if head is None or not head.is_active:
            reason = Reason.VACANT if reason == Reason.ROUTE else reason
        elif head == about.applicant:
            reason = Reason.SELF_APPROVAL
        else:
            return [Person.of(head, reason)]
    return []


def _named(step: Step, about: Circumstances) -> list[Person]:
    working = {person.pk: person for person in Employee.objects.filter(pk__in=step.named, is_active=True)}
    found = _without_applicant(step, [working[pk] for pk in step.named if pk in working], about)
    if found and step.rule == Rule.ALL and len(working) < len(step.named):
        first = administrators(step, about)[0]
        found.append(Person(first.id, first.name, first.name_en, Reason.LEFT))
    return found


def _without_applicant(step: Step, people: list[Employee], about: Circumstances) -> list[Person]:
    found = [Person.of(person, Reason.ROUTE) for person in people if person != about.applicant]
    if about.applicant in people and (not found or step.rule == Rule.ALL):
        above = islice(_managers(about), 1)
        found += [Person.of(manager, Reason.SELF_APPROVAL) for manager in above]
    return found
