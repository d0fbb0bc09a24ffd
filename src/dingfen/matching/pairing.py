"""Which pairs of rows are worth comparing: those that share a handle rare enough to say something."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Final

import numpy as np

from .kinds import Code
from .vectors import Column, Numbers

BUCKET: Final = 80  # a weak handle shared by more rows than this says too little
STRONG_BUCKET: Final = 250
RARE_BUCKET: Final = 3
PAIRS_A_ROW: Final = 25
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)


def candidates(columns: Sequence[Column], split: int | None) -> tuple[Numbers, Numbers]:
    """Pairs of rows worth comparing: sharing a strong handle, or weak handles of two different fields.

    With `split`, only pairs of a row before it with one from it on.
    """
    count = len(columns[0].codes)
    most = max(BUCKET, min(1000, 600_000 // count))
    weak: list[tuple[int, Numbers]] = []
    pairs: list[Numbers] = []
    for number, column in enumerate(columns):
        strong, rare, handles = _hashes(column, number)
        weak += [(number, one) for one in handles]
        pairs += [_join(one, count, split, max(most, STRONG_BUCKET)) for one in strong]
        pairs += [_join(one, count, split, RARE_BUCKET) for one in rare]
    if len({number for number, _ in weak}) == 1:
        pairs += [_join(one, count, split, most) for _, one in weak]
    for (a, one), (b, other) in combinations(weak, 2):
        if a != b:
            mixed = np.where((one != 0) & (other != 0), (one * _MIX) ^ (other + (one >> np.uint64(7))), 0)
            pairs.append(_join(mixed, count, split, most))
    together = np.concatenate(pairs) if pairs else np.empty(0, np.int64)
    found, shared = np.unique(together, return_counts=True)
    if len(found) > PAIRS_A_ROW * count:  # those that share most
        least = np.partition(shared, len(shared) - PAIRS_A_ROW * count)[len(shared) - PAIRS_A_ROW * count]
        found = found[shared > max(1, least - 1)]
    return found // count, found % count


def _hashes(column: Column, number: int) -> tuple[list[Numbers], list[Numbers], list[Numbers]]:
    """(strong, rare, all) handles of each row: arrays of 64-bit numbers, 0 where a row has none."""
    slots: dict[str, tuple[Code, Numbers]] = {}
    for place, value in enumerate(column.values):
        for code in column.kind.codes(value):
            if code.text:
                slot = slots.get(code.slot)
                if slot is None:
                    slot = slots[code.slot] = (code, np.zeros(len(column.values) + 1, np.uint64))
                slot[1][place] = (
                    hash((number, code.slot.rstrip("0123456789"), code.text)) & 0x7FFFFFFFFFFFFFFF
                )
    found = [(code, hashes[column.codes]) for code, hashes in slots.values()]
    return (
        [hashes for code, hashes in found if code.strong],
        [hashes for code, hashes in found if code.rare],
        [hashes for _, hashes in found],
    )


def _join(handles: Numbers, count: int, split: int | None, most: int) -> Numbers:
    """Pairs (as one number) of rows with the same handle, where not too many share it."""
    order = np.argsort(handles, kind="stable")
    ordered = handles[order]
    first = int(np.searchsorted(ordered, 1))
    ordered, order = ordered[first:], order[first:]
    if not len(ordered):
        return np.empty(0, np.int64)
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    sizes = np.diff(np.concatenate((starts, [len(ordered)])))
    kept = (sizes > 1) & (sizes <= most)
    found = []
    for size in np.unique(sizes[kept]):
        rows = order[starts[kept & (sizes == size)][:, None] + np.arange(size)]
        first_of, second_of = np.triu_indices(int(size), 1)
        left, right = rows[:, first_of].ravel(), rows[:, second_of].ravel()
        if split is not None:
            across = (left < split) != (right < split)
            left, right = left[across], right[across]
        found.append(np.minimum(left, right) * count + np.maximum(left, right))
    return np.concatenate(found) if found else np.empty(0, np.int64)
