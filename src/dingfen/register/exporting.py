"""The register as files: one JSON-lines file for `dingfen-verify`, a folder of tiles, a proof of one entry.

docs/reference/register-export.md describes the file.
"""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from dingfen.register import notes, personal, signing, store
from dingfen.register.exportfile import FORMAT
from dingfen.register.keychain import ROTATED
from dingfen.register.models import Checkpoint, Entry, Head, Node, PersonalDatum
from dingfen.register.tree import inclusion_proof, inclusion_spans, span_nodes
from dingfen.register.verification import batches, nodes_of
from dingfen.register.witnesses import cosigned_notes


def lines(*, companies: Collection[uuid.UUID] | None = None, with_personal: bool = False) -> Iterator[str]:
    """The export file line by line, from one snapshot.

    `companies`: whose entries are shown; of the others only the hash is given (None: all are shown).
    `with_personal`: personal data and salts of the entries shown, where they were not shredded.
    The caller signs a checkpoint over the end first (`sealing.sign_checkpoint`).
    """
    with store.snapshot():
        head = Head.objects.get(pk=1)
        keys = signing.chain().keys
        yield _line(
            type="register",
            format=FORMAT,
            origin=keys[0].name,
            size=head.size,
            root=bytes(head.root).hex(),
            keys=[str(key) for key in keys],
        )
        for note in cosigned_notes():
            yield _line(type="checkpoint", note=note)
        for batch in batches():
            nodes = nodes_of(batch)
            data = _personal(batch) if with_personal else {}
            for entry in batch:
                shown = companies is None or entry.company_uid in companies or entry.kind == ROTATED
                yield _line(**_entry(entry, [one[2].hex() for one in nodes.get(entry.pk, [])], shown))
                if shown and entry.pk in data:
                    yield _line(**_datum(data[entry.pk]))


def _line(**document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n"


def _entry(entry: Entry, nodes: list[str], shown: bool) -> dict[str, Any]:
    document: dict[str, Any] = {
        "type": "entry",
        "index": entry.pk,
        "name": entry.name,
        "leaf": bytes(entry.leaf).hex(),
        "nodes": nodes,
    }
    if not shown:
        del document["name"]
        return document
    try:
        return document | {"body": bytes(entry.body).decode()}
    except UnicodeDecodeError:  # bytes somebody damaged: give them as they are
        return document | {"body64": base64.b64encode(bytes(entry.body)).decode()}


def _personal(batch: list[Entry]) -> dict[int, PersonalDatum]:
    found = PersonalDatum.objects.filter(pk__gte=batch[0].pk, pk__lte=batch[-1].pk)
    return {datum.pk: datum for datum in found}


def _datum(datum: PersonalDatum) -> dict[str, Any]:
    return {
        "type": "personal",
        "index": datum.pk,
        "salt": bytes(datum.salt).hex(),
        "payload": base64.b64encode(personal.open_padded(datum)).decode(),
    }


def prove(entry: Entry) -> notes.Proof:
    """The proof that an entry stands in the tree of the latest checkpoint that covers it.

    Raises `LookupError` when no checkpoint covers it yet (`sealing.sign_checkpoint` makes one).
    """
    checkpoint = Checkpoint.objects.filter(size__gt=entry.pk).order_by("size").last()
    if checkpoint is None:
        raise LookupError(f"no checkpoint covers entry {entry.pk}")
    wanted = {node for span in inclusion_spans(entry.pk, checkpoint.size) for node in span_nodes(span)}
    hashes = stored_nodes(wanted)
    path = inclusion_proof(entry.pk, checkpoint.size, hashes.__getitem__)
    return notes.Proof(entry.pk, tuple(path), checkpoint.cosigned, bytes(entry.body))


def proofs(entries: Sequence[Entry], at_once: int = 200) -> Iterator[tuple[str, str]]:
    """(name, tlog-proof) of each entry under the latest checkpoint, in few statements however many there are.

    Raises `LookupError` when it does not cover them (`sealing.sign_checkpoint` makes one).
    """
    checkpoint = Checkpoint.objects.order_by("size").last()
    if entries and (checkpoint is None or checkpoint.size <= max(one.pk for one in entries)):
        raise LookupError("no checkpoint covers these entries yet")
    for start in range(0, len(entries), at_once):
        batch, size = entries[start : start + at_once], checkpoint.size if checkpoint else 0
        wanted = {
            node for one in batch for span in inclusion_spans(one.pk, size) for node in span_nodes(span)
        }
        hashes = stored_nodes(wanted)
        for one in batch:
            path = inclusion_proof(one.pk, size, hashes.__getitem__)
            note = checkpoint.cosigned if checkpoint else ""
            yield one.name, notes.Proof(one.pk, tuple(path), note, bytes(one.body)).to_text()


def personal_lines(entries: Iterable[Entry]) -> Iterator[str]:
    """Personal data and salts of these entries, where they were not shredded: one JSON line each."""
    found = PersonalDatum.objects.filter(pk__in=[one.pk for one in entries]).order_by("pk")
    yield from (_line(**_datum(one)) for one in found)


def stored_nodes(wanted: Collection[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
    """Hashes of tree nodes by (level, index); raises `LookupError` when one is not there."""
    found: dict[tuple[int, int], bytes] = {}
    leaves = [index for level, index in wanted if level == 0]
    for pk, leaf in Entry.objects.filter(pk__in=leaves).values_list("pk", "leaf"):
        found[0, pk] = bytes(leaf)
    for level in {level for level, _index in wanted if level}:
        indexes = [index for at, index in wanted if at == level]
        rows = Node.objects.filter(level=level, index__in=indexes).values_list("index", "hash")
        found |= {(level, index): bytes(value) for index, value in rows}
    if len(found) < len(wanted):
        raise LookupError("the tree lacks a node")
    return found


def write_tiles(folder: Path) -> int:
    """Write the tree as tlog-tiles (c2sp.org/tlog-tiles) under the latest checkpoint; the number of files.

    Any static web server can serve the folder to monitors and witnesses. All entries are shown.
    """
    checkpoint = Checkpoint.objects.order_by("size").last()
    if checkpoint is None:
        raise LookupError("no checkpoint yet")
    count, size = 1, checkpoint.size
    for first in range(0, size, 256):
        rows = Entry.objects.filter(pk__gte=first, pk__lt=min(first + 256, size)).order_by("pk")
        bodies = [bytes(body) for body in rows.values_list("body", flat=True)]
        _write(folder / notes.tile_path("entries", first >> 8, len(bodies)), notes.entry_bundle(bodies))
        count += 1
    for level in range(8):
        width = size >> (8 * level)
        for first in range(0, width, 256):
            upto = min(first + 256, width)
            wanted = [(8 * level, index) for index in range(first, upto)]
            hashes = stored_nodes(wanted)
            tile = b"".join(hashes[node] for node in wanted)
            _write(folder / notes.tile_path(str(level), first >> 8, upto - first), tile)
            count += 1
    _write(folder / "checkpoint", checkpoint.cosigned.encode())
    return count


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
