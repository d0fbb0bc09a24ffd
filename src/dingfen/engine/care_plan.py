"""What care is due: the contacts planned in a period, records gone stale, courses to take. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dingfen.engine.calendar import Calendar
from dingfen.engine.care import Cadence, Care, Course, Records
from dingfen.engine.deadlines import due
from dingfen.engine.topic_facts import Given, holds, missing, prepared


@dataclass(frozen=True, slots=True)
class Chosen:
    """The cadence that counts for a customer; `unknown`: facts an earlier one would have needed."""

    cadence: Cadence | None
    unknown: tuple[str, ...] = ()


def cadence_of(rules: Care, facts: Given) -> Chosen:
    """The first cadence a customer meets. One that cannot be told is passed over, and what is unknown is said."""
    values = prepared(facts)
    unknown: list[str] = []
    for each in rules.cadences:
        answer = holds(each.when, values)
        if answer:
            return Chosen(each, tuple(dict.fromkeys(unknown)))
        if answer is None:
            unknown += missing(each.when, values)
    return Chosen(None, tuple(dict.fromkeys(unknown)))


@dataclass(frozen=True, slots=True)
class Planned:
    """A contact still owed: in the stretch from `since`, by `due_at`; the `number` of so many `times`."""

    cadence: str
    article: str
    since: datetime
    due_at: datetime
    number: int
    times: int


def planned_contacts(
    rules: Care, facts: Given, contacts: Sequence[datetime], first: date, last: date, calendar: Calendar
) -> tuple[Planned, ...]:
    """Contacts owed between two days, both included, after those that took place. Stretches start on `first`.

    Within a stretch the contacts spread evenly: two a week are due at mid-week and at its end.
    """
    cadence = cadence_of(rules, facts).cadence
    if cadence is None:
        return ()
    found: list[Planned] = []
    start, end = calendar.start_of(first), calendar.end_of(last)
    while start < end:
        until = due(start, cadence.per, calendar)
        made = sum(start <= each < until for each in contacts)
        for number in range(made + 1, cadence.times + 1):
            part = start + (until - start) * number / cadence.times
            if part <= end:
                found.append(Planned(cadence.id, cadence.article, start, part, number, cadence.times))
        start = until if until > start else start + timedelta(days=1)
    return tuple(found)


def record_due(rules: Records, changed_at: datetime, calendar: Calendar) -> datetime:
    """By when a change must be entered."""
    return due(changed_at, rules.update_within, calendar)


def is_stale(rules: Records, looked_at: datetime, now: datetime, calendar: Calendar) -> bool:
    """Whether a record was looked at too long ago."""
    return now >= due(looked_at, rules.stale_after, calendar)


@dataclass(frozen=True, slots=True)
class ToTake:
    """A course somebody still has to take, or to refresh, by when."""

    course: Course
    due_at: datetime
    overdue: bool
    refresher: bool


def courses_due(
    rules: Care,
    held: Collection[str],
    since: datetime,
    passed: Mapping[str, datetime],
    now: datetime,
    calendar: Calendar,
) -> tuple[ToTake, ...]:
    """Courses for somebody who has held these roles since a moment. `passed`: per course when it was passed last."""
    found = []
    for course in rules.courses:
        if not set(course.roles) & set(held):
            continue
        last = passed.get(course.id)
        if last is None:
            until = due(since, course.within, calendar)
        elif course.refresh is not None:
            until = due(last, course.refresh, calendar)
        else:
            continue
        found.append(ToTake(course, until, now >= until, last is not None))
    return tuple(found)
