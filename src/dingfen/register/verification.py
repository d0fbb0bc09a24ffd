"""Verify the register in the database: bytes, tree, numbering, checkpoints, personal data, access log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from django.db import connection

from dingfen.register import looks, outside, personal, signing, triggers
from dingfen.register.bodies import SEALED, SHREDDED, Body, BodyError, commitment, entry_name
from dingfen.register.checking import (
    DIVERGED,
    UNANCHORED,
    WITNESSED,
    Mismatch,
    Row,
    Signed,
    Verdict,
    Walk,
    read_checkpoints,
    witnessed,
)
from dingfen.register.keychain import ROTATED, Chain, ChainError
from dingfen.register.models import Checkpoint, Entry, Head, Node, Page, PersonalDatum, Witness
from dingfen.register.notes import NoteError, VerifyKey, open_checkpoint
from dingfen.register.restoring import given_up
from dingfen.register.store import snapshot
from dingfen.register.tree import EMPTY_ROOT
from dingfen.register.witnesses import cosigned_notes
from dingfen.register.witnesses import keys as configured

BATCH = 2000


def verify(*, witnesses: Sequence[VerifyKey] = (), kept: Sequence[str] = ()) -> Verdict:
    """Walk the whole register and name the first thing that does not fit.

    `witnesses`: whose signatures count; those the register is set up with when none are given. `kept`: signed
    checkpoints that somebody brings along. Reads one snapshot and changes nothing.
    """
    with snapshot():
        return _Verification(witnesses or configured(), kept).run()


class _Verification:
    def __init__(self, witnesses: Sequence[VerifyKey], kept: Sequence[str]) -> None:
        self.witnesses, self.kept = witnesses, kept
        self.chain = Chain(())
        self.walk = Walk()
        self.signed: list[Signed] = []
        self.kept_size = 0
        self.remarks: list[str] = []
        self.promised: dict[int, str] = {}
        """Entries whose personal data should be there, with whose it is."""

    def run(self) -> Verdict:
        mismatch: Mismatch | None = None
        try:
            self._keys()
            self._checkpoints()
            self._entries()
            self.walk.finish()
            self._head()
            self._pages()
            self._others()
            self._witnesses()
        except Mismatch as found:
            mismatch = found
        return self._verdict(mismatch)

    def _verdict(self, mismatch: Mismatch | None) -> Verdict:
        covered, operators = witnessed(self.signed, self.witnesses)
        verdict = Verdict(
            grade=WITNESSED if operators or self.kept_size else UNANCHORED,
            size=self.walk.tree.size,
            root=self.walk.tree.root(),
            checkpoints=len(self.signed),
            covered=self.walk.good,
            witnesses=operators,
            witnessed=covered,
            kept=self.kept_size,
            remarks=tuple(self.remarks),
        )
        if triggers.missing(connection):
            verdict = replace(verdict, remarks=(*verdict.remarks, "triggers"))
        if mismatch is None:
            return verdict
        names = _names([mismatch.first, mismatch.last])
        return replace(
            verdict,
            grade=mismatch.grade,
            mismatch=mismatch,
            name=names.get(mismatch.first, ""),
            last_name=names.get(mismatch.last, ""),
        )

    def _keys(self) -> None:
        """The chain of keys must end with the one whose secret lies beside the database."""
        try:
            self.chain = signing.chain()
            signing.signing_key()
        except ChainError as error:
            raise Mismatch("key", error.index) from error
        except (BodyError, LookupError) as error:
            last = Entry.objects.filter(kind=ROTATED).order_by("seq").last()
            raise Mismatch("key", last.pk if last else 0) from error

    def _checkpoints(self) -> None:
        stored = list(Checkpoint.objects.order_by("size", "pk").values_list("note", "size", "root"))
        self.signed = read_checkpoints(cosigned_notes(), keys=self.chain, witnesses=self.witnesses)
        for signed, (_note, size, root) in zip(self.signed, stored, strict=True):
            if (signed.checkpoint.size, signed.checkpoint.root) != (size, bytes(root)):
                raise Mismatch("signature", min(size, signed.checkpoint.size), place=size)
        self.walk = Walk(self.signed)
        self._later = self._from_outside({note for note, _size, _root in stored})

    def _from_outside(self, stored: set[str]) -> dict[int, list[tuple[str, bytes]]]:
        """Checkpoints kept elsewhere, by size: (where, root). Ones given up at a restore are left out."""
        abandoned = given_up()
        found: dict[int, list[tuple[str, bytes]]] = {}
        for _size, note in outside.read():
            try:
                checkpoint, _signers = open_checkpoint(note, self.chain.keys)
            except NoteError:
                continue  # another installation's, or damaged: it proves nothing against this register
            if (checkpoint.size, checkpoint.root.hex()) in abandoned:
                if "restored" not in self.remarks:
                    self.remarks.append("restored")
            elif note not in stored:
                found.setdefault(checkpoint.size, []).append(("outside", checkpoint.root))
        for place, note in enumerate(self.kept, start=1):
            try:
                checkpoint, _signers = open_checkpoint(note, self.chain.keys)
            except NoteError as error:
                raise Mismatch("signature", 0, place=place) from error
            found.setdefault(checkpoint.size, []).append(("kept", checkpoint.root))
        return found

    def _entries(self) -> None:
        end = Head.objects.values_list("size", flat=True).filter(pk=1).first() or 0
        for batch in batches():
            data = {
                datum.pk: datum
                for datum in PersonalDatum.objects.filter(pk__gte=batch[0].pk, pk__lte=batch[-1].pk)
            }
            nodes = nodes_of(batch)
            for entry in batch:
                before = self.walk.good
                if entry.pk == end:
                    raise Mismatch("stray", entry.pk, found=entry.pk)
                body = self.walk.feed(_row(entry, nodes))
                if body is None:
                    continue
                if body.book != entry.page.book.code or entry.company_uid != entry.page.book.company_uid:
                    raise Mismatch("beside", entry.pk, field="company")
                self._personal(body, data.get(entry.pk))
                if body.kind == SEALED:
                    self._looks(body)
                self._agree_outside(before)
        longer = sorted(size for size in self._later if size > self.walk.tree.size)
        if longer:
            size = self.walk.tree.size
            raise Mismatch("short", size, longer[-1] - 1, grade=DIVERGED, size=size, signed=longer[-1])

    def _agree_outside(self, before: int) -> None:
        size = self.walk.tree.size
        for where, root in self._later.get(size, ()):
            if root != self.walk.tree.root():
                raise Mismatch(where, min(before, size - 1), size - 1, grade=DIVERGED, size=size)
            if where == "kept":
                self.kept_size = size

    def _personal(self, body: Body, datum: PersonalDatum | None) -> None:
        if body.kind == SHREDDED:
            gone = [index for index, whose in self.promised.items() if whose == body.subject[1]]
            for index in gone:
                del self.promised[index]
            if PersonalDatum.objects.filter(pk__lt=body.index, subject_uid=body.subject[1]).exists():
                self.remarks.append("personal_back")
        if body.personal is None:
            if datum is not None:
                raise Mismatch("personal", body.index)
            return
        whose, digest = body.personal
        if datum is None:
            self.promised[body.index] = whose
            return
        try:
            opened = personal.open_padded(datum)
            fits = commitment(opened, bytes(datum.salt), body.index) == digest
        except BodyError as error:
            raise Mismatch("personal", body.index) from error
        if not fits or str(datum.subject_uid) != whose:
            raise Mismatch("personal", body.index)

    def _looks(self, body: Body) -> None:
        said = body.facts.get("looks")
        if not isinstance(said, dict):
            raise Mismatch("seal", body.index)
        if said.get("last") is None:
            return
        found = looks.digest(int(said["first"]) - 1, int(said["last"]))
        if found != said:
            raise Mismatch("looks", body.index)

    def _head(self) -> None:
        tree, head = self.walk.tree, Head.objects.filter(pk=1).first()
        kept = (head.size, bytes(head.peaks), bytes(head.root)) if head else (0, b"", EMPTY_ROOT)
        if kept != (tree.size, tree.to_bytes(), tree.root()):
            if kept[0] > tree.size:
                raise Mismatch("missing", tree.size, kept[0] - 1, found=None)
            first = kept[0] if kept[0] < tree.size else max(tree.size - 1, 0)
            raise Mismatch("head", first, max(tree.size - 1, 0), expected=kept[0], found=tree.size)
        if Node.objects.count() != tree.size - tree.size.bit_count():
            raise Mismatch("node", max(tree.size - 1, 0))

    def _pages(self) -> None:
        for page in Page.objects.select_related("book").order_by("day", "book_id"):
            seen = self.walk.pages.get((page.book.code, page.day))
            found = (seen.count, seen.sealed) if seen else (0, False)
            if found != (page.count, page.state == Page.State.SEALED):
                raise Mismatch("page", seen.first if seen else max(self.walk.tree.size - 1, 0))

    def _witnesses(self) -> None:
        """A witness that refused because it has seen another history speaks against ours."""
        for row in Witness.objects.filter(removed_at=None, state=Witness.State.DIVERGED):
            size = self.walk.tree.size
            raise Mismatch("witness", min(row.size, size), size, grade=DIVERGED, name=row.name)

    def _others(self) -> None:
        if self.promised:
            raise Mismatch("personal_lost", min(self.promised))


def batches() -> Iterator[list[Entry]]:
    after: int | None = None
    while True:
        rows = Entry.objects.select_related("page__book").order_by("seq")
        batch = list((rows if after is None else rows.filter(seq__gt=after))[:BATCH])
        if not batch:
            return
        yield batch
        after = batch[-1].pk


def nodes_of(batch: Sequence[Entry]) -> dict[int, list[tuple[int, int, bytes]]]:
    """The stored inner nodes each entry of the batch completed, by the entry's index."""
    first, last = max(batch[0].pk, 0), batch[-1].pk
    found: dict[int, list[tuple[int, int, bytes]]] = {}
    for level in range(1, (last + 1).bit_length() + 1):
        # a node is completed by its last leaf, ((index + 1) << level) - 1
        low, high = ((first + 1 + (1 << level) - 1) >> level) - 1, ((last + 1) >> level) - 1
        for index, value in (
            Node.objects.filter(level=level, index__gte=low, index__lte=high)
            .order_by("index")
            .values_list("index", "hash")
        ):
            found.setdefault(((index + 1) << level) - 1, []).append((level, index, bytes(value)))
    return found


def _row(entry: Entry, nodes: dict[int, list[tuple[int, int, bytes]]]) -> Row:
    return Row(
        index=entry.pk,
        body=bytes(entry.body),
        leaf=bytes(entry.leaf),
        nodes=nodes.get(entry.pk, []),
        beside={
            "uid": str(entry.uid),
            "page": entry.page.day,
            "number": entry.number,
            "kind": entry.kind,
            "subject": (entry.subject_type, str(entry.subject_uid)),
            "actor": str(entry.actor_uid),
            "occurred_at": entry.occurred_at,
            "recorded_at": entry.recorded_at,
            "corrects": entry.corrects_id,
            "imported": entry.imported,
        },
    )


def _names(indexes: Sequence[int]) -> dict[int, str]:
    """Names of entries: as the columns say, or as follows from the entry before where there is no row."""
    names: dict[int, str] = {}
    for index in indexes:
        entry = Entry.objects.select_related("page__book").filter(pk=index).first()
        if entry:
            names[index] = entry.name
            continue
        after = Entry.objects.select_related("page__book").filter(pk__gt=index).order_by("pk").first()
        if after and after.pk == index + 1 and after.number > 1:
            names[index] = entry_name(after.page.book.code, after.page.day, after.number - 1)
    return names
