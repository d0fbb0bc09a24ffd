"""Sums over days in constant time: a weekly pattern, and the dates that depart from it.

Days are proleptic ordinals as `date.toordinal` counts them: day 1 is a Monday.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate


class DaySums:
    """One whole number per day (working time, or 1 for a working day), summed without a loop over days."""

    def __init__(self, weekly: Sequence[int], special: Mapping[int, int]) -> None:
        """`weekly` has seven values, Monday first; `special` maps the ordinals that differ to theirs."""
        self._week = sum(weekly)
        self._in_week = (0, *accumulate(weekly))
        self._days = sorted(special)
        changes = (special[day] - weekly[(day - 1) % 7] for day in self._days)
        self._changes = (0, *accumulate(changes))

    def before(self, day: int) -> int:
        """The sum of all days from day 1 up to, not including, `day`."""
        weeks, rest = divmod(day - 1, 7)
        return weeks * self._week + self._in_week[rest] + self._changes[bisect_left(self._days, day)]

    def reaching(self, total: int, low: int, high: int) -> int:
        """The first day in [low, high) whose end brings the sum to `total` or more; `high` if none."""
        return _first(low, high, lambda day: self.before(day + 1) >= total)

    def passing(self, total: int, low: int, high: int) -> int:
        """The first day in [low, high) whose end brings the sum above `total`; `high` if none."""
        return self.reaching(total + 1, low, high)

    def ends_before(self, day: int) -> bool:
        """Whether nothing is left from `day` on: an empty week and no special day to come."""
        return self._week == 0 and self._changes[-1] == self._changes[bisect_left(self._days, day)]


def _first(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """The first whole number in [low, high) for which `holds` turns true, `high` if it never does."""
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low
