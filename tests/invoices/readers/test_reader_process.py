"""The reader process: it reads what is sent, and no file, client or signal keeps it from reading the next."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.test import override_settings

from demo.drawing import chance, ofd, pdf, xml
from demo.drawing.forms import sheets
from invoices import reading
from invoices.readers import errors, process, sandbox, wire
from invoices.readers.base import Kind
from tests.invoices.processes import running_reader
from tests.invoices.readers.test_refuse_hostile_files import archive

FACTS = chance.random_invoice(Random(2), Kind.EINVOICE)
PATIENCE = 20.0  # seconds


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[subprocess.Popen[bytes]]:
    """One reader process for all these tests: what one of them does to it must not trouble the next."""
    socket = tmp_path_factory.mktemp("run") / "reader.sock"
    with override_settings(READER_SOCKET=socket), running_reader(socket) as running:
        yield running


@pytest.fixture
def own_reader(tmp_path: Path, settings: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A reader that the test ends itself."""
    settings.READER_SOCKET = tmp_path / "reader.sock"
    with running_reader(settings.READER_SOCKET) as running:
        yield running


@cache
def slow_pdf() -> bytes:
    """So many pages of text that reading takes seconds."""
    return pdf.of_sheets((sheets(FACTS) * 40)[:40])


def bomb_pdf() -> bytes:
    """4 MB whose page unpacks to 1 GB."""
    squeezer = zlib.compressobj(1)
    stream = b"".join(squeezer.compress(b" " * 2**20) for _ in range(1024)) + squeezer.flush()
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 500 500]/Contents 4 0 R>>"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        page,
        b"<</Filter/FlateDecode/Length %d>>stream\n" % len(stream) + stream + b"\nendstream",
    ]
    out, offsets = bytearray(b"%PDF-1.5\n"), []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj" % number + body + b"endobj\n"
    table = b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return bytes(out + table + b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(out))


def read(content: bytes, today: date, **options: Any) -> list[reading.FoundInvoice]:
    return process.read_file(content, name="发票", today=today, **options)


def child_of(reader: subprocess.Popen[bytes]) -> int:
    """The process that reads a file at this moment."""
    listed = Path(f"/proc/{reader.pid}/task/{reader.pid}/children").read_text().split()
    return int(listed[0]) if listed else 0


