"""Addresses of the connections."""

from django.urls import path

from oa import views

app_name = "oa"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("new/", views.new, name="new"),
    path("again/", views.send_all_again, name="again_all"),
    path("deliveries/<uuid:delivery_id>/", views.delivery, name="delivery"),
    path("deliveries/<uuid:delivery_id>/again/", views.send_again, name="again"),
    path("deliveries/<uuid:delivery_id>/skip/", views.skip, name="skip"),
    path("<uuid:connection_id>/", views.show, name="connection"),
    path("<uuid:connection_id>/secret/", views.secret, name="secret"),
    path("<uuid:connection_id>/secret/new/", views.rotate, name="rotate"),
    path("<uuid:connection_id>/end/", views.end, name="end"),
    path("<uuid:connection_id>/hosts/", views.allow_host, name="allow_host"),
    path("<uuid:connection_id>/hosts/<int:host_id>/remove/", views.disallow_host, name="disallow_host"),
    *(
        path(f"<uuid:connection_id>/{what}/", views.act, {"what": what}, name=what.replace("-", "_"))
        for what in views.ACTS
    ),
]
