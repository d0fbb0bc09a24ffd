"""Which clocks a complaint owes at an event, when they are due, and when they may pause or be extended. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from dingfen.engine.calendar import Calendar
from dingfen.engine.complaint_clocks_form import Clock, Event, Who
from dingfen.engine.complaint_facts import ComplaintFacts
from dingfen.engine.complaints import Complaints
from dingfen.engine.deadlines import due
from dingfen.engine.fitting import Complaint, Fit, Open, Reason, fit_of
from dingfen.engine.parts import Text


@dataclass(frozen=True, slots=True)
class Told:
    """A step of an escalation: who is told when, before the end or after it."""

    at: datetime
    to: Who
    when: str


@dataclass(frozen=True, slots=True)
class Owed:
    """A clock that runs. Times are aware UTC; what happens at `due_at` is late.

    `open`: rules nobody can judge yet that would set another time; until they can, the shorter one holds.
    """

    id: str
    title: Text
    starts: Event
    ends: Event
    started_at: datetime
    due_at: datetime
    by: Who | None
    warn_at: tuple[datetime, ...]
    escalations: tuple[Told, ...]
    repeats: bool
    pauses: tuple[str, ...]
    article: str
    unverified: bool
    consequence: Text | None
    reason: Reason
    open: tuple[Open, ...] = ()


@dataclass(frozen=True, slots=True)
class Allowed:
    """Whether something may be done now. `why` is a code where it may not, or `allowed`.

    `until`: the latest end of a pause, or the new end of a clock. `approver` and `letter`: whose consent it
    takes, and which letter is owed to the customer.
    """

    allowed: bool
    why: str
    article: str = ""
    until: datetime | None = None
    approver: Who | None = None
    letter: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


def clocks_at(
    rules: Complaints,
    event: Event,
    at: datetime,
    facts: ComplaintFacts,
    calendar: Calendar,
    *,
    klass: str | None = None,
    level: str | None = None,
    urgency: str | None = None,
) -> tuple[Owed, ...]:
    """The clocks that start with an event at an aware moment, in the order of the pack.

    Of the clocks with the same end the first that fits holds. One that cannot be judged comes into its place
    only if it is due earlier. Raises NoWorkingTime when the calendar has too little.
    """
    complaint = Complaint(facts, klass, level, urgency)
    found: list[Owed] = []
    for ends in dict.fromkeys(clock.ends for clock in rules.clocks if clock.starts == event):
        same = [clock for clock in rules.clocks if (clock.starts, clock.ends) == (event, ends)]
        owed = _first(rules, same, at, complaint, calendar)
        if owed is not None:
            found.append(owed)
    return tuple(found)


def _first(
    rules: Complaints, same: Sequence[Clock], at: datetime, complaint: Complaint, calendar: Calendar
) -> Owed | None:
    doubtful: list[tuple[Clock, Fit]] = []
    for clock in same:
        found = fit_of(rules, clock, complaint)
        if found.holds is None:
            doubtful.append((clock, found))
        elif found.holds:
            doubtful.append((clock, found))
            break
    if not doubtful:
        return None
    due_at, clock, found = min(
        ((due(at, clock.within, calendar), clock, found) for clock, found in doubtful), key=lambda row: row[0]
    )
    unsure = tuple(Open(c.id, c.article, f.missing) for c, f in doubtful if f.holds is None)
    return _owed(clock, at, due_at, found, unsure, calendar)


def _owed(
    clock: Clock, at: datetime, due_at: datetime, found: Fit, unsure: tuple[Open, ...], calendar: Calendar
) -> Owed:
    told = (
        Told(due_at - each.before, each.to, "before") for each in clock.escalate if each.before is not None
    )
    later = (Told(due_at + each.after, each.to, "after") for each in clock.escalate if each.after is not None)
    return Owed(
        id=clock.id,
        title=clock.title,
        starts=clock.starts,
        ends=clock.ends,
        started_at=at,
        due_at=due_at,
        by=clock.by,
        warn_at=tuple(_share(clock, at, due_at, share, calendar) for share in clock.warn_at),
        escalations=tuple(sorted((*(t for t in told if t.at > at), *later), key=lambda step: step.at)),
        repeats=clock.repeats,
        pauses=clock.pauses,
        article=clock.article,
        unverified=clock.unverified,
        consequence=clock.consequence,
        reason=Reason(clock.id, clock.article, found.facts),
        open=unsure,
    )


def _share(clock: Clock, at: datetime, due_at: datetime, share: int, calendar: Calendar) -> datetime:
    """The moment at which a share of the time has passed; of working hours, in working time."""
    if clock.within.unit == "working_hours":
        return calendar.add_working(at, timedelta(minutes=clock.within.amount * 60 * share // 100))
    return at + (due_at - at) * share // 100


def clock_of(rules: Complaints, name: str) -> Clock:
    """The clock of this id. Raises KeyError."""
    found = next((clock for clock in rules.clocks if clock.id == name), None)
    if found is None:
        raise KeyError(name)
    return found


def pause_allowed(
    rules: Complaints, clock: str, reason: str, by: Who, at: datetime, calendar: Calendar
) -> Allowed:
    """Whether somebody in a role may let a clock stand still for a reason from `at` on, and until when at most.

    Why not: `reason_not_listed`, `not_for_this_role`. Raises KeyError for an unknown clock.
    """
    rule = clock_of(rules, clock)
    if reason not in rule.pauses:
        return Allowed(False, "reason_not_listed", rule.article, params={"listed": rule.pauses})
    pause = next(each for each in rules.pauses if each.id == reason)
    if by not in pause.by:
        return Allowed(False, "not_for_this_role", pause.article, params={"by": pause.by})
    until = due(at, pause.at_most, calendar) if pause.at_most else None
    return Allowed(True, "allowed", pause.article, until)


def extension_allowed(
    rules: Complaints,
    clock: str,
    by: Who,
    at: datetime,
    due_at: datetime,
    earlier: int,
    facts: ComplaintFacts,
    calendar: Calendar,
    *,
    klass: str | None = None,
    level: str | None = None,
    urgency: str | None = None,
) -> Allowed:
    """Whether a clock due at `due_at` may be extended once more, after `earlier` extensions.

    `until` is the new end, counted from the old one. Anybody may ask; `why` is `needs_approval` where `by`
    may not grant it, otherwise `none_foreseen`, `too_late`, `used_up`, `does_not_apply`, `not_known`. The
    `letter` is owed to the customer before the old end. Raises KeyError for an unknown clock.
    """
    rule = clock_of(rules, clock)
    extension = rule.extension
    if extension is None:
        return Allowed(False, "none_foreseen", rule.article)
    if at >= due_at:
        return Allowed(False, "too_late", extension.article, params={"due": due_at})
    if earlier >= extension.at_most:
        return Allowed(False, "used_up", extension.article, params={"at_most": extension.at_most})
    found = fit_of(rules, extension, Complaint(facts, klass, level, urgency))
    if not found.holds:
        why = "does_not_apply" if found.holds is False else "not_known"
        return Allowed(False, why, extension.article, params={"facts": found.missing})
    until = due(_last_moment(due_at), extension.by, calendar)
    who, letter = extension.approved_by, extension.letter
    if by != who:
        return Allowed(False, "needs_approval", extension.article, until, who, letter)
    return Allowed(True, "allowed", extension.article, until, who, letter)


def _last_moment(due_at: datetime) -> datetime:
    """A day that ends at midnight is the day before: a length added to it counts from that day."""
    return due_at - timedelta(microseconds=1)
