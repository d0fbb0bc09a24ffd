"""Which steps of the ladder a complaint can take now, until when, and why not the others. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from dingfen.engine.calendar import Calendar
from dingfen.engine.complaint_clocks_form import Event, Who
from dingfen.engine.complaint_facts import ComplaintFacts
from dingfen.engine.complaints import Body, Complaints, Rung
from dingfen.engine.deadlines import due
from dingfen.engine.fitting import Complaint, Reason, fit_of
from dingfen.engine.parts import Text

State = Literal["open", "tried", "closed", "unknown"]


@dataclass(frozen=True, slots=True)
class Step:
    """A step and where it stands.

    `why` where it is closed: `does_not_apply`, `needs_earlier_steps` (`missing`: those not tried),
    `not_begun` (`missing`: the event its time counts from), `time_is_over`; where unknown: `not_known`
    (`missing`: what is not known). `until`: the last moment it can be taken; `answer_by`, if taken at `at`.
    """

    id: str
    title: Text
    kind: str
    state: State
    why: str
    missing: tuple[str, ...]
    until: datetime | None
    answer_by: datetime | None
    by: Who | None
    papers: tuple[Text, ...]
    bodies: tuple[Body, ...]
    article: str
    reason: Reason


def ladder_steps(
    rules: Complaints,
    facts: ComplaintFacts,
    at: datetime,
    events: Mapping[Event, datetime],
    tried: Collection[str],
    calendar: Calendar,
    *,
    klass: str | None = None,
    level: str | None = None,
    urgency: str | None = None,
) -> tuple[Step, ...]:
    """Each step, in the order of the pack, as it stands at `at`. `events`: when what happened; `tried`: the
    steps that were taken already.
    """
    complaint = Complaint(facts, klass, level, urgency)
    return tuple(_step(rules, rung, complaint, at, events, tried, calendar) for rung in rules.ladder)


def _step(
    rules: Complaints,
    rung: Rung,
    complaint: Complaint,
    at: datetime,
    events: Mapping[Event, datetime],
    tried: Collection[str],
    calendar: Calendar,
) -> Step:
    found = fit_of(rules, rung, complaint)
    earlier = tuple(name for name in rung.after if name not in tried)
    since = events.get(rung.since) if rung.since else None
    until = due(since, rung.within, calendar) if since and rung.within else None
    state, why, missing = _state(rung, found.holds, found.missing, earlier, since, until, at, tried)
    return Step(
        id=rung.id,
        title=rung.title,
        kind=rung.kind,
        state=state,
        why=why,
        missing=missing,
        until=until,
        answer_by=due(at, rung.answer, calendar) if rung.answer and state == "open" else None,
        by=rung.by,
        papers=rung.papers,
        bodies=tuple(body for body in rules.bodies if body.id in rung.bodies),
        article=rung.article,
        reason=Reason(rung.id, rung.article, found.facts),
    )


def _state(
    rung: Rung,
    holds: bool | None,
    unknown: tuple[str, ...],
    earlier: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    at: datetime,
    tried: Collection[str],
) -> tuple[State, str, tuple[str, ...]]:
    if rung.id in tried:
        return "tried", "tried", ()
    if holds is False:
        return "closed", "does_not_apply", ()
    if earlier:
        return "closed", "needs_earlier_steps", earlier
    if rung.since and since is None:
        return "closed", "not_begun", (rung.since,)
    if until is not None and at >= until:
        return "closed", "time_is_over", ()
    if holds is None:
        return "unknown", "not_known", unknown
    return "open", "open", ()
