"""The access log: who looked at what, and conflict checks. Append-only, outside the head lock."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from dingfen.register.bodies import canonical, write_time
from dingfen.register.models import Book, Look


def record_look(
    *,
    at: datetime,
    actor_id: uuid.UUID,
    company: uuid.UUID,
    kind: str,
    subject: uuid.UUID | None = None,
    book: Book | None = None,
    query_digest: bytes | None = None,
    detail: Mapping[str, Any] | None = None,
) -> Look:
    """Log one look or one settled query. `detail` holds ids and enumerations, no personal data."""
    return Look.objects.create(
        at=at,
        actor_uid=actor_id,
        company_uid=company,
        book=book,
        kind=kind,
        subject_uid=subject,
        query_digest=query_digest,
        detail=dict(detail or {}),
    )


def lock() -> None:
    """Wait until no look is being written and keep new ones out until the transaction ends.

    Taken before the head: who writes looks may be waiting for it. SQLite has its write lock.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE register_look IN SHARE MODE")


def digest(after: int, upto: int | None = None) -> dict[str, Any]:
    """`{first, last, count, digest}` over the looks with `after` < id <= `upto` (all of them when None)."""
    rows = Look.objects.filter(pk__gt=after).order_by("pk").select_related("book")
    return _digest(rows.filter(pk__lte=upto) if upto is not None else rows)


def _digest(rows: Any) -> dict[str, Any]:
    sha, first, last, count = hashlib.sha256(), None, None, 0
    found: Iterable[Look] = rows.iterator(chunk_size=2000)
    for look in found:
        first, last, count = look.pk if first is None else first, look.pk, count + 1
        sha.update(canonical(_document(look)) + b"\n")
    return {"first": first, "last": last, "count": count, "digest": sha.hexdigest()}


def _document(look: Look) -> dict[str, Any]:
    return {
        "id": look.pk,
        "at": write_time(look.at),
        "actor": str(look.actor_uid),
        "company": str(look.company_uid),
        "book": look.book.code if look.book else None,
        "kind": look.kind,
        "subject": str(look.subject_uid) if look.subject_uid else None,
        "query": bytes(look.query_digest).hex() if look.query_digest else None,
        "detail": look.detail,
    }
