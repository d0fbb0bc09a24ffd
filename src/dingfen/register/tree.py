"""The Merkle tree of the register, as RFC 9162 section 2.1 (and RFC 6962) defines it.

Pure: bytes in, bytes out. Nodes are named `(level, index)`: level 0 holds the leaf hashes, the node
`(level, index)` covers the leaves `index << level` up to, not including, `(index + 1) << level`. Only perfect
subtrees are ever stored; everything else is folded from them when it is asked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

NodeId = tuple[int, int]
Span = tuple[int, int]
Node = tuple[int, int, bytes]
GetNode = Callable[[NodeId], bytes]

HASH_SIZE = 32
EMPTY_ROOT = hashlib.sha256().digest()


def leaf_hash(body: bytes) -> bytes:
    """`MTH({d}) = SHA-256(0x00 || d)` (RFC 9162 2.1.1)."""
    return hashlib.sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """`SHA-256(0x01 || left || right)` (RFC 9162 2.1.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def fold(peaks: Sequence[bytes]) -> bytes:
    """Root over perfect subtrees given from left to right, the largest first."""
    if not peaks:
        return EMPTY_ROOT
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node_hash(peak, root)
    return root


@dataclass(frozen=True, slots=True)
class CompactRange:
    """The right edge of a tree of `size` leaves: all that is needed to append to it and to know its root."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def append(self, leaf: bytes) -> tuple[CompactRange, list[Node]]:
        """The range with one more leaf hash, and the inner nodes that leaf completed, lowest first."""
        peaks, index, level, top = list(self.peaks), self.size, 0, leaf
        completed: list[Node] = []
        while index & 1:
            top = node_hash(peaks.pop(), top)
            index, level = index >> 1, level + 1
            completed.append((level, index, top))
        peaks.append(top)
        return CompactRange(self.size + 1, tuple(peaks)), completed

    def root(self) -> bytes:
        return fold(self.peaks)

    def to_bytes(self) -> bytes:
        return b"".join(self.peaks)

    @classmethod
    def from_bytes(cls, size: int, data: bytes) -> CompactRange:
        """Raises `ValueError` when `data` cannot be the right edge of a tree of `size` leaves."""
        if size < 0 or len(data) != HASH_SIZE * size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {max(size, 0).bit_count()} peaks")
        peaks = (data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE))
        return cls(size, tuple(peaks))


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Root over leaf hashes."""
    tree = CompactRange()
    for leaf in leaves:
        tree, _ = tree.append(leaf)
    return tree.root()


def _split(count: int) -> int:
    """The largest power of two smaller than `count` (RFC 9162 2.1.1), for `count` > 1."""
    return 1 << (count - 1).bit_length() - 1


def inclusion_spans(index: int, size: int) -> list[Span]:
    """The leaf spans `(first, end)` whose hashes prove leaf `index` in a tree of `size`, from leaf to root.

    Raises `ValueError` unless 0 <= index < size.
    """
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    spans: list[Span] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            spans.append((middle, high))
            high = middle
        else:
            spans.append((low, middle))
            low = middle
    return spans[::-1]


def consistency_spans(old: int, new: int) -> list[Span]:
    """The spans that prove the tree of `old` leaves a beginning of the one of `new` (RFC 9162 2.1.4).

    Raises `ValueError` unless 0 < old <= new.
    """
    if not 0 < old <= new:
        raise ValueError(f"a tree of {old} is no beginning of one of {new}")
    spans: list[Span] = []
    low, high = 0, new
    while old != high:
        middle = low + _split(high - low)
        if old <= middle:
            spans.append((middle, high))
            high = middle
        else:
            spans.append((low, middle))
            low = middle
    if low:
        spans.append((low, high))
    return spans[::-1]


def span_nodes(span: Span) -> list[NodeId]:
    """The stored nodes that make up a span of a proof, left to right."""
    low, high = span
    nodes: list[NodeId] = []
    while low < high:
        level = (high - low).bit_length() - 1
        nodes.append((level, low >> level))
        low += 1 << level
    return nodes


def span_hash(span: Span, get: GetNode) -> bytes:
    return fold([get(node) for node in span_nodes(span)])


def root_at(size: int, get: GetNode) -> bytes:
    """Root of the tree when it had `size` leaves, from stored nodes."""
    return span_hash((0, size), get)


def inclusion_proof(index: int, size: int, get: GetNode) -> list[bytes]:
    return [span_hash(span, get) for span in inclusion_spans(index, size)]


def consistency_proof(old: int, new: int, get: GetNode) -> list[bytes]:
    return [span_hash(span, get) for span in consistency_spans(old, new)]


def verify_inclusion(*, index: int, size: int, leaf: bytes, path: Sequence[bytes], root: bytes) -> bool:
    """Whether `path` proves `leaf` to stand at `index` in the tree with `root` (RFC 9162 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    at, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(sibling, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def verify_consistency(
    *, old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]
) -> bool:
    """Whether `path` proves the old tree a beginning of the new one (RFC 9162 2.1.4.2)."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not path and old_root == new_root
    hashes = list(path) if old & (old - 1) else [old_root, *path]
    if not hashes:
        return False
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    older = newer = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            older, newer = node_hash(sibling, older), node_hash(sibling, newer)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            newer = node_hash(newer, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and older == old_root and newer == new_root
