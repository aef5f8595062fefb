"""Addresses of the budgets."""

from django.urls import path

from budgets import views

app_name = "budgets"
urlpatterns = [
    path("", views.show_overview, name="overview"),
    path("rows/", views.show_rows, name="rows"),
    path("<uuid:node_id>/", views.show_node, name="node"),
]
