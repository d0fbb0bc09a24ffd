"""Lint of the ownership topic: protection, principles, the scorecard, what follows a ruling."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dingfen.engine.check_clocks import check_clocks
from dingfen.engine.check_rules import check_rules
from dingfen.engine.conditions import Condition
from dingfen.engine.coverage import Truth, truth_of
from dingfen.engine.finding import Finding
from dingfen.engine.floors import days
from dingfen.engine.ownership import Effect, FollowUp, Lapse, Ownership, Principle, Protection, Scorecard
from dingfen.engine.schema import Pack
from dingfen.engine.standing import Standing, standings


def check_ownership(pack: Pack) -> Iterator[Finding]:
    """Findings on who holds a customer; none where a pack has no ownership rules."""
    rules = pack.ownership
    if rules is None:
        return
    yield from _protection(rules)
    yield from _principles(rules.principles)
    if rules.scorecard:
        yield from _scorecard(rules.scorecard)
    yield from _effects(rules.effects)
    yield from check_rules(rules)
    yield from check_clocks(rules)


# Protection: cadence and lapse must fit together (requirement A, the note on A7 and A8).


def _protection(rules: Ownership) -> Iterator[Finding]:
    protection, where = rules.protection, "ownership.protection"
    yield from _lapse_and_cadence(protection, where)
    yield from _hidden_lapses(protection, f"{where}.lapse")
    shortest = min(protection.lapse, key=lambda rule: days(rule.after))
    if protection.warn_before.total_seconds() / 86400 >= days(shortest.after):
        params = {"lapse": shortest.after.length}
        yield Finding("reminder_before_start", "error", f"{where}.warn_before", params)
    if protection.then == "pool" and rules.pool is None:
        yield Finding("no_pool_rules", "error", f"{where}.then")
    if (
        any(rule.when and "grade" in rule.when.uses for rule in protection.follow_up)
        and "grade" not in rules.registration.required
    ):
        yield Finding("grade_not_required", "warning", "ownership.registration.required")


def _lapse_and_cadence(protection: Protection, where: str) -> Iterator[Finding]:
    conditions = [*(rule.when for rule in protection.follow_up), *(rule.when for rule in protection.lapse)]
    chosen: set[int] = set()
    found: dict[tuple[str, str, str | None], Finding] = {}
    for standing in standings(conditions):
        hold = standing.words(conditions)
        cadence = _first(protection.follow_up, standing)
        if cadence is not None:
            chosen.add(cadence[0])
        elif protection.follow_up:
            yield Finding("grade_without_follow_up", "warning", f"{where}.follow_up", {"grade": hold})
        for index, rule in enumerate(protection.lapse):
            if standing.meets(rule.when):
                for each in _fits(rule, cadence[1] if cadence else None, hold, f"{where}.lapse.{index}"):
                    found.setdefault((each.code, each.where, hold), each)
    yield from found.values()
    for index in range(len(protection.follow_up)):
        if index not in chosen:
            yield Finding("rule_unreachable", "warning", f"{where}.follow_up.{index}")


def _hidden_lapses(protection: Protection, where: str) -> Iterator[Finding]:
    """A lapse before which another always falls due says nothing: the first that falls due ends the hold."""
    rules = protection.lapse
    conditions = [rule.when for rule in rules]
    every = list(standings(conditions))
    for index, rule in enumerate(rules):
        held = [standing for standing in every if standing.meets(rule.when)]
        earlier = [
            other
            for place, other in enumerate(rules)
            if place != index
            and _counts_before(other, rule, protection)
            and _shorter(other, rule, place < index)
        ]
        if held and all(any(standing.meets(other.when) for other in earlier) for standing in held):
            first = next(other for other in earlier if held[0].meets(other.when))
            params = {"lapse": rule.after.length, "every": first.after.length}
            yield Finding(
                "lapse_hidden", "warning", f"{where}.{index}", params, {"a": _asked(held[0], conditions)}
            )


def _counts_before(other: Lapse, rule: Lapse, protection: Protection) -> bool:
    """Whether one never counts from later than the other. A renewal moves what counts from `registered`."""
    if other.from_ == rule.from_:
        return True
    if other.from_ == "registered":
        return protection.renewal is None
    return (other.from_, rule.from_) == ("last_effective_follow_up", "follow_up_due")


def _shorter(other: Lapse, rule: Lapse, comes_first: bool) -> bool:
    return days(other.after) < days(rule.after) or (comes_first and other.after == rule.after)


def _asked(standing: Standing, conditions: Sequence[Condition | None]) -> dict[str, object]:
    used = {name for condition in conditions if condition is not None for name in condition.uses}
    return {name: getattr(standing, name) for name in sorted(used)}


def _first(rules: Sequence[FollowUp], standing: Standing) -> tuple[int, FollowUp] | None:
    return next(((index, rule) for index, rule in enumerate(rules) if standing.meets(rule.when)), None)


def _fits(rule: Lapse, cadence: FollowUp | None, hold: str | None, where: str) -> Iterator[Finding]:
    if rule.from_ == "follow_up_due":
        if cadence is None:
            yield Finding("no_follow_up_to_miss", "error", where, {"grade": hold})
    elif rule.from_ != "stage_reached" and cadence and days(rule.after) < days(cadence.every):
        params = {"grade": hold, "lapse": rule.after.length, "every": cadence.every.length}
        yield Finding("lapse_before_follow_up_due", "error", where, params)


# Principles, the scorecard and effects.


def _principles(principles: Sequence[Principle]) -> Iterator[Finding]:
    for index, principle in enumerate(principles):
        where = f"ownership.principles.{index}"
        blocker = next((p for p in principles[:index] if _always_ends(p)), None)
        same = next((p for p in principles[:index] if _covers(p, principle)), None)
        if blocker is not None:
            yield Finding("unreachable", "error", where, {"id": principle.id, "after": blocker.id})
        elif same is not None:
            yield Finding("repeats", "warning", where, {"id": principle.id, "after": same.id})


def _always_ends(principle: Principle) -> bool:
    always = principle.when is None or truth_of(principle.when) is Truth.ALWAYS
    return always and principle.then.decline is not None


def _covers(earlier: Principle, later: Principle) -> bool:
    return earlier.then == later.then and (earlier.when is None or earlier.when == later.when)


def _scorecard(card: Scorecard) -> Iterator[Finding]:
    where = "ownership.scorecard"
    reach = sum(max(abs(line.points.low), abs(line.points.high)) for line in card.lines)
    if card.threshold > reach:
        params = {"threshold": card.threshold, "most": reach}
        yield Finding("threshold_out_of_reach", "error", f"{where}.threshold", params)
    for index, line in enumerate(card.lines):
        twin = next((e for e in card.lines[:index] if (e.to, e.when) == (line.to, line.when)), None)
        if twin is not None:
            names = {"id": line.id, "after": twin.id}
            yield Finding("counted_twice", "warning", f"{where}.lines.{index}", names)
        if line.points.low == line.points.high == 0:
            yield Finding("no_points", "warning", f"{where}.lines.{index}", {"id": line.id})


def _effects(effects: Sequence[Effect]) -> Iterator[Finding]:
    for index, effect in enumerate(effects):
        if effect.kind == "duty" and effect.by == effect.to:
            params = {"id": effect.id, "person": effect.by}
            yield Finding("duty_to_oneself", "warning", f"ownership.effects.{index}", params)
