"""The step machine: one viewflow flow for every route (docs/adr/0002).

    start ─▶ step ─▶ step ─▶ … ─▶ approved | rejected | returned

One process is one round of a request, one Handle task is one step of it. Which step or end comes next is decided by
`services` under the lock of the request and handed over in memory as the Course: the gate is folded into the nodes.
The names of this module, of the flow and of its nodes are frozen, because rows refer to them. viewflow's own addresses,
views and lists are never used.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from viewflow import this
from viewflow.workflow import flow, lock
from viewflow.workflow.activation import Activation
from viewflow.workflow.base import Edge
from viewflow.workflow.nodes.end import EndActivation
from viewflow.workflow.nodes.handle import HandleActivation
from viewflow.workflow.nodes.start import StartHandleActivation
from viewflow.workflow.status import PROCESS

from approvals import snapshot
from approvals.models import ApprovalProcess, ApprovalRequest, Slot


@dataclass(slots=True)
class Course:
    """Where a request goes: the node to enter next, the request as locked, its route, and the moment."""

    request: ApprovalRequest
    route: snapshot.Route
    at: datetime
    node: str = "step"


class ByCourse(Activation):
    """Goes to the node that the course names: a switch without a task row of its own."""

    @Activation.status.super()  # type: ignore[untyped-decorator]
    def create_next(self) -> Iterator[Any]:
        node = self.flow_class.instance.node(self.process.course.node, no_obsolete=True)
        yield node._create(self, self.task.token)


class OpensRound(ByCourse, StartHandleActivation):
    """Starts a round's process. Nobody else can see the new rows, so that there is nothing to lock."""

    @StartHandleActivation.status.super()  # type: ignore[untyped-decorator]
    def execute(self) -> None:
        request = self.process.course.request
        self.process.save()
        request.process = self.process
        request.save()
        self.complete()
        self.activate_next()


class AsksApprovers(ByCourse, HandleActivation):
    """Waits for the approvers of one step: opens a turn for each of them."""

    @HandleActivation.status.super()  # type: ignore[untyped-decorator]
    def activate(self) -> None:
        course: Course = self.process.course
        request, step = course.request, course.route.steps[course.request.step]
        Slot.objects.bulk_create(
            Slot(
                request=request,
                task=self.task,
                company_id=request.company_id,
                round=request.round,
                step=request.step,
                approver_id=person.id,
                reason=person.reason,
                flagged=bool(request.attention),
                opened_at=course.at,
            )
            for person in step.people
            if person.id not in step.counted
        )


class EndsRound(EndActivation):
    """Finishes the process. A round has one task at a time, so that none is left to count."""

    @EndActivation.status.super()  # type: ignore[untyped-decorator]
    def activate(self) -> None:
        self.process.status = PROCESS.DONE
        self.process.finished = self.process.course.at
        self.process.save()


class _GoesByCourse:
    """Tells the flow where a node may lead, for the diagram and the checks."""

    flow_class: Any
    name: str

    def _outgoing(self) -> Iterator[Edge]:
        nodes = self.flow_class._nodes_by_name
        for name in ("step", "approved", "rejected", "returned") if self.name == "step" else ("step",):
            yield Edge(src=self, dst=nodes[name], edge_class="next")


class Start(_GoesByCourse, flow.StartHandle):
    activation_class = OpensRound


class Step(_GoesByCourse, flow.Handle):
    activation_class = AsksApprovers


class End(flow.End):
    activation_class = EndsRound


class ApprovalFlow(flow.Flow):
    """Approval"""

    process_class = ApprovalProcess
    lock_impl = lock.SelectForUpdateLock(nowait=False, attempts=1)

    start = Start(this.begin)
    step = Step()
    approved = End()
    rejected = End()
    returned = End()

    def begin(self, activation: Any, course: Course) -> ApprovalProcess:
        activation.process.course = course
        process: ApprovalProcess = activation.process
        return process
