"""Which letters are owed to a customer at an event, until when, and what rights they must name. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dingfen.engine.calendar import Calendar
from dingfen.engine.complaint_clocks_form import Event
from dingfen.engine.complaint_facts import ComplaintFacts
from dingfen.engine.complaints import Body, Complaints, Letter
from dingfen.engine.deadlines import due
from dingfen.engine.fitting import Complaint, Fit, Open, Reason, fit_of
from dingfen.engine.parts import Text


@dataclass(frozen=True, slots=True)
class OwedLetter:
    """A letter. `open` names what is not known where it cannot be said whether it is owed."""

    id: str
    title: Text
    due_at: datetime | None
    rights_notice: bool
    bodies: tuple[Body, ...]
    article: str
    reason: Reason
    open: Open | None = None


def letters_owed(
    rules: Complaints,
    event: Event,
    at: datetime,
    facts: ComplaintFacts,
    calendar: Calendar,
    *,
    klass: str | None = None,
    level: str | None = None,
    urgency: str | None = None,
    received_at: datetime | None = None,
) -> tuple[OwedLetter, ...]:
    """The letters that fall due with an event at an aware moment, in the order of the pack.

    Letters that depend on how soon the event came need `received_at`; without it they are listed as open.
    """
    complaint = Complaint(facts, klass, level, urgency)
    owed = []
    for letter in rules.letters:
        if letter.at != event:
            continue
        found = _timed(letter, fit_of(rules, letter, complaint), at, received_at, calendar)
        if found.holds is False:
            continue
        owed.append(
            OwedLetter(
                id=letter.id,
                title=letter.title,
                due_at=due(at, letter.within, calendar) if letter.within else None,
                rights_notice=letter.rights_notice,
                bodies=tuple(body for body in rules.bodies if body.id in letter.bodies),
                article=letter.article,
                reason=Reason(letter.id, letter.article, found.facts),
                open=Open(letter.id, letter.article, found.missing) if found.holds is None else None,
            )
        )
    return tuple(owed)


def _timed(letter: Letter, found: Fit, at: datetime, received_at: datetime | None, calendar: Calendar) -> Fit:
    """Whether the letter fits by the time since receipt too."""
    if found.holds is False or (letter.sooner_than is None and letter.later_than is None):
        return found
    if received_at is None:
        return Fit(None, (*found.missing, "received_at"), found.facts)
    late = letter.sooner_than is not None and at >= due(received_at, letter.sooner_than, calendar)
    early = letter.later_than is not None and at < due(received_at, letter.later_than, calendar)
    return Fit(False) if late or early else found
