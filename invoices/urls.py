"""Addresses of the wallet. Invoices and files are named by their public ids."""

from django.urls import path

from invoices import views

app_name = "invoices"
urlpatterns = [
    path("", views.wallet, name="wallet"),
    path("upload/", views.upload, name="upload"),
    path("uploads/", views.uploads, name="uploads"),
    path("files/<uuid:public_id>/", views.file, name="file"),
    path("files/<uuid:public_id>/preview/", views.preview, name="preview"),
    path("<uuid:public_id>/", views.invoice, name="invoice"),
    path("<uuid:public_id>/confirm/", views.confirm, name="confirm"),
    path("<uuid:public_id>/remove/", views.remove, name="remove"),
]
