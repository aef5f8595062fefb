"""The step machine: locked as the product needs it, reachable only through our services."""

from __future__ import annotations

from django.contrib import admin
from django.urls import get_resolver
from viewflow.workflow import lock
from viewflow.workflow.models import Process, Task

from approvals.flows import ApprovalFlow
from approvals.models import ApprovalProcess
from tests.approvals.cast import Source, ask, decide, make_route, step


def test_the_flow_locks_rows_and_waits_for_them_once():
    assert type(ApprovalFlow.lock_impl) is lock.SelectForUpdateLock
    assert (ApprovalFlow.lock_impl.nowait, ApprovalFlow.lock_impl.attempts) == (False, 1)
    assert ApprovalFlow.process_class is ApprovalProcess


def test_names_that_rows_refer_to_are_what_they_always_were(world):
    make_route(world.company, step(Source.MANAGER))
    request = decide(ask(world), world.bob)

    assert list(Process.objects.values_list("flow_class", flat=True)) == [ApprovalFlow]
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT flow_class FROM viewflow_process")
        assert cursor.fetchall() == [("approvals/flows.ApprovalFlow",)]
        cursor.execute("SELECT flow_task, flow_task_type, status FROM viewflow_task ORDER BY id")
        assert cursor.fetchall() == [
            ("approvals/flows.ApprovalFlow.start", "START", "DONE"),
            ("approvals/flows.ApprovalFlow.step", "FUNCTION", "DONE"),
            ("approvals/flows.ApprovalFlow.approved", "END", "DONE"),
        ]
    tasks = Task.objects.filter(process=request.process_id).order_by("pk")
    assert [list(task.previous.values_list("pk", flat=True)) for task in tasks] == [[], [tasks[0].pk], [tasks[1].pk]]


def test_every_node_may_be_reached_and_left():
    leads = {name: {edge.dst.name for edge in node._outgoing()} for name, node in ApprovalFlow._nodes_by_name.items()}

    assert leads == {
        "start": {"step"},
        "step": {"step", "approved", "rejected", "returned"},
        "approved": set(),
        "rejected": set(),
        "returned": set(),
    }
    assert len(ApprovalFlow.step._incoming_edges) == 2


def test_viewflow_has_no_address_and_no_admin_of_its_own():
    """Its views lock the process named in the address and act on another one's task."""

    def views(patterns):
        for pattern in patterns:
            yield from views(pattern.url_patterns) if hasattr(pattern, "url_patterns") else [pattern.callback]

    modules = {view.__module__ for view in views(get_resolver().url_patterns)}

    assert modules
    assert not [module for module in modules if module.startswith("viewflow")]
    assert not [model for model in admin.site._registry if model._meta.app_label == "viewflow"]
