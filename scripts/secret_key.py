"""The signing key of a copy that runs on one machine. A company's server gets its own through SECRET_KEY."""

import os
import secrets
from pathlib import Path


def local(folder: Path) -> str:
    """The key kept in `folder/secret_key`, readable by the owner only; made at the first call."""
    file = folder / "secret_key"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f"secret_key.{os.getpid()}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(secrets.token_urlsafe(50))
        try:
            os.link(draft, file)  # two processes at once: the first one's key stands
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return file.read_text().strip()
