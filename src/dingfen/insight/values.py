"""A figure counted: its value, what it was counted from, and the same for the period before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Sum

from dingfen.insight.figures import Figure, hit_of, spans
from dingfen.insight.kept import kept
from dingfen.insight.scope import Scope

FEW = 5  # below that a share or a median says more about one case than about the whole


@dataclass(frozen=True, slots=True)
class Value:
    """`value`: a count, a share of 1, a number per hundred, or seconds; None when there is nothing to divide by.

    `top` and `bottom` are what was divided; `p90` (seconds) goes with a median.
    """

    value: float | None
    top: int
    bottom: int | None = None
    p90: float | None = None

    @property
    def few(self) -> bool:
        """Whether there are too few cases for a share or a median to mean something."""
        return self.bottom is not None and self.bottom < FEW


@kept
def value(figure: Figure, scope: Scope) -> Value:
    """Count one figure: one query, two for a rate."""
    if figure.shape == "count":
        count = figure.quick(scope)[0] if figure.quick else figure.rows(scope).count()
        return Value(count, count)
    if figure.shape == "per_hundred":
        assert figure.over is not None
        top, bottom = figure.rows(scope).count(), figure.over(scope).count()
        return Value(100 * top / bottom if bottom else None, top, bottom)
    if figure.shape == "share":
        top, bottom = _share(figure, scope)
        return Value(top / bottom if bottom else None, top, bottom)
    if figure.shape == "sum":
        found = figure.rows(scope).aggregate(sum=Sum(figure.field), n=Count("pk"))
        return Value(float(found["sum"] or 0), found["n"])
    lengths = sorted((end - start).total_seconds() for start, end in spans(figure, scope))
    return Value(quantile(lengths, 0.5), len(lengths), len(lengths), quantile(lengths, 0.9))


def _share(figure: Figure, scope: Scope) -> tuple[int, int]:
    if figure.quick is not None:
        top, bottom = figure.quick(scope)
        return top, bottom or 0
    counted = figure.rows(scope).aggregate(all=Count("pk"), hit=Count("pk", filter=hit_of(figure, scope)))
    return counted["hit"], counted["all"]


def quantile(ordered: Sequence[float], share: float) -> float | None:
    """By linear interpolation between the two nearest; None of nothing. `ordered`: ascending."""
    if not ordered:
        return None
    place = (len(ordered) - 1) * share
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def compared(figure: Figure, scope: Scope) -> tuple[Value, Value | None]:
    """Now and before; a figure of how things stand has no before."""
    return value(figure, scope), None if figure.now else value(figure, scope.before)


def hours(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds / dt.timedelta(hours=1).total_seconds(), 1)
