"""Checks an export file, line by line, with nothing but the standard library and `cryptography`."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dingfen.register.bodies import Body, BodyError, commitment, entry_name
from dingfen.register.checking import (
    DIVERGED,
    INVALID,
    UNANCHORED,
    WITNESSED,
    Mismatch,
    Row,
    Verdict,
    Walk,
    read_checkpoints,
    witnessed,
)
from dingfen.register.keychain import ROTATED, Chain, ChainError, Link, read_link
from dingfen.register.notes import NoteError, Proof, VerifyKey, open_checkpoint
from dingfen.register.tree import Node, leaf_hash, verify_inclusion

FORMAT = "dingfen-register-export/1"
MAX_LINE = 1_000_000
"""Bytes: an entry has at most 65,535 and no line holds more than one."""


class NotAnExport(ValueError):
    """The file's first line does not say that it is one, or there is no such file."""


@dataclass(slots=True)
class Trust:
    """What the checking person brings: keys of the log and of witnesses, and checkpoints kept from before."""

    keys: Sequence[VerifyKey] = ()
    witnesses: Sequence[VerifyKey] = ()
    kept: Sequence[str] = ()


def verify_file(path: Path, trust: Trust) -> Verdict:
    """Check an export file. Without `trust.keys` the key named in the file is taken, which proves less.

    Raises `NotAnExport`.
    """
    return _File(path, trust).run()


class _File:
    def __init__(self, path: Path, trust: Trust) -> None:
        self.path, self.trust = path, trust
        self.lines = _lines(path)
        self.header = _header(self.lines)
        self.chain = Chain(tuple(trust.keys))
        self.walk = Walk()
        self.withheld = 0
        self.kept_size = 0
        self.last: Body | None = None

    def run(self) -> Verdict:
        mismatch: Mismatch | None = None
        signed = []
        try:
            self.chain = self._keys()
            found, first = self._notes()
            signed = read_checkpoints(found, keys=self.chain, witnesses=self.trust.witnesses)
            self.walk = Walk(signed)
            kept = self._kept()
            for number, document in first:
                self._take(number, document, kept)
            self._end(kept)
        except Mismatch as problem:
            mismatch = problem
        covered, operators = witnessed(signed, self.trust.witnesses)
        verdict = Verdict(
            grade=WITNESSED if operators or self.kept_size else UNANCHORED,
            size=self.walk.tree.size,
            root=self.walk.tree.root(),
            checkpoints=len(signed),
            covered=self.walk.good,
            witnesses=operators,
            witnessed=covered,
            kept=self.kept_size,
            withheld=self.withheld,
        )
        if mismatch is None:
            return verdict
        names = [_name(self.path, index) for index in (mismatch.first, mismatch.last)]
        return replace(verdict, grade=mismatch.grade, mismatch=mismatch, name=names[0], last_name=names[1])

    def _keys(self) -> Chain:
        """The keys the register has signed with, which must hold one the checking person trusts."""
        said = _keys(self.header)
        try:
            chain = Chain.of(_links(self.path), self.trust.keys or said)
        except ChainError as error:
            raise Mismatch("key", error.index) from error
        if chain.ends and any(key.name != self.header.get("origin") for key in chain.keys):
            raise Mismatch("header", 0)
        if chain.ends and not set(chain.keys) & set(self.trust.keys or said):
            raise Mismatch("signature", 0, place=1)
        return chain

    def _notes(self) -> tuple[list[str], Iterator[tuple[int, dict[str, Any]]]]:
        """The checkpoints, which stand before the entries, and the lines from the first entry on."""
        found: list[str] = []
        for number, document in self._documents():
            if document.get("type") != "checkpoint":
                return found, _chain((number, document), self._documents())
            found.append(_text(document, "note", 0, number))
        return found, iter(())

    def _documents(self) -> Iterator[tuple[int, dict[str, Any]]]:
        for number, raw in self.lines:
            try:
                document = json.loads(raw)
            except (ValueError, RecursionError) as error:
                raise Mismatch("line", self.walk.tree.size, line=number) from error
            if not isinstance(document, dict):
                raise Mismatch("line", self.walk.tree.size, line=number)
            yield number, document

    def _kept(self) -> dict[int, bytes]:
        kept: dict[int, bytes] = {}
        for place, note in enumerate(self.trust.kept, start=1):
            try:
                checkpoint, _signers = open_checkpoint(note, self.chain.keys)
            except NoteError as error:
                raise Mismatch("signature", 0, place=place) from error
            kept[checkpoint.size] = checkpoint.root
        return kept

    def _take(self, number: int, document: dict[str, Any], kept: dict[int, bytes]) -> None:
        size = self.walk.tree.size
        if document.get("type") == "personal":
            self._personal(document, number)
            return
        if document.get("type") != "entry":
            raise Mismatch("line", size, line=number)
        before = self.walk.good
        self.last = self.walk.feed(_row(document, size, number))
        if self.last is None:
            self.withheld += 1
        elif document.get("name") != self.last.name:
            raise Mismatch("beside", size, field="name")
        if self.last and self.last.kind == "book.opened":
            self._key_of_book(self.last)
        size += 1
        if kept.get(size, self.walk.tree.root()) != self.walk.tree.root():
            raise Mismatch("kept", min(before, size - 1), size - 1, grade=DIVERGED, size=size)
        if size in kept:
            self.kept_size = size

    def _key_of_book(self, body: Body) -> None:
        if body.facts.get("key") not in {str(key) for key in self.chain.keys}:
            raise Mismatch("beside", body.index, field="key")

    def _personal(self, document: dict[str, Any], number: int) -> None:
        index = self.walk.tree.size - 1
        if self.last is None or document.get("index") != index or self.last.personal is None:
            raise Mismatch("personal", max(index, 0))
        try:
            salt = bytes.fromhex(_text(document, "salt", index, number))
            payload = base64.b64decode(_text(document, "payload", index, number), validate=True)
            fits = commitment(payload, salt, index) == self.last.personal[1]
        except (BodyError, ValueError, binascii.Error) as error:
            raise Mismatch("personal", index) from error
        if not fits:
            raise Mismatch("personal", index)

    def _end(self, kept: dict[int, bytes]) -> None:
        tree = self.walk.tree
        said = self.header.get("size")
        if isinstance(said, int) and said > tree.size:
            raise Mismatch("missing", tree.size, said - 1, found=None)
        self.walk.finish()
        longest = max(kept, default=0)
        if longest > tree.size:
            raise Mismatch("short", tree.size, longest - 1, grade=DIVERGED, size=tree.size, signed=longest)
        if said != tree.size or self.header.get("root") != tree.root().hex():
            raise Mismatch("header", max(tree.size - 1, 0))
        if tree.size and self.walk.good != tree.size:
            raise Mismatch("unsigned_end", self.walk.good, tree.size - 1)


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    try:
        with path.open("rb") as file:
            number = 0
            while raw := file.readline(MAX_LINE + 1):
                number += 1
                yield number, raw
    except OSError as error:
        raise NotAnExport(str(error)) from error


