"""The result of a comparison alone, as `weigh` finds it, for the many that nobody reads the reasons of.

Backtests and “what would change this” compare hundreds of thousands of times. Where a rule meets an unknown
fact this gives up, and `weigh` is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from dingfen.engine.conditions import NONE, Values
from dingfen.engine.ownership import Close, Ownership, Principle, Scorecard, Split
from dingfen.engine.ruling import Outcome, Result, ShareOf
from dingfen.engine.weigh import Prepared, Weighing, best_of, divide, weigh

_NO_CLAIM: Values = {}
Shares = tuple[tuple[int, int], ...]


class Quick(NamedTuple):
    """What came of it: as the fields of `Weighing` of the same names."""

    outcome: Outcome
    holder: int | None = None
    shares: Shares = ()
    decisive: Principle | None = None
    by_scorecard: bool = False
    margin: int | None = None
    declined: str | None = None

    def result(self, staff: Sequence[Any]) -> Result:
        holder = None if self.holder is None else staff[self.holder]
        return Result(
            self.outcome, holder, tuple(ShareOf(staff[index], share) for index, share in self.shares)
        )


class _UnknownMet(Exception):
    pass


def result(rules: Ownership, facts: Prepared) -> Result:
    """`weigh(rules, facts).result(facts.staff)`, sooner."""
    found = compare(rules, facts)
    return (found or weigh(rules, facts)).result(facts.staff)


def compare(rules: Ownership, facts: Prepared) -> Quick | None:
    """Principles, then the scorecard; None where a rule asks for a fact that is unknown."""
    if not facts.claims:
        return Quick("declined", declined="no_claims")
    try:
        return _compare(rules, facts)
    except _UnknownMet:
        return None


def _compare(rules: Ownership, facts: Prepared) -> Quick:
    case, claims = facts.case, facts.claims
    remaining: Sequence[int] = range(len(claims))
    for principle in rules.principles:
        when, then = principle.when, principle.then
        if when is not None and not _true(when.evaluate(case, _NO_CLAIM, claims)):
            continue
        if then.exclude is not None:
            answers = _answers(then.exclude.evaluate, case, claims)
            if True not in answers or answers.count(True) == len(claims):
                continue
            pairs = zip(remaining, answers, strict=True)
            remaining = [index for index, answer in pairs if answer is not True]
            claims = tuple([facts.claims[index] for index in remaining])
            if len(remaining) == 1:
                return Quick("award", remaining[0], decisive=principle)
        elif then.award is not None:
            answers = _answers(then.award.evaluate, case, claims)
            if answers.count(True) == 1:
                return Quick("award", remaining[answers.index(True)], decisive=principle)
        elif then.prefer is not None:
            place = _only(then.prefer.fact, then.prefer.extreme == "min", claims)
            if place is not None:
                return Quick("award", remaining[place], decisive=principle)
        elif then.split is not None:
            if shares := _shares(then.split, facts, remaining, claims):
                return Quick("split", _keeper(then.split, facts, remaining, claims), shares, principle)
        else:
            return Quick("declined", decisive=principle, declined="left_to_people")
    if rules.scorecard is None:
        return Quick("declined", declined="not_covered")
    return _score(rules.scorecard, facts, remaining, claims)


def _true(answer: Any) -> bool:
    if answer is None:
        raise _UnknownMet
    return answer is True


def _answers(evaluate: Any, case: Values, claims: Sequence[Values]) -> list[Any]:
    answers = [evaluate(case, claim, claims) for claim in claims]
    if None in answers:
        raise _UnknownMet
    return answers


def _only(name: str, least: bool, claims: Sequence[Values]) -> int | None:
    """The place of the one claim with the extreme value; None for a tie, or where nobody has one."""
    if len(claims) == 2:  # nearly all disputes
        first, second = claims[0].get(name), claims[1].get(name)
        if first is None or second is None:
            raise _UnknownMet
        if first is NONE or second is NONE:
            return None if first is second else 1 if first is NONE else 0
        return None if first == second else 0 if (first < second) is least else 1
    values: list[Any] = [claim.get(name) for claim in claims]
    if None in values:
        raise _UnknownMet
    known = [value for value in values if value is not NONE] if NONE in values else values
    if not known:
        return None
    extreme = min(known) if least else max(known)
    return values.index(extreme) if values.count(extreme) == 1 else None


def totals(card: Scorecard, case: Values, claims: Sequence[Values]) -> list[int]:
    """The points of each claim over all lines. Raises where a line asks for an unknown fact."""
    sums = [0] * len(claims)
    for when, kind, asked, low, high in card.plan:
        if when is not None and not _true(when(case, _NO_CLAIM, claims)):
            continue
        if kind == "each":
            for place, claim in enumerate(claims):
                answer = asked(case, claim, claims)
                if answer is True:
                    sums[place] += low
                elif answer is None:
                    raise _UnknownMet
        elif kind == "value":
            for place, claim in enumerate(claims):
                value = claim.get(asked)
                if value is None:
                    raise _UnknownMet
                if value is not NONE:
                    sums[place] += max(low, min(high, int(value)))
        else:
            only = _only(asked, kind == "min", claims)
            if only is not None:
                sums[only] += low
    return sums


def score_known(card: Scorecard, case: Values, claims: Sequence[Values]) -> bool:
    """Whether the facts of every line are known."""
    try:
        totals(card, case, claims)
    except _UnknownMet:
        return False
    return bool(claims)


def _score(card: Scorecard, facts: Prepared, remaining: Sequence[int], claims: Sequence[Values]) -> Quick:
    sums = totals(card, facts.case, claims)
    best = max(sums)
    first = sums.index(best)
    if len(sums) == 1:
        return Quick("award", remaining[0], by_scorecard=True, margin=best)
    margin = best - max(value for place, value in enumerate(sums) if place != first)
    if margin >= card.threshold:
        return Quick("award", remaining[first], by_scorecard=True, margin=margin)
    close: Close = card.on_tie if margin == 0 else card.on_small_margin
    if close.split is not None and (shares := _shares(close.split, facts, remaining, claims)):
        keeper = _keeper(close.split, facts, remaining, claims)
        return Quick("split", keeper, shares, by_scorecard=True, margin=margin)
    return Quick(
        "declined", by_scorecard=True, margin=margin, declined="tie" if margin == 0 else "small_margin"
    )


def _shares(split: Split, facts: Prepared, remaining: Sequence[int], claims: Sequence[Values]) -> Shares:
    went = _as_weighing(remaining, claims)
    shares, _ = divide(split, facts, went)
    if went.unknown:
        raise _UnknownMet
    return shares


def _keeper(split: Split, facts: Prepared, remaining: Sequence[int], claims: Sequence[Values]) -> int | None:
    went = _as_weighing(remaining, claims)
    best, _ = best_of(split.holder, facts, went)
    if went.unknown:
        raise _UnknownMet
    return best[0] if len(best) == 1 else None


def _as_weighing(remaining: Sequence[int], claims: Sequence[Values]) -> Weighing:
    return Weighing(remaining=tuple(remaining), in_play=tuple(claims))  # type: ignore[arg-type]
