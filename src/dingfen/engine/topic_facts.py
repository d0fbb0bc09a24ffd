"""What rules on incidents, conduct and care may ask about. As everywhere: a fact that is none differs from one
that is unknown, and an unknown one stops a rule from firing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from dingfen.engine.conditions import NONE, Condition, microseconds
from dingfen.engine.fact import Fact, Subject
from dingfen.engine.vocabulary import FACTS, facts_of

Given = Mapping[str, Any]


def plain(subject: Subject) -> dict[str, Any]:
    """Facts of a plain case, in which nothing special happened: what stories start from."""
    return {name: _plain(fact) for name, fact in facts_of(subject).items()}


def _plain(fact: Fact) -> Any:
    if fact.nullable:
        return None
    if fact.type == "boolean":
        return False
    return fact.choices[0] if fact.type == "choice" else int(fact.low or 0)


def prepared(facts: Given) -> dict[str, Any]:
    """Facts as conditions read them: none as NONE, spans (in seconds) as microseconds; a name left out is unknown."""
    found: dict[str, Any] = {}
    for name, value in facts.items():
        if value is None:
            found[name] = NONE
        elif FACTS[name].type == "span":
            found[name] = microseconds(timedelta(seconds=value))
        else:
            found[name] = value
    return found


def holds(condition: Condition | None, values: Mapping[str, Any]) -> bool | None:
    """Whether a condition holds for prepared facts; None when it cannot be said. Without a condition: always."""
    return True if condition is None else condition.of_case(values, ())


def missing(condition: Condition | None, values: Collection[str]) -> tuple[str, ...]:
    """The facts a condition asks for and nobody knows."""
    return () if condition is None else tuple(name for name in condition.names() if name not in values)
