"""Search over everything that has a name or a number: one indexed text per record, newest first.

SQLite keeps the words in FTS5, PostgreSQL in a tsvector (migration 0002); both are fed by the same pieces. Other
parts add their own kinds with `add` and `register_source`. The words are plain text, as decision 9 says: what
protects them is the disk's encryption, and erasing a customer takes them out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from dingfen.accounts.actor import Actor
from dingfen.database.rows import insert, plain
from dingfen.parties.models import SearchText
from dingfen.parties.tokens import pieces, query

_BATCHES = (60, 240)


@dataclass(frozen=True, slots=True)
class Text:
    """What one record is found by: `text`, and words that were cut from a text before."""

    kind: str
    uid: UUID
    record_id: int
    company_id: int
    text: str
    words: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A record found. `place` is where the next search goes on (`before`)."""

    kind: str
    uid: UUID
    number: str
    title: str
    detail: str
    place: int


# What an actor may see of records of a kind: ids -> (number, title, detail) by id; ids left out are not theirs.
Resolver = Callable[[Actor, Sequence[int]], Mapping[int, tuple[str, str, str]]]
SOURCES: dict[str, Resolver] = {}


def register_source(kind: str, resolver: Resolver) -> None:
    """Say how records of a kind are shown and to whom. Called once, when the app is ready."""
    SOURCES[kind] = resolver


def add(texts: Iterable[Text]) -> None:
    """Index new records; `replace` is for changed ones. In the caller's transaction."""
    insert(
        "parties_searchtext",
        ("company_id", "kind", "record_uid", "record_id", "text"),
        [(one.company_id, one.kind, plain(one.uid), one.record_id, _stored(one)) for one in texts],
    )


def index(kind: str, uid: UUID, company_id: int, text: str, record_id: int) -> None:
    """Index one new record (see `add`)."""
    add([Text(kind, uid, record_id, company_id, text)])


def replace(text: Text) -> None:
    """Index a record anew after a change; it keeps its place in the order."""
    changed = SearchText.objects.filter(record_uid=text.uid).update(text=_stored(text))
    if not changed:
        add([text])


def remove(uids: Iterable[UUID]) -> None:
    """Take records out of the index."""
    SearchText.objects.filter(record_uid__in=list(uids)).delete()


def search(
    actor: Actor, q: str, limit: int = 20, before: int | None = None, kinds: Sequence[str] = ()
) -> list[Hit]:
    """Records of the actor's company that have all words of `q` and that the actor may see, newest first.

    `before` goes on after an earlier hit's `place`. Looks at 300 records at most, so that somebody who may see
    little does not make it slow.
    """
    words = query(q)
    if not words or actor.company_id is None:
        return []
    hits: list[Hit] = []
    for size in _BATCHES:
        rows = _rows(actor.company_id, words, before, size)
        hits.extend(_visible(actor, rows, kinds))
        if len(hits) >= limit or len(rows) < size:
            break
        before = rows[-1][0]
    return hits[:limit]


def record_ids(company_id: int, kind: str, q: str, limit: int = 600) -> list[int]:
    """Ids of the newest records of a kind that have all words of `q`, seen by nobody yet: narrow a list with it."""
    words = query(q)
    found: list[int] = []
    before: int | None = None
    while words and len(found) < limit:
        rows = _rows(company_id, words, before, limit)
        found.extend(record_id for _, of_kind, _, record_id in rows if of_kind == kind)
        if len(rows) < limit:
            break
        before = rows[-1][0]
    return found[:limit]


def _visible(actor: Actor, rows: Sequence[tuple[int, str, UUID, int]], kinds: Sequence[str]) -> list[Hit]:
    by_kind: dict[str, list[int]] = {}
    for _, kind, _, record_id in rows:
        if kind in SOURCES and (not kinds or kind in kinds):
            by_kind.setdefault(kind, []).append(record_id)
    shown = {kind: SOURCES[kind](actor, ids) for kind, ids in by_kind.items()}
    return [
        Hit(kind, uid, *shown[kind][record_id], place)
        for place, kind, uid, record_id in rows
        if record_id in shown.get(kind, {})
    ]


def _stored(one: Text) -> str:
    """The pieces as one line, the company's own word first, so that no index entry is shared."""
    return " ".join([_company_word(one.company_id), *dict.fromkeys((*pieces(one.text), *one.words))])


def _company_word(company_id: int) -> str:
    return f"co{company_id}x"


_SQLITE = """
SELECT s.id, s.kind, s.record_uid, s.record_id FROM parties_search f
JOIN parties_searchtext s ON s.id = f.rowid
WHERE parties_search MATCH %s AND f.rowid < %s AND s.company_id = %s ORDER BY f.rowid DESC LIMIT %s
"""
_POSTGRES = """
SELECT s.id, s.kind, s.record_uid, s.record_id FROM parties_searchtext s
WHERE s.words @@ %s::tsquery AND s.id < %s AND s.company_id = %s ORDER BY s.id DESC LIMIT %s
"""


def _rows(
    company_id: int, words: Sequence[tuple[str, bool]], before: int | None, limit: int
) -> list[tuple[int, str, UUID, int]]:
    postgres = connection.vendor == "postgresql"
    every = [(_company_word(company_id), False), *words]
    if postgres:
        match = " & ".join(f"'{word}'{':*' if start else ''}" for word, start in every)
    else:
        match = " ".join(f'"{word}"{"*" if start else ""}' for word, start in every)
    with connection.cursor() as cursor:
        cursor.execute(_POSTGRES if postgres else _SQLITE, [match, before or 2**62, company_id, limit])
        return [
            (place, kind, uid if isinstance(uid, UUID) else UUID(str(uid)), record_id)
            for place, kind, uid, record_id in cursor.fetchall()
        ]
