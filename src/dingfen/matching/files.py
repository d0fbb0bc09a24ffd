"""Tables of customers compared whole: one with itself, two with each other, new ones with a base."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, count
from typing import Any, Final, Literal

import numpy as np

from . import columns, linking, shaping
from .clusters import LEAST_EDGE, clusters
from .collecting import not_collecting
from .vectors import read_columns

SAME_FROM: Final = 0.8
POSSIBLE_FROM: Final = 0.1
MOST_REASONS: Final = 4
Answer = Literal["same", "possible", "none"]
Roles = Mapping[str, str]
Told = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Rows:
    """A table: names of its columns, rows as long as these, the column with the ids."""

    names: Sequence[str]
    rows: Sequence[Sequence[str]]
    id: str

    def ids(self) -> list[str]:
        place = list(self.names).index(self.id)
        return [row[place].strip() for row in self.rows]


@dataclass(frozen=True, slots=True)
class Best:
    """The base's most likely row for one query; `base` is '' where nothing is alike at all."""

    query: str
    base: str
    score: float
    answer: Answer
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that are one customer. `sure` is the least certain of the pairs that hold it together."""

    ids: tuple[str, ...]
    sure: float


@dataclass(frozen=True, slots=True)
class Compared:
    """Pairs of places in `ids`, as `linking.link` found them."""

    ids: list[str]
    split: int | None
    found: linking.Linked
    fields: list[columns.Field]

    def reasons(self, number: int) -> tuple[str, ...]:
        """`field.level` of one pair, what weighs most first."""
        told = []
        for place, name in enumerate(self.found.names):
            level = int(self.found.levels[number, place])
            if level >= 0:
                learned = self.found.learned[place]
                told.append((abs(float(learned.bits[level])), f"{name}.{learned.levels[level]}"))
        return tuple(code for _, code in sorted(told, reverse=True)[:MOST_REASONS])


@not_collecting()
def compare(
    left: Rows, right: Rows | None = None, given: Roles | None = None, told: Told = lambda done, steps: None
) -> Compared:
    """Compare the rows of `left` with each other, or with those of `right`; `given` says which column is what.

    `told` hears after each step how many of how many are done. Raises ValueError where no column can be compared.
    """
    tables = [left] if right is None else [left, right]
    shaped = shaping.shape([(one.names, one.rows, one.id) for one in tables], given)
    fields = columns.fields(dict(enumerate(shaped.roles)))
    if not fields:
        raise ValueError("no column that can be compared")
    ids = [name for table in tables for name in table.ids()]
    split = None if right is None else len(left.rows)
    if not ids or split in (0, len(ids)):
        return Compared(ids, split, linking.nothing(), fields)
    steps = count(
        1
    )  # each field is read, then compared; between, pairs are found, and at last weights learned
    step = lambda: told(next(steps), 2 * len(fields) + 2)  # noqa: E731
    found = linking.link(read_columns(fields, shaped.cells, step), split, step)
    return Compared(ids, split, found, fields)


def groups(compared: Compared) -> list[Group]:
    """Rows that are one customer, in groups of two and more."""
    chances = {(min(a, b), max(a, b)): chance for a, b, chance in _near(compared)}
    found = []
    for group in clusters((a, b, chance) for (a, b), chance in chances.items()):
        inside = [chances[pair] for pair in combinations(group, 2) if pair in chances]
        found.append(Group(tuple(compared.ids[row] for row in group), round(min(inside), 4)))
    return found


def same_pairs(compared: Compared) -> set[tuple[str, str]]:
    """Every pair of ids found to be one customer; with two tables, (left, right)."""
    ids = compared.ids
    if compared.split is not None:
        return {(ids[a], ids[b]) for a, b, chance in _near(compared) if chance >= LEAST_EDGE}
    return {(ids[a], ids[b]) for group in clusters(_near(compared)) for a, b in combinations(group, 2)}


def _pairs(compared: Compared) -> Iterator[tuple[int, int, float]]:
    found = compared.found
    yield from zip(found.left.tolist(), found.right.tolist(), found.chance.tolist(), strict=True)


def _near(compared: Compared) -> Iterator[tuple[int, int, float]]:
    """The pairs that groups depend on: of rows that are both one customer with somebody."""
    found, tied = compared.found, np.zeros(len(compared.ids), bool)
    sure = found.chance >= LEAST_EDGE
    tied[found.left[sure]] = tied[found.right[sure]] = True
    kept = tied[found.left] & tied[found.right]
    columns = (found.left[kept], found.right[kept], found.chance[kept])
    yield from zip(*(column.tolist() for column in columns), strict=True)


def best_of(compared: Compared) -> list[Best]:
    """For each row of the right table the most likely one of the left."""
    assert compared.split is not None
    best: dict[int, tuple[float, int, int]] = {}
    for number, (base, query, chance) in enumerate(_pairs(compared)):
        if query not in best or chance > best[query][0]:
            best[query] = (chance, base, number)
    found = []
    for query in range(compared.split, len(compared.ids)):
        if query in best:
            chance, base, number = best[query]
            reasons = compared.reasons(number)
            found.append(
                Best(compared.ids[query], compared.ids[base], round(chance, 4), answer(chance), reasons)
            )
        else:
            found.append(Best(compared.ids[query], "", 0.0, "none"))
    return found


def answer(chance: float) -> Answer:
    """The answer of a probability: `same` from 0.8, `possible` from 0.1."""
    return "same" if chance >= SAME_FROM else "possible" if chance >= POSSIBLE_FROM else "none"


def measure(found: set[tuple[str, str]], truth: set[tuple[str, str]], ordered: bool) -> dict[str, Any]:
    """Precision, recall and F1 of pairs; without `ordered`, (a, b) and (b, a) are one pair."""
    if not ordered:
        found, truth = ({(min(pair), max(pair)) for pair in pairs} for pairs in (found, truth))
    both = len(found & truth)
    precision = both / len(found) if found else 0.0
    recall = both / len(truth) if truth else 0.0
    f1 = 2 * both / (len(found) + len(truth)) if found or truth else 0.0
    return {
        "precision": round(precision, 6),
        "recall": round(recall, 6),
        "f1": round(f1, 6),
        "pairs": len(found),
    }
