"""The fields of a file as arrays: each value read once, pairs of rows compared by pairs of values."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .columns import Field
from .kinds import KINDS, Kind

Numbers = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Column:
    """One field over all rows: `codes` points into `values`, -1 where nothing is said."""

    field: Field
    kind: Kind
    values: list[Any]
    codes: Numbers
    rarity: Numbers  # for each value: how many rows have its rare text


Step = Callable[[], None]


def read_columns(
    fields: Sequence[Field], cells: Sequence[Sequence[str]], step: Step = lambda: None
) -> list[Column]:
    """Read every field of every row once, from the cells of each column; equal texts are read only once.

    `step` is called after each field.
    """
    found = []
    for one in fields:
        found.append(_read_column(one, cells))
        step()
    return found


def _read_column(one: Field, table: Sequence[Sequence[str]]) -> Column:
    kind = KINDS[one.kind]
    places: dict[Hashable, int] = {}
    seen: dict[tuple[str, ...], int] = {}
    values: list[Any] = []
    count = len(table[0])
    codes = np.empty(count, np.int64)
    cells = [table[column] if column >= 0 else [""] * count for column in one.columns]
    for number, texts in enumerate(zip(*cells, strict=True)):
        code = seen.get(texts)
        if code is None:
            value = kind.read(texts) if "".join(texts).strip() else None
            code = -1
            if value is not None:
                code = places.setdefault(value, len(values))
                if code == len(values):
                    values.append(value)
            seen[texts] = code
        codes[number] = code
    return Column(one, kind, values, codes, _rarity(kind, values, codes))


def _rarity(kind: Kind, values: list[Any], codes: Numbers) -> Numbers:
    counts = np.bincount(codes[codes >= 0], minlength=len(values)).astype(float)
    texts: dict[str, int] = {}
    place = np.array([texts.setdefault(kind.rare(value), len(texts)) for value in values], np.int64)
    if not len(place):
        return counts
    return np.bincount(place, counts)[place]


def compare_rows(
    columns: Sequence[Column], left: Numbers, right: Numbers, step: Step = lambda: None
) -> Numbers:
    """The level of each pair in each field, by its place in `kind.levels`; -1 where one of the two is blank."""
    found = []
    for column in columns:
        found.append(levels_of(column, left, right))
        step()
    return np.stack(found, axis=1)


def levels_of(column: Column, left: Numbers, right: Numbers) -> Numbers:
    a, b = column.codes[left], column.codes[right]
    result = np.full(len(a), -1, np.int8)
    both = np.flatnonzero((a >= 0) & (b >= 0))
    if not len(both):
        return result
    low, high = np.minimum(a[both], b[both]), np.maximum(a[both], b[both])
    keys, back = np.unique(low * len(column.values) + high, return_inverse=True)
    place = {name: number for number, name in enumerate(column.kind.levels)} | {"": -1}
    level, values = column.kind.level, column.values
    answers = np.fromiter(
        (
            place[level(values[i], values[j])]
            for i, j in zip((keys // len(values)).tolist(), (keys % len(values)).tolist(), strict=True)
        ),
        np.int8,
        len(keys),
    )
    result[both] = answers[back]
    return result


def split_names(columns: Sequence[Column], levels: Numbers) -> tuple[list[Column], Numbers]:
    """Where both rows name a firm, the person is its contact, who may change: a field of its own."""
    kinds = [column.kind.name for column in columns]
    if "company" not in kinds or "person" not in kinds:
        return list(columns), levels
    firm, person = kinds.index("company"), kinds.index("person")
    contact = np.where(levels[:, firm] >= 0, levels[:, person], -1)
    levels = levels.copy()
    levels[:, person] = np.where(levels[:, firm] >= 0, -1, levels[:, person])
    return [*columns, columns[person]], np.column_stack((levels, contact))
