"""The comparison itself: principles in order, then the scorecard. Pure, small and fast.

Facts come *prepared* (see `prepare`): moments and spans as whole microseconds, none as `NONE`, unknown
facts missing. `weigh` is run once for the ruling and again for every "what if", so it does no more than
decide and note which rules applied; the ruling around it is built in `decide`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from dingfen.engine.conditions import NONE, microseconds
from dingfen.engine.events import Id
from dingfen.engine.facts import Facts
from dingfen.engine.ownership import Close, Line, Ownership, Principle, Split
from dingfen.engine.parts import ClaimCondition, Preference, Recipient
from dingfen.engine.ruling import Outcome, Result, ShareOf
from dingfen.engine.vocabulary import FACTS

_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
WHOLE = 10_000
_TYPES = {name: fact.type for name, fact in FACTS.items()}
_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Prepared:
    """Facts in the form closures read."""

    case: dict[str, Any]
    claims: tuple[dict[str, Any], ...]
    staff: tuple[Id, ...]


def prepare(facts: Facts) -> Prepared:
    """Facts as `fold` gives them, in the form closures read. Names outside the vocabulary are dropped."""
    return Prepared(
        _prepared(facts["case"]),
        tuple(_prepared(claim) for claim in facts["claims"]),
        tuple(claim["staff"] for claim in facts["claims"]),
    )


def prepare_asked(facts: Facts, names: Collection[str]) -> Prepared:
    """As `prepare`, only the facts of these names: enough for a comparison that asks for no others."""
    kinds = [(name, _TYPES[name]) for name in names]
    return Prepared(
        _converted(facts["case"], kinds),
        tuple([_converted(claim, kinds) for claim in facts["claims"]]),
        tuple([claim["staff"] for claim in facts["claims"]]),
    )


def _prepared(record: Mapping[str, Any]) -> dict[str, Any]:
    return _converted(record, [(name, _TYPES[name]) for name in record if name in _TYPES])


def _converted(record: Mapping[str, Any], kinds: Iterable[tuple[str, str]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, kind in kinds:
        if name not in record:
            continue
        value = record[name]
        if value is None:
            found[name] = NONE
        elif kind == "moment":
            found[name] = _moment(value)
        else:
            found[name] = microseconds(timedelta(seconds=value)) if kind == "span" else value
    return found


@lru_cache(maxsize=1 << 16)
def _moment(text: str) -> int:
    """Microseconds since 1970; the moments of a case are asked again and again."""
    since = datetime.fromisoformat(text) - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def prepared_value(name: str, value: Any) -> Any:
    """One value as closures read it."""
    if value is None:
        return NONE
    kind = FACTS[name].type
    if kind == "moment":
        return _moment(value)
    if kind == "span":
        return microseconds(timedelta(seconds=value))
    return value


def shown_value(name: str, value: Any) -> Any:
    """A prepared value as facts write it."""
    if value is NONE or value is None:
        return None
    kind = FACTS[name].type
    if kind == "moment":
        return (_EPOCH + timedelta(microseconds=value)).isoformat().replace("+00:00", "Z")
    if kind == "span":
        return value // 1_000_000
    return value


@dataclass(slots=True)
class Weighing:
    """How the comparison went.

    `remaining` are the indexes of the claims still compared, `in_play` their facts. `steps` are the principles
    that did something: (rule, kind, indexes it hit); `points` what each line of the scorecard gave; `misses`
    the rules that did not apply: (rule, why, params); `unknown` the facts rules asked for in vain.
    """

    outcome: Outcome = "declined"
    holder: int | None = None
    shares: tuple[tuple[int, int], ...] = ()
    decisive: Principle | Line | None = None
    by_scorecard: bool = False
    declined: str | None = None
    margin: int | None = None
    totals: dict[int, int] = field(default_factory=dict)
    remaining: tuple[int, ...] = ()
    in_play: tuple[dict[str, Any], ...] = ()
    steps: list[tuple[Principle, str, tuple[int, ...]]] = field(default_factory=list)
    misses: list[tuple[Principle | Line, str, Mapping[str, Any]]] = field(default_factory=list)
    points: list[tuple[Line, dict[int, int]]] = field(default_factory=list)
    unknown: dict[tuple[str, int | None], None] = field(default_factory=dict)

    def result(self, staff: Sequence[Id]) -> Result:
        """The outcome with people in place of indexes."""
        holder = None if self.holder is None else staff[self.holder]
        return Result(
            self.outcome, holder, tuple(ShareOf(staff[index], share) for index, share in self.shares)
        )


def weigh(rules: Ownership, facts: Prepared) -> Weighing:
    """Principles first: each may take claims out or decide. Then the scorecard over the claims left."""
    went = Weighing(remaining=tuple(range(len(facts.claims))), in_play=facts.claims)
    if not facts.claims:
        went.declined = "no_claims"
        return went
    for principle in rules.principles:
        if _try(principle, facts, went):
            return went
    if rules.scorecard is None:
        went.declined = "not_covered"
    else:
        _score(rules, facts, went)
    return went


def _holds(part: Principle | Line, facts: Prepared, went: Weighing) -> bool:
    if part.when is None:
        return True
    answer = part.when.of_case(facts.case, went.in_play)
    if answer is None:
        _note_unknown(part.when.uses, facts, went)
        went.misses.append((part, "condition_unknown", _NOTHING))
    elif not answer:
        went.misses.append((part, "condition_false", _NOTHING))
    return answer is True


def _note_unknown(uses: frozenset[str], facts: Prepared, went: Weighing) -> None:
    for name in sorted(uses):
        if FACTS[name].subject == "claim":
            for index in went.remaining:
                if name not in facts.claims[index]:
                    went.unknown[(name, index)] = None
        elif name not in facts.case:
            went.unknown[(name, None)] = None


def _meeting(condition: ClaimCondition, facts: Prepared, went: Weighing) -> tuple[int, ...]:
    """The remaining claims for which a condition is true; unknown ones are noted and do not count."""
    evaluate, case, in_play = condition.evaluate, facts.case, went.in_play
    answers = [evaluate(case, claim, in_play) for claim in in_play]
    if None in answers:
        _note_unknown(condition.uses, facts, went)
    if True not in answers:
        return ()
    return tuple([index for index, answer in zip(went.remaining, answers, strict=True) if answer is True])


def best_of(
    preference: Preference | Recipient, facts: Prepared, went: Weighing
) -> tuple[tuple[int, ...], str]:
    """The remaining claims with the extreme value, or none and why."""
    name = preference.fact or ""
    values = [claim.get(name) for claim in went.in_play]
    if None in values:
        _note_unknown(frozenset({name}), facts, went)
        return (), "fact_unknown"
    known: list[Any] = [value for value in values if value is not NONE]
    if not known:
        return (), "all_none"
    extreme = preference.extreme if isinstance(preference, Preference) else preference.kind
    best = min(known) if extreme == "min" else max(known)
    hit = (index for index, value in zip(went.remaining, values, strict=True) if value == best)
    return tuple(hit), "tie"


def _try(principle: Principle, facts: Prepared, went: Weighing) -> bool:
    """Apply one principle; True when it decided."""
    if not _holds(principle, facts, went):
        return False
    then = principle.then
    if then.exclude is not None:
        return _exclude(principle, then.exclude, facts, went)
    if then.award is not None:
        met = _meeting(then.award, facts, went)
        return _one(principle, "awarded", met, "several_meet" if met else "nobody_meets", went)
    if then.prefer is not None:
        met, why = best_of(then.prefer, facts, went)
        return _one(principle, "preferred", met, why, went)
    if then.split is not None:
        return _split_by(principle, then.split, facts, went)
    went.steps.append((principle, "left_to_people", went.remaining))
    went.decisive, went.declined = principle, "left_to_people"
    return True


def _exclude(principle: Principle, condition: ClaimCondition, facts: Prepared, went: Weighing) -> bool:
    out = _meeting(condition, facts, went)
    if not out or len(out) == len(went.remaining):
        went.misses.append((principle, "all_meet" if out else "nobody_meets", _NOTHING))
        return False
    went.steps.append((principle, "excluded", out))
    went.remaining = tuple(index for index in went.remaining if index not in out)
    went.in_play = tuple(facts.claims[index] for index in went.remaining)
    if len(went.remaining) == 1:
        went.outcome, went.holder, went.decisive = "award", went.remaining[0], principle
    return went.holder is not None


def _one(principle: Principle, kind: str, met: tuple[int, ...], why: str, went: Weighing) -> bool:
    if len(met) != 1:
        went.misses.append((principle, why, {"claims": met} if len(met) > 1 else _NOTHING))
        return False
    went.steps.append((principle, kind, met))
    went.outcome, went.holder, went.decisive = "award", met[0], principle
    return True


def _split_by(principle: Principle, split: Split, facts: Prepared, went: Weighing) -> bool:
    shares, why = divide(split, facts, went)
    if not shares:
        went.misses.append((principle, why, _NOTHING))
        return False
    went.steps.append((principle, "split", tuple(index for index, _ in shares)))
    _give(shares, split, facts, went)
    went.decisive = principle
    return True


def _give(shares: tuple[tuple[int, int], ...], split: Split, facts: Prepared, went: Weighing) -> None:
    best, _ = best_of(split.holder, facts, went)
    went.outcome, went.shares = "split", shares
    went.holder = best[0] if len(best) == 1 else None


def divide(split: Split, facts: Prepared, went: Weighing) -> tuple[tuple[tuple[int, int], ...], str]:
    """Shares per claim in hundredths of a per cent, summing to 10,000; or none and why.

    Each group's share is divided equally; what does not divide goes to those who registered first.
    """
    groups = (
        [(split.among, WHOLE)] if split.among else [(each.to, each.percent * 100) for each in split.shares]
    )
    total: dict[int, int] = {}
    for condition, share in groups:
        met = _meeting(condition, facts, went)
        if not met:
            return (), "nobody_meets"
        each, left = divmod(share, len(met))
        if left:
            _note_unknown(frozenset({"registered_at"}), facts, went)
        for place, index in enumerate(sorted(met, key=lambda i: _seniority(facts, i))):
            total[index] = total.get(index, 0) + each + (place < left)
    if len(total) < 2:
        return (), "no_recipient"
    return tuple(sorted(total.items(), key=lambda item: (-item[1], str(facts.staff[item[0]])))), ""


def _seniority(facts: Prepared, index: int) -> tuple[bool, int, str]:
    registered = facts.claims[index].get("registered_at")
    known = isinstance(registered, int)
    return not known, registered if isinstance(registered, int) else 0, str(facts.staff[index])


def _score(rules: Ownership, facts: Prepared, went: Weighing) -> None:
    card = rules.scorecard
    assert card is not None
    totals = dict.fromkeys(went.remaining, 0)
    for line in card.lines:
        if not _holds(line, facts, went):
            continue
        earned = _earned(line, facts, went)
        if earned:
            went.points.append((line, earned))
        for index, points in earned.items():
            totals[index] += points
    went.totals, went.by_scorecard = totals, True
    best = sorted(totals.values(), reverse=True)
    went.margin = best[0] - best[1] if len(best) > 1 else best[0]
    if len(best) == 1 or went.margin >= card.threshold:
        went.outcome, went.holder = "award", max(totals, key=lambda index: totals[index])
    else:
        _close(card.on_tie if went.margin == 0 else card.on_small_margin, facts, went)


def _close(close: Close, facts: Prepared, went: Weighing) -> None:
    why = "tie" if went.margin == 0 else "small_margin"
    if close.split is None:
        went.declined = why
        return
    shares, _ = divide(close.split, facts, went)
    if shares:
        _give(shares, close.split, facts, went)
    else:
        went.declined = why


def _earned(line: Line, facts: Prepared, went: Weighing) -> dict[int, int]:
    to = line.to
    if to.kind == "each" and to.each is not None:
        met = _meeting(to.each, facts, went)
        why = "nobody_meets"
    elif to.kind == "value":
        return _judged(line, facts, went)
    else:
        met, why = best_of(to, facts, went)
        met = met if len(met) == 1 else ()
    if not met:
        went.misses.append((line, why, _NOTHING))
    return dict.fromkeys(met, line.points.low)


def _judged(line: Line, facts: Prepared, went: Weighing) -> dict[int, int]:
    name = line.to.fact or ""
    earned = {}
    for index in went.remaining:
        value = facts.claims[index].get(name)
        if value is None:
            _note_unknown(frozenset({name}), facts, went)
        elif value is not NONE:
            earned[index] = max(line.points.low, min(line.points.high, int(value)))
    if not any(earned.values()):
        went.misses.append(
            (line, "fact_unknown" if len(earned) < len(went.remaining) else "nobody_meets", {})
        )
        return {}
    return earned
