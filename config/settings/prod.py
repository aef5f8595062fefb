"""A company's server behind https. Whatever is secret must be given; nothing has a default that works by accident."""

from config import env

env.read_dotenv()

from config.settings.base import *  # noqa: E402, F403
from config.settings.base import SILENCED_SYSTEM_CHECKS, database  # noqa: E402

SECRET_KEY = env.required("SECRET_KEY")
FIELD_ENCRYPTION_KEYS = env.required("FIELD_ENCRYPTION_KEYS").replace(" ", "").split(",")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = env.required("ALLOWED_HOSTS").replace(" ", "").split(",")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
DATABASES = {"default": database(env.required("DATABASE_URL"), owner_url=env.text("DATABASE_OWNER_URL"))}

SECURE_SSL_REDIRECT = True
BEHIND_TLS_PROXY = env.flag("BEHIND_TLS_PROXY")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS_PROXY else None
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
# Whether other hosts of the company's domain speak https only is not ours to promise.
SILENCED_SYSTEM_CHECKS = [*SILENCED_SYSTEM_CHECKS, "security.W005", "security.W021"]
SESSION_COOKIE_NAME = "__Host-session"
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
CSRF_COOKIE_SECURE = True
