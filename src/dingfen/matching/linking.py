"""Whole files: every pair of rows worth comparing, with the probability that both are one customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from .learning import Learned, Learner, of_random, rare_bits
from .pairing import candidates
from .vectors import Column, Numbers, Step, compare_rows, levels_of, split_names

RANDOM_PAIRS: Final = 60_000  # fewer for small files, where they would cost more than the rest
TEACHERS: Final = 3_000_000  # pairs learned from at most: bounds the memory, which more would not make wiser
# how sure a level is that stands alone, and from how many bearers a name is common
ALONE: Final = {"same": 0.98, "short": 0.85, "sounds": 0.8, "near": 0.7, "local": 0.6, "part": 0.45}
MANY_BEARERS: Final = 3
_SEED: Final = 20_240_601


@dataclass(slots=True)
class Linked:
    """Candidate pairs of rows (left, right), their probability, and all that explains it."""

    left: Numbers
    right: Numbers
    chance: Numbers
    levels: Numbers
    names: list[str]
    learned: list[Learned]
    prior: float


def link(columns: Sequence[Column], split: int | None = None, step: Step = lambda: None) -> Linked:
    """Compare the rows of one file with each other, or those before `split` with those from it on.

    Rows that say the same in every field are looked at once and come back as pairs of their own.
    """
    rows = np.stack([column.codes for column in columns], axis=1)
    side = (
        np.zeros(len(rows), np.int64) if split is None else (np.arange(len(rows)) >= split).astype(np.int64)
    )
    _, first, back = np.unique(np.column_stack((side, rows)), axis=0, return_index=True, return_inverse=True)
    few = [Column(one.field, one.kind, one.values, one.codes[first], one.rarity) for one in columns]
    found = _link(few, None if split is None else int((first < split).sum()), step)
    return _expanded(found, back.ravel(), len(first), split)


def _expanded(found: Linked, back: Numbers, count: int, split: int | None) -> Linked:
    """The pairs of unique rows as pairs of all rows."""
    members = np.argsort(back, kind="stable")
    starts = np.searchsorted(back[members], np.arange(count + 1))
    sizes = np.diff(starts)
    ones, others = sizes[found.left], sizes[found.right]
    which = np.repeat(np.arange(len(ones)), ones * others)
    within = np.arange(len(which)) - np.repeat(np.cumsum(ones * others) - ones * others, ones * others)
    left = members[starts[found.left[which]] + within // others[which]]
    right = members[starts[found.right[which]] + within % others[which]]
    kept = (left < right) | (found.left != found.right)[which]
    left, right, which = left[kept], right[kept], which[kept]
    return Linked(
        left,
        right,
        found.chance[which],
        found.levels[which],
        found.names,
        found.learned,
        found.prior,
    )


def _link(columns: Sequence[Column], split: int | None, step: Step) -> Linked:
    count = len(columns[0].codes)
    left, right = candidates(columns, split)
    if split is None:  # each with itself: what is said twice in the file in all fields alike
        left, right = (np.concatenate((one, np.arange(count))) for one in (left, right))
    step()
    levels = compare_rows(columns, left, right, step)
    random = _random_levels(columns, *_random_pairs(count, split))
    wide, levels = split_names(columns, levels)
    _, random = split_names(columns, random)
    names = [column.kind.name for column in columns] + ["contact"] * (len(wide) - len(columns))
    total = max(1.0, float(split * (count - split) if split is not None else count * (count - 1) / 2))

    def rare(some: slice) -> list[Numbers]:
        return [
            rare_bits(column, left[some], right[some], levels[some, place])
            for place, column in enumerate(wide)
        ]

    every = -(-len(left) // TEACHERS) or 1  # of very many pairs every n-th is learned from
    some = slice(None, None, every)
    learner = Learner(
        kinds=names,
        fields=of_random(wide, random),
        levels=levels[some],
        rare=rare(some),
        counted=(left != right)[some],
        said=(random >= 0).sum(axis=0) / max(1, len(random)),
        total=total / every,
        prior=min(0.3, 0.1 * count / total),
    )
    if len(columns) == 1:
        chance = _alone(columns[0], left, levels[:, 0])
    else:
        chance = learner.learn(count / every)
        if every > 1:
            parts = [slice(at, at + TEACHERS) for at in range(0, len(left), TEACHERS)]
            chance = np.concatenate([learner.judge(levels[part], rare(part)) for part in parts])
    step()
    return Linked(left, right, chance, levels, names, learner.fields, learner.prior)


def _alone(column: Column, left: Numbers, levels: Numbers) -> Numbers:
    """Where there is but one field its levels are the answer; a person's name says less where many bear it."""
    chance = np.array([ALONE.get(level, 0.05) for level in column.kind.levels] + [0.0])[levels]
    if column.kind.name in ("person", "parts"):
        chance *= np.where(column.rarity[column.codes[left]] > MANY_BEARERS, 0.5, 1.0)
    result: Numbers = chance
    return result


def _random_levels(columns: Sequence[Column], left: Numbers, right: Numbers) -> Numbers:
    """Levels of random pairs. Where a field identifies, only whether both say something: they will differ."""
    found = np.empty((len(left), len(columns)), np.int8)
    for place, column in enumerate(columns):
        if column.kind.identifying:
            both = (column.codes[left] >= 0) & (column.codes[right] >= 0)
            found[:, place] = np.where(both, len(column.kind.levels) - 1, -1)
        else:
            found[:, place] = levels_of(column, left, right)
    return found


def _random_pairs(count: int, split: int | None) -> tuple[Numbers, Numbers]:
    source = np.random.default_rng(_SEED)
    size = min(RANDOM_PAIRS, max(RANDOM_PAIRS // 4, count * count // 5000), count * count)
    if split is not None:
        return source.integers(0, split, size), source.integers(split, count, size)
    left, right = source.integers(0, count, size), source.integers(0, count, size)
    return left[left != right], right[left != right]


def nothing() -> Linked:
    """The answer where there is nothing to compare."""
    none = np.empty(0, np.int64)
    return Linked(none, none, np.empty(0), np.empty((0, 0), np.int8), [], [], 0.0)
