"""Whether something happens more often than its own past explains. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

LEAST = 3
"""Fewer in the latest period are never called a rise."""
CHANCE = 0.01
"""A rise is what chance brings about less often than this."""


@dataclass(frozen=True, slots=True)
class Rise:
    """`now` in the latest period, `before` on average in those before; `chance` of so many or more."""

    now: int
    before: float
    chance: float


def rising(counts: Sequence[int]) -> Rise | None:
    """A rise in the latest of equal periods, oldest first; None where its own past explains it.

    The past is taken as a steady rate (Poisson), with half a case more, so that the first few of something
    new are no alarm. Needs one earlier period at least.
    """
    if len(counts) < 2:
        return None
    *past, now = counts
    before = sum(past) / len(past)
    if now < LEAST or now <= before:
        return None
    chance = at_least(now, (sum(past) + 0.5) / len(past))
    return Rise(now, before, chance) if chance < CHANCE else None


def at_least(number: int, rate: float) -> float:
    """How likely it is that a steady rate brings `number` or more."""
    term, below = exp(-rate), 0.0
    for k in range(number):
        below += term
        term *= rate / (k + 1)
    return max(0.0, 1.0 - below)
