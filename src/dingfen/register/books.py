"""Opening a book: its first entry holds code, time zone and the log's key."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from dingfen.register import signing
from dingfen.register.append import append
from dingfen.register.models import Book


@transaction.atomic
def open_book(
    *,
    site_uid: uuid.UUID,
    company_uid: uuid.UUID,
    code: str,
    fallback: str,
    name: str,
    time_zone: str,
    actor_id: uuid.UUID,
    at: datetime,
) -> Book:
    """The book of a site, opened where there is none yet.

    Codes are unique in the installation: `fallback` is taken where another company's book has `code`.
    """
    known = Book.objects.filter(site_uid=site_uid).first()
    if known:
        return known
    book, made = Book.objects.get_or_create(
        site_uid=site_uid,
        defaults={
            "company_uid": company_uid,
            "code": _free_code(code, fallback),
            "name": name,
            "time_zone": time_zone,
        },
    )
    if made:
        append(
            book=book,
            kind="book.opened",
            actor_id=actor_id,
            occurred_at=at,
            recorded_at=at,
            subject=("site", site_uid),
            facts={"book": book.code, "zone": time_zone, "key": str(signing.log_key())},
        )
    return book


def _free_code(code: str, fallback: str) -> str:
    """Letters and digits, at most 12, that no other book has."""
    for wish in (code, fallback):
        plain = "".join(one for one in wish.upper() if one.isalnum())[:12]
        if plain and not Book.objects.filter(code=plain).exists():
            return plain
    number = Book.objects.count() + 1
    while Book.objects.filter(code=f"B{number}").exists():
        number += 1
    return f"B{number}"
