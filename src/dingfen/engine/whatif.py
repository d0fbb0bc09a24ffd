"""Change one fact, compare again: which changes would change the result, and could an unknown do so?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from dingfen.engine import quick
from dingfen.engine.conditions import NONE
from dingfen.engine.ownership import Line, Ownership, Principle
from dingfen.engine.ruling import Change, Result, Unknown
from dingfen.engine.vocabulary import FACTS, Fact
from dingfen.engine.weigh import Prepared, Weighing, shown_value, weigh

MOST_COMBINATIONS = 512
MOST_CHANGES = 12
_SECOND = 1_000_000
_FEW = 10
_RELATIONS = {"moment": ("before", "same", "after")}
Where = tuple[str, int | None]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value a fact might have: `value` itself, told as standing in a relation to `to`."""

    value: Any
    relation: str
    to: Any


def candidates(rules: Ownership, facts: Prepared, where: Where, *, unknown: bool = False) -> list[Candidate]:
    """The values worth trying: all of a short list, otherwise just below, at and just above the values
    that others have or that rules compare it with. Every outcome that turns on an `unknown` fact shows in one
    of them: a moment is then held against every other one, as a rule may compare any two.
    """
    fact = FACTS[where[0]]
    found = [Candidate(NONE, "none", None)] if fact.nullable else []
    if fact.type == "boolean":
        return found + [Candidate(value, "is", value) for value in (True, False)]
    if fact.type == "choice":
        return found + [Candidate(value, "is", value) for value in fact.choices]
    if fact.type == "number" and fact.low is not None and fact.high is not None and fact.high - fact.low > 1:
        return found + [
            Candidate(value, "equal", value) for value in range(int(fact.low), int(fact.high) + 1)
        ]
    below, at, above = _RELATIONS.get(fact.type, ("less", "equal", "more"))
    step = 0.01 if fact.high == 1 else 1 if fact.type == "number" else _SECOND
    near = _moments(facts) if unknown and fact.type == "moment" else ()
    for value in sorted({*_landmarks(rules, facts, where), *near}):
        found += [Candidate(value - step, below, value), Candidate(value, at, value)]
        found.append(Candidate(value + step, above, value))
    return [each for each in found if each.value is NONE or _possible(fact, each.value)]


def _landmarks(rules: Ownership, facts: Prepared, where: Where) -> list[Any]:
    name, index = where
    others = [claim.get(name) for place, claim in enumerate(facts.claims) if place != index]
    values = [value for value in others if value is not None and value is not NONE]
    if FACTS[name].type == "moment":
        deal_at = facts.case.get("deal_at")
        values = ([min(values), max(values)] if values else []) + (
            [deal_at] if isinstance(deal_at, int) else []
        )
    elif values:
        values = [min(values), max(values)]
    return sorted({*values, *rules.constants.get(name, ())} or {0})


def _moments(facts: Prepared) -> set[int]:
    held = [(name, value) for values in (facts.case, *facts.claims) for name, value in values.items()]
    return {value for name, value in held if isinstance(value, int) and FACTS[name].type == "moment"}


def _possible(fact: Fact, value: Any) -> bool:
    return (fact.low is None or value >= fact.low) and (fact.high is None or value <= fact.high)


def with_value(facts: Prepared, where: Where, value: Any) -> Prepared:
    """The same facts but for one."""
    name, index = where
    if index is None:
        return Prepared({**facts.case, name: value}, facts.claims, facts.staff)
    claims = tuple({**c, name: value} if place == index else c for place, c in enumerate(facts.claims))
    return Prepared(facts.case, claims, facts.staff)


