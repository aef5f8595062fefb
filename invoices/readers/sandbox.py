"""What the child that reads a file may not do: use much memory or time, write files, open connections, start programs.

The parsers are written in C by others and read strangers' files; whatever they do wrong stays in here.
"""

from __future__ import annotations

import ctypes
import resource
import signal
import sys
from typing import Any

MEMORY = 1024**3  # bytes of address space
OPEN_FILES = 64
_PR_SET_PDEATHSIG = 1
_REFUSED = ("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork", "ctypes.dlopen")


class Forbidden(Exception):
    """A parser tried to reach out of the sandbox."""


def enter(*, cpu_seconds: int) -> None:
    """For the rest of this process's life."""
    _die_with_parent()
    for what, limit in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
    ):
        _soft, hard = resource.getrlimit(what)
        resource.setrlimit(what, (limit, limit) if hard == resource.RLIM_INFINITY or limit <= hard else (hard, hard))
    sys.addaudithook(_refuse)


def _die_with_parent() -> None:
    """A parent that is killed leaves no child behind."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _refuse(event: str, _arguments: tuple[Any, ...]) -> None:
    if event.startswith(_REFUSED):
        raise Forbidden(event)
