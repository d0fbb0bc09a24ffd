"""Who witnesses the register: add and remove them, and the checkpoints with their signatures."""

from __future__ import annotations

import uuid
from collections import defaultdict
from datetime import datetime

from django.db import transaction

from dingfen.calls import CallRefused, check
from dingfen.problems import conflict, invalid, missing
from dingfen.register.append import append
from dingfen.register.bodies import SYSTEM
from dingfen.register.models import Book, Checkpoint, Cosignature, Witness
from dingfen.register.notes import COSIGNATURE, NoteError, VerifyKey


@transaction.atomic
def add(
    *, at: datetime, url: str, vkey: str, own_network: bool = False, actor_id: uuid.UUID = SYSTEM
) -> Witness:
    """Let a witness be asked from now on; it is entered in the register. Its name is that of its key.

    Raises Problem 422 for a key or an address that can't be, `witness.known` (409) for one there already.
    """
    try:
        key = VerifyKey.parse(vkey)
        if key.kind != COSIGNATURE:
            raise NoteError("no key of a witness")
    except NoteError:
        raise invalid({"vkey": [("witness.key", {})]}) from None
    try:
        check(url, own_network=own_network)
    except CallRefused as error:
        raise invalid({"url": [(f"witness.url.{error}", {})]}) from None
    if Witness.objects.filter(vkey=str(key), removed_at=None).exists():
        raise conflict("witness.known", name=key.name)
    values = {"name": key.name, "url": url, "own_network": own_network, "removed_at": None, "next_at": at}
    again = Witness.objects.filter(vkey=str(key)).first()
    if again:  # one that was removed: what it has signed goes on counting
        Witness.objects.filter(pk=again.pk).update(**values, attempts=0, error="")
        again.refresh_from_db()
    found = again or Witness.objects.create(vkey=str(key), added_at=at, **values)
    _enter("witness.added", found, at, actor_id)
    return found


@transaction.atomic
def remove(*, at: datetime, name: str, actor_id: uuid.UUID = SYSTEM) -> Witness:
    """Ask a witness no more; its signatures stay. Raises Problem `not_visible` for one that is not there."""
    found = Witness.objects.filter(name=name, removed_at=None).first()
    if found is None:
        raise missing()
    Witness.objects.filter(pk=found.pk).update(removed_at=at)
    _enter("witness.removed", found, at, actor_id)
    found.refresh_from_db()
    return found


def keys() -> list[VerifyKey]:
    """The keys of those who witness now."""
    rows = Witness.objects.filter(removed_at=None).order_by("pk").values_list("vkey", flat=True)
    return [VerifyKey.parse(text) for text in rows]


def cosigned_notes() -> list[str]:
    """Every checkpoint in order of size, with the lines of those who witnessed it."""
    lines: dict[int, str] = defaultdict(str)
    for checkpoint, line in Cosignature.objects.order_by("pk").values_list("checkpoint_id", "line"):
        lines[checkpoint] += line
    rows = Checkpoint.objects.order_by("size", "pk").values_list("pk", "note")
    return [note + lines[pk] for pk, note in rows]


def _enter(kind: str, witness: Witness, at: datetime, actor_id: uuid.UUID) -> None:
    book = Book.objects.order_by("pk").first()
    if book is None:
        return
    append(
        book=book,
        kind=kind,
        actor_id=actor_id,
        occurred_at=at,
        recorded_at=at,
        subject=("witness", witness.uid),
        facts={"key": witness.vkey, "url": witness.url},
    )
