"""A whole base at once: the pairs that are, or may be, one customer. The same answers as `compare`, by arrays.

Records share a key, or are never compared; a key that more than BUCKET records share says too little. What a
pair can reach at best is known from cheap questions first, so that most pairs are dropped before their names
are compared: never one that would have been answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from .compare import Match, judge
from .keys import keys
from .model import MODEL, Model
from .normalise import Features
from .score import COMPARISONS, Comparison, Level, level

BUCKET: Final = 60
CHUNK: Final = 20_000
MOST_PARTS: Final = 4
NO_PART: Final = -2
ANY_PART: Final = -1
SLICE: Final = 4_000_000  # pairs looked at together: bounds the memory
Numbers = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Field:
    """What one comparison reads of every record: `codes` points into `values`, -1 where nothing is said."""

    codes: Numbers
    values: list[Features]
    parts: Numbers  # a row for each value: its parts as numbers


@dataclass(frozen=True, slots=True)
class Base:
    """A base as arrays: the keys of its records, and what each comparison reads of them."""

    size: int
    key_of: Numbers  # 64-bit numbers, one for each (record, key)
    row_of: Numbers
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of rows (left < right) with how sure it is, and the levels of each as places in `known`."""

    left: Numbers
    right: Numbers
    sure: Numbers
    levels: Numbers
    known: list[tuple[Level, ...]]

    def __len__(self) -> int:
        return len(self.left)

    def each(self, model: Model = MODEL) -> Iterator[tuple[int, int, Match]]:
        """(left, right, match) one by one, with the reasons."""
        for left, right, levels in zip(
            self.left.tolist(), self.right.tolist(), self.levels.tolist(), strict=True
        ):
            yield left, right, judge(list(self.known[levels]), model)


def read(base: Iterable[Features]) -> Base:
    """Put the features of a base into arrays; equal values are kept once."""
    readers = [_Reader(comparison) for comparison in COMPARISONS]
    numbers: list[Numbers] = []
    counts: list[int] = []
    rest = iter(base)
    while chunk := list(islice(rest, CHUNK)):
        for reader in readers:
            reader.add(chunk)
        found = [[hash(key[:2]) for key in keys(features)] for features in chunk]
        counts += map(len, found)
        numbers.append(np.fromiter(chain.from_iterable(found), np.int64))
    rows = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    every = np.concatenate(numbers) if numbers else np.empty(0, np.int64)
    return Base(len(counts), every, rows, tuple(reader.done() for reader in readers))


class _Reader:
    """Collects what one comparison reads. Where only the kind is said, nothing is."""

    def __init__(self, comparison: Comparison) -> None:
        self.comparison = comparison
        self.places = [Features._fields.index(name) for name in comparison.reads]
        self.codes: list[Numbers] = []
        self.seen: dict[Any, int] = {}

    def add(self, chunk: Sequence[Features]) -> None:
        seen = self.seen
        if len(self.places) == 1:
            place = self.places[0]
            codes = [seen.setdefault(features[place], len(seen)) for features in chunk]
        else:
            one, other = self.places
            codes = [seen.setdefault((features[one], features[other]), len(seen)) for features in chunk]
        self.codes.append(np.array(codes, np.int32))

    def done(self) -> Field:
        reads = self.comparison.reads
        kept, said = list[Features](), np.full(len(self.seen), -1, np.int32)
        for value, code in self.seen.items():
            values = (value,) if len(reads) == 1 else value
            if any(one for name, one in zip(reads, values, strict=True) if name != "kind"):
                said[code] = len(kept)
                kept.append(_only(reads, values))
        codes = said[np.concatenate(self.codes)] if self.codes else np.empty(0, np.int32)
        return Field(codes, kept, _parts(self.comparison, kept))


def _only(reads: Sequence[str], values: Sequence[Any]) -> Features:
    """Features with nothing but these."""
    given: dict[str, Any] = dict(zip(reads, values, strict=True))
    return Features(**given)


def _parts(comparison: Comparison, values: list[Features]) -> Numbers:
    numbers: dict[str, int] = {}
    found = np.full((len(values), MOST_PARTS), NO_PART, np.int32)
    for row, value in zip(found, values, strict=True):
        parts = comparison.parts(value)
        if parts is None or len(parts) > MOST_PARTS:
            row[:] = ANY_PART
        else:
            row[: len(parts)] = [numbers.setdefault(part, len(numbers)) for part in parts]
    width = int((found >= 0).any(axis=0).sum()) if len(found) else 0
    return found[:, : max(width, 1)]


def find(base: Base, model: Model = MODEL, bucket: int = BUCKET) -> Pairs:
    """Every pair of the base that shares a key and is answered `same` or `possible`, in order of the rows."""
    shared = sharing(base, bucket)
    parts = [_scored(base, shared[at : at + SLICE], model) for at in range(0, max(len(shared), 1), SLICE)]
    known: dict[tuple[Level, ...], int] = {}
    levels = [
        np.array([known.setdefault(one, len(known)) for one in part.known], np.int32)[part.levels]
        for part in parts
    ]
    return Pairs(
        np.concatenate([part.left for part in parts]),
        np.concatenate([part.right for part in parts]),
        np.concatenate([part.sure for part in parts]),
        np.concatenate(levels),
        list(known),
    )


def sharing(base: Base, bucket: int) -> Numbers:
    """Pairs that share a key, each once, as left * size + right; ascending."""
    order = np.argsort(base.key_of, kind="stable")  # rows stay ascending within a key
    ordered, rows = base.key_of[order], base.row_of[order].astype(np.int64)
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1]))) if len(ordered) else order
    sizes = np.diff(np.concatenate((starts, [len(ordered)])))
    found = [np.empty(0, np.int64)]
    for size in np.unique(sizes[(sizes > 1) & (sizes <= bucket)]).tolist():
        members = rows[starts[sizes == size][:, None] + np.arange(size)]
        for apart in range(1, size):
            left, right = members[:, :-apart], members[:, apart:]
            found.append((left * base.size + right)[left != right])
    every = np.concatenate(found)
    every.sort()
    return every[np.concatenate(([True], every[1:] != every[:-1]))] if len(every) else every