def changes(rules: Ownership, facts: Prepared, went: Weighing, base: Result) -> tuple[Change, ...]:
    """Single facts that would change the result, each by its nearest value, in the order of the rules."""
    found: list[Change] = []
    for where in _known_facts(facts, went):
        now = _value(facts, where)
        tried = []
        for order, candidate in enumerate(candidates(rules, facts, where)):
            if candidate.value == now and (candidate.value is NONE) == (now is NONE):
                continue
            result = quick.result(rules, with_value(facts, where, candidate.value))
            if result != base:
                tried.append((_distance(now, candidate.value), order, candidate, result))
        if tried:
            _, _, nearest, result = min(tried, key=lambda each: each[:2])
            staff = None if where[1] is None else facts.staff[where[1]]
            shown = shown_value(where[0], nearest.to)
            found.append(Change(where[0], staff, shown_value(where[0], now), nearest.relation, shown, result))
        if len(found) == MOST_CHANGES:
            break
    return tuple(found)


def _distance(now: Any, value: Any) -> float:
    if isinstance(now, int | float) and isinstance(value, int | float):
        return abs(now - value)
    return float("inf") if value is NONE else 0


def _known_facts(facts: Prepared, went: Weighing) -> Iterator[Where]:
    seen: set[Where] = set()
    for name in _compared(went):
        fact = FACTS[name]
        if fact.fixed:
            continue
        places: Iterable[int | None] = range(len(facts.claims)) if fact.subject == "claim" else (None,)
        for index in places:
            where = (name, index)
            if where not in seen and _value(facts, where) is not None:
                seen.add(where)
                yield where


def _value(facts: Prepared, where: Where) -> Any:
    name, index = where
    return facts.case.get(name) if index is None else facts.claims[index].get(name)


def _compared(went: Weighing) -> Iterator[str]:
    for principle, _, _ in went.steps:
        yield from facts_of_rule(principle)
    for line, _ in went.points:
        yield from facts_of_rule(line)
    for part, _, _ in went.misses:
        yield from facts_of_rule(part)


def facts_of_rule(rule: Principle | Line) -> tuple[str, ...]:
    """The facts a rule looks at, in the order of its text."""
    names = list(rule.when.names()) if rule.when else []
    if isinstance(rule, Line):
        names += rule.to.each.names() if rule.to.each else (rule.to.fact or "",)
        return tuple(dict.fromkeys(names))
    then = rule.then
    for condition in (then.exclude, then.award):
        names += condition.names() if condition else ()
    if then.prefer:
        names.append(then.prefer.fact)
    if then.split:
        names += then.split.among.names() if then.split.among else ()
        names += [name for share in then.split.shares for name in share.to.names()]
        names.append(then.split.holder.fact)
    return tuple(dict.fromkeys(names))


def unknowns(rules: Ownership, facts: Prepared, went: Weighing, base: Result) -> tuple[Unknown, ...]:
    """The unknown facts that rules asked for, each with whether its value could change the result.

    Tried one by one, then all together; where there are too many combinations to try, any could.
    """
    options: dict[Where, list[Any]] = {}
    could: set[Where] = set()
    queue = list(went.unknown)
    while queue:  # a value for one unknown may lead to rules that ask for another
        where = queue.pop(0)
        if where in options:
            continue
        options[where] = list(
            dict.fromkeys(one.value for one in candidates(rules, facts, where, unknown=True))
        )
        for value in options[where]:
            again = weigh(rules, with_value(facts, where, value))
            queue += [each for each in again.unknown if each not in options]
            if again.result(facts.staff) != base:
                could.add(where)
    if len(options) > 1 and len(could) < len(options) and _together(rules, facts, options, base):
        could = set(options)
    return tuple(
        Unknown(name, None if index is None else facts.staff[index], (name, index) in could)
        for name, index in sorted(options, key=lambda where: (where[0], -1 if where[1] is None else where[1]))
    )


def _together(rules: Ownership, facts: Prepared, options: dict[Where, list[Any]], base: Result) -> bool:
    combinations = 1
    for values in options.values():
        combinations *= len(values)
    if combinations > MOST_COMBINATIONS:
        return True
    for chosen in product(*options.values()):
        varied = facts
        for where, value in zip(options, chosen, strict=True):
            varied = with_value(varied, where, value)
        if quick.result(rules, varied) != base:
            return True
    return False
