"""Addresses of the portal. Sign-in keeps Django's own names, which settings and libraries know."""

from django.urls import include, path

from portal import language, signin, views

portal = (
    [
        path("", views.home, name="home"),
        path("search/", views.search, name="search"),
        path("badges/", views.badges, name="badges"),
        path("me/", views.me, name="me"),
    ],
    "portal",
)

urlpatterns = [
    path("", include(portal)),
    path("login/", signin.SignInView.as_view(), name="login"),
    path("logout/", signin.SignOutView.as_view(), name="logout"),
    path("me/password/", signin.PasswordChangeView.as_view(), name="password_change"),
    path("language/", language.choose, name="set_language"),
    path("favicon.ico", views.favicon),  # asked for by browsers on pages that name no icon
]
