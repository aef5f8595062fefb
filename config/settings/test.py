"""Tests: a database server of their own (scripts/pg_pytest.py), quick password hashes, no manifest of static files."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("VAR_DIR", tempfile.gettempdir() + f"/reimburse-test-{os.getpid()}")

from config import env  # noqa: E402
from config.settings.base import *  # noqa: E402, F403
from config.settings.base import STORAGES, database  # noqa: E402

SECRET_KEY = "only-for-tests"
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
DATABASES = {"default": database(env.text("DATABASE_URL", "postgresql://postgres@/reimburse"))}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
STATIC_ROOT = Path(os.environ["VAR_DIR"]) / "static"
LOGGING_CONFIG = None
