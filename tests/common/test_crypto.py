"""Secrets in the database: only this installation opens them, and only in their own row."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from common import crypto

SECRET, CONTEXT = "whsec_秘密", "subscription:1"


def test_a_secret_comes_back_as_it_was_and_is_not_to_be_seen_meanwhile() -> None:
    sealed = crypto.seal(SECRET, context=CONTEXT)
    assert crypto.open_sealed(sealed, context=CONTEXT) == SECRET
    assert crypto.open_sealed(memoryview(sealed), context=CONTEXT) == SECRET
    assert SECRET.encode() not in sealed


def test_the_same_secret_looks_different_each_time() -> None:
    assert crypto.seal(SECRET, context=CONTEXT) != crypto.seal(SECRET, context=CONTEXT)


def test_a_secret_copied_into_another_row_does_not_open_there() -> None:
    with pytest.raises(crypto.CannotOpen, match="another row"):
        crypto.open_sealed(crypto.seal(SECRET, context=CONTEXT), context="subscription:2")


def test_changing_any_byte_is_noticed() -> None:
    sealed = crypto.seal(SECRET, context=CONTEXT)
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(crypto.CannotOpen):
            crypto.open_sealed(bytes(changed), context=CONTEXT)
    for length in range(len(sealed)):
        with pytest.raises(crypto.CannotOpen):
            crypto.open_sealed(sealed[:length], context=CONTEXT)


def test_without_the_key_it_stays_shut_and_the_error_names_what_is_missing(settings) -> None:
    sealed = crypto.seal(SECRET, context=CONTEXT)
    settings.FIELD_ENCRYPTION_KEYS = [crypto.new_key()]
    with pytest.raises(crypto.CannotOpen, match="FIELD_ENCRYPTION_KEYS") as error:
        crypto.open_sealed(sealed, context=CONTEXT)
    assert SECRET not in str(error.value)


def test_after_a_change_of_keys_the_old_secrets_still_open_and_new_ones_use_the_new_key(settings) -> None:
    old = settings.FIELD_ENCRYPTION_KEYS[0]
    before = crypto.seal(SECRET, context=CONTEXT)
    new = crypto.new_key()
    settings.FIELD_ENCRYPTION_KEYS = [new, old]
    assert crypto.open_sealed(before, context=CONTEXT) == SECRET
    after = crypto.seal(SECRET, context=CONTEXT)
    settings.FIELD_ENCRYPTION_KEYS = [new]
    assert crypto.open_sealed(after, context=CONTEXT) == SECRET


@pytest.mark.parametrize("key", ["", "short", "not base64 at all!!!", "QUJD"])
def test_a_key_that_is_none_is_named_as_the_trouble(settings, key: str) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [key]
    with pytest.raises(ImproperlyConfigured, match="32 bytes"):
        crypto.seal(SECRET, context=CONTEXT)
