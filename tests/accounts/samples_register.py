"""Samples of the register for the permission matrix: yesterday's sealed page of the cast's site, and today's."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from dingfen.accounts.books import book_of
from dingfen.register.models import Borrowing, Entry, Page
from dingfen.register.sealing import sign_checkpoint
from tests.cast import Cast
from tests.register.test_append import visit

Filled = dict[str, object]


def _page(cast: Cast) -> Page:
    at = timezone.now()
    entry = visit(book_of(cast.site, at=at), at)
    return Page.objects.select_related("book").get(pk=entry.page.pk)


def page(cast: Cast) -> Filled:
    """Today's page of the site."""
    found = _page(cast)
    return {"code": found.book.code, "day": found.day}


def page_uid(cast: Cast) -> Filled:
    return {"uid": _page(cast).uid}


def entry(cast: Cast) -> Filled:
    """An entry that a checkpoint covers."""
    found = _page(cast)
    sign_checkpoint(timezone.now())
    return {"name": Entry.objects.select_related("page__book").filter(page=found).earliest("seq").name}


def checkpoint(cast: Cast) -> Filled:
    _page(cast)
    return {"size": sign_checkpoint(timezone.now()).size}


def borrowing(cast: Cast) -> Filled:
    """Lin has asked for today's page."""
    row = Borrowing.objects.create(
        page=_page(cast),
        borrower_uid=cast.lin.uid,
        reason="核对到店客户",
        hours=2,
        asked_at=timezone.now() - dt.timedelta(minutes=1),
    )
    return {"uid": row.uid}


SAMPLES = {
    "page": page,
    "page_uid": page_uid,
    "entry": entry,
    "checkpoint": checkpoint,
    "borrowing": borrowing,
}
