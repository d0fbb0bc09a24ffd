"""Shredding what the register holds of a person (PIPL article 47)."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from dingfen.register.append import append
from dingfen.register.bodies import SHREDDED
from dingfen.register.models import Book, Entry, PersonalDatum


def shred(
    *, subject_uid: uuid.UUID, book: Book, actor_id: uuid.UUID, at: datetime, kind: str = "customer"
) -> Entry:
    """Shred what the register holds of a person: payloads and salts go, one entry says so, proofs still hold.

    `kind` is the subject's type ("customer", "staff"). In the caller's transaction or its own.
    """
    with transaction.atomic():
        gone, _ = PersonalDatum.objects.filter(subject_uid=subject_uid).delete()
        return append(
            book=book,
            kind=SHREDDED,
            actor_id=actor_id,
            occurred_at=at,
            recorded_at=at,
            subject=(kind, subject_uid),
            facts={"entries": gone},
        )