def _scored(base: Base, pairs: Numbers, model: Model) -> Pairs:
    """Those of `pairs` that are answered. Whoever cannot get there any more is let go before the next question."""
    left, right = pairs // max(base.size, 1), pairs % max(base.size, 1)
    least = _least_bits(model)
    open_ = np.zeros((len(COMPARISONS), len(pairs)), bool)
    hopes = np.zeros((len(COMPARISONS), len(pairs)), np.float32)
    for place, field in enumerate(base.fields):
        open_[place], hopes[place] = _hope(field, model, COMPARISONS[place], left, right)
    bits = hopes.sum(axis=0, dtype=np.float64) + model.prior
    asked: list[tuple[Numbers, list[Level | None]]] = []
    for place, field in enumerate(base.fields):
        kept = np.flatnonzero(bits >= least)
        if len(kept) < len(bits):
            left, right, bits, hopes, open_ = (
                left[kept],
                right[kept],
                bits[kept],
                hopes[:, kept],
                open_[:, kept],
            )
            asked = [(levels[kept], names) for levels, names in asked]
        levels, names = _levels(field, COMPARISONS[place], left, right, open_[place])
        asked.append((levels, names))
        told = np.array([0.0 if name is None else model.weights[name.code] for name in names])
        bits += told[levels] - hopes[place]
    return _judged(left, right, asked, model)


def _hope(
    field: Field, model: Model, comparison: Comparison, left: Numbers, right: Numbers
) -> tuple[Numbers, Numbers]:
    """(whether it has to be asked, the most bits that can come of it) for each pair."""
    weights = {
        code: bits for code, bits in model.weights.items() if code.partition(".")[0] in comparison.answers
    }
    most = max(0.0, *weights.values())
    if comparison.otherwise is None:
        others = [
            bits for code, bits in weights.items() if code.partition(".")[2] not in comparison.only_with
        ]
        apart = max(0.0, *others)
    else:
        apart = weights.get(f"{comparison.answers[0]}.{comparison.otherwise}", 0.0)
    if not field.values:
        return np.zeros(len(left), bool), np.zeros(len(left), np.float32)
    a, b = field.codes[left], field.codes[right]
    said = (a >= 0) & (b >= 0)
    may = _may_share(field.parts[a], field.parts[b])
    hope = np.where(said, np.where(may, most, apart), 0.0).astype(np.float32)
    return said if comparison.otherwise is None else said & may, hope


def _may_share(x: Numbers, y: Numbers) -> Numbers:
    """Whether two rows of parts have one in common, or one of them may be anything."""
    may: Numbers = (x[:, 0] == ANY_PART) | (y[:, 0] == ANY_PART)
    for one in range(x.shape[1]):
        for other in range(y.shape[1]):
            may |= (x[:, one] == y[:, other]) & (x[:, one] >= 0)
    return may


def _judged(
    left: Numbers, right: Numbers, asked: list[tuple[Numbers, list[Level | None]]], model: Model
) -> Pairs:
    """The answers: each combination of levels is judged once, by the function that judges one registration."""
    code = np.zeros(len(left), np.int64)
    for levels, names in asked:
        code = code * len(names) + levels
    _, first, back = np.unique(code, return_index=True, return_inverse=True)
    known = [
        tuple(level for levels, names in asked if (level := names[levels[at]]) is not None)
        for at in first.tolist()
    ]
    matches = [judge(list(one), model) for one in known]
    sure = np.array([match.sure for match in matches], np.int16)
    answered = np.array([match.answer != "none" for match in matches], bool)
    kept = np.flatnonzero(answered[back]) if len(back) else back
    return Pairs(left[kept], right[kept], sure[back[kept]], back[kept].astype(np.int32), known)


def _levels(
    field: Field, comparison: Comparison, left: Numbers, right: Numbers, open_: Numbers
) -> tuple[Numbers, list[Level | None]]:
    """For each pair a place in the list of levels; 0 is `not said`. Every two values are compared once."""
    names: dict[Level | None, int] = {None: 0}
    a, b = field.codes[left], field.codes[right]
    result = np.zeros(len(left), np.int64)
    if comparison.otherwise:
        names[level(comparison.answers[0], comparison.otherwise)] = 1
        result[(a >= 0) & (b >= 0)] = 1
    asked = np.flatnonzero(open_)
    if len(asked):
        low, high = np.minimum(a[asked], b[asked]).astype(np.int64), np.maximum(a[asked], b[asked])
        pairs, back = np.unique(low * len(field.values) + high, return_inverse=True)
        values, ask = field.values, comparison.level
        ones, others = (pairs // len(values)).tolist(), (pairs % len(values)).tolist()
        answers = [
            names.setdefault(ask(values[one], values[other]), len(names))
            for one, other in zip(ones, others, strict=True)
        ]
        result[asked] = np.array(answers, np.int64)[back]
    return result, list(names)


def _least_bits(model: Model) -> float:
    """Fewer bits than this are never `possible`: rounding to whole per cent included."""
    share = (model.possible_from - 0.5) / 100
    return float(np.log2(share / (1 - share))) - 1e-9


def same(pairs: Pairs, model: Model = MODEL) -> Sequence[tuple[int, int, float]]:
    """(left, right, probability) for `clusters`."""
    return list(zip(pairs.left.tolist(), pairs.right.tolist(), (pairs.sure / 100).tolist(), strict=True))
