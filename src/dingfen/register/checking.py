"""Walks a register from its first entry and stops at the first thing that does not fit.

Pure: the caller brings the rows (from the database or from an export file) and gets a `Mismatch` with the
entries it lies in, or nothing. Texts for people are made at the edges from `code`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dingfen.register.bodies import SEALED, Body, BodyError
from dingfen.register.keychain import Chain
from dingfen.register.notes import Checkpoint, NoteError, VerifyKey, open_checkpoint
from dingfen.register.tree import CompactRange, Node, leaf_hash

WITNESSED, UNANCHORED, DIVERGED, INVALID = "WITNESSED", "UNANCHORED", "DIVERGED", "INVALID"


class Mismatch(Exception):
    """The first thing that does not fit, somewhere in the entries `first` to `last` (indexes)."""

    def __init__(
        self, code: str, first: int, last: int | None = None, *, grade: str = INVALID, **params: Any
    ) -> None:
        super().__init__(code, first, last, params)
        self.code, self.first, self.grade, self.params = code, first, grade, params
        self.last = first if last is None else max(first, last)


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as it is kept: its bytes, and what is kept beside them to be compared with the bytes."""

    index: int
    body: bytes | None
    """None where the content is withheld and only the hash is given."""
    leaf: bytes
    nodes: Sequence[Node] | None = None
    """The inner nodes this entry completed, lowest level first; None where they are not kept."""
    beside: Mapping[str, Any] = field(default_factory=dict)
    """Values kept beside the bytes, by attribute of `Body`."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of a check, for edges to put into words (`words.explain`)."""

    grade: str
    size: int
    root: bytes
    checkpoints: int = 0
    covered: int = 0
    """Entries the longest agreeing checkpoint covers."""
    witnesses: int = 0
    witnessed: int = 0
    """Operators that witnessed it, and how many entries they have seen."""
    kept: int = 0
    """Entries covered by a checkpoint that the checking person brought."""
    withheld: int = 0
    """Entries shown only by their hash: another company's."""
    mismatch: Mismatch | None = None
    name: str = ""
    last_name: str = ""
    """The entries between which the mismatch lies."""
    remarks: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        return self.mismatch is None

    def exit_code(self, operators: int = 0) -> int:
        """For scripts: 0 it holds and at least `operators` have witnessed it, 3 it holds with fewer, 1 INVALID,
        4 DIVERGED (2 is wrong usage)."""
        if self.mismatch:
            return 4 if self.grade == DIVERGED else 1
        return 0 if self.witnesses >= operators else 3

    def document(self) -> dict[str, Any]:
        """For programs: JSON values only."""
        bad = self.mismatch
        return {
            "grade": self.grade,
            "verified": self.holds,
            "size": self.size,
            "root": self.root.hex(),
            "checkpoints": self.checkpoints,
            "covered": self.covered,
            "witnesses": self.witnesses,
            "witnessed": self.witnessed,
            "kept": self.kept,
            "withheld": self.withheld,
            "first_bad": bad
            and {
                "code": bad.code,
                "entry": self.name or None,
                "first": bad.first,
                "last": bad.last,
                "params": {name: str(value) for name, value in bad.params.items()},
            },
            "remarks": list(self.remarks),
        }


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint with its note and those who signed it."""

    checkpoint: Checkpoint
    note: str
    signers: tuple[VerifyKey, ...]


@dataclass(slots=True)
class PageSeen:
    """What the walk found of a page: its first and last entry, how many, and whether a seal closed it."""

    first: int
    last: int
    count: int = 0
    sealed: bool = False


class Walk:
    """Checks entries in order. `good` is the number of entries the last agreeing checkpoint covers."""

    def __init__(self, checkpoints: Iterable[Signed] = ()) -> None:
        self.tree = CompactRange()
        self.good = 0
        self.seals: set[int] = set()
        self.pages: dict[tuple[str, date], PageSeen] = {}
        self._checkpoints: dict[int, list[Signed]] = {}
        for signed in checkpoints:
            self._checkpoints.setdefault(signed.checkpoint.size, []).append(signed)
        for signed in self._checkpoints.get(0, ()):
            self._agree(signed)

    def feed(self, row: Row) -> Body | None:
        """Takes the next entry and reads it; None when its content is withheld. Raises `Mismatch`."""
        index = self.tree.size
        if row.index != index:
            raise Mismatch("missing" if row.index > index else "stray", index, found=row.index)
        body = _read(row, row.body) if row.body is not None else None
        if body:
            self._turn_page(body)
        self._grow(row)
        for signed in self._checkpoints.get(self.tree.size, ()):
            self._agree(signed)
        return body

    def finish(self) -> None:
        """Raises `Mismatch` where a checkpoint covers more entries than there are, or a seal has none."""
        size = self.tree.size
        longer = sorted(covered for covered in self._checkpoints if covered > size)
        if longer:
            raise Mismatch("short", size, longer[-1] - 1, grade=DIVERGED, size=size, signed=longer[-1])
        for index in sorted(self.seals):
            if index + 1 not in self._checkpoints:
                raise Mismatch("unsigned_seal", index)

    def _turn_page(self, body: Body) -> None:
        index = body.index
        page = self.pages.setdefault((body.book, body.page), PageSeen(index, index))
        if page.sealed:
            raise Mismatch("after_seal", index)
        if body.number != page.count + 1:
            raise Mismatch("number", index, expected=page.count + 1, found=body.number)
        if body.kind == SEALED:
            said = {name: body.facts.get(name) for name in ("book", "day", "first", "last", "count")}
            found = {
                "book": body.book,
                "day": body.page.isoformat(),
                "first": page.first if page.count else None,
                "last": page.last if page.count else None,
                "count": page.count,
            }
            if said != found:
                raise Mismatch("seal", index)
            page.sealed = True
            self.seals.add(index)
        page.last, page.count = index, page.count + 1

    def _grow(self, row: Row) -> None:
        index = self.tree.size
        self.tree, completed = self.tree.append(row.leaf)
        if row.nodes is None or list(row.nodes) == completed:
            return
        wrong = next((node for node in completed if node not in row.nodes), None)
        first = index if wrong is None else wrong[1] << wrong[0]
        raise Mismatch("node", max(first, self.good), index)

    def _agree(self, signed: Signed) -> None:
        if signed.checkpoint.root != self.tree.root():
            last = max(self.tree.size - 1, 0)
            raise Mismatch("checkpoint", min(self.good, last), last, grade=DIVERGED, size=self.tree.size)
        self.good = self.tree.size


def _read(row: Row, raw: bytes) -> Body:
    if leaf_hash(raw) != row.leaf:
        raise Mismatch("leaf", row.index)
    try:
        body = Body.decode(raw)
    except BodyError as error:
        raise Mismatch("unreadable", row.index) from error
    if body.index != row.index:
        raise Mismatch("moved", row.index, found=body.index)
    for attribute, value in row.beside.items():
        if getattr(body, attribute) != value:
            raise Mismatch("beside", row.index, field=attribute)
    return body


def read_checkpoints(
    notes: Iterable[str],
    *,
    keys: Sequence[VerifyKey] | Chain,
    witnesses: Sequence[VerifyKey] = (),
) -> list[Signed]:
    """Opens the log's checkpoints; each must be signed by one of the log's own `keys`: the one of its time.

    Raises `Mismatch` ("signature", with the place in `notes` counted from 1) otherwise. A witness's signature
    counts only beside the log's, and only if it is right.
    """
    found: list[Signed] = []
    chain = keys if isinstance(keys, Chain) else Chain(tuple(keys))
    names = {key.name for key in chain.keys}
    for place, note in enumerate(notes, start=1):
        try:
            checkpoint, signers = open_checkpoint(note, [*chain.keys, *witnesses])
        except NoteError as error:
            covered = found[-1].checkpoint.size if found else 0
            raise Mismatch("signature", covered, place=place) from error
        signed = any(key in signers for key in chain.at(checkpoint.size))
        if not signed or checkpoint.origin not in names:
            covered = found[-1].checkpoint.size if found else 0
            raise Mismatch("signature", covered, place=place)
        found.append(Signed(checkpoint, note, signers))
    return found


def witnessed(checkpoints: Iterable[Signed], witnesses: Sequence[VerifyKey]) -> tuple[int, int]:
    """How many entries the longest witnessed checkpoint covers, and how many operators have witnessed it.

    Operators are counted by name: two keys of one operator are one witness.
    """
    covered, operators = 0, 0
    for signed in checkpoints:
        names = {key.name for key in signed.signers if key in witnesses}
        if names and signed.checkpoint.size >= covered:
            covered, operators = signed.checkpoint.size, len(names)
    return covered, operators
