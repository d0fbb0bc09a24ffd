"""The installation's signing keys: secret files beside the database, never in it.

The first is `seal`; after n rotations the current one is `seal_n`. All sign under the name of the first, which
is the origin of the log. Which of them is current, the register itself says: so every process knows at once.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db import transaction

from dingfen import keys
from dingfen.problems import conflict
from dingfen.register import store
from dingfen.register.append import append
from dingfen.register.bodies import SYSTEM, Body
from dingfen.register.keychain import ROTATED, Chain, Link, announce, read_link
from dingfen.register.models import Book, Checkpoint, Entry
from dingfen.register.notes import Checkpoint as Statement
from dingfen.register.notes import SigningKey, VerifyKey, sign_checkpoint


@lru_cache(maxsize=4)
def _named(seed: bytes) -> SigningKey:
    public = SigningKey("unnamed", seed).verify_key.public
    return SigningKey(f"dingfen.local/{hashlib.sha256(public).hexdigest()[:16]}", seed)


def signing_key() -> SigningKey:
    """The key that signs now, made at first use. Raises `LookupError` where the secret of a new key is lost."""
    handed = links()
    if not handed:
        return _named(keys.key("seal"))
    last = handed[-1].new
    key = SigningKey(last.name, keys.key(f"seal_{len(handed)}"))
    if key.verify_key != last:
        raise LookupError(f"the secret seal_{len(handed)} is not the one the register announces")
    return key


def log_key() -> VerifyKey:
    """What others verify with now."""
    return signing_key().verify_key


def links() -> list[Link]:
    """The entries that handed over from key to key. Raises `ChainError`."""
    rows = Entry.objects.filter(kind=ROTATED).order_by("seq").values_list("body", flat=True)
    return [read_link(Body.decode(bytes(raw))) for raw in rows]


def chain() -> Chain:
    """All keys that have signed, with the sizes up to which each did. Raises `ChainError`."""
    return Chain.of(links(), [log_key()])


@dataclass(frozen=True, slots=True)
class Served:
    """A key with its service: it signs checkpoints of `first` to `last` entries; `since` its announcement."""

    key: VerifyKey
    first: int
    last: int | None
    since: datetime | None


def history() -> list[Served]:
    """Every key in the order of service. Raises `ChainError`, `LookupError`."""
    found = chain()
    firsts, lasts = (0, *(end + 1 for end in found.ends)), (*found.ends, None)
    rows = Entry.objects.filter(kind=ROTATED).order_by("seq").values_list("recorded_at", flat=True)
    moments: list[datetime | None] = [None, *rows]
    return [Served(*one) for one in zip(found.keys, firsts, lasts, moments, strict=True)]


@transaction.atomic
def rotate(*, at: datetime, actor_id: uuid.UUID = SYSTEM) -> VerifyKey:
    """Announce a new key, signed by the old one, and let it sign from now on; the new key.

    The old key signs for the last time, over the tree that ends with the announcement. Raises Problem
    `key.no_book` (409) where the register has not begun.
    """
    store.lock_head()
    book = Book.objects.order_by("pk").first()
    if book is None:
        raise conflict("key.no_book")
    old = signing_key()
    new = SigningKey(old.name, keys.key(f"seal_{len(links()) + 1}")).verify_key
    append(
        book=book,
        kind=ROTATED,
        actor_id=actor_id,
        occurred_at=at,
        recorded_at=at,
        subject=("book", book.uid),
        facts=announce(old, new),
    )
    tree = store.lock_head().tree
    note = sign_checkpoint(Statement(old.name, tree.size, tree.root()), old)
    Checkpoint.objects.create(size=tree.size, root=tree.root(), note=note, made_at=at)
    return new
