"""What people may do: the list of rights, and the one question `can(viewer, right, company)`.

A right is given by a role, a role by a grant, a grant for one company or the whole group. Being an employee with a
post gives the right to one's own documents; it is not listed here.
"""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.errors import NotAllowed
from directory.models import Company, Employee, Grant

SEE_ALL_DOCUMENTS = "documents.see_all"
MANAGE_VOUCHERS = "vouchers.manage"
SEE_BUDGETS = "budgets.see"
MANAGE_BUDGETS = "budgets.manage"
ADMINISTER_PROCESS = "approvals.administer"  # gets the steps nobody could be found for
MANAGE_CONNECTIONS = "oa.manage"
ADMINISTER = "company.administer"

RIGHTS = {
    SEE_ALL_DOCUMENTS: _("see every document of the company"),
    MANAGE_VOUCHERS: _("review, post, reverse and export vouchers"),
    SEE_BUDGETS: _("see every budget of the company"),
    MANAGE_BUDGETS: _("change budgets"),
    ADMINISTER_PROCESS: _("administer approvals"),
    MANAGE_CONNECTIONS: _("connect other systems and watch deliveries"),
    ADMINISTER: _("administer the company's master data"),
}

_CACHE = "_rights_by_company"


def _rights(viewer: Employee) -> dict[int | None, frozenset[str]]:
    """Rights by company id (None: the whole group), read once per request."""
    cached: dict[int | None, frozenset[str]] | None = getattr(viewer, _CACHE, None)
    if cached is None:
        gathered: dict[int | None, set[str]] = {}
        grants = Grant.objects.filter(employee=viewer).values_list("company_id", "role__rights")
        for company_id, rights in grants if viewer.is_active else ():
            gathered.setdefault(company_id, set()).update(rights)
        cached = {company_id: frozenset(rights) for company_id, rights in gathered.items()}
        setattr(viewer, _CACHE, cached)
    return cached


def forget(viewer: Employee) -> None:
    """Read the viewer's rights anew, for long-lived objects after a change of grants."""
    if hasattr(viewer, _CACHE):
        delattr(viewer, _CACHE)


def can(viewer: Employee, right: str, company_id: int) -> bool:
    rights = _rights(viewer)
    return right in rights.get(None, ()) or right in rights.get(company_id, ())


def can_anywhere(viewer: Employee, right: str) -> bool:
    return any(right in granted for granted in _rights(viewer).values())


def can_in_group(viewer: Employee, right: str) -> bool:
    """Whether the right was given for the whole group, not in single companies."""
    return right in _rights(viewer).get(None, ())


def require(viewer: Employee, right: str, company_id: int) -> None:
    if not can(viewer, right, company_id):
        raise NotAllowed


def companies_with(viewer: Employee, right: str) -> Q:
    """A filter on rows with a `company` column: those of the companies where the viewer has the right."""
    rights = _rights(viewer)
    if right in rights.get(None, ()):
        return Q(company_id__isnull=False)
    return Q(company_id__in=[company for company, granted in rights.items() if right in granted])


def holders(right_role: str, company: Company) -> list[Employee]:
    """Working people who hold a role (by its code) in a company or in the whole group, company grants first."""
    grants = (
        Grant.objects.filter(role__code=right_role, employee__is_active=True)
        .filter(Q(company=company) | Q(company=None))
        .select_related("employee")
        .order_by("company_id", "employee_id")
    )
    return list(dict.fromkeys(grant.employee for grant in grants))


def people_with(right: str, company: Company) -> list[Employee]:
    """Working people who have a right in a company or in the whole group, company grants first."""
    grants = (
        Grant.objects.filter(role__rights__contains=[right], employee__is_active=True)
        .filter(Q(company=company) | Q(company=None))
        .select_related("employee")
        .order_by("company_id", "employee_id")
    )
    return list(dict.fromkeys(grant.employee for grant in grants))
