"""A receiver of hooks on the loopback address: a real HTTP server that checks every signature and keeps what came.

How it answers is set by the test: a status, headers, a pause, nothing at all, or another thing each time.
"""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks.webhooks import Webhook, WebhookVerificationError


@dataclass(frozen=True)
class Reply:
    status: int = 204
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    pause: float = 0.0  # seconds before the answer
    drip: float = 0.0  # seconds between the bytes of the answer
    hang_up: bool = False  # closes the connection without a word


@dataclass(frozen=True)
class Heard:
    """One request as it came."""

    id: str
    event: dict[str, Any]
    headers: Mapping[str, str]
    raw: bytes
    reply: Reply

    @property
    def sequence(self) -> int:
        return int(self.event["sequence"])


OK = Reply()


class Receiver:
    """What was heard, in order; what it will answer. `accepted` has each id once, as a receiver that drops repeats."""

    def __init__(self, *secrets: str) -> None:
        self.secrets = list(secrets)
        self.heard: list[Heard] = []
        self.forged: list[bytes] = []
        self.replies: list[Reply] = []  # used up one by one, then `always`
        self.always = OK
        self.lock = threading.Lock()
        self.stopped = False
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/hooks"

    @property
    def accepted(self) -> list[Heard]:
        """What was answered with success, repeats left out, in the order in which it came first."""
        first: dict[str, Heard] = {}
        for heard in self.heard:
            if 200 <= heard.reply.status < 300 and not heard.reply.hang_up:
                first.setdefault(heard.id, heard)
        return list(first.values())

    def sequences(self) -> dict[str, list[int]]:
        """Per subject the sequence numbers in the order in which they were accepted."""
        found: dict[str, list[int]] = defaultdict(list)
        for heard in self.accepted:
            found[heard.event["subject"]].append(heard.sequence)
        return dict(found)

    def _take(self, headers: Mapping[str, str], raw: bytes) -> Reply:
        with self.lock:
            if not any(_signed(secret, headers, raw) for secret in self.secrets):
                self.forged.append(raw)
                return Reply(401)
            reply = self.replies.pop(0) if self.replies else self.always
            self.heard.append(Heard(headers["webhook-id"], json.loads(raw), dict(headers), raw, reply))
            return reply

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                announced = int(self.headers["Content-Length"])
                raw = self.rfile.read(announced)
                if len(raw) < announced:  # the sender was killed in the middle: no request at all
                    self.close_connection = True
                    return
                headers = {name.lower(): value for name, value in self.headers.items()}
                reply = receiver._take(headers, raw)
                time.sleep(reply.pause)
                self.close_connection = True
                if reply.hang_up or receiver.stopped:
                    return
                body = reply.text.encode()
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                with suppress(OSError):  # the sender may not wait for all of it
                    self._drip(body, reply.drip)

            def _drip(self, body: bytes, pause: float) -> None:
                for byte in body:
                    self.wfile.write(bytes([byte]))
                    if pause:
                        self.wfile.flush()
                        time.sleep(pause)

            def log_message(self, *_arguments: Any) -> None:
                pass

        return Handler


def _signed(secret: str, headers: Mapping[str, str], raw: bytes) -> bool:
    try:
        Webhook(secret).verify(raw, dict(headers))
    except WebhookVerificationError:
        return False
    return True


@contextmanager
def running(*secrets: str) -> Iterator[Receiver]:
    receiver = Receiver(*secrets)
    thread = threading.Thread(target=receiver.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.stopped = True
        receiver.server.shutdown()
        receiver.server.server_close()
        thread.join()
