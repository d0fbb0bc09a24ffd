"""A change of rules tried on what has happened: the same events under two packs. Pure; reads only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from dingfen.engine.calendar import Calendar
from dingfen.engine.events import Claimant, Event, Id, Matter
from dingfen.engine.facts import Facts, fold
from dingfen.engine.holding import Protection, protection
from dingfen.engine.ownership import Ownership
from dingfen.engine.quick import Quick, compare
from dingfen.engine.ruling import Result
from dingfen.engine.runs import is_effective
from dingfen.engine.schema import Pack, ownership_of
from dingfen.engine.weigh import Weighing, prepare_asked, weigh
from dingfen.engine.whatif import unknowns

RulingKind = Literal["same", "holder", "split", "declined", "decided"]
HoldKind = Literal["same", "lapses", "survives", "other_day"]
PackOf = Callable[[datetime], Pack | None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a pack would rule: the result, the rule that decided and its article."""

    result: Result
    rule: str | None = None
    article: str | None = None
    margin: int | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A dispute as it was known when its ruling was proposed."""

    events: Sequence[Event]
    subject: Matter
    claims: Sequence[Claimant]
    calendar: Calendar
    known_at: datetime


@dataclass(frozen=True, slots=True)
class Hold:
    """A registration and what happened with it until `until`: its end, or now. `grade`: the customer's at first.

    `stage`: the one it reached last, and since when; `renewals`: when it was renewed, oldest first; `regraded`: when
    the customer's grade changed, and to what, oldest first; `stood_still`: from when until when (None: still) a
    dispute stopped its clock.
    """

    staff: Id
    registered_at: datetime
    grade: str | None
    touches: Sequence[Event]
    calendar: Calendar
    until: datetime
    channel: str | None = None
    stage: tuple[datetime, str] | None = None
    renewals: Sequence[datetime] = ()
    regraded: Sequence[tuple[datetime, str | None]] = ()
    stood_still: Sequence[tuple[datetime, datetime | None]] = ()

    def grade_at(self, now: datetime) -> str | None:
        """The customer's grade just before a moment."""
        return next((grade for at, grade in reversed(self.regraded) if at < now), self.grade)


@dataclass(frozen=True, slots=True)
class Lapsed:
    """When a hold lapses, by which article, and where the customer goes."""

    at: datetime
    article: str
    then: str


def rule(facts: Facts, pack: Pack | None) -> Outcome:
    """The result on these facts without its full reasons: what `decide` proposes, at a fraction of the cost."""
    if pack is None:
        return Outcome(Result("declined", None))
    rules = ownership_of(pack)
    prepared = prepare_asked(facts, rules.asked)
    if found := compare(rules, prepared):
        return _outcome(found, rules, found.result(prepared.staff))
    went = weigh(rules, prepared)
    base = went.result(prepared.staff)
    if any(each.could_change for each in unknowns(rules, prepared, went, base)):
        return Outcome(Result("declined", None), margin=went.margin)
    return _outcome(went, rules, base)


def _outcome(went: Quick | Weighing, rules: Ownership, result: Result) -> Outcome:
    if went.declined:
        return Outcome(Result("declined", None), margin=went.margin)
    card = rules.scorecard if went.by_scorecard else None
    article = went.decisive.article if went.decisive else card.article if card else None
    return Outcome(result, went.decisive.id if went.decisive else None, article, went.margin)


def ruled(case: Case, pack_of: PackOf) -> Outcome:
    """Fold the events anew, as known then, under the packs of `pack_of`; and rule."""
    facts = fold(
        case.events,
        subject=case.subject,
        claims=case.claims,
        calendar=case.calendar,
        pack_of=pack_of,
        known_at=case.known_at,
    )
    return rule(facts, pack_of(case.subject.at))


def compare_rulings(before: Outcome, after: Outcome) -> RulingKind:
    """How the second differs from the first; a different rule with the same result is `same`."""
    old, new = before.result, after.result
    if "declined" in (old.outcome, new.outcome):
        if old.outcome == new.outcome:
            return "same"
        return "declined" if new.outcome == "declined" else "decided"
    if old.outcome != new.outcome or sorted(_shares(old)) != sorted(_shares(new)):
        return "split"
    return "same" if old.holder == new.holder else "holder"


def _shares(result: Result) -> list[tuple[str, object]]:
    return [(str(share.staff), share.share) for share in result.split]


def lapsed(hold: Hold, pack: Pack | None) -> Lapsed | None:
    """How this hold would first have lapsed under a pack; None when it lived until `until`.

    Looked at before everything that moves its end: at each moment only what came before it counts.
    """
    if pack is None:
        return None
    made = sorted(
        event.at
        for event in hold.touches
        if event.staff == hold.staff
        and hold.registered_at <= event.at < hold.until
        and is_effective(event, pack)
    )
    stage = hold.stage
    moves = {*made, *hold.renewals, *([stage[0]] if stage else ()), *(at for at, _ in hold.regraded)}
    for now in (*sorted(at for at in moves if at < hold.until), hold.until):
        state = protection(
            pack,
            registered_at=hold.registered_at,
            grade=hold.grade_at(now),
            follow_ups=[at for at in made if at < now],
            calendar=hold.calendar,
            now=now,
            channel=hold.channel,
            stage=stage if stage and stage[0] < now else None,
            renewals=[at for at in hold.renewals if at < now],
        )
        lapse_at = state.lapse_at
        if hold.stood_still and ownership_of(pack).protection.pause_while_disputed:
            lapse_at = _after_disputes(hold, state)
        if lapse_at <= now:
            return Lapsed(lapse_at, state.article, state.then)
    return None


def _after_disputes(hold: Hold, state: Protection) -> datetime:
    """The lapse, later by the time in which disputes stopped its clock, as the clock itself is moved."""
    lapse_at = state.lapse_at
    for began, ended in hold.stood_still:
        start, end = max(began, state.counts_from), min(ended or hold.until, hold.until)
        if start < end and start < lapse_at:
            lapse_at += end - start
    return lapse_at


def compare_holds(before: Lapsed | None, after: Lapsed | None) -> HoldKind:
    """`lapses`: only under the second; `survives`: only under the first; `other_day`: on another moment."""
    if (before and before.at) == (after and after.at):
        return "same"
    if before is None:
        return "lapses"
    return "survives" if after is None else "other_day"
