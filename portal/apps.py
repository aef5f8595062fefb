from django.apps import AppConfig


class PortalConfig(AppConfig):
    """What joins the apps on one screen: sign-in, navigation, home, search, counts, errors."""

    name = "portal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.contrib import admin
        from django.contrib.auth.signals import user_logged_in
        from django.utils.translation import gettext_lazy as _

        from portal import sessions

        admin.site.site_header = admin.site.site_title = admin.site.index_title = _("Administration")
        user_logged_in.connect(sessions.receive_sign_in, dispatch_uid="portal.sessions")
