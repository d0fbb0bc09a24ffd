"""Weights learned without labels: Fellegi and Sunter's model, by expectation and maximisation.

A pair is described by one level for each field; a level weighs log2 of how often it is seen among pairs that
are one customer over how often among pairs that are not. The second is measured on random pairs, the first
and the number of matches over the candidates. Between the two stand pairs that are alike for another reason,
each with a share of its own: without them namesakes in one town would be taken for one person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from .vectors import Column, Numbers

PSEUDO_MATCHES: Final = 20.0
PSEUDO_OTHERS: Final = 200.0
ROUNDS: Final = 25
LEAST_FIELDS: Final = 3  # with fewer the fields have nothing to learn from each other
# Training may not learn that contradictions are usual among matches: at most so often what is expected.
MOST: Final = {"differs": 2.0, "other_place": 1.5, "other_trade": 1.5}
# Reasons for two records to be alike without being one customer: namesakes of one place, firms with one
# brand in one place, people under one roof, people behind one telephone. A reason names the kinds in which
# such records agree as one customer's would, or how they agree instead.
_LIKE_ONE: Final = dict[str, float]()
_BRAND: Final = {"other_trade": 0.5, "other_place": 0.35, "short": 0.1, "near": 0.05}
_ROOF: Final = {"address": _LIKE_ONE, "place": _LIKE_ONE, "area": _LIKE_ONE}
ALIKE: Final[tuple[dict[str, dict[str, float]], ...]] = (
    dict.fromkeys(("person", "parts", "title", "place", "area"), _LIKE_ONE),
    {"company": _BRAND, "place": _LIKE_ONE, "area": _LIKE_ONE},
    _ROOF,
    {"phone": _LIKE_ONE, **_ROOF},
    {"phone": _LIKE_ONE},
)
_FAR: Final = 120.0


@dataclass(slots=True)
class Learned:
    """What one field learned: chance of each level among matches and among others."""

    levels: tuple[str, ...]
    same: Numbers
    other: Numbers

    @property
    def bits(self) -> Numbers:
        """What each level weighs; none more than the best."""
        bits: Numbers = np.log2(self.same) - np.log2(self.other)
        return bits.clip(max=bits[0])


@dataclass(slots=True)
class Learner:
    """All that training needs; `learn` changes `fields`, `prior` and `alike` and gives each pair's probability.

    `levels` and `rare` have a column for each field, `counted` says which pairs are counted (a row paired
    with itself is only judged), `total` is the number of all pairs, candidates or not.
    """

    kinds: list[str]
    fields: list[Learned]
    levels: Numbers
    rare: list[Numbers]
    counted: Numbers
    said: Numbers
    total: float
    prior: float
    alike: Numbers = field(default_factory=lambda: np.empty(0))
    groups: list[dict[int, dict[str, float]]] = field(default_factory=list)

    def learn(self, count: float) -> Numbers:
        places = range(len(self.fields))
        groups = [
            {place: names[kind] for place in places if (kind := self.kinds[place]) in names}
            for names in ALIKE
        ]
        groups = [group for group in groups if 0 < len(group) < len(self.kinds)]
        self.groups = groups
        self.alike = np.full(len(groups), min(0.03, 0.01 * count / self.total))
        first = [(one.same, one.other) for one in self.fields]
        chance = np.zeros(len(self.levels))
        for _ in range(ROUNDS if len(self.levels) else 0):
            fresh, reasons = self._expect(self.levels, self.rare)
            moved, chance = float(np.abs(fresh - chance).max()), fresh
            if moved < 0.001:
                break
            self.prior = min(0.3, max(float(chance[self.counted].sum()), 2.0) / self.total)
            self.alike = np.array(
                [min(0.1, max(float(one[self.counted].sum()), 0.5) / self.total) for one in reasons]
            )
            for place in places:
                self._maximise(place, chance, *first[place])
        return chance

    def judge(self, levels: Numbers, rare: list[Numbers]) -> Numbers:
        """The probability of further pairs, by what was learned."""
        return self._expect(levels, rare)[0]

    def _expect(self, levels: Numbers, rare: list[Numbers]) -> tuple[Numbers, list[Numbers]]:
        """The probability of each pair to be one customer, and to be alike for each reason."""
        bits = [
            np.append(one.bits, 0.0)[levels[:, place]] + rare[place] for place, one in enumerate(self.fields)
        ]
        odds = _power(np.log2(self.prior) + sum(bits))
        reasons = [
            _power(np.log2(share) + self._alike_bits(group, levels, bits))
            for share, group in zip(self.alike, self.groups, strict=True)
        ]
        whole = odds + sum(reasons) + (1 - self.prior - self.alike.sum())
        return odds / whole, [one / whole for one in reasons]

    def _alike_bits(
        self, group: dict[int, dict[str, float]], levels: Numbers, bits: list[Numbers]
    ) -> Numbers:
        """What the levels weigh for two records alike for one reason, over two that are not."""
        total: Numbers = np.zeros(len(levels))
        for place, shares in group.items():
            if shares:
                one = self.fields[place]
                own = np.array([max(shares.get(level, 0.0), 1e-4) for level in one.levels])
                total += np.append(np.log2(own) - np.log2(one.other), 0.0)[levels[:, place]]
            else:
                total += bits[place]
        return total

    def _maximise(self, place: int, chance: Numbers, guess: Numbers, least: Numbers) -> None:
        one = self.fields[place]
        said = (self.levels[:, place] >= 0) & self.counted
        at, who, size = self.levels[said, place], chance[said], len(one.levels)
        enough = len(self.fields) >= LEAST_FIELDS
        pseudo = PSEUDO_MATCHES if enough else 1e9
        share = (np.bincount(at, who, size) + pseudo * guess) / (who.sum() + pseudo)
        one.same = _capped(share, guess, one.levels)
        if enough:
            asked = max(float(self.said[place]) * self.total, 1.0)
            one.other = np.maximum(least, np.bincount(at, 1 - who, size) / asked)


def _power(bits: Numbers) -> Numbers:
    result: Numbers = np.exp2(np.clip(bits, -_FAR, _FAR))
    return result


def _capped(same: Numbers, guess: Numbers, levels: tuple[str, ...]) -> Numbers:
    most = np.array([MOST.get(level, 1e9) for level in levels]) * guess
    capped = np.minimum(same, most)
    free = same <= most
    result: Numbers = capped + (same - capped).sum() * np.where(free, same, 0) / same[free].sum()
    return result


def start(column: Column, random: Numbers) -> Learned:
    """`other` from random pairs, with the kind's own shares standing for 200 of them."""
    levels = column.kind.levels
    seen = np.bincount(random[random >= 0], minlength=len(levels)).astype(float)
    guess = np.array([column.kind.other[level] for level in levels])
    other = (seen + PSEUDO_OTHERS * guess / guess.sum()) / (seen.sum() + PSEUDO_OTHERS)
    counts = np.bincount(column.codes[column.codes >= 0]).astype(float)
    if counts.sum() > 1 and column.kind.name not in (
        "company",
        "phone",
        "address",
    ):  # equal values are counted exactly
        exact = (counts * (counts - 1)).sum() / (counts.sum() * (counts.sum() - 1))
        other[0] = max(min(exact, other[0]), 1e-9)
    same = np.array([column.kind.same[level] for level in levels])
    return Learned(levels, same / same.sum(), other)


def rare_bits(column: Column, left: Numbers, right: Numbers, levels: Numbers) -> Numbers:
    """What the rarity of the value adds to the levels it weighs, in bits."""
    places = [place for place, name in enumerate(column.kind.levels) if name in column.kind.by_rarity]
    weighed = np.isin(levels, places)
    result = np.zeros(len(left))
    if not len(column.values) or not weighed.any():
        return result
    filled = column.codes[column.codes >= 0]
    share = np.maximum(column.rarity - 1, 0.5) / len(filled)
    mean = float(np.mean(share[filled]))  # chance that two random rows have the same
    a, b = column.codes[left[weighed]], column.codes[right[weighed]]
    result[weighed] = np.clip(np.log2(mean) - np.log2(np.maximum(share[a], share[b])), -12, 4)
    return result


def of_random(columns: Sequence[Column], random: Numbers) -> list[Learned]:
    """Where training starts: one for each column."""
    return [start(column, random[:, place]) for place, column in enumerate(columns)]
