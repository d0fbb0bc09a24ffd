"""Which book a unit's entries go into."""

from __future__ import annotations

import uuid
from datetime import datetime
from functools import partial

from django.db import transaction

from dingfen.accounts.actor import SYSTEM_UID
from dingfen.accounts.models import Unit
from dingfen.register.books import open_book
from dingfen.register.models import Book

_KEEPS_A_BOOK = (Unit.Kind.SITE, Unit.Kind.COMPANY)
# A book never changes, so a process remembers which one a unit in its place in the tree writes in.
_known: dict[tuple[uuid.UUID, str], Book] = {}


def book_of(unit: Unit, *, at: datetime, actor_id: uuid.UUID | None = None) -> Book:
    """The book of the unit's site; the company's own book where the unit belongs to no site.

    Opened at first use, inside the caller's transaction.
    """
    if book := _known.get((unit.uid, unit.path)):
        return book
    ids = [int(part) for part in unit.path.strip("/").split("/")]
    keepers = Unit.objects.filter(pk__in=ids, kind__in=_KEEPS_A_BOOK).order_by("-path")
    keeper = keepers.select_related("company").first()
    if keeper is None:
        raise LookupError(f"unit {unit.pk} has neither site nor company")
    book = Book.objects.filter(site_uid=keeper.uid).first()
    if book:
        transaction.on_commit(partial(_known.__setitem__, (unit.uid, unit.path), book))
        return book
    company = keeper.company or keeper
    return open_book(
        site_uid=keeper.uid,
        company_uid=company.uid,
        code=keeper.code,
        fallback=f"{company.code}{keeper.code}",
        name=keeper.name,
        time_zone=keeper.time_zone or company.time_zone or "Asia/Shanghai",
        actor_id=actor_id or SYSTEM_UID,
        at=at,
    )
