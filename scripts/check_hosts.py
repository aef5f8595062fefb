"""No file names the package registry of one machine: each takes what its own pip, npm and apt are set to.

python -m scripts.check_hosts
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
# In two halves, so that this file does not find itself.
PUBLIC = [".".join(parts) for parts in (
    ("registry", "npmjs", "org"), ("registry", "npmmirror", "com"), ("registry", "yarnpkg", "com"),
    ("files", "pythonhosted", "org"), ("pypi", "org/simple"), ("deb", "debian", "org"), ("archive", "ubuntu", "com"),
    ("pypi", "tuna", "tsinghua"), ("mirrors", "aliyun", "com"),
)]  # fmt: skip


def own_hosts() -> set[str]:
    """The hosts that this machine's pip and npm are set to."""
    found = set()
    for command in ([sys.executable, "-m", "pip", "config", "list"], [".venv/bin/npm", "config", "get", "registry"]):
        try:
            text = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT).stdout
        except OSError:
            continue
        words = (word.strip("'\"") for word in text.replace("=", " ").split())
        found |= {host for word in words if "://" in word and (host := urlsplit(word).hostname)}
    return found - {"localhost", "127.0.0.1"}


def own_files() -> Iterable[Path]:
    """What git tracks; in a copy without git everything but what the set-up installs or makes."""
    listed = subprocess.run(["git", "ls-files", "-z"], capture_output=True, check=False, cwd=ROOT)
    if listed.returncode == 0:
        return (path for name in listed.stdout.split(b"\0") if name and (path := ROOT / name.decode()).is_file())
    made = {".venv", "node_modules", "var"}
    tops = (top for top in ROOT.iterdir() if top.name not in made and not top.name.endswith("_cache"))
    return (path for top in tops for path in ([top] if top.is_file() else top.rglob("*")) if path.is_file())


def problems() -> list[str]:
    hosts = sorted({*PUBLIC, *own_hosts()})
    found = []
    for path in own_files():
        text = path.read_bytes().decode("utf-8", errors="ignore")
        found += [f"{path.relative_to(ROOT)}: names {host}" for host in hosts if host in text]
    lock = json.loads((ROOT / "package-lock.json").read_text())
    found += [
        f"package-lock.json: {name} has a “resolved” address"
        for name, entry in lock["packages"].items()
        if "resolved" in entry
    ]
    return found


if __name__ == "__main__":
    trouble = problems()
    print("\n".join(trouble))
    sys.exit(1 if trouble else 0)
