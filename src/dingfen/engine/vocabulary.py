"""The facts a policy may speak of, each declared once (decision 7).

A fact has one of five types: `boolean`, `number`, `moment` (UTC), `span` (a length of time) and
`choice`. A fact that is *none* (no visit took place) is different from one that is *unknown*
(nobody can say): none is a value, unknown stops a rule from firing. `judged` facts are not folded
from events but found by the people who hear the case; until they do, `unless_found` holds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from functools import cache

from dingfen.engine.fact import GRADES, UNKNOWN_UNLESS_FOUND, Fact, FactType, Subject, Value
from dingfen.engine.fact_table import TABLE

__all__ = [
    "FACTS", "GRADES", "HOLD_FACTS", "UNKNOWN_UNLESS_FOUND", "Fact", "FactType", "Subject", "Value", "facts_of", "fits",
]  # fmt: skip

FACTS: dict[str, Fact] = {fact.name: fact for fact in TABLE}
HOLD_FACTS: dict[str, Fact] = {fact.name: fact for fact in TABLE if fact.of_hold}


def fits(fact: Fact, value: object) -> bool:
    """Whether a value as facts write it (moments as ISO 8601, spans in seconds) is one the fact can have."""
    if value is None:
        return fact.nullable
    if fact.type == "boolean":
        return isinstance(value, bool)
    if fact.type == "choice":
        return value in fact.choices
    if fact.type == "moment":
        return _is_moment(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return False
    return (fact.low is None or value >= fact.low) and (fact.high is None or value <= fact.high)


def _is_moment(value: object) -> bool:
    try:
        datetime.fromisoformat(str(value))
    except ValueError:
        return False
    return True


@cache
def facts_of(*subjects: Subject) -> Mapping[str, Fact]:
    """The part of the vocabulary that belongs to these subjects."""
    return {name: fact for name, fact in FACTS.items() if fact.subject in subjects}
