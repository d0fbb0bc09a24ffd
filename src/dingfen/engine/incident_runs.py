"""What the rules say about an incident that runs: how grave it is, what is to be done now, who is reached next.

Pure. Reasons are data: each answer names the rule and article, and what is not known but would matter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from dingfen.engine.calendar import Calendar
from dingfen.engine.deadlines import due
from dingfen.engine.incidents import IncidentReport, IncidentReview, Incidents, IncidentStep
from dingfen.engine.roles import Roles, stand_ins
from dingfen.engine.topic_facts import Given, holds, missing, prepared


@dataclass(frozen=True, slots=True)
class Because:
    """Why a level applies: its rule, the article, the condition that holds (None: it needs none)."""

    level: str
    article: str
    condition: str | None


@dataclass(frozen=True, slots=True)
class Graded:
    """`open`: graver levels that cannot be ruled out, each with the facts nobody knows."""

    level: str
    because: Because
    open: Mapping[str, tuple[str, ...]]
    raised: bool


def grade(rules: Incidents, facts: Given, current: str | None = None) -> Graded:
    """The gravest level whose condition holds, never below the `current` one. Facts left out are unknown."""
    values = prepared(facts)
    answers = [holds(level.when, values) for level in rules.levels]
    found = max((rank for rank, answer in enumerate(answers) if answer), default=0)
    rank = max(found, rules.rank[current]) if current is not None else found
    level = rules.levels[rank]
    unknown = {
        each.id: missing(each.when, values)
        for place, each in enumerate(rules.levels)
        if place > rank and answers[place] is None
    }
    because = Because(level.id, level.article, level.when.text if level.when and answers[rank] else None)
    return Graded(level.id, because, unknown, current is not None and rank > rules.rank[current])


@dataclass(frozen=True, slots=True)
class Lowered:
    """Whether a level may be lowered; `why` says what stands against it, None when nothing does."""

    allowed: bool
    why: Literal["not_lower", "role", "reason"] | None
    article: str


def lower(
    rules: Incidents, current: str, to: str, role: str, reason: str, roles: Roles | None = None
) -> Lowered:
    """Whether somebody in a `role` may lower the level, with this reason."""
    article = rules.lowering.article
    if rules.rank[to] >= rules.rank[current]:
        return Lowered(False, "not_lower", article)
    if role not in stand_ins(roles, rules.lowering.by):
        return Lowered(False, "role", article)
    return Lowered(bool(reason.strip()), None if reason.strip() else "reason", article)


State = Literal["done", "due", "overdue", "waiting", "not_needed", "unknown"]


@dataclass(frozen=True, slots=True)
class StepState:
    """A step as it stands. `waits_for`: steps before it; `unknown`: facts its branch depends on."""

    step: IncidentStep
    state: State
    due_at: datetime | None
    waits_for: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def steps_now(
    rules: Incidents,
    level: str,
    place: str,
    facts: Given,
    *,
    started_at: datetime,
    done: Mapping[str, datetime],
    now: datetime,
    calendar: Calendar,
) -> tuple[StepState, ...]:
    """Every step of the playbook in its order, empty where there is none. `started_at`: when the level was set.

    A step's time runs from when the last of those before it was done. Steps done under another playbook keep
    their ids, so they stay done when the level rises.
    """
    book = rules.playbook(level, place)
    values = prepared(facts)
    states: dict[str, StepState] = {}
    for step in book.steps if book else ():
        states[step.id] = _state(step, states, holds(step.when, values), started_at, done, now, calendar)
        if states[step.id].state == "unknown":
            states[step.id] = StepState(step, "unknown", None, (), missing(step.when, values))
    return tuple(states.values())


def _state(
    step: IncidentStep,
    before: Mapping[str, StepState],
    applies: bool | None,
    started_at: datetime,
    done: Mapping[str, datetime],
    now: datetime,
    calendar: Calendar,
) -> StepState:
    if step.id in done:
        return StepState(step, "done", None)
    if applies is not True:
        return StepState(step, "unknown" if applies is None else "not_needed", None)
    waits = tuple(name for name in step.after if before[name].state not in ("done", "not_needed"))
    if waits:
        return StepState(step, "waiting", None, waits)
    from_ = max([started_at, *(done[name] for name in step.after if name in done)])
    until = due(from_, step.within, calendar)
    return StepState(step, "overdue" if now >= until else "due", until)


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody to reach: from when, and when it passes on to the next if nobody acknowledged."""

    role: str
    at: datetime
    until: datetime | None
    article: str


def calls(rules: Incidents, level: str, at: datetime, calendar: Calendar) -> tuple[Call, ...]:
    """Whom to reach from the report on, in order. Those reached at once have nothing to pass on."""
    reach = rules.reach_of(level)
    if reach is None:
        return ()
    found = [Call(role, at, None, reach.article) for role in reach.at_once]
    start = at
    for role in reach.order:
        until = due(start, reach.acknowledge, calendar)
        found.append(Call(role, start, until, reach.article))
        start = until
    return tuple(found)


def reached_next(
    rules: Incidents, level: str, at: datetime, now: datetime, calendar: Calendar, acknowledged: bool = False
) -> Call | None:
    """Who is being asked to acknowledge now; None once somebody did. After the last one, the last one again."""
    ordered = [call for call in calls(rules, level, at, calendar) if call.until is not None]
    if acknowledged or not ordered:
        return None
    return next((call for call in ordered if call.until is not None and now < call.until), ordered[-1])


@dataclass(frozen=True, slots=True)
class Owed:
    """A report or a part of the review that is owed, by when."""

    rule: IncidentReport | IncidentReview
    due_at: datetime
    overdue: bool
    unknown: tuple[str, ...] = ()


def reports_owed(
    rules: Incidents,
    level: str,
    facts: Given,
    *,
    graded_at: datetime,
    made: Mapping[str, datetime],
    now: datetime,
    calendar: Calendar,
    running: bool = True,
) -> tuple[Owed, ...]:
    """Reports still owed at a level. `made`: per report when it was made last. A report whose condition asks for
    something unknown is owed, and says what is unknown: silence is no excuse.
    """
    values = prepared(facts)
    owed = []
    for rule in rules.reports:
        answer = holds(rule.when, values)
        if level not in rule.levels or answer is False:
            continue
        last = made.get(rule.id)
        if last is not None and (rule.every is None or not running):
            continue
        until = (
            due(last, rule.every, calendar) if last and rule.every else due(graded_at, rule.within, calendar)
        )
        owed.append(Owed(rule, until, now >= until, missing(rule.when, values) if answer is None else ()))
    return tuple(owed)


def reviews_owed(
    rules: Incidents, level: str, *, ended_at: datetime, now: datetime, calendar: Calendar
) -> tuple[Owed, ...]:
    """What is owed after an incident of a level has ended."""
    owed = []
    for rule in rules.reviews:
        if level in rule.levels:
            until = due(ended_at, rule.within, calendar)
            owed.append(Owed(rule, until, now >= until))
    return tuple(owed)


def goes_on_as_complaint(rules: Incidents, facts: Given) -> bool | None:
    """Whether it is handed over as a complaint; None when it cannot be said yet."""
    return False if rules.hand_over is None else holds(rules.hand_over.when, prepared(facts))
