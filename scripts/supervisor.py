"""Keeps a few programs running side by side, and ends with none of them left.

Every program runs in a session of its own, so that Ctrl-C in the terminal reaches only the supervisor, which then ends
them in order. Each is also told by the kernel to stop when the supervisor itself is killed. One that falls is started
again after a growing pause; one that keeps falling ends the whole run with an error.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scripts import pg

TICK = 0.1  # seconds between two looks at the programs
GRACE = 10  # seconds a program has to finish what it is doing
FALLS_ALLOWED, FALLS_WITHIN = 5, 60  # more falls than this, in so many seconds, and we give up
LONGEST_PAUSE = 5.0


def say(text: str) -> None:
    print(text, flush=True)


@dataclass
class Program:
    """One long-running command. `once`: it is not started again when it ends."""

    name: str
    command: Sequence[str]
    once: bool = False
    low_priority: bool = False
    process: subprocess.Popen[bytes] | None = None
    falls: list[float] = field(default_factory=list)
    not_before: float = 0.0
    finished: bool = False

    def start(self, env: Mapping[str, str], output: Path | None = None) -> None:
        parent, nice = os.getpid(), 10 if self.low_priority else 0

        def prepare() -> None:
            pg.ends_with_parent(signal.SIGTERM, parent)
            os.nice(nice)

        with contextlib.ExitStack() as stack:
            self.process = subprocess.Popen(
                list(self.command),
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=stack.enter_context(output.open("wb")) if output else None,
                start_new_session=True,
                preexec_fn=prepare,
            )

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait_or_kill(self, deadline: float) -> None:
        """Wait for the end until `deadline`; what is left of its process group then is killed."""
        if self.process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0.1, deadline - time.monotonic()))
        self.kill_group()
        self.process.wait()

    def kill_group(self) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)


class Supervisor:
    """Runs steps one after the other, then programs side by side, until a signal or until one keeps falling."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = dict(env)
        self.programs: list[Program] = []
        self.stopping = False

    def listen_to_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        if "MAKELEVEL" in os.environ:
            # make waits for us: when it is killed, nobody would ever end this run.
            pg.ends_with_parent(signal.SIGTERM, os.getppid())

    def _on_signal(self, *_: object) -> None:
        self.stopping = True

    def step(self, name: str, command: Sequence[str], *, output: Path | None = None) -> bool:
        """Run one command to its end, keeping what it prints in the file `output`.

        False when a signal came meanwhile. SystemExit when the command failed.
        """
        program = Program(name, command, once=True)
        if not self.stopping:
            program.start(self.env, output)
        while program.is_running() and not self.stopping:
            time.sleep(0.02)
        if self.stopping:
            program.ask_to_stop()
            program.wait_or_kill(time.monotonic() + GRACE)
            return False
        assert program.process is not None
        if program.process.returncode:
            sys.exit(f"{name} failed (exit code {program.process.returncode}); the lines above say why.")
        return True

    def watch(self, programs: Sequence[Program], *, every_tick: Callable[[], None] | None = None) -> int:
        """Keep `programs` running. Returns the exit code of the run: 0 after a signal, 1 after giving up."""
        self.programs.extend(programs)
        while not self.stopping:
            for program in self.programs:
                if not program.is_running() and not self._look_after(program):
                    return 1
            if every_tick is not None:
                every_tick()
            time.sleep(TICK)
        return 0

    def _look_after(self, program: Program) -> bool:
        """Start a program that does not run, unless it is done. False: it fell too often."""
        now = time.monotonic()
        if program.process is not None:
            self._note_end(program, now)
        if len(program.falls) > FALLS_ALLOWED:
            say(f"{program.name} ended {len(program.falls)} times within {FALLS_WITHIN} s, as said above; giving up.")
            return False
        if not program.finished and now >= program.not_before:
            program.start(self.env)
        return True

    def _note_end(self, program: Program, now: float) -> None:
        assert program.process is not None
        code = program.process.returncode
        program.kill_group()  # a child that outlived its parent would stand in the way of the next start
        program.process = None
        if program.once:
            program.finished = True
            if code:
                say(f"{program.name} ended with exit code {code}; the lines above say why.")
            return
        program.falls = [*(fall for fall in program.falls if now - fall < FALLS_WITHIN), now]
        program.not_before = now + min(0.2 * 2 ** len(program.falls), LONGEST_PAUSE)
        say(f"{program.name} ended ({_why(code)}); starting it again.")

    def stop_all(self) -> None:
        for program in self.programs:
            program.ask_to_stop()
        deadline = time.monotonic() + GRACE
        for program in self.programs:
            program.wait_or_kill(deadline)


def _why(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"
