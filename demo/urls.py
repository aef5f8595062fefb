"""Addresses that exist only beside the example group (`DEMO=1`)."""

from django.urls import path

from demo import views

app_name = "demo"
urlpatterns = [path("invoices.zip", views.invoices, name="invoices")]
