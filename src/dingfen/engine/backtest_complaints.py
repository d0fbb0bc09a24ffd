"""A change of rules tried on complaints that have happened: grade, breaches, and who approves what was offered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from dingfen.engine.calendar import Calendar
from dingfen.engine.complaint_clocks import Owed, clock_of, clocks_at, extension_allowed
from dingfen.engine.complaint_clocks_form import Event
from dingfen.engine.complaint_facts import ComplaintFacts
from dingfen.engine.complaints import Complaints
from dingfen.engine.deadlines import after_pause, due
from dingfen.engine.grading import Grade, classify
from dingfen.engine.parts import Money
from dingfen.engine.remedies import approval

ComplaintKind = Literal["same", "level", "late", "in_time", "measure"]


@dataclass(frozen=True, slots=True)
class Stretched:
    """What gave a clock more time, by the event that ends it: a pause for a `reason`, from `at` to `ended`, or
    until now; without a reason an extension, granted at `at`.
    """

    ends: str
    at: datetime
    reason: str = ""
    ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class PastComplaint:
    """What is known of a complaint. `events`: what happened, oldest first, `received` among it; `remedies`: what was
    offered, with its amount; `until`: its end, or now.
    """

    facts: ComplaintFacts
    klass: str | None
    events: Sequence[tuple[Event, datetime]]
    remedies: Sequence[tuple[str, Money | None]]
    calendar: Calendar
    until: datetime
    stretches: Sequence[Stretched] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """What rules make of it. `late`: the events that were owed and came after their time, or not at all."""

    level: str | None
    urgency: str | None
    late: tuple[str, ...]
    approvers: tuple[str, ...]
    articles: tuple[str, ...]


def judge(past: PastComplaint, rules: Complaints | None) -> Judged:
    """The grade the rules give, the times they set at each event and whether they were kept, who approves."""
    if rules is None:
        return Judged(None, None, (), (), ())
    known = past.klass if past.klass in rules.class_index else None
    grade = classify(rules, past.facts, known)
    late = [
        owed
        for first in _owed(past, rules, grade, known)
        for owed in _rounds(past, rules, first)
        if not _kept(past, owed, _due(past, rules, owed, grade, known))
    ]
    articles = {owed.article for owed in late} | {reason.article for reason in grade.reasons("level")}
    return Judged(
        grade.level,
        grade.urgency,
        tuple(sorted({owed.ends for owed in late})),
        tuple(_approver(rules, remedy, amount) for remedy, amount in past.remedies),
        tuple(sorted(articles)),
    )


def _owed(past: PastComplaint, rules: Complaints, grade: Grade, klass: str | None) -> list[Owed]:
    """The first clock of each kind that an event starts; one that runs is not started again."""
    found: dict[str, Owed] = {}
    for event, at in past.events:
        for owed in clocks_at(
            rules, event, at, past.facts, past.calendar, klass=klass, level=grade.level, urgency=grade.urgency
        ):
            found.setdefault(owed.id, owed)
    return list(found.values())


def _rounds(past: PastComplaint, rules: Complaints, owed: Owed) -> Iterator[Owed]:
    """The clock, and one that repeats again from each time it was met, until the complaint is decided."""
    yield owed
    met = [at for event, at in past.events if event == owed.ends and owed.started_at < at < _decided(past)]
    for at in met if owed.repeats else ():
        yield replace(owed, started_at=at, due_at=due(at, clock_of(rules, owed.id).within, past.calendar))


def _decided(past: PastComplaint) -> datetime:
    return next((at for event, at in past.events if event == "decided"), past.until)


def _kept(past: PastComplaint, owed: Owed, due_at: datetime) -> bool:
    """Whether what was owed came in time. The event that starts a clock anew does not end it; a decision does."""
    if owed.repeats:
        met = (at for event, at in past.events if event == owed.ends and at > owed.started_at)
        return min(next(met, past.until), max(_decided(past), owed.started_at)) < due_at
    ended = next((at for event, at in past.events if event == owed.ends and at >= owed.started_at), None)
    return (ended or past.until) < due_at


def _due(past: PastComplaint, rules: Complaints, owed: Owed, grade: Grade, klass: str | None) -> datetime:
    """When it is due after what gave it more time then, as far as these rules allow it too."""
    due_at, extended = owed.due_at, 0
    for stretch in past.stretches:
        if stretch.ends != owed.ends or not owed.started_at <= stretch.at < due_at:
            continue
        if stretch.reason:
            due_at = _after_pause(past, rules, owed, stretch, due_at)
            continue
        rule = clock_of(rules, owed.id).extension
        if rule is None:
            continue
        allowed = extension_allowed(
            rules, owed.id, rule.approved_by, stretch.at, due_at, extended, past.facts, past.calendar,
            klass=klass, level=grade.level, urgency=grade.urgency,
        )  # fmt: skip
        if allowed.until is not None:
            due_at, extended = allowed.until, extended + 1
    return due_at


def _after_pause(
    past: PastComplaint, rules: Complaints, owed: Owed, stretch: Stretched, due_at: datetime
) -> datetime:
    if stretch.reason not in owed.pauses:
        return due_at
    pause = next(each for each in rules.pauses if each.id == stretch.reason)
    ended = stretch.ended or past.until
    if pause.at_most is not None:
        ended = min(ended, due(stretch.at, pause.at_most, past.calendar))
    if ended <= stretch.at:
        return due_at
    return after_pause(due_at, stretch.at, ended, clock_of(rules, owed.id).within, past.calendar)


def _approver(rules: Complaints, remedy: str, amount: Money | None) -> str:
    try:
        found = approval(rules, remedy, amount)
    except KeyError:
        return "not_offered"
    return found.approver or found.why


def compare_complaints(before: Judged, after: Judged) -> ComplaintKind:
    """What differs first of all: the grade; then what would be late or no longer is; then who approves."""
    if (before.level, before.urgency) != (after.level, after.urgency):
        return "level"
    if set(after.late) - set(before.late):
        return "late"
    if before.late != after.late:
        return "in_time"
    return "measure" if before.approvers != after.approvers else "same"
