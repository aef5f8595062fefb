"""Every value that comes from the environment, read and typed here and nowhere else.

`.env` in the project's folder is read first; what is set in the process wins over it. Each variable is explained in
`.env.example`. `required()` is for values without which the product must not start.
"""

import hashlib
import os
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qsl, unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent

SOCKET_PATH_LIMIT = 100  # bytes

_env = environ.Env()


def read_dotenv() -> None:
    """Take what `.env` says for variables that the process does not have. Called by the settings of real runs only."""
    environ.Env.read_env(str(ROOT / ".env"), overwrite=False)


def text(name: str, default: str = "") -> str:
    return cast(str, _env.str(name, default=default))


def required(name: str) -> str:
    value = text(name)
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set. Set it in the environment or in .env; .env.example explains it."
        )
    return value


def flag(name: str, default: bool = False) -> bool:
    return cast(bool, _env.bool(name, default=default))


def number(name: str, default: int) -> int:
    return cast(int, _env.int(name, default=default))


def words(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """A list written with commas."""
    return [word.strip() for word in cast(list[str], _env.list(name, default=list(default))) if word.strip()]


def path(name: str, default: Path) -> Path:
    return Path(text(name) or default).expanduser().absolute()


def socket(name: str, default: Path) -> Path:
    """The place of a Unix socket. A path too long for one (107 bytes) moves to a folder of this user's below /tmp."""
    place = path(name, default)
    if len(os.fsencode(place)) <= SOCKET_PATH_LIMIT:
        return place
    digest = hashlib.sha256(os.fsencode(place)).hexdigest()[:10]
    return Path("/tmp") / f"reimburse-{os.geteuid()}-{digest}" / place.name  # noqa: S108


def database(url: str) -> dict[str, Any]:
    """Django's entry for a PostgreSQL address, e.g. postgresql://user:secret@host:5432/reimburse?sslmode=require.

    A socket folder is given as `?host=` with its slashes percent-encoded. Other words after `?` go to libpq.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must be postgresql://…; Reimburse runs on PostgreSQL only.")
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", "") or unquote(parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.removeprefix("/")) or "reimburse",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or options.pop("port", "") or ""),
        "OPTIONS": options,
    }
