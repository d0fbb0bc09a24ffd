"""How much a pack holds: articles, rules the machine runs, clocks among them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from dingfen.engine.durations import Duration
from dingfen.engine.parts import Part, Ruled
from dingfen.engine.schema import Pack


@dataclass(frozen=True, slots=True)
class Counts:
    """`rules`: parts that name their article. `clocks`: lengths of time written in them."""

    articles: int
    rules: int
    clocks: int


def counts(pack: Pack) -> Counts:
    """What a pack holds, topic by topic alike."""
    parts = [part for _, part in pack.parts()]
    return Counts(
        articles=len(pack.articles),
        rules=sum(isinstance(part, Ruled) for part in parts),
        clocks=sum(_lengths(part) for part in parts),
    )


def _lengths(part: Part) -> int:
    values = [getattr(part, name) for name in type(part).model_fields]
    return sum(isinstance(value, Duration | timedelta) for value in values)
