"""The same keys and the same comparison on Spark, for bases beyond one machine. Needs the extra `spark`.

Nothing here decides anything: candidates come from `keys`, answers from `compare`, as for one registration.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

from .compare import compare
from .keys import keys
from .model import MODEL, Model
from .normalise import Features, Record, features

if TYPE_CHECKING:
    from pyspark import RDD

BUCKET: Final = 60
Row = tuple[str, Features]
Pair = tuple[str, str]


def pairs(base: RDD[tuple[str, Record]], model: Model = MODEL) -> RDD[tuple[str, str, int, str]]:
    """(smaller id, larger id, sure, answer) of every two records of `base` that are, or may be, one customer.

    Each record is normalised once; each pair is compared once, however many keys it shares.
    """
    shared = base.context.broadcast(model)
    rows = base.mapValues(features).cache()
    found = rows.flatMap(_keyed).groupByKey().flatMap(_bucket).distinct()
    left = found.join(rows).map(_by_second)
    return left.join(rows).flatMap(lambda row: _judged(row, shared.value))


def _keyed(row: Row) -> Iterator[tuple[Pair, str]]:
    name, given = row
    for key in keys(given):
        yield (key.kind, key.value), name


def _bucket(bucket: tuple[Pair, Iterable[str]]) -> Iterator[Pair]:
    """Pairs of one key; a key that too many share says too little."""
    names = sorted(set(bucket[1]))
    if len(names) <= BUCKET:
        yield from combinations(names, 2)


def _by_second(row: tuple[str, tuple[str, Features]]) -> tuple[str, tuple[str, Features]]:
    """(first, (second, features of the first)) → (second, (first, features of the first))."""
    first, (second, given) = row
    return second, (first, given)


def _judged(row: tuple[str, tuple[Any, Any]], model: Model) -> Iterator[tuple[str, str, int, str]]:
    second, ((first, one), other) = row
    match = compare(one, other, model)
    if match.answer != "none":
        yield first, second, match.sure, match.answer
