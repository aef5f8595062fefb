"""Write requirements.txt and requirements-dev.txt from the .in files, for every Python we support at once.

    python scripts/lock.py python3.11 python3.12 python3.13

Each interpreter resolves the lists with its own pip; where they agree the line is plain, where not it carries a marker.
The development list is resolved together with the other one, so that both fit into one environment.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LISTS = ("requirements.in", "requirements-dev.in")
HEAD = "# Written by scripts/lock.py from {source}. Change that file, not this one.\n"

Pins = dict[str, str]


def resolve(python: str, source: str) -> Pins:
    """Package → version as this interpreter's pip would install them, in an environment with nothing in it."""
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        command = [python, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed"]
        subprocess.run([*command, "--report", report.name, "-r", source], check=True, cwd=ROOT)
        found = json.load(report)["install"]
    return {package["metadata"]["name"].lower(): package["metadata"]["version"] for package in found}


def minor(python: str) -> str:
    command = [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def lines(resolved: dict[str, Pins]) -> list[str]:
    """One line a package, or one for each version where the interpreters differ."""
    wanted: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for python, pins in resolved.items():
        for name, version in pins.items():
            wanted[name][version].append(python)
    out = []
    for name in sorted(wanted):
        for version, pythons in wanted[name].items():
            marker = " or ".join(f'python_version == "{python}"' for python in pythons)
            out.append(f"{name}=={version}" + ("" if len(pythons) == len(resolved) else f" ; {marker}"))
    return out


def main(pythons: list[str]) -> None:
    if not pythons:
        sys.exit(__doc__)
    written: set[str] = set()
    for source in LISTS:
        resolved = {minor(python): resolve(python, source) for python in pythons}
        fresh = [line for line in lines(resolved) if line not in written]
        written.update(fresh)
        target = ROOT / source.replace(".in", ".txt")
        include = [] if source == LISTS[0] else ["-r requirements.txt"]
        target.write_text(HEAD.format(source=source) + "\n".join([*include, *fresh]) + "\n")
        print(f"{target.name}: {len(fresh)} lines")


if __name__ == "__main__":
    main(sys.argv[1:])
