"""The smallest facts of a dispute between two people for which something about the rules is true.

Facts begin plain (nothing happened, claimed in time); then one is changed, two, three. What is tried for a
fact are the values at which a rule could answer otherwise, so a difference the rules make shows early.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations, islice, product
from typing import Any

from dingfen.engine.conditions import NONE
from dingfen.engine.fact import Fact
from dingfen.engine.ownership import Line, Ownership, Principle
from dingfen.engine.vocabulary import FACTS, facts_of
from dingfen.engine.weigh import Prepared, Weighing, shown_value, weigh
from dingfen.engine.whatif import facts_of_rule

MOST_TRIES = 4_000
MOST_CHANGES = 3
_HOUR = 3_600_000_000
_FIRST = 1_767_574_800_000_000  # 5 January 2026, 01:00 UTC
_TRUE_AT_FIRST = ("claim_within_window", "active_in_look_back")
STAFF = ("a", "b")
Where = tuple[str, int | None]


@dataclass(frozen=True, slots=True)
class Example:
    """Facts that differ from the plain ones: per person, and of the case."""

    case: dict[str, Any]
    a: dict[str, Any]
    b: dict[str, Any]

    def plain(self) -> dict[str, Any]:
        return {name: facts for name, facts in (("case", self.case), ("a", self.a), ("b", self.b)) if facts}


@dataclass(frozen=True, slots=True)
class Tried:
    """One set of facts, and how the comparison went."""

    facts: Prepared
    changed: tuple[tuple[Where, Any], ...]
    went: Weighing

    @property
    def example(self) -> Example:
        found: dict[int | None, dict[str, Any]] = {None: {}, 0: {}, 1: {}}
        for (name, index), value in self.changed:
            found[index][name] = shown_value(name, value)
        return Example(found[None], found[0], found[1])


def tries(rules: Ownership, only: Principle | None = None) -> Iterator[Tried]:
    """Facts to try, those with the fewest changes first, each with its comparison.

    `only`: change no other facts than those this principle asks for, and more of them at once.
    """
    options = _options(rules, only)
    for changes in islice(_changes(options, MOST_CHANGES if only is None else 2 * MOST_CHANGES), MOST_TRIES):
        facts = _facts(changes)
        yield Tried(facts, changes, weigh(rules, facts))


def alone(rules: Ownership, principle: Principle) -> Callable[[Prepared], Weighing]:
    """The comparison by one principle and nothing else."""
    only = rules.model_copy(update={"principles": (principle,), "scorecard": None})
    return lambda facts: weigh(only, facts)


def _options(rules: Ownership, only: Principle | None) -> dict[Where, list[Any]]:
    lines: tuple[Line, ...] = rules.scorecard.lines if rules.scorecard else ()
    asked: tuple[Principle | Line, ...] = (only,) if only is not None else (*rules.principles, *lines)
    names = dict.fromkeys(name for rule in asked for name in facts_of_rule(rule))
    found: dict[Where, list[Any]] = {}
    for name in names:
        fact = FACTS[name]
        for index in (0, 1) if fact.subject == "claim" else (None,):
            found[name, index] = [value for value in _values(fact, rules) if value != _plain(fact)]
    return found


def _values(fact: Fact, rules: Ownership) -> list[Any]:
    if fact.type == "boolean":
        return [True, False]
    if fact.type == "choice":
        return list(fact.choices)
    if fact.type == "moment":
        return [_FIRST, _FIRST + 24 * _HOUR]
    marks = sorted({*rules.constants.get(fact.name, ()), 1} - {0})
    high = fact.high if fact.high is not None else float("inf")
    return [mark for mark in marks if mark <= high][:3]


def _plain(fact: Fact) -> Any:
    if fact.name in _TRUE_AT_FIRST:
        return True
    if fact.nullable:
        return NONE
    if fact.type == "boolean":
        return False
    return fact.choices[0] if fact.type == "choice" else _FIRST if fact.type == "moment" else 0


def _changes(options: dict[Where, list[Any]], most: int) -> Iterator[tuple[tuple[Where, Any], ...]]:
    for number in range(most + 1):
        for places in combinations(options, number):
            for values in product(*(options[place] for place in places)):
                yield tuple(zip(places, values, strict=True))


def _facts(changes: tuple[tuple[Where, Any], ...]) -> Prepared:
    case = {**_PLAIN_CASE}
    claims = tuple({**_PLAIN_CLAIM} for _ in STAFF)
    for (name, index), value in changes:
        (case if index is None else claims[index])[name] = value
    return Prepared(case, claims, STAFF)


_PLAIN_CASE = {name: _plain(fact) for name, fact in facts_of("case", "customer").items()} | {"claimants": 2}
_PLAIN_CLAIM = {name: _plain(fact) for name, fact in facts_of("claim").items()}
