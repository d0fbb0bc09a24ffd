"""Sealing what must not lie open in the database: passwords of accounts, messages on their way."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Mapping
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dingfen import keys

_NONCE = 12


class Unreadable(ValueError):
    """Sealed bytes that do not open: another master key, or changed."""


def seal(payload: Mapping[str, Any], *, of: str) -> bytes:
    """A JSON object under the installation's master key, bound to what it is `of` (a row's uid)."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(keys.key("master")).encrypt(nonce, orjson.dumps(dict(payload)), of.encode())


def unseal(sealed: bytes | memoryview | None, *, of: str) -> dict[str, Any]:
    """The object again; {} for nothing. Raises `Unreadable`."""
    data = bytes(sealed or b"")
    if not data:
        return {}
    try:
        plain = AESGCM(keys.key("master")).decrypt(data[:_NONCE], data[_NONCE:], of.encode())
    except (InvalidTag, ValueError) as error:
        raise Unreadable("sealed under another key, or changed") from error
    opened: dict[str, Any] = orjson.loads(plain)
    return opened


def digest(*parts: str) -> str:
    """A keyed digest by which the same person, message or code is found without being told."""
    told = "\x1f".join(parts).encode()
    return hmac.new(keys.key("index"), told, hashlib.sha256).hexdigest()
