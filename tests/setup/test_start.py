"""`make run` before anything starts: what would make a mess is refused, in words that help."""

from __future__ import annotations

import fcntl
import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import pg, secret_key, up


def make_program(folder: Path, name: str, body: str) -> None:
    file = folder / name
    file.write_text(f"#!/bin/bash\n{body}\n")
    file.chmod(0o755)


def test_a_second_run_from_the_same_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    with (tmp_path / "run.lock").open("a") as first:
        fcntl.flock(first, fcntl.LOCK_EX)
        with pytest.raises(SystemExit, match="already running from this folder"):
            up.only_run().__enter__()
    with up.only_run():  # the first one has ended
        pass


def test_a_taken_port_is_named_with_the_way_out() -> None:
    with socket.socket() as other:
        other.bind((up.HOST, 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(SystemExit, match=rf"Port {port} cannot be used.*PORT=\d+ make run"):
            up.refuse_taken_port(port)
    up.refuse_taken_port(port)


def test_a_port_that_does_not_exist_is_refused() -> None:
    with pytest.raises(SystemExit, match="Port 123456 cannot be used"):
        up.refuse_taken_port(123456)


def test_a_copy_without_one_of_the_programs_says_which(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands = tmp_path / "common" / "management" / "commands"
    commands.mkdir(parents=True)
    for name in ("worker", "load_demo"):
        (commands / f"{name}.py").touch()
    monkeypatch.setattr(pg, "ROOT", tmp_path)
    with pytest.raises(SystemExit, match=r"manage\.py reader is missing"):
        up.refuse_missing_commands()


def test_the_secret_key_of_a_copy_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first = secret_key.local(tmp_path / "var")
    assert len(first) >= 50
    assert secret_key.local(tmp_path / "var") == first
    assert secret_key.local(tmp_path / "other") != first
    assert stat.S_IMODE((tmp_path / "var" / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["secret_key"]


def test_production_without_its_secret_does_not_start_and_names_the_variable(tmp_path: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "config.settings.prod",
        "VAR_DIR": str(tmp_path),
    }
    command = [sys.executable, "manage.py", "check"]
    done = subprocess.run(command, cwd=pg.ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "SECRET_KEY is not set" in done.stderr


def guard(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", str(pg.ROOT / "scripts" / "guard.sh")],
        cwd=folder,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to somebody else")
def test_sudo_make_in_somebody_elses_folder_is_refused(tmp_path: Path) -> None:
    assert guard(tmp_path, SUDO_UID="1000").returncode == 0  # root's own folder
    os.chown(tmp_path, 65534, 65534)
    refused = guard(tmp_path, SUDO_UID="65534")
    assert refused.returncode == 1
    assert "without sudo" in refused.stderr


def test_a_python_that_is_too_old_is_named(tmp_path: Path) -> None:
    make_program(tmp_path, "old-python", '[ "$1" = -V ] && echo "Python 3.9.2"; exit 1')
    refused = guard(tmp_path, PYTHON=str(tmp_path / "old-python"))
    assert refused.returncode == 1
    assert "Python 3.11, 3.12 or 3.13 is needed" in refused.stderr
    assert "Python 3.9.2" in refused.stderr


def test_an_environment_without_its_interpreter_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to("/nowhere/python3")
    (tmp_path / "var" / "stamp").mkdir(parents=True)
    (tmp_path / "var" / "stamp" / "venv").touch()
    assert guard(tmp_path).returncode == 0
    assert not (tmp_path / "var" / "stamp" / "venv").exists()


def install(tmp_path: Path, present: str, *, uid: int = 1000) -> subprocess.CompletedProcess[str]:
    """Install system packages on a pretended machine that has `present`; its apt only writes down what it is told."""
    programs = tmp_path / "programs"
    programs.mkdir(exist_ok=True)
    make_program(programs, "dpkg-query", f'[[ " {present} " == *" ${{@: -1}} "* ]] && printf installed')
    make_program(programs, "apt-cache", '[[ "${@: -1}" != old-name ]]')
    make_program(programs, "apt-get", f'echo "$@" >> "{tmp_path}/apt.log"')
    make_program(programs, "id", f"echo {uid}")
    for name in ("bash", "sed", "tr", "grep", "env", "basename", "sleep"):
        if not (programs / name).exists():
            (programs / name).symlink_to(f"/usr/bin/{name}")
    wanted = tmp_path / "packages.txt"
    wanted.write_text("python3-venv\nold-name|new-name   # renamed by a release\nold-name?\n")
    return subprocess.run(
        [str(programs / "bash"), str(pg.ROOT / "scripts" / "system_packages.sh"), str(wanted)],
        env={"PATH": str(programs)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_machine_that_has_the_packages_never_asks_for_root(tmp_path: Path) -> None:
    done = install(tmp_path, "python3-venv new-name old-name")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not (tmp_path / "apt.log").exists()


def test_without_the_right_to_install_the_one_command_is_told(tmp_path: Path) -> None:
    refused = install(tmp_path, "new-name old-name")
    assert refused.returncode == 1
    assert "apt-get install -y --no-install-recommends python3-venv\n" in refused.stderr
    assert not (tmp_path / "apt.log").exists()


def test_only_what_is_missing_is_installed_under_the_name_this_release_knows(tmp_path: Path) -> None:
    done = install(tmp_path, "python3-venv", uid=0)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "apt.log").read_text().splitlines()[-1].endswith("install -y --no-install-recommends new-name")
