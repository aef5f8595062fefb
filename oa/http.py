"""One POST to a checked address: no redirects, no proxies, a limit on the whole and on what is read.

The connection goes to the address given; the host of the URL is what TLS verifies and what the Host header says.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import httpcore
from httpcore import NetworkBackend, NetworkStream

from oa.addresses import Address, Target

LIMIT = 15.0  # seconds from the first packet to the last
MOST_READ = 4096  # bytes of the answer


class NoAnswer(Exception):
    """Nothing came back that could be called an answer. The message says what happened, in few words."""


class TooSlow(NoAnswer):
    """The limit passed first."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    text: str  # the beginning of it


def post(target: Target, address: Address, *, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Send once. Raises NoAnswer, TooSlow."""
    deadline = time.monotonic() + LIMIT
    url = httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
    sent: dict[bytes | str, bytes | str] = {
        "Host": target.authority,
        "Content-Length": str(len(body)),
        "Connection": "close",
        "Accept-Encoding": "identity",
    }
    sent.update(headers)
    pool = httpcore.ConnectionPool(
        ssl_context=ssl.create_default_context(), network_backend=_Pinned(address, deadline), retries=0
    )
    try:
        with pool, pool.stream("POST", url, headers=sent, content=body) as response:
            text = _beginning(response.iter_stream())
            names = {name.decode().lower(): value.decode("latin-1") for name, value in response.headers}
            return Answer(response.status, names, text)
    except httpcore.TimeoutException:
        raise TooSlow(f"no answer within {LIMIT:g} s") from None
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise NoAnswer(_in_words(error)) from None


def _beginning(parts: Iterable[bytes]) -> str:
    read = b""
    try:
        for part in parts:
            read += part
            if len(read) >= MOST_READ:
                break
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError):
        pass  # the status has come, and it is what counts
    text = read[:MOST_READ].decode(errors="replace")
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def _in_words(error: Exception) -> str:
    cause = error.__cause__ or error.__context__ or error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"certificate refused: {cause.verify_message}"
    return f"{type(error).__name__}: {error}"[:200]


class _Pinned(NetworkBackend):
    """Connects to one address, whatever host is asked for, and stops at the deadline."""

    def __init__(self, address: Address, deadline: float) -> None:
        self.address, self.deadline = address, deadline
        self.real = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> NetworkStream:
        stream = self.real.connect_tcp(
            str(self.address), port, _left(self.deadline, httpcore.ConnectTimeout), local_address, socket_options
        )
        return _Limited(stream, self.deadline)


class _Limited(NetworkStream):
    """A stream whose reads and writes share one deadline: a receiver that sends a byte a second gains nothing."""

    def __init__(self, stream: NetworkStream, deadline: float) -> None:
        self.stream, self.deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.stream.read(max_bytes, _left(self.deadline, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.stream.write(buffer, _left(self.deadline, httpcore.WriteTimeout))

    def close(self) -> None:
        self.stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> NetworkStream:
        left = _left(self.deadline, httpcore.ConnectTimeout)
        return _Limited(self.stream.start_tls(ssl_context, server_hostname, left), self.deadline)

    def get_extra_info(self, info: str) -> Any:
        return self.stream.get_extra_info(info)


def _left(deadline: float, error: type[httpcore.TimeoutException]) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise error
    return left
