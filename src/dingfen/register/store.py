"""Rows of the register, written in as few statements as will do: every action pays for this."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction

from dingfen.register.models import Book, Entry, Head, Page
from dingfen.register.tree import EMPTY_ROOT, CompactRange, Node

PersonalRow = tuple[int, uuid.UUID, bytes, bytes]

_ENTRY = tuple(field.attname for field in Entry._meta.concrete_fields)


@dataclass(frozen=True, slots=True)
class LockedHead:
    """The head as it stands; nobody else can move it until this transaction ends."""

    tree: CompactRange
    looks: int


def lock_head() -> LockedHead:
    """Lock the head row, then read it. SQLite: the transaction already holds the only write lock."""
    query = "SELECT size, peaks, looks FROM register_head WHERE id = 1"
    if connection.features.has_select_for_update:
        query += " FOR UPDATE"
    with connection.cursor() as cursor:
        for _attempt in range(2):
            cursor.execute(query)
            row = cursor.fetchone()
            if row:
                return LockedHead(CompactRange.from_bytes(row[0], bytes(row[1])), row[2])
            Head.objects.bulk_create([Head(root=EMPTY_ROOT)], ignore_conflicts=True)
    raise RuntimeError("the register has no head")


def move_head(tree: CompactRange) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
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
        page = Page.objects.filter(book=book, day=day).first() or Page.objects.create(book=book, day=day)
        page.book = book
        self._pages[book.pk, day] = page, page.count
        return page

    def save(self) -> None:
        with connection.cursor() as cursor:
            for page, before in self._pages.values():
                if page.count != before:
                    cursor.execute("UPDATE register_page SET count = %s WHERE id = %s", [page.count, page.pk])


def write(entries: Sequence[Entry], nodes: Sequence[Node], data: Sequence[PersonalRow]) -> None:
    """Insert entries, the tree nodes they completed and their personal data."""
    _insert("register_entry", _ENTRY, [[getattr(entry, name) for name in _ENTRY] for entry in entries])
    _insert("register_node", ["level", "index", "hash"], nodes)
    _insert("register_personaldatum", ["entry_id", "subject_uid", "salt", "payload"], data)
    for entry in entries:
        entry._state.adding = False
        entry._state.db = connection.alias


def _insert(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    if not rows:
        return
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    marks = ", ".join(["%s"] * len(columns))
    adapted = [[_adapted(value) for value in row] for row in rows]
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", adapted)  # noqa: S608


def _adapted(value: Any) -> Any:
    """The value as the database takes it; datetimes in UTC, UUIDs as the vendor keeps them."""
    if isinstance(value, uuid.UUID):
        return value if connection.features.has_native_uuid_field else value.hex
    if hasattr(value, "hour"):
        return connection.ops.adapt_datetimefield_value(value)
    return value


def on_commit(function: Any) -> None:
    """Do something once the entries are safe."""
    transaction.on_commit(function, robust=True)
