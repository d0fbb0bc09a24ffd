"""What the rules make of a conduct file: the points, whom to warn, which measures may be proposed and why not.

Pure. Nothing is imposed: a person proposes, another approves, and the customer is heard first.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from dingfen.engine.conduct import Conduct, ConductMeasure, ConductWarning
from dingfen.engine.topic_facts import Given, holds, missing, prepared


@dataclass(frozen=True, slots=True)
class Counted:
    """A criterion that holds, its points and article."""

    criterion: str
    points: int
    article: str


@dataclass(frozen=True, slots=True)
class Score:
    """Points found, never below zero, and how far unknown facts could move them."""

    points: int
    lowest: int
    highest: int
    lines: tuple[Counted, ...]
    unknown: dict[str, tuple[str, ...]]


def score(rules: Conduct, facts: Given) -> Score:
    """The points of a file. A criterion that asks for an unknown fact gives none and is listed."""
    values = prepared(facts)
    answers = [(each, holds(each.when, values)) for each in rules.criteria]
    lines = tuple(Counted(each.id, each.weight, each.article) for each, answer in answers if answer)
    open_ = [each for each, answer in answers if answer is None]
    found = sum(line.points for line in lines)
    return Score(
        max(found, 0),
        max(found + sum(min(each.weight, 0) for each in open_), 0),
        max(found + sum(max(each.weight, 0) for each in open_), 0),
        lines,
        {each.id: missing(each.when, values) for each in open_},
    )


def warnings_due(rules: Conduct, points: int) -> tuple[ConductWarning, ...]:
    """The warnings these points reach."""
    return tuple(each for each in rules.warnings if points >= each.at_least)


Why = Literal["points", "condition", "unknown", "first"]


@dataclass(frozen=True, slots=True)
class Option:
    """A measure and whether it may be proposed. `why` says what stands against it; `needs`: points, facts or
    measures that are missing.
    """

    measure: ConductMeasure
    open: bool
    why: Why | None = None
    needs: tuple[str, ...] = ()


def options(rules: Conduct, facts: Given, tried: Collection[str] = ()) -> tuple[Option, ...]:
    """Every measure in the order of the rule book. `tried`: those that were taken before."""
    values, points = prepared(facts), score(rules, facts).points
    return tuple(_option(each, holds(each.when, values), values, points, tried) for each in rules.measures)


def _option(
    measure: ConductMeasure, answer: bool | None, values: Collection[str], points: int, tried: Collection[str]
) -> Option:
    if points < measure.at_least:
        return Option(measure, False, "points", (str(measure.at_least),))
    if answer is None:
        return Option(measure, False, "unknown", missing(measure.when, values))
    if not answer:
        return Option(measure, False, "condition", (measure.when.text,) if measure.when else ())
    waits = tuple(name for name in measure.after if name not in tried)
    return Option(measure, not waits, "first" if waits else None, waits)
