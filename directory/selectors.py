"""Questions about people and companies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db import connection
from django.db.models import Q, QuerySet

from directory.models import Company, CostCentre, Department, Employee, ExpenseType, Post, Project

MAX_DEPTH = 20  # a chain of managers or departments longer than this is a circle


def posts_on(day: date) -> QuerySet[Post]:
    """Posts held on a day."""
    return Post.objects.filter(Q(starts_on__lte=day) & (Q(ends_on=None) | Q(ends_on__gte=day)))


def posts_of(employee: Employee, *, day: date) -> list[Post]:
    """The posts an employee holds on a day, the primary one first."""
    return list(
        posts_on(day)
        .filter(employee=employee)
        .select_related("company", "department__head", "manager", "cost_centre__owner", "cost_centre__department")
        .order_by("-primary", "pk")
    )


def post_in(employee: Employee, company: Company, *, day: date) -> Post | None:
    return next((post for post in posts_of(employee, day=day) if post.company_id == company.pk), None)


def company_ids(employee: Employee) -> set[int]:
    """Companies the employee has ever had a post in, or holds a grant for: what may show up in her lists."""
    posts = Post.objects.filter(employee=employee).values_list("company_id", flat=True)
    grants = employee.grants.values_list("company_id", flat=True)
    ids = set(posts) | {company for company in grants if company is not None}
    if None in set(grants):
        ids |= set(Company.objects.values_list("pk", flat=True))
    return ids


def managers_above(employee: Employee, company: Company, *, day: date) -> Iterator[Employee]:
    """The manager, her manager, and so on up, each once, working people only."""
    seen, person = {employee.pk}, employee
    for _depth in range(MAX_DEPTH):
        post = post_in(person, company, day=day)
        if post is None or post.manager is None or post.manager_id in seen:
            return
        seen.add(post.manager.pk)
        person = post.manager
        if person.is_active:
            yield person


def departments_above(department: Department) -> Iterator[Department]:
    """The department, its parent, and so on up."""
    seen: set[int] = set()
    current: Department | None = department
    while current is not None and current.pk not in seen and len(seen) < MAX_DEPTH:
        seen.add(current.pk)
        yield current
        current = current.parent


ABOVE = """
WITH RECURSIVE above AS (
    SELECT parent_id, code, 1 AS distance FROM directory_department WHERE id = %s
    UNION ALL
    SELECT parent.parent_id, parent.code, above.distance + 1
      FROM above JOIN directory_department parent ON parent.id = above.parent_id
     WHERE above.distance < %s
)
SELECT code FROM above ORDER BY distance
"""


def codes_above(department: Department) -> list[str]:
    """The code of the department, of its parent, and so on up. One statement, however deep it lies."""
    with connection.cursor() as cursor:
        cursor.execute(ABOVE, [department.pk, MAX_DEPTH])
        return list(dict.fromkeys(code for (code,) in cursor.fetchall()))


def expense_types(company: Company) -> list[ExpenseType]:
    return list(ExpenseType.objects.filter(company=company, active=True))


def cost_centres(company: Company) -> list[CostCentre]:
    return list(CostCentre.objects.filter(company=company, active=True).select_related("department", "owner"))


def projects(company: Company) -> list[Project]:
    return list(Project.objects.filter(company=company, active=True))
