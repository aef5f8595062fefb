"""How the reader process and its clients talk: a JSON header with its length before it, then the bytes it announces.

Nothing that is received can run: no pickling, every length is checked before it is read.
"""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

from invoices.readers.limits import MEGABYTE

MAX_HEADER = 16 * MEGABYTE
MAX_BLOBS = 160 * MEGABYTE  # an unpacked zip and its previews
_LENGTH = struct.Struct(">I")

Receive = Callable[[int], bytes]


class Broken(Exception):
    """The other side went away or sent what makes no sense."""


def pack(header: dict[str, Any], blobs: Sequence[bytes] = ()) -> bytes:
    raw = json.dumps({**header, "blobs": [len(blob) for blob in blobs]}, ensure_ascii=False).encode()
    return b"".join((_LENGTH.pack(len(raw)), raw, *blobs))


def unpack(receive: Receive) -> tuple[dict[str, Any], list[bytes]]:
    """Read one message with `receive(n)`, which gives at most n bytes and nothing at the end. Raises Broken."""
    (length,) = _LENGTH.unpack(_exactly(receive, _LENGTH.size))
    if length > MAX_HEADER:
        raise Broken(f"header of {length} bytes")
    try:
        header = json.loads(_exactly(receive, length))
        sizes = [int(size) for size in header["blobs"]]
    except (ValueError, KeyError, TypeError) as error:
        raise Broken("no header") from error
    if min(sizes, default=0) < 0 or sum(sizes) > MAX_BLOBS:
        raise Broken("too many bytes announced")
    return cast(dict[str, Any], header), [_exactly(receive, size) for size in sizes]


def _exactly(receive: Receive, size: int) -> bytes:
    pieces = []
    while size:
        piece = receive(min(size, MEGABYTE))
        if not piece:
            raise Broken("the other side closed")
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def connect(path: Path, timeout: float) -> socket.socket:
    """A connection to the reader. Raises OSError when nothing listens."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(timeout)
        connection.connect(str(path))
    except BaseException:
        connection.close()
        raise
    return connection
