"""The reader process: listens on a Unix socket and reads one file at a time, each in a child of its own.

The parent has everything imported and forks for each file (about 10 ms), so nothing of one file is left for the next:
memory is given back, and a child that is killed, crashes or takes too long is answered for at once by the parent.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import select
import signal
import socket
import time
from datetime import date
from pathlib import Path
from types import FrameType
from typing import Any

from invoices import reading
from invoices.readers import errors, fonts, process, sandbox, wire

logger = logging.getLogger(__name__)

REQUEST_SECONDS = 20  # to send a request; it comes from this machine
BACKLOG = 128
MAX_JOB_SECONDS = 300
_PIECE = 256 * 1024


class AlreadyRunning(Exception):
    """Another reader answers on this socket."""


class Stopped(Exception):
    """The process was asked to end."""


class ReaderServer:
    def __init__(self, path: Path) -> None:
        self.path = path
        self._child = 0
        self._listener: socket.socket | None = None

    def serve(self) -> None:
        """Until SIGTERM or SIGINT. Raises AlreadyRunning."""
        fonts.chinese()  # loaded once here, not in every child
        gc.collect()
        gc.freeze()  # children leave these objects alone, so their pages stay shared
        self._listen()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _stop)
        logger.info("reader listens on %s", self.path)
        try:
            while True:
                self._serve_one()
        except Stopped:
            logger.info("reader stops")
        finally:
            self._end_child()
            self._close()

    def _listen(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self.path.exists():
            if _answers(self.path):
                raise AlreadyRunning(str(self.path))
            self.path.unlink()
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        old = os.umask(0o177)  # for the owner only
        try:
            listener.bind(str(self.path))
        finally:
            os.umask(old)
        listener.listen(BACKLOG)
        self._listener = listener

    def _close(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self.path.unlink(missing_ok=True)

    def _serve_one(self) -> None:
        assert self._listener is not None
        connection, _peer = self._listener.accept()
        with connection:
            try:
                connection.settimeout(REQUEST_SECONDS)
                header, blobs = wire.unpack(connection.recv)
                connection.sendall(self._answer(connection, header, blobs))
            except (OSError, wire.Broken) as error:
                logger.info("a client went away: %s", error)

    def _answer(self, connection: socket.socket, header: dict[str, Any], blobs: list[bytes]) -> bytes:
        if header.get("op") == "ping":
            return wire.pack({"pong": True})
        name = str(header.get("name", ""))
        seconds = min(float(header.get("timeout", process.JOB_SECONDS)), MAX_JOB_SECONDS)
        receiver, sender = os.pipe()
        self._child = os.fork()
        if self._child == 0:
            self._run_child(receiver, sender, header, blobs, seconds)
        os.close(sender)
        try:
            return self._watch(connection, receiver, seconds)
        except TimeoutError:
            logger.warning("reading was broken off after %s s", seconds)
            return _problem(errors.ReaderTookTooLong(name=name, seconds=round(seconds)))
        except ChildProcessError as error:
            logger.warning("reading crashed: %s", error)
            return _problem(errors.ReaderCrashed(name=name))
        finally:
            os.close(receiver)
            self._end_child()

    def _watch(self, connection: socket.socket, receiver: int, seconds: float) -> bytes:
        """The child's whole answer. Raises TimeoutError, ChildProcessError, and OSError when the client has gone."""
        deadline = time.monotonic() + seconds
        poll = select.poll()
        poll.register(receiver, select.POLLIN | select.POLLHUP)
        poll.register(connection, select.POLLRDHUP | select.POLLHUP)
        pieces: list[bytes] = []
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            ready = dict(poll.poll(left * 1000))
            if connection.fileno() in ready:
                raise ConnectionError("before the answer was ready")
            if receiver not in ready:
                continue
            piece = os.read(receiver, _PIECE)
            if not piece:
                break
            pieces.append(piece)
        _pid, status = os.waitpid(self._child, 0)
        self._child = 0
        if status:
            raise ChildProcessError(f"signal {status & 0x7F}, exit {status >> 8}")
        return b"".join(pieces)

    def _end_child(self) -> None:
        if self._child:
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(self._child, signal.SIGKILL)
                os.waitpid(self._child, 0)
            self._child = 0

    def _run_child(
        self, receiver: int, sender: int, header: dict[str, Any], blobs: list[bytes], seconds: float
    ) -> None:
        """In the child; does not return."""
        status = 1
        try:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            os.close(receiver)
            if self._listener is not None:
                self._listener.close()
            sandbox.enter(cpu_seconds=int(seconds) + 1)
            answer = _read(header, blobs)
            with os.fdopen(sender, "wb") as pipe:
                pipe.write(answer)
            status = 0
        except MemoryError:
            status = 3
        except BaseException:  # the child must end here and nowhere else; the parent answers for it
            logger.exception("reading failed")
        finally:
            os._exit(status)


def _read(header: dict[str, Any], blobs: list[bytes]) -> bytes:
    try:
        found = reading.read(
            blobs[0],
            name=str(header["name"]),
            today=date.fromisoformat(header["today"]),
            with_preview=bool(header.get("preview", True)),
        )
    except errors.Unreadable as error:
        return _problem(error)
    return wire.pack(*process.as_reply(found))


def _problem(error: errors.Unreadable) -> bytes:
    return wire.pack({"error": {"code": error.code, "params": error.params}})


def _answers(path: Path) -> bool:
    try:
        wire.connect(path, 1.0).close()
    except OSError:
        return False
    return True


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise Stopped
