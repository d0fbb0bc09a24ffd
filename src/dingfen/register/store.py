"""Rows of the register, written in as few statements as will do: every action pays for this."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from django.db import DEFAULT_DB_ALIAS, connection, transaction

from dingfen.database import rows
from dingfen.register.models import Book, Entry, Head, Page
from dingfen.register.tree import EMPTY_ROOT, CompactRange, Node

PersonalRow = tuple[int, uuid.UUID, bytes, bytes]

_ENTRY = tuple(field.attname for field in Entry._meta.concrete_fields)
_PAGE = ("id", "uid", "book_id", "day", "state", "count")  # in the order of the model
_DATUM = ("entry_id", "subject_uid", "salt", "payload")


@dataclass(frozen=True, slots=True)
class LockedHead:
    """The head as it stands; nobody else can move it until this transaction ends."""

    tree: CompactRange
    looks: int


def lock_head() -> LockedHead:
    """Lock the head row, then read it. SQLite: the transaction already holds the only write lock."""
    query = "SELECT size, peaks, looks FROM register_head WHERE id = 1"
    if rows.POSTGRES:
        query += " FOR UPDATE"
    for _attempt in range(2):
        found = rows.run(query)
        if found:
            size, peaks, looks = found[0]
            return LockedHead(CompactRange.from_bytes(size, bytes(peaks)), looks)
        Head.objects.bulk_create([Head(root=EMPTY_ROOT)], ignore_conflicts=True)
    raise RuntimeError("the register has no head")


@contextmanager
def snapshot() -> Iterator[None]:
    """Read one state of the database for as long as it takes, without holding up who writes."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
    else:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")  # Django's own would be a write transaction
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")


def move_head(tree: CompactRange) -> None:
    rows.run(
        "UPDATE register_head SET size = %s, peaks = %s, root = %s WHERE id = 1",
        [tree.size, tree.to_bytes(), tree.root()],
    )


class Pages:
    """The pages one call writes on, each read once; made where the day has none yet."""

    def __init__(self) -> None:
        self._pages: dict[tuple[int, date], tuple[Page, int]] = {}

    def get(self, book: Book, day: date) -> Page:
        known = self._pages.get((book.pk, day))
        if known:
            return known[0]
        page = _page(book, day) or Page.objects.create(book=book, day=day)
        page.book = book
        self._pages[book.pk, day] = page, page.count
        return page

    def save(self) -> None:
        for page, before in self._pages.values():
            if page.count != before:
                rows.run("UPDATE register_page SET count = %s WHERE id = %s", [page.count, page.pk])


def _page(book: Book, day: date) -> Page | None:
    """The page as stored. Read without the ORM while it is open, which is nearly always."""
    found = rows.run(
        "SELECT id, uid, state, count FROM register_page WHERE book_id = +%s AND day = +%s",
        [book.pk, day if rows.POSTGRES else day.isoformat()],
    )
    if not found:
        return None
    pk, uid, state, count = found[0]
    if state != Page.State.OPEN:
        return Page.objects.get(pk=pk)
    uid = uid if isinstance(uid, uuid.UUID) else uuid.UUID(uid)
    return Page.from_db(DEFAULT_DB_ALIAS, _PAGE, [pk, uid, book.pk, day, state, count])


def write(entries: Sequence[Entry], nodes: Sequence[Node], data: Sequence[PersonalRow]) -> None:
    """Insert entries, the tree nodes they completed and their personal data."""
    rows.insert(
        "register_entry", _ENTRY, [[rows.plain(getattr(one, name)) for name in _ENTRY] for one in entries]
    )
    rows.insert("register_node", ("level", "index", "hash"), nodes)
    if data:
        rows.insert("register_personaldatum", _DATUM, [[rows.plain(value) for value in row] for row in data])
    for entry in entries:
        entry._state.adding, entry._state.db = False, DEFAULT_DB_ALIAS
