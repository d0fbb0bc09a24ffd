"""Can a condition ever be true, can it ever be false? Decided by trying every case that could differ."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from itertools import islice, product
from typing import Any

from dingfen.engine.conditions import NONE, Condition
from dingfen.engine.vocabulary import FACTS

MOST_CASES = 20_000
_SECOND = 1_000_000
_TWO_CLAIMS = (0, 1)
_Place = tuple[str, int | None]


class Truth(Enum):
    """What trying all cases showed; `UNDECIDED` when there are too many to try."""

    NEVER = "never"
    SOMETIMES = "sometimes"
    ALWAYS = "always"
    UNDECIDED = "undecided"


def truth_of(condition: Condition) -> Truth:
    """Whether a condition is never, sometimes or always true, over two claims of every kind that matters."""
    return _truth([condition])


def _truth(conditions: list[Condition]) -> Truth:
    places = sorted({place for c in conditions for place in _places(c)}, key=repr)
    domains = [_domain(name, conditions) for name, _ in places]
    answers: set[bool] = set()
    cases = product(*domains)
    for tried, values in enumerate(islice(cases, MOST_CASES + 1)):
        if tried == MOST_CASES:
            return Truth.SOMETIMES if len(answers) == 2 else Truth.UNDECIDED
        answers.add(all(map(_holds(dict(zip(places, values, strict=True))), conditions)))
        if len(answers) == 2:
            return Truth.SOMETIMES
    return Truth.ALWAYS if answers == {True} else Truth.NEVER


def places_and_values(condition: Condition) -> list[tuple[_Place, Any]]:
    """The first case a condition is tried with: (fact, which claim) and value."""
    places = sorted(set(_places(condition)), key=repr)
    return [(place, _domain(place[0], [condition])[0]) for place in places]


def _places(condition: Condition) -> Iterator[_Place]:
    for name in condition.uses:
        if FACTS[name].subject == "claim":
            yield from ((name, index) for index in _TWO_CLAIMS)
        else:
            yield name, None


def _holds(values: dict[_Place, Any]) -> Any:
    case = {name: value for (name, index), value in values.items() if index is None}
    claims = [{name: v for (name, at), v in values.items() if at == index} for index in _TWO_CLAIMS]
    return lambda condition: condition.evaluate(case, claims[0], claims) is True


def _domain(name: str, conditions: list[Condition]) -> list[Any]:
    fact = FACTS[name]
    none = [NONE] if fact.nullable else []
    if fact.type == "boolean":
        return [True, False, *none]
    if fact.type == "choice":
        return [*fact.choices, *none]
    marks = {value for c in conditions for value in c.constants.get(name, ())}
    step = _SECOND if fact.type != "number" else 0.01 if fact.high == 1 else 1
    spread = {mark + move for mark in marks or {2 * step} for move in (-step, 0, step)}
    allowed = [
        v
        for v in sorted(spread)
        if (fact.low is None or v >= fact.low) and (fact.high is None or v <= fact.high)
    ]
    return [*allowed, *none]


def example_of(*conditions: Condition) -> dict[str, Any] | None:
    """The first case tried in which all of them hold, by name; None when there is none among those tried.

    For conditions without claims (of a complaint); values are as closures read them.
    """
    places = sorted({name for condition in conditions for name in condition.uses})
    domains = [_domain(name, list(conditions)) for name in places]
    for values in islice(product(*domains), MOST_CASES):
        case = dict(zip(places, values, strict=True))
        if all(condition.of_case(case, ()) is True for condition in conditions):
            return case
    return None
