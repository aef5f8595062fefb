"""Addresses of the inbox. A case is named by its turn, which is the viewer's own."""

from django.urls import path

from approvals import views

app_name = "approvals"

urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("done/", views.done, name="done"),
    path("stuck/", views.stuck, name="stuck"),
    path("approve/", views.approve_selected, name="approve_selected"),
    path("<uuid:slot_id>/", views.case, name="show"),
    path("<uuid:slot_id>/decide/", views.decide, name="decide"),
    path("<uuid:slot_id>/transfer/", views.transfer, name="transfer"),
]
