"""Programs side by side: whatever ends the supervisor, nothing of them stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from scripts import pg

PATIENCE = 20  # seconds

HEAD = """
import sys
from scripts import supervisor
from scripts.supervisor import Program, Supervisor
supervisor.LONGEST_PAUSE = 0.05
supervisor.GRACE = 1
folder = sys.argv[1]
python = sys.executable
boss = Supervisor({"PATH": "/usr/bin:/bin"})
boss.listen_to_signals()
"""
TAIL = """
try:
    code = boss.watch(programs)
finally:
    boss.stop_all()
sys.exit(code)
"""
# Each toy writes its number into a file named after it, then waits.
WRITE = "import os, pathlib, sys, time; pathlib.Path(sys.argv[1]).write_text(str(os.getpid()))"
TOYS = f"""
WAITS = {WRITE!r} + "; time.sleep(600)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + WAITS
PARENT = (
    "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', sys.argv[2], sys.argv[1]]); time.sleep(600)"
)
"""


Run = Callable[[str], AbstractContextManager[subprocess.Popen[bytes]]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    @contextmanager
    def start(body: str) -> Iterator[subprocess.Popen[bytes]]:
        environment = {key: value for key, value in os.environ.items() if key != "MAKELEVEL"}
        with subprocess.Popen(
            [sys.executable, "-c", HEAD + TOYS + body, str(tmp_path)],
            cwd=pg.ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as boss:
            try:
                yield boss
            finally:
                boss.terminate()

    return start


def number_in(file: Path, other_than: int = 0) -> int:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if file.exists() and (text := file.read_text()) and int(text) != other_than:
            return int(text)
        time.sleep(0.02)
    raise AssertionError(f"{file.name} did not start")


def is_gone(pid: int) -> bool:
    """Ended; a process that only waits to be collected by its parent does nothing any more."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.02)
    return False


TWO_AND_A_GRANDCHILD = (
    """
programs = [
    Program("a", [python, "-c", WAITS, folder + "/a"]),
    Program("b", [python, "-c", PARENT, folder + "/grandchild", WAITS]),
    Program("c", [python, "-c", STUBBORN, folder + "/stubborn"]),
]
"""
    + TAIL
)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_every_program_its_children_and_the_stubborn(
    run: Run, tmp_path: Path, how: signal.Signals
) -> None:
    with run(TWO_AND_A_GRANDCHILD) as boss:
        pids = [number_in(tmp_path / name) for name in ("a", "grandchild", "stubborn")]
        boss.send_signal(how)
        assert boss.wait(PATIENCE) == 0
        assert all(is_gone(pid) for pid in pids)


def test_kill_9_of_the_supervisor_ends_its_programs(run: Run, tmp_path: Path) -> None:
    body = 'programs = [Program(name, [python, "-c", WAITS, f"{folder}/{name}"]) for name in "ab"]'
    with run(body + TAIL) as boss:
        pids = [number_in(tmp_path / name) for name in "ab"]
        boss.kill()
        boss.wait(PATIENCE)
        assert all(is_gone(pid) for pid in pids)


def test_a_killed_program_is_started_again_without_its_old_children(run: Run, tmp_path: Path) -> None:
    body = 'programs = [Program("b", [python, "-c", PARENT, folder + "/grandchild", WAITS])]'
    with run(body + TAIL) as boss:
        first = number_in(tmp_path / "grandchild")
        parent = int(Path(f"/proc/{first}/stat").read_text().rsplit(")", 1)[1].split()[1])
        os.kill(parent, signal.SIGKILL)
        second = number_in(tmp_path / "grandchild", other_than=first)
        assert is_gone(first)
        boss.terminate()
        assert boss.wait(PATIENCE) == 0
        assert is_gone(second)


def test_a_program_that_keeps_falling_ends_the_run_with_an_error(run: Run, tmp_path: Path) -> None:
    body = """
broken = [python, "-c", "raise SystemExit(3)"]
programs = [Program("a", [python, "-c", WAITS, folder + "/a"]), Program("broken", broken)]
"""
    with run(body + TAIL) as boss:
        pid = number_in(tmp_path / "a")
        output, _ = boss.communicate(timeout=PATIENCE)
        assert boss.returncode == 1
        assert b"broken ended (exit code 3); starting it again." in output
        assert b"giving up" in output
        assert is_gone(pid)


def test_a_task_that_is_done_once_is_not_started_again(run: Run, tmp_path: Path) -> None:
    body = """
ONCE = "import sys; open(sys.argv[1], 'a').write('x')"
programs = [
    Program("once", [python, "-c", ONCE, folder + "/once"], once=True),
    Program("a", [python, "-c", "import time; time.sleep(0.5); " + WAITS, folder + "/a"]),
]
"""
    with run(body + TAIL) as boss:
        number_in(tmp_path / "a")
        boss.terminate()
        assert boss.wait(PATIENCE) == 0
    assert (tmp_path / "once").read_text() == "x"


def test_a_failing_step_stops_the_start_and_is_named(run: Run) -> None:
    with run('boss.step("The migration", [python, "-c", "raise SystemExit(4)"])') as boss:
        output, _ = boss.communicate(timeout=PATIENCE)
    assert boss.returncode == 1
    assert b"The migration failed (exit code 4)" in output


def test_a_signal_during_a_step_ends_the_step(run: Run, tmp_path: Path) -> None:
    with run('print(boss.step("s", [python, "-c", WAITS, folder + "/s"]))') as boss:
        pid = number_in(tmp_path / "s")
        boss.terminate()
        output, _ = boss.communicate(timeout=PATIENCE)
    assert output == b"False\n"
    assert is_gone(pid)


def test_what_a_step_prints_can_be_kept_for_later(run: Run, tmp_path: Path) -> None:
    body = 'from pathlib import Path; boss.step("s", [python, "-c", "print(7)"], output=Path(folder) / "said")'
    with run(body) as boss:
        output, _ = boss.communicate(timeout=PATIENCE)
    assert output == b""
    assert (tmp_path / "said").read_text() == "7\n"