def _header(lines: Iterator[tuple[int, bytes]]) -> dict[str, Any]:
    _number, raw = next(lines, (0, b""))
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise NotAnExport("the first line is no JSON") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise NotAnExport(f"the first line does not name the format {FORMAT}")
    return document


def _keys(header: dict[str, Any]) -> list[VerifyKey]:
    try:
        keys = [VerifyKey.parse(str(text)) for text in header["keys"]]
    except (NoteError, KeyError, TypeError) as error:
        raise Mismatch("header", 0) from error
    if not keys or any(key.name != header.get("origin") for key in keys):
        raise Mismatch("header", 0)
    return keys


def _links(path: Path) -> Iterator[Link]:
    """The entries that hand over from key to key. What can't be read is named by the walk. Raises `ChainError`."""
    for _number, raw in _lines(path):
        if ROTATED.encode() not in raw:
            continue
        try:
            body = Body.decode(json.loads(raw)["body"].encode())
        except (BodyError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            continue
        if body.kind == ROTATED:
            yield read_link(body)


def _chain(
    first: tuple[int, dict[str, Any]], rest: Iterator[tuple[int, dict[str, Any]]]
) -> Iterator[tuple[int, dict[str, Any]]]:
    yield first
    yield from rest


def _text(document: dict[str, Any], name: str, index: int, number: int) -> str:
    value = document.get(name)
    if not isinstance(value, str):
        raise Mismatch("line", max(index, 0), line=number)
    return value


def _row(document: dict[str, Any], size: int, number: int) -> Row:
    index = document.get("index")
    if type(index) is not int:
        raise Mismatch("line", size, line=number)
    body: bytes | None = None
    try:
        if "body" in document:
            body = _text(document, "body", size, number).encode()
        elif "body64" in document:
            body = base64.b64decode(_text(document, "body64", size, number), validate=True)
        nodes: list[Node] = [
            (level, ((index + 1) >> level) - 1, bytes.fromhex(value))
            for level, value in enumerate(document["nodes"], start=1)
        ]
        return Row(index, body, bytes.fromhex(_text(document, "leaf", size, number)), nodes)
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise Mismatch("line", size, line=number) from error


def _name(path: Path, index: int) -> str:
    """The entry's name in the file; where it is missing, as follows from the entry after it."""
    for _number, raw in _lines(path):
        try:
            document = json.loads(raw)
            if document.get("type") != "entry":
                continue
            name = str(document.get("name", ""))
            if document.get("index") == index:
                return name
            if document.get("index") == index + 1 and name:
                book, day, number = name.rsplit("-", 2)
                return _before(book, day, int(number))
        except (ValueError, AttributeError, RecursionError):
            continue
    return ""


def _before(book: str, day: str, number: int) -> str:
    from datetime import date

    if number < 2 or len(day) != 8:
        return ""
    return entry_name(book, date(int(day[:4]), int(day[4:6]), int(day[6:])), number - 1)


def verify_proof(text: str, trust: Trust) -> Verdict:
    """Check a tlog-proof file against the log's keys. Raises `NoteError` when it is none."""
    proof = Proof.parse(text)
    if proof.extra is None:
        raise NoteError("the proof does not carry its entry")
    name = ""
    mismatch: Mismatch | None = None
    signed = []
    try:
        signed = read_checkpoints([proof.checkpoint], keys=trust.keys, witnesses=trust.witnesses)
        body = Body.decode(proof.extra)
        name = body.name
        checkpoint = signed[0].checkpoint
        holds = body.index == proof.index and verify_inclusion(
            index=proof.index,
            size=checkpoint.size,
            leaf=leaf_hash(proof.extra),
            path=proof.path,
            root=checkpoint.root,
        )
        if not holds:
            raise Mismatch("proof", proof.index)
    except BodyError:
        mismatch = Mismatch("unreadable", proof.index)
    except Mismatch as problem:
        mismatch = problem
    covered, operators = witnessed(signed, trust.witnesses)
    grade = INVALID if mismatch else WITNESSED if operators else UNANCHORED
    return Verdict(
        grade=grade,
        size=signed[0].checkpoint.size if signed else 0,
        root=signed[0].checkpoint.root if signed else b"",
        checkpoints=len(signed),
        covered=signed[0].checkpoint.size if signed else 0,
        witnesses=operators,
        witnessed=covered,
        mismatch=mismatch,
        name=name,
        last_name=name,
    )
