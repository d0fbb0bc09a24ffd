"""Finding entries, without asking who reads: the edges and `books` decide that."""

from __future__ import annotations

import datetime as dt
import re
import uuid

from django.db.models import QuerySet

from dingfen.register.models import Entry

_NAME = re.compile(r"^(?P<book>[^\s/]{1,12})-(?P<day>\d{8})-(?P<number>\d{4,9})$")


def with_pages() -> QuerySet[Entry]:
    """Entries with page and book at hand, as their names need."""
    return Entry.objects.select_related("page__book")


def find_entry(text: str) -> Entry | None:
    """An entry by its name `BOOK-YYYYMMDD-NNNN`, its uid, or its place in the tree counted from 0."""
    text = text.strip()
    parts = _NAME.match(text)
    if parts:
        try:
            day = dt.datetime.strptime(parts["day"], "%Y%m%d").replace(tzinfo=dt.UTC).date()
        except ValueError:
            return None
        found = with_pages().filter(
            page__book__code=parts["book"].upper(), page__day=day, number=int(parts["number"])
        )
        return found.first()
    if text.isascii() and text.isdigit() and len(text) < 19:
        return with_pages().filter(pk=int(text)).first()
    try:
        return with_pages().filter(uid=uuid.UUID(text)).first()
    except ValueError:
        return None


def entries_of(subject: uuid.UUID) -> QuerySet[Entry]:
    """Entries about one subject, oldest first."""
    return with_pages().filter(subject_uid=subject).order_by("seq")
