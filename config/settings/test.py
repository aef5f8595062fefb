"""Tests: a database server of their own (scripts/pg_pytest.py), quick password hashes, no manifest of static files."""

import os
import tempfile

os.environ.setdefault("VAR_DIR", f"{tempfile.gettempdir()}/reimburse-test")  # pytest gives each run one of its own

from config import env
from config.settings.base import *  # noqa: F403
from config.settings.base import STORAGES, database

SECRET_KEY = "only-for-tests"
FIELD_ENCRYPTION_KEYS = ["b25seS1mb3ItdGVzdHMtb25seS1mb3ItdGVzdHMtISE="]
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
DATABASES = {"default": database(env.text("DATABASE_URL", "postgresql://postgres@/reimburse"))}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
LOGGING_CONFIG = None
