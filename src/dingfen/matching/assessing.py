"""How good a model is on pairs that people have judged, and where two models differ. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

from .compare import Answer, judge
from .model import MODEL, Model
from .normalise import Features
from .score import Level, levels, surety

_Z = 1.96  # 95 %


class Judged(NamedTuple):
    """How two records agree, and whether people said that they are one customer."""

    found: list[Level]
    same: bool


def judged(a: Features, b: Features, same: bool) -> Judged:
    return Judged(levels(a, b), same)


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `of`, with the 95 % interval of Wilson; None where there is nothing to divide."""

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        return self.hits / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        if not self.of:
            return None
        share, n = self.hits / self.of, self.of
        middle = (share + _Z * _Z / (2 * n)) / (1 + _Z * _Z / n)
        half = _Z * sqrt(share * (1 - share) / n + _Z * _Z / (4 * n * n)) / (1 + _Z * _Z / n)
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, slots=True)
class Figures:
    """From a surety of `least` on: of those taken for one, how many are; of those that are, how many are taken."""

    least: int
    precision: Share
    recall: Share


def figures(pairs: Sequence[Judged], model: Model, thresholds: Iterable[int]) -> list[Figures]:
    """One row for each threshold."""
    sure = [(surety(one.found, model), one.same) for one in pairs]
    every = sum(same for _, same in sure)
    rows = []
    for least in thresholds:
        taken = [same for one, same in sure if one >= least]
        rows.append(Figures(least, Share(sum(taken), len(taken)), Share(sum(taken), every)))
    return rows


def threshold_for(pairs: Sequence[Judged], model: Model, precision: float) -> int | None:
    """The least surety (80 to 99) from which at least `precision` of the judged pairs are right; None: none is."""
    for row in figures(pairs, model, range(80, 100)):
        if row.precision.value is not None and row.precision.value >= precision:
            return row.least
    return None


class Change(NamedTuple):
    """A pair that two models answer differently, by its place among the pairs."""

    place: int
    before: Answer
    after: Answer
    sure_before: int
    sure_after: int


def changes(pairs: Iterable[list[Level]], before: Model, after: Model) -> list[Change]:
    """The pairs that would be answered otherwise."""
    found = []
    for place, one in enumerate(pairs):
        old, new = judge(one, before), judge(one, after)
        if old.answer != new.answer:
            found.append(Change(place, old.answer, new.answer, old.sure, new.sure))
    return found


class Step(NamedTuple):
    """One step of a waterfall: from where to where, in bits."""

    code: str
    start: float
    end: float


def waterfall(found: Iterable[Level], model: Model = MODEL) -> list[Step]:
    """From the prior through every level, strongest first, to what it comes to."""
    every = sorted(found, key=lambda level: (-abs(model.weights[level.code]), level.code))
    steps, at = [], model.prior
    for level in every:
        after = at + model.weights[level.code]
        steps.append(Step(level.code, at, after))
        at = after
    return steps


def weights_by_field(model: Model) -> dict[str, list[tuple[str, float]]]:
    """field -> (code, bits) of its levels, best first."""
    found: dict[str, list[tuple[str, float]]] = {}
    for code, bits in model.weights.items():
        found.setdefault(code.partition(".")[0], []).append((code, bits))
    return {name: sorted(rows, key=lambda row: -row[1]) for name, rows in found.items()}
