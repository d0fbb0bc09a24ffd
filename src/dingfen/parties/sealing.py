"""Personal data, sealed with AES-256-GCM under a key of its own subject; the key is wrapped by the installation.

Without the wrapped key nothing opens again: deleting one row erases a person, also in backups made later.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dingfen import keys
from dingfen.database.once import once
from dingfen.database.rows import each, find, plain
from dingfen.parties.models import SubjectKey

_NONCE = 12
_KEY = 32


class Unreadable(ValueError):
    """Sealed data that does not open: wrong master key, changed bytes, or another subject's."""


@lru_cache(maxsize=4)
def _master(secret: bytes) -> AESGCM:
    return AESGCM(secret)


class Sealer:
    """Seals and opens the data of one subject (a customer or a contact)."""

    __slots__ = ("_cipher", "subject")

    def __init__(self, subject: uuid.UUID, key: bytes) -> None:
        self.subject = subject
        self._cipher = AESGCM(key)

    def seal(self, payload: Mapping[str, Any]) -> bytes:
        """Nonce and ciphertext of a JSON object, bound to the subject."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, orjson.dumps(dict(payload)), self.subject.bytes)

    def open(self, sealed: bytes | memoryview) -> dict[str, Any]:
        """The JSON object; {} for nothing. Raises `Unreadable`."""
        data = bytes(sealed)
        if not data:
            return {}
        try:
            plain = self._cipher.decrypt(data[:_NONCE], data[_NONCE:], self.subject.bytes)
        except (InvalidTag, ValueError) as error:
            raise Unreadable(f"data of {self.subject} does not open") from error
        payload: dict[str, Any] = orjson.loads(plain)
        return payload


def new_key(subject: uuid.UUID) -> tuple[Sealer, bytes]:
    """A fresh key: the sealer, and the key as its row (`SubjectKey`) keeps it, wrapped."""
    key, nonce = os.urandom(_KEY), os.urandom(_NONCE)
    wrapped = nonce + _master(keys.key("master")).encrypt(nonce, key, subject.bytes)
    return Sealer(subject, key), wrapped


def _unwrap(row: SubjectKey) -> Sealer:
    data = bytes(row.wrapped)
    try:
        key = _master(keys.key("master")).decrypt(data[:_NONCE], data[_NONCE:], row.subject_uid.bytes)
    except (InvalidTag, ValueError) as error:
        raise Unreadable(f"the key of {row.subject_uid} does not open") from error
    return Sealer(row.subject_uid, key)


def sealers(subjects: Iterable[uuid.UUID]) -> dict[uuid.UUID, Sealer]:
    """The sealers of these subjects, in one query; who was erased is missing."""
    wanted = [plain(uid) for uid in set(subjects)]
    if not wanted:
        return {}
    rows = find(SubjectKey, f"t.subject_uid IN ({each(wanted)})", wanted)
    return {row.subject_uid: _unwrap(row) for row in rows}


def sealer(subject: uuid.UUID) -> Sealer | None:
    """The sealer of one subject; None when erased."""
    return once(("sealer", subject), lambda: sealers([subject]).get(subject))
