"""Settings that hold everywhere. `dev`, `test` and `prod` override few lines each."""

from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config import env

BASE_DIR: Path = env.ROOT
VAR_DIR: Path = env.path("VAR_DIR", BASE_DIR / "var")
NODE_MODULES: Path = BASE_DIR / "node_modules"

DEBUG = False
DEMO: bool = env.flag("DEMO")
# What the pages call the product; empty: its own name. The demo group has given it one.
PRODUCT_NAME: str = env.text("PRODUCT_NAME", "远山报销" if DEMO else "")
PRODUCT_NAME_EN: str = env.text("PRODUCT_NAME_EN", "Yuanshan Expenses" if DEMO else "")

INSTALLED_APPS = [
    "common",
    "directory",
    "approvals",
    "budgets",
    "invoices",
    "reimburse",
    "vouchers",
    "oa",
    "portal",
    "demo",
    "viewflow.workflow",  # its tables and step machine only: no screens, no static files
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_htmx",
]

MIDDLEWARE = [
    "common.middleware.RequestOrigin",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portal.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "portal.sessions.SessionMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "common.middleware.BusinessErrors",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.shell",
            ]
        },
    }
]

# --- Database: one connection a thread, kept; a statement that hangs gives up by itself -------------------------------
DATABASE_APP_ROLE: str = env.text("DATABASE_APP_ROLE", "reimburse_app")


def database(url: str, *, owner_url: str = "") -> dict[str, Any]:
    """The connection of this process: as the app's role, or as the owner of the tables for `manage.py migrate`.

    The owner has no time limits: building an index on a large table may take minutes.
    """
    as_owner = env.flag("DATABASE_AS_OWNER")
    entry = env.database(owner_url if as_owner and owner_url else url)
    limits = "" if as_owner else "-c lock_timeout=5s -c statement_timeout=15s"
    entry["OPTIONS"] |= {"server_side_binding": True, "prepare_threshold": 2, "options": limits}
    return entry | {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": False}


DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- People and sign-in -----------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "directory.Employee"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("CommonPasswordValidator", "NumericPasswordValidator")
] + [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "name", "name_en", "email", "staff_number"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "login"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60  # seconds: one working day
SESSION_IDLE_SECONDS: int = env.number("SESSION_IDLE_SECONDS", 60 * 60)  # signed out after so long without a click
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]  # a stranger elsewhere cannot lock somebody's account
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ACCESS_FAILURE_LOG = True
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "portal.signin.locked_out"
AXES_CLIENT_IP_CALLABLE = "portal.signin.client_address"
BEHIND_TLS_PROXY = False  # whether a proxy of ours says who is at the other end
CSRF_FAILURE_VIEW = "portal.failures.csrf_failure"

# --- What browsers may do with our pages ------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        # OA portals that may show our pages inside theirs, e.g. https://oa.example.com
        "frame-ancestors": [SELF, *env.words("FRAME_ANCESTORS")],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
# frame-ancestors says who may frame us; X-Frame-Options cannot name a list and would contradict it.
SILENCED_SYSTEM_CHECKS = ["security.W002"]

# --- Language and time: stored in UTC, shown in Shanghai --------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# --- Files: static ones from us and from listed files of npm packages; uploads are private, never under a web root ----
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "common.staticfiles.NpmFinder",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
NPM_FILES: dict[str, tuple[Path, list[str]]] = {
    "vendor/tabler": (NODE_MODULES / "@tabler/core/dist", ["css/tabler.min.css", "js/tabler.min.js"]),
    "vendor/htmx": (NODE_MODULES / "htmx.org/dist", ["htmx.min.js"]),
    "vendor/echarts": (NODE_MODULES / "echarts", ["dist/echarts.min.js", "i18n/langZH.js"]),
}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "common.staticfiles.ManifestStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
MEDIA_ROOT = VAR_DIR / "media"
FILES_ROOT: Path = env.path("FILES_ROOT", VAR_DIR / "files")
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# --- The worker: for how long a message in hand is nobody else's; longer than any call to the outside -----------------
OUTBOX_LEASE_SECONDS: int = env.number("OUTBOX_LEASE_SECONDS", 120)
OA_USER_AGENT = "Reimburse-Hooks/1"

# --- The process that reads invoices (`manage.py reader`) listens here ------------------------------------------------
READER_SOCKET: Path = env.socket("READER_SOCKET", VAR_DIR / "run" / "reader.sock")

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
}
