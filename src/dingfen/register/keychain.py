"""The keys that have signed for the register, one after another.

A new key is announced by an entry `key.rotated` which the old key signs; the old key also signs the checkpoint
that ends with this entry, and the new one every longer checkpoint. Who trusts one key of the chain can follow
it: forwards by the old key's signatures, backwards because the new key has signed a tree that holds the entry.
Pure: `checking` and the stand-alone verifier use it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from dingfen.register.bodies import Body
from dingfen.register.notes import NoteError, SigningKey, VerifyKey, open_note, sign_note

ROTATED = "key.rotated"


class ChainError(ValueError):
    """A link that is malformed, not signed by the key before it, or out of order; `index` is its entry's."""

    def __init__(self, index: int) -> None:
        super().__init__(index)
        self.index = index


@dataclass(frozen=True, slots=True)
class Link:
    """Entry `index` hands over from one key to the next."""

    index: int
    old: VerifyKey
    new: VerifyKey


def statement(old: VerifyKey, new: VerifyKey) -> str:
    """The text that the old key signs."""
    return f"dingfen key rotation v1\n{old}\n{new}\n"


def announce(old: SigningKey, new: VerifyKey) -> dict[str, str]:
    """The facts of the entry that hands over."""
    text = statement(old.verify_key, new)
    return {"old": str(old.verify_key), "new": str(new), "note": sign_note(text, [old])}


def read_link(body: Body) -> Link:
    """Raises `ChainError`."""
    try:
        old, new = VerifyKey.parse(str(body.facts["old"])), VerifyKey.parse(str(body.facts["new"]))
        text, _signers = open_note(str(body.facts["note"]), [old])
        if text != statement(old, new) or old.name != new.name or old == new:
            raise NoteError("it says something else")
    except (NoteError, KeyError) as error:
        raise ChainError(body.index) from error
    return Link(body.index, old, new)


@dataclass(frozen=True, slots=True)
class Chain:
    """Keys in the order of their service; key n signs checkpoints of more than `ends[n-1]`, up to `ends[n]` entries."""

    keys: tuple[VerifyKey, ...]
    ends: tuple[int, ...] = ()

    @classmethod
    def of(cls, links: Iterable[Link], otherwise: Sequence[VerifyKey]) -> Chain:
        """The chain of links in order of their entries; without any, the keys known `otherwise` side by side.

        Raises `ChainError` where a link does not follow the one before.
        """
        found = list(links)
        if not found:
            return cls(tuple(otherwise))
        for before, link in pairwise(found):
            if link.old != before.new:
                raise ChainError(link.index)
        return cls((found[0].old, *(link.new for link in found)), tuple(link.index + 1 for link in found))

    def at(self, size: int) -> tuple[VerifyKey, ...]:
        """The keys that may sign a checkpoint of `size` entries: one, where keys have changed."""
        if not self.ends:
            return self.keys
        return (self.keys[sum(size > end for end in self.ends)],)
