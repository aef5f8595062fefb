"""Which Chromium the browser tests and the screenshots use.

Debian's package is the first choice. Ubuntu's `chromium-browser` is only a door to a snap, which does not run in
containers; there the browser that the package playwright brings is fetched instead.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def arguments() -> list[str]:
    """As root, and where user namespaces are forbidden, Chromium starts only without its sandbox."""
    return [*ARGUMENTS, "--no-sandbox"]


def executable() -> str | None:
    """The path of a Chromium that works. None: let playwright take its own."""
    for name in (os.environ.get("CHROMIUM", ""), *NAMES):
        path = shutil.which(name) if name else None
        if path and _works(path):
            return path
    return None


def _works(path: str) -> bool:
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def main() -> int:
    if executable():
        return 0
    print("No Chromium of the system works here; fetching playwright's own.", flush=True)
    return subprocess.run(
        [sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"], check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
