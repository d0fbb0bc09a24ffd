"""A whole base at once: the pairs that are, or may be, one customer. The same answers as `compare`, by arrays.

Records share a key, or are never compared; a key that more than BUCKET records share says too little. What a
pair can reach at best is known from cheap questions first, so that most pairs are dropped before their names
are compared: never one that would have been answered.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from .compare import Match, judge
from .keys import keys
from .model import MODEL, Model
from .normalise import Features, cut, read_pieces, to_json
from .score import COMPARISONS, Comparison, Level, level

BUCKET: Final = 60
CHUNK: Final = 20_000
MOST_PARTS: Final = 5
NO_PART: Final = hash("")  # zero: no text is none
ANY_PART: Final = 1
SLICE: Final = 500_000  # pairs looked at together: bounds the memory
_NOTHING: Final = Features()
Numbers = npt.NDArray[Any]


class Field:
    """What one comparison reads of every record: `codes` points to its values, -1 where nothing is said."""

    def __init__(self, comparison: Comparison, codes: Numbers, columns: list[list[Any]]) -> None:
        self.codes = codes
        self.size = len(columns[0])
        # of each value its parts and its traits
        self.parts = _hashed(list(map(comparison.parts, *columns)))
        self.traits = _hashed(list(map(comparison.traits, *columns)))
        firms = [comparison.reads[0] == "kind" and kind == "company" for kind in columns[0]]
        self.firm = np.array(firms, bool)
        self._places = [Features._fields.index(name) for name in comparison.reads]
        self.reads, self._columns = comparison.reads, columns
        self._made: list[Features | None] = [None] * self.size

    def values(self, name: str) -> list[Any]:
        """What each value says of one of the fields read."""
        return self._columns[self.reads.index(name)]

    def features(self, code: int) -> Features:
        """Features with nothing but one value."""
        made = self._made[code]
        if made is None:
            values = list(_NOTHING)
            for place, column in zip(self._places, self._columns, strict=True):
                values[place] = column[code]
            made = self._made[code] = Features._make(values)
        return made


@dataclass(frozen=True, slots=True)
class Base:
    """A base as arrays: the keys of its records, and what each comparison reads of them."""

    size: int
    key_of: Numbers  # 64-bit numbers, one for each (record, key)
    row_of: Numbers
    fields: tuple[Field, ...]
    firm: Numbers  # whether a record is of a firm

    def field(self, name: str) -> Field:
        """The values of one field of Features."""
        return next(one for one in self.fields if name in one.reads)

    def texts(self, name: str, text: Callable[[Any], str]) -> Numbers:
        """What `text` makes of one field of each record, as hashes; 0 where it is blank or nothing is said."""
        field = self.field(name)
        hashes = [hash(told) if (told := text(value)) else 0 for value in field.values(name)]
        return np.array([*hashes, 0], np.int64)[field.codes]


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


Stored = tuple[str, bytes]
"""The stored text of a record (`normalise.to_json`) and its keys, 64-bit numbers one behind the other."""


def read(base: Iterable[Features]) -> Base:
    """Put the features of a base into arrays."""
    return read_stored(map(_stored, base))


def _stored(one: Features) -> Stored:
    return to_json(one), array("q", [hash(key[:2]) for key in keys(one)]).tobytes()


def read_stored(base: Iterable[Stored]) -> Base:
    """Put a stored base into arrays. Equal pieces of text are read once; nothing is derived anew."""
    columns = [_Column() for _ in _STORED]
    blobs: list[bytes] = []
    counts: list[int] = []
    rest = iter(base)
    while chunk := list(islice(rest, CHUNK)):
        pieces = list(zip_longest(*(cut(text) for text, _ in chunk), fillvalue="0"))
        pieces += [("0",) * len(chunk)] * (len(columns) - len(pieces))
        for column, values in zip(columns, pieces, strict=True):
            column.add(values)
        counts += [len(numbers) // 8 for _, numbers in chunk]
        blobs.append(b"".join([numbers for _, numbers in chunk]))
    rows = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    column_of = dict(zip(_STORED, columns, strict=True))
    fields = tuple(_field(one, [column_of[name] for name in one.reads]) for one in COMPARISONS)
    kinds = read_pieces("kind", list(column_of["kind"].seen))
    firm = np.array([kind == "company" for kind in kinds], bool)[column_of["kind"].codes()]
    return Base(len(counts), np.frombuffer(b"".join(blobs), np.int64), rows, fields, firm)


_STORED: Final = ("version", *(name for name in Features._fields if name != "version"))


class _Column:
    """One field of the records as stored: each piece of text once, and which record says which."""

    def __init__(self) -> None:
        self.seen: dict[str, int] = {"0": 0}
        self._codes: list[Numbers] = []

    def add(self, pieces: Sequence[str]) -> None:
        seen = self.seen
        self._codes.append(np.array([seen.setdefault(piece, len(seen)) for piece in pieces], np.int32))

    def codes(self) -> Numbers:
        return np.concatenate(self._codes) if self._codes else np.empty(0, np.int32)


def _field(comparison: Comparison, columns: list[_Column]) -> Field:
    """The values of one or two columns together. Where only the kind is said, nothing is."""
    first, *others = (column.codes() for column in columns)
    said = first > 0 if comparison.reads[0] != "kind" else np.zeros(len(first), bool)
    together = first.astype(np.int64)
    for column, codes in zip(columns[1:], others, strict=True):
        said |= codes > 0
        together = together * len(column.seen) + codes
    values, codes = np.unique(together[said], return_inverse=True)
    found = np.full(len(first), -1, np.int32)
    found[said] = codes
    read = []
    for column, name in zip(reversed(columns), reversed(comparison.reads), strict=True):
        known = read_pieces(name, list(column.seen))
        read.append([known[code] for code in (values % len(column.seen)).tolist()])
        values = values // len(column.seen)
    return Field(comparison, found, read[::-1])


def _hashed(every: Sequence[Sequence[str] | None]) -> Numbers:
    """Texts as hashes, a row for each place: NO_PART where there are fewer; ANY_PART for None, or for too many."""
    kept = [texts if texts is not None and len(texts) <= MOST_PARTS else None for texts in every]
    columns = list(zip_longest(*(texts or () for texts in kept), fillvalue=""))
    found = np.full((max(1, len(columns)), len(kept)), NO_PART, np.int64)
    for row, column in zip(found, columns, strict=False):
        row[:] = np.fromiter(map(hash, column), np.int64)
    anything = [place for place, texts in enumerate(kept) if texts is None]
    found[:, anything] = ANY_PART
    return found


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
    if not field.size:
        return np.zeros(len(left), bool), np.zeros(len(left), np.float32)
    weights = [
        (name, level, model.weights[f"{name}.{level}"]) for name, level in _levels_in(model, comparison)
    ]
    most = max(0.0, *(bits for _, _, bits in weights))
    apart = max(0.0, *(bits for _, level, bits in weights if level not in comparison.only_with))
    a, b = field.codes[left], field.codes[right]
    said = (a >= 0) & (b >= 0)
    same = said & _may_share(field.parts, a, b)
    asked = same | (said & _share_trait(field.traits, a, b))
    otherwise = np.array([0.0 if one is None else model.weights[one.code] for one in _otherwise(comparison)])
    hope = np.where(said, otherwise[_both_firms(field, a, b)], 0.0)
    hope[asked] = apart
    hope[same] = most
    return asked, hope.astype(np.float32)


def _levels_in(model: Model, comparison: Comparison) -> list[tuple[str, str]]:
    found = (code.partition(".") for code in model.weights)
    return [(name, level) for name, _, level in found if name in comparison.answers]


def _otherwise(comparison: Comparison) -> list[Level | None]:
    """What two records with nothing in common are: of others, and of two firms."""
    names = (comparison.answers[-1], comparison.answers[0])
    return [level(name, comparison.otherwise) if comparison.otherwise else None for name in names]


def _both_firms(field: Field, a: Numbers, b: Numbers) -> Numbers:
    both: Numbers = (field.firm[a] & field.firm[b]).astype(np.int8)
    return both


def _may_share(parts: Numbers, a: Numbers, b: Numbers) -> Numbers:
    """Whether two values have a part in common, or one of them may be anything."""
    x, y = [part[a] for part in parts], [part[b] for part in parts]
    may: Numbers = (x[0] == ANY_PART) | (y[0] == ANY_PART)
    for one in x:
        for other in y:
            may |= (one == other) & (one != NO_PART)
    return may


def _share_trait(traits: Numbers, a: Numbers, b: Numbers) -> Numbers:
    """Whether two values have a trait in common, each compared with that in its place."""
    share = np.zeros(len(a), bool)
    for trait in traits:
        one = trait[a]
        share |= (one == trait[b]) & (one != NO_PART)
    return share


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
    if field.size:
        places = np.array([names.setdefault(one, len(names)) for one in _otherwise(comparison)])
        said = (a >= 0) & (b >= 0)
        result[said] = places[_both_firms(field, a[said], b[said])]
    asked = np.flatnonzero(open_)
    if len(asked):
        low, high = np.minimum(a[asked], b[asked]).astype(np.int64), np.maximum(a[asked], b[asked])
        pairs, back = np.unique(low * field.size + high, return_inverse=True)
        value, ask = field.features, comparison.level
        ones, others = (pairs // field.size).tolist(), (pairs % field.size).tolist()
        answers = [
            names.setdefault(ask(value(one), value(other)), len(names))
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
