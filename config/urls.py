"""Every address of the product. Each app brings its own list; this file only says where it hangs."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from portal.signin import admin_door

urlpatterns = [
    path("admin/login/", admin_door),
    path("admin/", admin.site.urls),
    path("wallet/", include("invoices.urls")),
    path("documents/", include("reimburse.urls")),
    path("inbox/", include("approvals.urls")),
    path("budgets/", include("budgets.urls")),
    path("vouchers/", include("vouchers.urls")),
    path("oa/", include("oa.urls")),
    path("", include("portal.urls")),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("demo.urls")))

handler400 = "portal.failures.bad_request"
handler403 = "portal.failures.permission_denied"
handler404 = "portal.failures.page_not_found"
handler500 = "portal.failures.server_error"
