"""Personal data of entries: kept apart, sealed, committed to by the entry."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dingfen import keys
from dingfen.register.bodies import SALT_SIZE, BodyError, canonical, commitment, padded, unpadded
from dingfen.register.models import Entry, PersonalDatum

_NONCE = 12


@lru_cache(maxsize=4)
def _cipher(master: bytes) -> AESGCM:
    return AESGCM(hmac.digest(master, b"register personal data", hashlib.sha256))


def seal(payload: Mapping[str, Any], index: int) -> tuple[str, bytes, bytes]:
    """(commitment in hex, salt, sealed payload) of personal data for the entry at `index`."""
    filled, salt, nonce = padded(canonical(payload)), os.urandom(SALT_SIZE), os.urandom(_NONCE)
    sealed = _cipher(keys.key("master")).encrypt(nonce, filled, index.to_bytes(8, "big"))
    return commitment(filled, salt, index), salt, nonce + sealed


def open_padded(datum: PersonalDatum) -> bytes:
    """The padded payload. Raises `BodyError` when key or stored bytes are not the right ones."""
    data, index = bytes(datum.payload), datum.pk.to_bytes(8, "big")
    try:
        return _cipher(keys.key("master")).decrypt(data[:_NONCE], data[_NONCE:], index)
    except (InvalidTag, ValueError) as error:
        raise BodyError("the personal data does not open") from error


def read(entry: Entry) -> dict[str, Any] | None:
    """The personal data of an entry; None when it has none or it was shredded."""
    datum = PersonalDatum.objects.filter(pk=entry.pk).first()
    if datum is None:
        return None
    payload: dict[str, Any] = json.loads(unpadded(open_padded(datum)))
    return payload
