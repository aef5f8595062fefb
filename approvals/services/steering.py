"""From step to step: who is asked next, and moving the flow there. Building blocks, called under the request's lock."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from django.utils import timezone
from viewflow.workflow.models import Task

from approvals import people, policy
from approvals.flows import ApprovalFlow, Course
from approvals.models import ApprovalRequest, Slot
from approvals.people import Circumstances
from approvals.snapshot import Step
from directory.models import Employee


def circumstances(request: ApprovalRequest, *, route: str, at: datetime) -> Circumstances:
    return Circumstances(
        company=request.company,
        applicant=request.applicant,
        department=request.department,
        cost_centre=request.cost_centre,
        day=timezone.localdate(at),
        route=route,
    )


def set_course(course: Course, *, first: int, approved_before: Collection[int]) -> None:
    """Choose the next step that still needs an answer, from `first` on, or the end of the route.

    A step whose rule is met by those who approved the step directly before is passed; `counted` on the kept step says
    by whom. `approved_before` are their ids. Raises NoApprover.
    """
    request, steps = course.request, course.route.steps
    for index in range(first, len(steps)):
        step = steps[index]
        replace_those_who_left(step, course)
        step.counted = policy.counted(step, approved_before)
        if not policy.is_passed(step, step.counted):
            request.step, course.node = index, "step"
            return
        approved_before = step.counted
    course.node = "approved"


def replace_those_who_left(step: Step, course: Course) -> None:
    """Apply the step's rule anew to the directory as it stands, if one of its people has left since it was compiled."""
    asked = {person.id for person in step.people}
    working = set(Employee.objects.filter(pk__in=asked, is_active=True).values_list("pk", flat=True))
    if working == asked:
        return
    about = circumstances(course.request, route=course.route.shown_name, at=course.at)
    people.fill(step, about)
    step.people = [
        replace(person, reason=Slot.Reason.LEFT)
        if person.reason == Slot.Reason.ROUTE and person.id not in asked
        else person
        for person in step.people
    ]


def move(course: Course, task: Task) -> None:
    """Finish the step's task and enter the node of the course."""
    activation = ApprovalFlow.step.activation_class(task)
    activation.process.course = course
    activation.run(None)
    activation.execute()


def close_turns(turns: Collection[Slot], state: Slot.State, *, at: datetime, actor: Employee | None) -> None:
    """Close turns that nobody has to take any more."""
    if turns:
        Slot.objects.filter(pk__in=[slot.pk for slot in turns]).update(state=state, acted_at=at, acted_by=actor)
