"""After a restore: say which signed history was given up, so that the register can go on honestly."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from dingfen.register import outside, signing, store
from dingfen.register.append import append
from dingfen.register.bodies import Body
from dingfen.register.models import Book, Entry
from dingfen.register.notes import NoteError, open_checkpoint

RESTORED = "register.restored"


@transaction.atomic
def record_restore(*, actor_id: uuid.UUID, at: datetime, backup_of: datetime | None = None) -> Entry | None:
    """Enter that a backup was restored, with the checkpoints beyond its end, which are given up.

    None when nothing was lost: the backup reaches as far as every checkpoint kept outside the database.
    """
    size = store.lock_head().tree.size
    lost = lost_checkpoints(size)
    book = Book.objects.order_by("pk").first()
    if not lost or book is None:
        return None
    return append(
        book=book,
        kind=RESTORED,
        actor_id=actor_id,
        occurred_at=at,
        recorded_at=at,
        subject=("book", book.uid),
        facts={
            "size": size,
            "given_up": [{"size": mark[0], "root": mark[1]} for mark in sorted(lost)],
            "backup_of": backup_of.isoformat() if backup_of else None,
        },
    )


def lost_checkpoints(size: int) -> set[tuple[int, str]]:
    """(size, root in hex) of checkpoints kept outside the database that reach beyond `size` entries.

    Those that an earlier restore gave up are left out.
    """
    lost: set[tuple[int, str]] = set()
    for _size, note in outside.read():
        try:
            checkpoint, _signers = open_checkpoint(note, signing.chain().keys)
        except NoteError:
            continue
        if checkpoint.size > size:
            lost.add((checkpoint.size, checkpoint.root.hex()))
    return lost - given_up() if lost else lost


def given_up() -> set[tuple[int, str]]:
    """(size, root in hex) of the checkpoints that restores have given up."""
    marks: set[tuple[int, str]] = set()
    for raw in Entry.objects.filter(kind=RESTORED).values_list("body", flat=True):
        try:
            facts = Body.decode(bytes(raw)).facts
            marks |= {(int(one["size"]), str(one["root"])) for one in facts["given_up"]}
        except (ValueError, KeyError, TypeError):
            continue  # the walk will name this entry
    return marks