def has_ended(pid: int) -> bool:
    """Gone, or dead and waiting for a parent that never asks: not every machine's first process buries its orphans."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def wait_for(condition: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + PATIENCE
    while not (result := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return result


def in_background(call: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    outcome: list[Any] = []

    def run() -> None:
        try:
            outcome.append(call())
        except Exception as error:
            outcome.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, outcome


def assert_works(today: date) -> None:
    (found,) = read(xml.einvoice(FACTS), today)
    assert found.reading.text("number") == FACTS.number


@pytest.mark.usefixtures("reader")
@pytest.mark.parametrize("draw", [pdf.draw, ofd.draw, xml.einvoice], ids=["pdf", "ofd", "xml"])
def test_the_process_gives_what_reading_here_gives(draw: Callable[..., bytes], today: date) -> None:
    content = draw(FACTS)
    (here,) = reading.read(content, name="发票", today=today)
    (there,) = read(content, today)

    assert there.reading == here.reading
    assert there.files == here.files
    assert there.preview == here.preview


@pytest.mark.usefixtures("reader")
def test_the_files_of_a_zip_come_back_with_their_bytes(today: date) -> None:
    parts = {"a.xml": xml.einvoice(FACTS), "a.pdf": pdf.draw(FACTS), "a.ofd": ofd.draw(FACTS)}
    (found,) = read(archive(parts), today)

    assert {file.name: file.content for file in found.files} == parts
    assert {file.source_kind for file in found.files} == {"xml", "pdf", "ofd"}


@pytest.mark.usefixtures("reader")
def test_a_refusal_keeps_its_reason_and_the_files_name(today: date) -> None:
    with pytest.raises(errors.WrongType) as refusal:
        read(Path("/bin/true").read_bytes(), today)

    assert refusal.value.params["name"] == "发票"
    assert "发票" in refusal.value.message


def test_a_child_killed_mid_job_is_answered_for_at_once(reader: subprocess.Popen[bytes], today: date) -> None:
    thread, outcome = in_background(lambda: read(slow_pdf(), today))
    os.kill(wait_for(lambda: child_of(reader)), signal.SIGKILL)
    thread.join(PATIENCE)

    assert isinstance(outcome[0], errors.ReaderCrashed)
    assert_works(today)


def test_a_file_that_takes_too_long_is_broken_off(reader: subprocess.Popen[bytes], today: date) -> None:
    with pytest.raises(errors.ReaderTookTooLong):
        read(slow_pdf(), today, timeout=0.3)

    assert child_of(reader) == 0
    assert_works(today)


@pytest.mark.usefixtures("reader")
def test_a_file_that_wants_too_much_memory_is_broken_off(today: date) -> None:
    with pytest.raises(errors.ReaderCrashed):
        read(bomb_pdf(), today)

    assert_works(today)


def test_a_client_that_goes_away_does_not_keep_the_reader_busy(
    reader: subprocess.Popen[bytes], settings: Any, today: date
) -> None:
    header = {"op": "read", "name": "a", "today": str(today), "preview": True, "timeout": 30}
    connection = wire.connect(settings.READER_SOCKET, PATIENCE)
    connection.sendall(wire.pack(header, [slow_pdf()]))
    child = wait_for(lambda: child_of(reader))
    connection.close()

    wait_for(lambda: has_ended(child))
    assert_works(today)


@pytest.mark.usefixtures("reader")
@pytest.mark.parametrize(
    "nonsense", [b"", b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 64, wire.pack({"op": "read"}), b"\x00\x00\x00\x02{}"]
)
def test_nonsense_on_the_socket_changes_nothing(nonsense: bytes, settings: Any, today: date) -> None:
    with wire.connect(settings.READER_SOCKET, PATIENCE) as connection:
        connection.sendall(nonsense)

    assert_works(today)


@pytest.mark.usefixtures("reader")
def test_many_at_once_are_read_one_after_the_other(today: date) -> None:
    content = xml.einvoice(FACTS)
    jobs = [in_background(lambda: read(content, today)) for _ in range(12)]
    for thread, _outcome in jobs:
        thread.join(PATIENCE)

    assert [outcome[0][0].reading.text("number") for _thread, outcome in jobs] == [FACTS.number] * 12


def test_without_a_reader_it_says_so_at_once(tmp_path: Path, settings: Any, today: date) -> None:
    settings.READER_SOCKET = tmp_path / "nobody.sock"
    with pytest.raises(errors.ReaderUnavailable):
        read(xml.einvoice(FACTS), today)
    assert not process.is_running()


def test_a_killed_reader_leaves_no_child_and_the_next_one_starts(
    own_reader: subprocess.Popen[bytes], settings: Any, today: date
) -> None:
    thread, outcome = in_background(lambda: read(slow_pdf(), today))
    child = wait_for(lambda: child_of(own_reader))
    own_reader.kill()
    own_reader.wait()
    thread.join(PATIENCE)

    assert isinstance(outcome[0], errors.ReaderUnavailable)
    wait_for(lambda: has_ended(child))
    with running_reader(settings.READER_SOCKET):  # over the socket the killed one left
        assert_works(today)


def test_a_second_reader_on_the_same_socket_is_refused(
    reader: subprocess.Popen[bytes], settings: Any, today: date
) -> None:
    environment = {**os.environ, "READER_SOCKET": str(settings.READER_SOCKET)}
    second = subprocess.run(
        [sys.executable, "manage.py", "reader"],
        cwd=settings.BASE_DIR,
        env={**environment, "DJANGO_SETTINGS_MODULE": "config.settings.test"},
        capture_output=True,
        timeout=60,
        check=False,
    )

    assert second.returncode == 1
    assert b"already answers" in second.stderr
    assert_works(today)


def test_it_stops_when_told_and_takes_its_socket_with_it(own_reader: subprocess.Popen[bytes], settings: Any) -> None:
    assert settings.READER_SOCKET.stat().st_mode & 0o777 == 0o600  # for the owner only
    own_reader.terminate()

    assert own_reader.wait(PATIENCE) == 0
    assert not settings.READER_SOCKET.exists()


@pytest.mark.parametrize(
    "deed",
    [
        "import socket; socket.socket(socket.AF_INET, socket.SOCK_STREAM)",
        "import os; os.system('true')",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.fork()",
        "open('/tmp/reader-sandbox-was-left', 'w').write('x' * 100000)",
        "bytearray(2 * 1024 ** 3)",
        "while True: pass",
    ],
)
def test_a_parser_that_is_taken_over_can_do_little(deed: str, settings: Any) -> None:
    script = f"from invoices.readers import sandbox\nsandbox.enter(cpu_seconds=2)\n{deed}\nprint('DONE')"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=settings.BASE_DIR, capture_output=True, timeout=60, check=False
    )

    assert done.returncode != 0
    assert b"DONE" not in done.stdout


def test_the_sandbox_is_what_stops_it(settings: Any) -> None:
    """The same deed outside the sandbox succeeds."""
    script = "import subprocess; subprocess.run(['true'], check=True); print('DONE')"
    done = subprocess.run([sys.executable, "-c", script], cwd=settings.BASE_DIR, capture_output=True, check=True)
    assert b"DONE" in done.stdout
    assert sandbox.MEMORY == 1024**3


def test_messages_are_refused_when_they_announce_too_much() -> None:
    message = io.BytesIO(wire.pack({"op": "read"}, [b"x"]).replace(b"[1]", b"[9" + b"9" * 12 + b"]"))
    with pytest.raises(wire.Broken):
        wire.unpack(message.read)
