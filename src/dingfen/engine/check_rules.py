"""Lint of what decides: rules that contradict one another, that never apply, cases no rule covers, idle points."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from dingfen.engine.finding import Finding
from dingfen.engine.ownership import Close, Line, Ownership, Principle, Scorecard
from dingfen.engine.search import Tried, alone, tries

Given = tuple[int | None, tuple[tuple[int, int], ...]] | None


def check_rules(rules: Ownership) -> Iterator[Finding]:
    """Findings that need facts to be tried, each with the smallest that shows it."""
    tried = list(tries(rules))
    yield from _contradictions(rules, tried)
    yield from _never_seen(rules, tried)
    gap = next((each for each in tried if each.went.declined == "not_covered" and each.changed), None)
    if gap is not None:
        yield Finding("not_covered", "info", "ownership.principles", {}, gap.example.plain())
    if rules.scorecard is not None:
        yield from _idle_points(rules.scorecard)


def _contradictions(rules: Ownership, tried: list[Tried]) -> Iterator[Finding]:
    """Two special cases that hold at once and give the customer to different people: the earlier one wins."""
    special = [
        (index, principle, _given_by(rules, principle, tried))
        for index, principle in enumerate(rules.principles)
        if principle.when is not None and principle.then.exclude is None and principle.then.decline is None
    ]
    for (_, one, by_one), (index, other, by_other) in combinations(special, 2):
        for each, first, second in zip(tried, by_one, by_other, strict=True):
            if first and second and first != second:
                params = {"id": other.id, "after": one.id}
                where = f"ownership.principles.{index}.when"
                yield Finding("contradiction", "info", where, params, each.example.plain())
                break


def _given_by(rules: Ownership, principle: Principle, tried: list[Tried]) -> list[Given]:
    """Whom one principle alone gives the customer to in each that was tried, None for nobody."""
    by_it = alone(rules, principle)
    went = (by_it(each.facts) for each in tried)
    return [None if each.outcome == "declined" else (each.holder, each.shares) for each in went]


def _never_seen(rules: Ownership, tried: list[Tried]) -> Iterator[Finding]:
    seen = {step[0].id for each in tried for step in each.went.steps}
    for index, principle in enumerate(rules.principles):
        if principle.id in seen:
            continue
        directed = (step[0].id for each in tries(rules, principle) for step in each.went.steps)
        if principle.id not in directed:
            yield Finding("never_seen", "info", f"ownership.principles.{index}", {"id": principle.id})


def _idle_points(card: Scorecard) -> Iterator[Finding]:
    if max(_leads(list(card.lines))) < card.threshold:
        return  # nobody reaches it at all: said elsewhere
    for index, line in enumerate(card.lines):
        others = [each for each in card.lines if each is not line]
        leads = _leads(others)
        if not any(_class(card, lead) != _class(card, lead + p) for lead in leads for p in _steps(line)):
            where = f"ownership.scorecard.lines.{index}.points"
            yield Finding("points_change_nothing", "warning", where, {"id": line.id})


def _leads(lines: list[Line]) -> set[int]:
    """By how many points one of two may lead before the line in question."""
    found = {0}
    for line in lines:
        found = {lead + step for lead in found for step in _steps(line)}
    return found


def _steps(line: Line) -> set[int]:
    if line.points.is_range:
        most = line.points.high - line.points.low
        return set(range(-most, most + 1))
    return {0, line.points.low, -line.points.low}


def _class(card: Scorecard, lead: int) -> tuple[str, int]:
    """What a lead comes to: who wins, or how it closes."""
    if abs(lead) >= card.threshold:
        return "award", 1 if lead > 0 else -1
    return ("tie" if lead == 0 and not _same(card.on_tie, card.on_small_margin) else "close"), 0


def _same(one: Close, other: Close) -> bool:
    return one == other or bool(one.decline and other.decline)
