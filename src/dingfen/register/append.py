"""The one way into the register.

Called last in the transaction that changes the ordinary tables: it locks the head before reading it and keeps
the lock until the commit, so that entries stand in one order without gaps (register last in the lock order).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from dingfen.database.models import new_uid
from dingfen.problems import conflict
from dingfen.register import personal as personal_data
from dingfen.register import store
from dingfen.register.bodies import Body
from dingfen.register.models import Book, Entry, Page
from dingfen.register.tree import Node, leaf_hash

Policy = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """An entry to be written: what `append` takes, as one value."""

    book: Book
    kind: str
    actor_id: uuid.UUID
    occurred_at: datetime
    recorded_at: datetime
    subject: tuple[str, uuid.UUID]
    facts: Mapping[str, Any] = field(default_factory=dict)
    personal: Mapping[str, Any] | None = None
    personal_subject: uuid.UUID | None = None
    corrects: Entry | None = None
    policy: Policy | None = None
    imported: bool = False
    reception: bool = False
    page: Page | None = None
    """Only a seal names its page: it is the last entry of the page it seals."""


def append(
    *,
    book: Book,
    kind: str,
    actor_id: uuid.UUID,
    occurred_at: datetime,
    recorded_at: datetime,
    subject: tuple[str, uuid.UUID],
    facts: Mapping[str, Any] | None = None,
    personal: Mapping[str, Any] | None = None,
    personal_subject: uuid.UUID | None = None,
    corrects: Entry | None = None,
    policy: Policy | None = None,
    imported: bool = False,
    reception: bool = False,
) -> Entry:
    """Write one entry and return it.

    `facts` hold ids, times as text, enumerations and numbers; `personal` what tells of a person, sealed apart
    under `personal_subject` (the subject when not given). `recorded_at` is the server's time and decides the
    page; where that page has been sealed meanwhile, the entry is recorded at the moment of the seal, on the
    page of that day. `reception` marks an entry a person makes at the reception: a page closed at the evening
    meeting refuses it (A2).

    Raises `Problem` page.closed, `BodyError` for facts JSON cannot hold, `RuntimeError` outside transactions.
    """
    new = NewEntry(
        book=book,
        kind=kind,
        actor_id=actor_id,
        occurred_at=occurred_at,
        recorded_at=recorded_at,
        subject=subject,
        facts=facts or {},
        personal=personal,
        personal_subject=personal_subject,
        corrects=corrects,
        policy=policy,
        imported=imported,
        reception=reception,
    )
    return append_many([new])[0]


def append_many(new: Iterable[NewEntry]) -> list[Entry]:
    """Write entries in the order given, under one lock of the head. Raises as `append` does."""
    if not connection.in_atomic_block:
        raise RuntimeError("an entry is written in the transaction of what it records")
    head, pages = store.lock_head(), store.Pages()
    entries: list[Entry] = []
    nodes: list[Node] = []
    data: list[store.PersonalRow] = []
    tree = head.tree
    for one in new:
        page, recorded_at = _page_for(one, pages)
        body, datum = _body(one, page, recorded_at, tree.size)
        raw = body.encode()
        leaf = leaf_hash(raw)
        tree, completed = tree.append(leaf)
        nodes.extend(completed)
        if datum:
            data.append(datum)
        page.count += 1
        entries.append(_entry(one, body, page, raw, leaf))
    if entries:
        store.write(entries, nodes, data)
        pages.save()
        store.move_head(tree)
    return entries


def _page_for(one: NewEntry, pages: store.Pages) -> tuple[Page, datetime]:
    """The page the entry goes on, and when it counts as recorded."""
    zone, recorded_at = ZoneInfo(one.book.time_zone), one.recorded_at
    if one.page:
        return pages.get(one.book, one.page.day), recorded_at
    page = pages.get(one.book, recorded_at.astimezone(zone).date())
    while page.state == Page.State.SEALED and page.sealed_at:
        recorded_at = max(recorded_at, page.sealed_at)
        page = pages.get(one.book, recorded_at.astimezone(zone).date())
    if one.reception and page.state == Page.State.CLOSED:
        raise conflict("page.closed", day=page.day, book=one.book.name)
    return page, recorded_at


def _body(
    one: NewEntry, page: Page, recorded_at: datetime, index: int
) -> tuple[Body, store.PersonalRow | None]:
    promised, datum = None, None
    if one.personal:
        whose = one.personal_subject or one.subject[1]
        digest, salt, sealed = personal_data.seal(one.personal, index)
        promised, datum = (str(whose), digest), (index, whose, salt, sealed)
    body = Body(
        index=index,
        uid=str(new_uid()),
        book=one.book.code,
        page=page.day,
        number=page.count + 1,
        kind=one.kind,
        subject=(one.subject[0], str(one.subject[1])),
        occurred_at=one.occurred_at,
        recorded_at=recorded_at,
        actor=str(one.actor_id),
        facts=one.facts,
        personal=promised,
        corrects=one.corrects.pk if one.corrects else None,
        policy=one.policy,
        imported=one.imported,
    )
    return body, datum


def _entry(one: NewEntry, body: Body, page: Page, raw: bytes, leaf: bytes) -> Entry:
    return Entry(
        seq=body.index,
        uid=uuid.UUID(body.uid),
        page=page,
        number=body.number,
        kind=body.kind,
        company_uid=one.book.company_uid,
        subject_type=one.subject[0],
        subject_uid=one.subject[1],
        actor_uid=one.actor_id,
        occurred_at=one.occurred_at,
        recorded_at=body.recorded_at,
        corrects_id=body.corrects,
        imported=one.imported,
        body=raw,
        leaf=leaf,
    )
