"""Pairs that are one customer put together into groups, with a guard against chains."""

from collections.abc import Iterable
from typing import Final

LEAST_MEAN: Final = 0.5
LEAST_EDGE: Final = 0.5


def clusters(pairs: Iterable[tuple[int, int, float]], least: float = LEAST_EDGE) -> list[list[int]]:
    """Groups of two and more, each sorted, from (row, row, chance): surest pairs first.

    Two groups become one only where all pairs compared between them are on average at least LEAST_MEAN
    likely: one weak edge, such as a shared switchboard, doesn't tie two customers together.
    """
    known = sorted(pairs, key=lambda pair: (-pair[2], pair[0], pair[1]))
    around: dict[int, dict[int, float]] = {}
    for a, b, chance in known:
        around.setdefault(a, {})[b] = chance
        around.setdefault(b, {})[a] = chance
    group_of: dict[int, list[int]] = {}
    for a, b, chance in known:
        if chance < least:
            break
        one, other = group_of.get(a, [a]), group_of.get(b, [b])
        if one is other or _mean(one, other, around) < LEAST_MEAN:
            continue
        together = one + other
        group_of.update(dict.fromkeys(together, together))
    found = {id(group): sorted(group) for group in group_of.values()}
    return sorted(found.values())


def _mean(one: list[int], other: list[int], around: dict[int, dict[int, float]]) -> float:
    """The mean chance of the compared pairs between two groups."""
    if len(one) > len(other):
        one, other = other, one
    wanted = set(other)
    found = [chance for row in one for near, chance in around[row].items() if near in wanted]
    return sum(found) / len(found) if found else 0.0
