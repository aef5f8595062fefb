"""The keys of a copy that runs on one machine. A company's server gets its own through the environment."""

import base64
import os
import secrets
from pathlib import Path


def local(folder: Path) -> str:
    """What signs sessions and links."""
    return _kept(folder / "secret_key", secrets.token_urlsafe(50))


def local_field_key(folder: Path) -> str:
    """What seals the secrets of other systems in the database."""
    return _kept(folder / "field_key", base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())


def _kept(file: Path, new: str) -> str:
    """The key kept in a file that only its owner may read; `new` at the first call."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f"{file.name}.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(new)
        try:
            os.link(draft, file)  # two processes at once: the first one's key stands
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return file.read_text().strip()
