"""Secrets of other systems, kept encrypted in the database: AES-256-GCM, bound to the row they belong to.

What is stored is one byte of version, four bytes that name the key, twelve of nonce, and the sealed text. The context
(which row, which column) is authenticated along, so that a secret copied into another row does not open there. Keys
come from FIELD_ENCRYPTION_KEYS: the first one seals, all of them open, so that a key can be changed without downtime.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

VERSION = b"\x01"
KEY_LENGTH, NAME_LENGTH, NONCE_LENGTH = 32, 4, 12


class CannotOpen(Exception):
    """A stored secret does not open: the key is not among ours, the bytes were changed, or they are another row's."""


def seal(text: str, *, context: str) -> bytes:
    """Encrypt with the first key. `context` names the row and column, and must be given again to open."""
    name, key = next(iter(_keys().items()))
    nonce = os.urandom(NONCE_LENGTH)
    head = VERSION + name
    return head + nonce + AESGCM(key).encrypt(nonce, text.encode(), head + context.encode())


def open_sealed(sealed: bytes | memoryview, *, context: str) -> str:
    """Decrypt what `seal` made. Raises CannotOpen, which never contains the secret."""
    sealed = bytes(sealed)  # the database gives memoryviews
    start = len(VERSION) + NAME_LENGTH
    head, nonce, body = sealed[:start], sealed[start : start + NONCE_LENGTH], sealed[start + NONCE_LENGTH :]
    if not head.startswith(VERSION) or len(nonce) < NONCE_LENGTH:
        raise CannotOpen(f"the secret of {context} is not in a form this version knows")
    key = _keys().get(head[len(VERSION) :])
    if key is None:
        raise CannotOpen(
            f"the secret of {context} was sealed with the key {head[len(VERSION) :].hex()}, which is not among "
            "FIELD_ENCRYPTION_KEYS; add the old key behind the new one"
        )
    try:
        return AESGCM(key).decrypt(nonce, body, head + context.encode()).decode()
    except InvalidTag:
        raise CannotOpen(f"the secret of {context} was changed, or belongs to another row") from None


def new_key() -> str:
    """A key for FIELD_ENCRYPTION_KEYS: 32 random bytes, url-safe base64."""
    return base64.urlsafe_b64encode(os.urandom(KEY_LENGTH)).decode()


def _keys() -> dict[bytes, bytes]:
    """Our keys by name, the one that seals first."""
    return {hashlib.sha256(key).digest()[:NAME_LENGTH]: key for key in map(_decoded, settings.FIELD_ENCRYPTION_KEYS)}


def _decoded(written: str) -> bytes:
    try:
        key = base64.urlsafe_b64decode(written)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_LENGTH:
        raise ImproperlyConfigured("FIELD_ENCRYPTION_KEYS: each key is 32 bytes in url-safe base64.")
    return key
