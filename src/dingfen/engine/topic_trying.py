"""A scenario on an incident, on conduct, care or a figure, run: what the pure functions say to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dingfen.engine import care_plan, conduct_weigh, incident_runs
from dingfen.engine.calendar import Calendar
from dingfen.engine.indicators import measure
from dingfen.engine.schema import Pack, rules_of
from dingfen.engine.topic_facts import plain
from dingfen.engine.topic_stories import GivenCare, GivenConduct, GivenFigure, GivenIncident, GivenTopic

Given = GivenIncident | GivenConduct | GivenCare | GivenFigure


def outcome_of(pack: Pack, given: Given, calendar: Calendar) -> dict[str, Any]:
    """Everything the expectation of its form can ask for, by its keys; moments are aware."""
    if isinstance(given, GivenIncident):
        return _incident(pack, given, calendar)
    if isinstance(given, GivenConduct):
        return _conduct(pack, given)
    return _care(pack, given, calendar) if isinstance(given, GivenCare) else _figure(pack, given)


def agrees(key: str, wanted: Any, found: Mapping[str, Any]) -> bool:
    """Whether what came is what was expected under a key."""
    if key.startswith("not_") and key != "not_needed":
        return not set(wanted) & set(found[key.removeprefix("not_")])
    value = found.get(key)
    if isinstance(wanted, dict) and isinstance(value, dict):
        return all(value.get(name) == each for name, each in wanted.items())
    if key in ("due", "overdue", "waiting", "not_needed", "unsure", "open") and isinstance(value, list):
        return set(wanted) <= set(value) if wanted else not value
    return bool(wanted == value)


def _facts(given: GivenTopic) -> dict[str, Any]:
    facts = plain(given.SUBJECT) | given.facts
    return {name: value for name, value in facts.items() if name not in given.unknown}


def _here(at: datetime, calendar: Calendar) -> datetime:
    return at if at.tzinfo is not None else at.replace(tzinfo=calendar.zone)


def _incident(pack: Pack, given: GivenIncident, calendar: Calendar) -> dict[str, Any]:
    rules, facts = rules_of(pack, "incidents"), _facts(given)
    graded = incident_runs.grade(rules, facts, given.level)
    reported, now = _here(given.reported_at, calendar), _here(given.now, calendar)
    started = _here(given.graded_at or given.reported_at, calendar)
    done = {name: _here(at, calendar) for name, at in given.done.items()}
    made = {name: _here(at, calendar) for name, at in given.made.items()}
    steps = incident_runs.steps_now(
        rules, graded.level, given.place, facts, started_at=started, done=done, now=now, calendar=calendar
    )
    calls = incident_runs.calls(rules, graded.level, reported, calendar)
    asked = incident_runs.reached_next(rules, graded.level, reported, now, calendar, given.acknowledged)
    reports = incident_runs.reports_owed(
        rules, graded.level, facts, graded_at=started, made=made, now=now, calendar=calendar,
        running=given.ended_at is None,
    )  # fmt: skip
    ended = _here(given.ended_at or given.now, calendar)
    reviews = incident_runs.reviews_owed(rules, graded.level, ended_at=ended, now=now, calendar=calendar)
    book = rules.playbook(graded.level, given.place)
    found: dict[str, Any] = {
        "level": graded.level,
        "raised": graded.raised,
        "open": sorted(graded.open, key=rules.rank.__getitem__),
        "playbook": book.id if book else None,
        "due_at": {each.step.id: each.due_at for each in steps if each.due_at},
        "asked": asked.role if asked else "nobody",
        "at_once": [call.role for call in calls if call.until is None],
        "passes_on_at": asked.until if asked else None,
        "reports": {each.rule.id: each.due_at for each in reports},
        "reviews": {each.rule.id: each.due_at for each in reviews} if given.ended_at else {},
        "complaint": incident_runs.goes_on_as_complaint(rules, facts),
    }
    names = {
        "due": "due",
        "overdue": "overdue",
        "waiting": "waiting",
        "not_needed": "not_needed",
        "unsure": "unknown",
    }
    for name, state in names.items():
        found[name] = [each.step.id for each in steps if each.state == state]
    if given.lower is not None:
        ask = given.lower
        answer = incident_runs.lower(rules, graded.level, ask.to, ask.by, ask.reason, pack.roles)
        found |= {"lowered": answer.allowed, "why_not": answer.why}
    return found


def _conduct(pack: Pack, given: GivenConduct) -> dict[str, Any]:
    rules, facts = rules_of(pack, "conduct"), _facts(given)
    scored = conduct_weigh.score(rules, facts)
    options = conduct_weigh.options(rules, facts, given.tried)
    return {
        "points": scored.points,
        "highest": scored.highest,
        "lines": [line.criterion for line in scored.lines],
        "warnings": [each.id for each in conduct_weigh.warnings_due(rules, scored.points)],
        "open": [each.measure.id for each in options if each.open],
        "closed": {each.measure.id: each.why for each in options if not each.open},
    }


def _care(pack: Pack, given: GivenCare, calendar: Calendar) -> dict[str, Any]:
    rules, facts = rules_of(pack, "care"), _facts(given)
    cadence = care_plan.cadence_of(rules, facts).cadence
    found: dict[str, Any] = {"cadence": cadence.id if cadence else None}
    if given.first and given.last:
        contacts = [_here(at, calendar) for at in given.contacts]
        planned = care_plan.planned_contacts(rules, facts, contacts, given.first, given.last, calendar)
        found |= {"planned": [each.due_at for each in planned], "number_planned": len(planned)}
    if given.since:
        since, now = _here(given.since, calendar), _here(given.now or given.since, calendar)
        passed = {name: _here(at, calendar) for name, at in given.passed.items()}
        due = care_plan.courses_due(rules, given.roles, since, passed, now, calendar)
        found["courses"] = {each.course.id: each.due_at for each in due}
        found["overdue"] = [each.course.id for each in due if each.overdue]
    return found


def _figure(pack: Pack, given: GivenFigure) -> dict[str, Any]:
    figure = next((each for each in rules_of(pack, "indicators").figures if each.id == given.of), None)
    if figure is None:
        return {"why": "no_such_figure"}
    got = measure(figure, given.counts)
    return {"value": None if got.value is None else round(got.value, 2), "met": got.met, "why": got.why}
