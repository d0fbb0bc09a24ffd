"""After closing: survey and visit owed, reopening, how long the file stays. And who may not handle a complaint."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from dingfen.engine.calendar import Calendar
from dingfen.engine.complaint_clocks import Allowed
from dingfen.engine.complaint_clocks_form import Event, Who
from dingfen.engine.complaint_facts import ComplaintFacts
from dingfen.engine.complaints import Complaints
from dingfen.engine.deadlines import due
from dingfen.engine.fitting import Complaint, fit_of


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A `survey` or a `follow_up` visit that is owed."""

    kind: str
    due_at: datetime
    by: Who
    article: str


def follow_ups(
    rules: Complaints, event: Event, at: datetime, calendar: Calendar, *, level: str | None = None
) -> tuple[FollowUp, ...]:
    """What is owed after an event (closing, a remedy delivered) at an aware moment."""
    return tuple(
        FollowUp(kind, due(at, rule.within, calendar), rule.by, rule.article)
        for kind, rule in (("survey", rules.survey), ("follow_up", rules.follow_up))
        if rule is not None and rule.since == event and (not rule.levels or level in rule.levels)
    )


def reopening(
    rules: Complaints,
    closed_at: datetime,
    at: datetime,
    earlier: int,
    facts: ComplaintFacts,
    calendar: Calendar,
    *,
    klass: str | None = None,
    level: str | None = None,
) -> Allowed:
    """Whether a closed complaint may be reopened at `at`, after `earlier` times.

    Why not: `none_foreseen`, `used_up`, `time_is_over`, `does_not_apply`, `not_known`. `until` is the end of
    the window.
    """
    rule = rules.reopening
    if rule is None:
        return Allowed(False, "none_foreseen")
    until = due(closed_at, rule.within, calendar)
    if earlier >= rule.at_most:
        return Allowed(False, "used_up", rule.article, until, params={"at_most": rule.at_most})
    if at >= until:
        return Allowed(False, "time_is_over", rule.article, until)
    found = fit_of(rules, rule, Complaint(facts, klass, level))
    if not found.holds:
        why = "does_not_apply" if found.holds is False else "not_known"
        return Allowed(False, why, rule.article, until, params={"facts": found.missing})
    return Allowed(True, "allowed", rule.article, until)


def retention_until(
    rules: Complaints, received_at: datetime, closed_at: datetime | None, calendar: Calendar
) -> datetime | None:
    """Until when a file is kept; None while it counts from closing and is not closed, or no rule says."""
    rule = rules.retention
    start = None if rule is None else received_at if rule.since == "received" else closed_at
    return None if rule is None or start is None else due(start, rule.keep, calendar)


def barred(rules: Complaints, relations: Collection[str]) -> tuple[str, ...]:
    """Which of somebody's relations to a complaint (named, relative, reports_to_named, sold, decided_before)
    keep them from handling it; none: they may.
    """
    return tuple(each for each in rules.conflict.bars if each in relations) if rules.conflict else ()


def speakers(rules: Complaints, people: int) -> int:
    """How many of a group of complainants speak for it; all where no rule says."""
    return min(people, rules.group.speakers_at_most) if rules.group else people
