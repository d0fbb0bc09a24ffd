"""The bytes of an entry: what is hashed is what is stored, and what is stored is what this module wrote.

An entry's body is one JSON object in UTF-8, keys sorted, no white space. It holds ids, times, enumerations
and numbers; personal data lies apart and is only committed to (`commitment`), so that it can be shredded
while every proof still holds.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

VERSION = 1
MAX_BODY = 65_535
"""Bytes: an entry bundle of tlog-tiles gives each entry's length in two bytes."""

SEALED = "page.sealed"
SHREDDED = "personal.shredded"
SYSTEM = uuid.UUID(int=0)
"""Who acts when no person does."""
PAD = 256
SALT_SIZE = 32
_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"
_UTC_OFFSET = timedelta(0)


class BodyError(ValueError):
    """Bytes that are no entry, or facts that cannot be written as one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """An entry as it is hashed. `index` is its place in the tree, `number` its place on its page, from 1."""

    index: int
    uid: str
    book: str
    page: date
    number: int
    kind: str
    subject: tuple[str, str]
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    personal: tuple[str, str] | None = None
    """Whose personal data the entry commits to, and the commitment in hex."""
    corrects: int | None = None
    """Index of the entry this one corrects."""
    policy: tuple[str, str, str] | None = None
    """Pack, version and digest that applied."""
    imported: bool = False

    @property
    def name(self) -> str:
        return entry_name(self.book, self.page, self.number)

    def encode(self) -> bytes:
        """Raises `BodyError` for facts JSON cannot hold exactly, or past `MAX_BODY` bytes."""
        document: dict[str, Any] = {
            "v": VERSION,
            "index": self.index,
            "uid": self.uid,
            "book": self.book,
            "page": self.page.isoformat(),
            "number": self.number,
            "kind": self.kind,
            "subject": list(self.subject),
            "occurred_at": write_time(self.occurred_at),
            "recorded_at": write_time(self.recorded_at),
            "actor": self.actor,
            "facts": self.facts,
        }
        if self.personal:
            document["personal"] = {"subject": self.personal[0], "digest": self.personal[1]}
        if self.corrects is not None:
            document["corrects"] = self.corrects
        if self.policy:
            document["policy"] = list(self.policy)
        if self.imported:
            document["imported"] = True
        data = canonical(document)
        if len(data) > MAX_BODY:
            raise BodyError(f"an entry has at most {MAX_BODY} bytes; this has {len(data)}")
        return data

    @classmethod
    def decode(cls, data: bytes) -> Body:
        """Raises `BodyError` when the bytes are no entry of this version."""
        try:
            document = json.loads(data)
            if document["v"] != VERSION:
                raise BodyError(f"entries of version {document['v']} are unknown here")
            personal, policy = document.get("personal"), document.get("policy")
            kind_of_subject, subject_id = document["subject"]
            return cls(
                index=_whole(document["index"]),
                uid=str(document["uid"]),
                book=str(document["book"]),
                page=date.fromisoformat(document["page"]),
                number=_whole(document["number"]),
                kind=str(document["kind"]),
                subject=(str(kind_of_subject), str(subject_id)),
                occurred_at=read_time(document["occurred_at"]),
                recorded_at=read_time(document["recorded_at"]),
                actor=str(document["actor"]),
                facts=dict(document["facts"]),
                personal=(personal["subject"], personal["digest"]) if personal else None,
                corrects=document.get("corrects"),
                policy=(policy[0], policy[1], policy[2]) if policy else None,
                imported=document.get("imported", False),
            )
        except BodyError:
            raise
        except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError) as error:
            raise BodyError("these bytes are no entry") from error


def entry_name(book: str, page: date, number: int) -> str:
    """`BOOK-YYYYMMDD-NNNN`."""
    return f"{book}-{page:%Y%m%d}-{number:04d}"


def canonical(document: Mapping[str, Any]) -> bytes:
    """JSON with sorted keys and no white space. Raises `BodyError` for what JSON cannot hold exactly."""
    try:
        text = json.dumps(
            document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
        )
        return text.encode()
    except (TypeError, ValueError) as error:
        raise BodyError(f"facts take text, numbers, true, false, lists and objects: {error}") from error


def write_time(moment: datetime) -> str:
    """UTC with microseconds, the precision both databases keep. Raises `BodyError` for a naive time."""
    if moment.tzinfo is None:
        raise BodyError("a time without a zone")
    return moment.astimezone(UTC).strftime(_TIME)


def read_time(text: str) -> datetime:
    """Raises `ValueError` for anything but what `write_time` wrote."""
    moment = datetime.fromisoformat(text)
    if moment.utcoffset() != _UTC_OFFSET:
        raise BodyError("a time that is not UTC")
    return moment.astimezone(UTC)


def padded(payload: bytes) -> bytes:
    """The payload filled up to a multiple of 256 bytes (ISO 7816-4: 0x80, then zeros), to hide its length."""
    return payload + b"\x80" + bytes(-(len(payload) + 1) % PAD)


def unpadded(data: bytes) -> bytes:
    """Raises `BodyError` when `data` is not padded."""
    payload = data.rstrip(b"\x00")
    if len(data) % PAD or not payload.endswith(b"\x80"):
        raise BodyError("the personal data is not padded")
    return payload[:-1]


def commitment(padded_payload: bytes, salt: bytes, index: int) -> str:
    """Hex of `SHA-256(padded payload || 32-byte salt || index)`, the index in 8 bytes, big-endian.

    Without the salt nobody can test a guess at the payload; once the salt is gone the digest says nothing.
    """
    if len(salt) != SALT_SIZE:
        raise BodyError("a salt has 32 bytes")
    return hashlib.sha256(padded_payload + salt + index.to_bytes(8, "big")).hexdigest()


def _whole(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise BodyError("a number is not a whole one")
    return value
