"""Closing and sealing pages, and signed checkpoints of the tree."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet

from dingfen.problems import conflict
from dingfen.register import looks, notes, outside, signing, store
from dingfen.register.append import NewEntry, append, append_many
from dingfen.register.bodies import SEALED, SYSTEM
from dingfen.register.models import Book, Checkpoint, Head, Page


@transaction.atomic
def close_page(*, page: Page, actor_id: uuid.UUID, at: datetime) -> Page:
    """Close a page at the evening meeting: no more reception entries by people on it (A2).

    Raises `Problem` page.closed or page.sealed when it is no longer open.
    """
    store.lock_head()
    page = Page.objects.select_related("book").get(pk=page.pk)
    if page.state != Page.State.OPEN:
        raise conflict(f"page.{page.state}", day=page.day, book=page.book.name)
    lines = page.count
    Page.objects.filter(pk=page.pk).update(state=Page.State.CLOSED, closed_at=at, closed_by=actor_id)
    append(
        book=page.book,
        kind="page.closed",
        actor_id=actor_id,
        occurred_at=at,
        recorded_at=at,
        subject=("page", page.uid),
        facts={"book": page.book.code, "day": page.day.isoformat(), "count": lines},
    )
    return Page.objects.select_related("book").get(pk=page.pk)


@transaction.atomic
def seal_page(*, page: Page, at: datetime, actor_id: uuid.UUID = SYSTEM) -> Checkpoint:
    """Seal a page whose day is over: its last entry is the seal, and a checkpoint is signed over the tree.

    Sealing twice gives the checkpoint of the first time. Raises `Problem` page.not_over before the site's
    midnight.
    """
    looks.lock()
    head = store.lock_head()
    page = Page.objects.select_related("book").get(pk=page.pk)
    if page.state == Page.State.SEALED:
        return Checkpoint.objects.get(size=page.entries.get(kind=SEALED).pk + 1)
    if not day_is_over(page, at):
        raise conflict("page.not_over", day=page.day, book=page.book.name)
    seen = looks.digest(head.looks)
    append_many([_seal(page, at, actor_id, seen)])
    Page.objects.filter(pk=page.pk).update(state=Page.State.SEALED, sealed_at=at)
    if seen["last"] is not None:
        Head.objects.filter(pk=1).update(looks=seen["last"])
    return sign_checkpoint(at)


def _seal(page: Page, at: datetime, actor_id: uuid.UUID, seen: dict[str, object]) -> NewEntry:
    first = page.entries.order_by("seq").values_list("seq", flat=True).first()
    last = page.entries.order_by("-seq").values_list("seq", flat=True).first()
    return NewEntry(
        book=page.book,
        kind=SEALED,
        actor_id=actor_id,
        occurred_at=at,
        recorded_at=at,
        subject=("page", page.uid),
        facts={
            "book": page.book.code,
            "day": page.day.isoformat(),
            "first": first,
            "last": last,
            "count": page.count,
            "looks": seen,
        },
        page=page,
    )


@transaction.atomic
def sign_checkpoint(at: datetime) -> Checkpoint:
    """The signed checkpoint of the tree as it stands; the one there is when the tree has not grown."""
    tree = store.lock_head().tree
    known = Checkpoint.objects.filter(size=tree.size).first()
    if known:
        return known
    key = signing.signing_key()
    note = notes.sign_checkpoint(notes.Checkpoint(key.name, tree.size, tree.root()), key)
    made = Checkpoint.objects.create(size=tree.size, root=tree.root(), note=note, made_at=at)
    transaction.on_commit(outside.keep, robust=True)
    return made


def day_is_over(page: Page, at: datetime) -> bool:
    """Whether the site's midnight after the page's day has passed."""
    return at.astimezone(ZoneInfo(page.book.time_zone)).date() > page.day


def pages_due(at: datetime) -> list[Page]:
    """Pages to seal: their day is over by the site's own clock. Oldest first."""
    open_pages: QuerySet[Page] = Page.objects.exclude(state=Page.State.SEALED).select_related("book")
    earlier = open_pages.filter(day__lte=(at + timedelta(days=1)).date()).order_by("day", "book_id")
    return [page for page in earlier if day_is_over(page, at)]


def seal_due_pages(at: datetime) -> int:
    """Seal every page whose day is over, each in its own transaction; how many there were."""
    pages = pages_due(at)
    for page in pages:
        seal_page(page=page, at=at)
    return len(pages)


@transaction.atomic
def record_export(
    *, at: datetime, with_personal: bool, actor_id: uuid.UUID = SYSTEM, company: uuid.UUID | None = None
) -> None:
    """Enter that the register was exported; nothing to enter where there is no book yet."""
    books = Book.objects.order_by("pk")
    book = books.filter(company_uid=company).first() if company else books.first()
    if book:
        append(
            book=book,
            kind="register.exported",
            actor_id=actor_id,
            occurred_at=at,
            recorded_at=at,
            subject=("book", book.uid),
            facts={"personal": with_personal},
        )
