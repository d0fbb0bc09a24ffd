"""The ZIP of a case file, made while it is sent: at most one document of it is in memory at a time."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dingfen import blobs
from dingfen.complaints.casefile.documents import Document, Documents
from dingfen.problems import Problem
from dingfen.register import exporting, signing
from dingfen.register.casefile import FORMAT, MANIFEST, PERSONAL, PROOFS
from dingfen.register.models import Entry

INDEX = "index.pdf"
INTERNAL = (
    "complaint.noted", "complaint.held", "complaint.released", "proposal.drawn_up", "proposal.sent_back",
)  # fmt: skip
"""Entries whose words the company keeps to itself: they are proven like all, their personal data stay at home."""


@dataclass(frozen=True, slots=True)
class CaseFile:
    """What is packed: the index, the documents, the entries of the register with their proofs."""

    number: str
    name: str
    index: bytes
    documents: Documents
    entries: tuple[Entry, ...]
    made_at: datetime


class _Pipe:
    """What `zipfile` writes into, handed on piece by piece: it can't be sought, so sizes follow each file."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits."""

    def taken(self) -> bytes:
        data, self.parts = b"".join(self.parts), []
        return data


@dataclass
class _Packer:
    made_at: datetime
    pipe: _Pipe = field(default_factory=_Pipe)
    listed: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.archive = zipfile.ZipFile(self.pipe, "w", zipfile.ZIP_DEFLATED)  # type: ignore[call-overload]

    def put(self, path: str, data: bytes, *, packed: bool = True) -> bytes:
        """Add a file; what of the ZIP can be sent so far."""
        info = zipfile.ZipInfo(path, self.made_at.timetuple()[:6])
        info.external_attr = 0o644 << 16
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        self.archive.writestr(info, data)
        self.listed.append({"path": path, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)})
        return self.pipe.taken()

    def end(self) -> bytes:
        self.archive.close()
        return self.pipe.taken()


LOST = """{name}
SHA-256 {sha256}
{made_at}

此文件已不在存储中，或已无法打开，未能装入本卷；登记簿仍载有其摘要。从备份恢复后可重新制作案卷。
This file is no longer in the store, or can't be opened, and could not be enclosed; the register still holds its
digest. Once it is restored from a backup the case file can be made again.
"""


def _enclosed(packer: _Packer, one: Document) -> bytes:
    try:
        content = blobs.load(one.blob)
    except Problem:
        note = LOST.format(name=one.name, sha256=one.sha256, made_at=packer.made_at.isoformat())
        return packer.put(f"{one.path}.missing.txt", note.encode())
    return packer.put(one.path, content, packed=False)


def packed(file: CaseFile) -> Iterator[bytes]:
    """The ZIP piece by piece. An erased document is not in it; the index names it with its digest.

    In the place of one that the store has lost, or can't open any more, lies a note that says so.
    """
    packer = _Packer(file.made_at)
    yield packer.put(INDEX, file.index, packed=False)
    for one in file.documents.every:
        if one.path:
            yield _enclosed(packer, one)
    for name, text in exporting.proofs(file.entries):
        yield packer.put(f"{PROOFS}{name}.tlog-proof", text.encode())
    lines = "".join(exporting.personal_lines(one for one in file.entries if one.kind not in INTERNAL))
    if lines:
        yield packer.put(PERSONAL, lines.encode())
    manifest = {
        "format": FORMAT,
        "number": file.number,
        "made_at": file.made_at.isoformat(),
        "keys": [str(key) for key in signing.chain().keys],
        "files": list(packer.listed),
    }
    yield packer.put(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1).encode())
    yield packer.end()
