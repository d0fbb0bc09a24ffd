"""Which letters a complaint is owed by its rules, and which of them went out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from dingfen.complaints.belonging import belonging, events_of
from dingfen.complaints.facts import facts_of
from dingfen.complaints.models import Complaint, Letter
from dingfen.complaints.rules import rules_of
from dingfen.engine.complaint_clocks_form import Event
from dingfen.engine.complaints import Body
from dingfen.engine.letters import letters_owed
from dingfen.engine.parts import Text

Kind = Letter.Kind
KINDS: dict[str, Letter.Kind] = {
    "received": Kind.RECEIPT,
    "accepted": Kind.RECEIPT,
    "acknowledged": Kind.RECEIPT,
    "first_answered": Kind.PROGRESS,
    "interim_told": Kind.PROGRESS,
    "extended": Kind.DELAY,
    "decided": Kind.DECISION,
    "review_decided": Kind.DECISION,
    "proposal_accepted": Kind.AGREEMENT,
}
"""Event of the rules a letter is owed at -> which of our letters says it; any other event: the result."""


@dataclass(frozen=True, slots=True)
class Owed:
    """A letter of the pack: since when, until when, and the one that went out. `open`: facts not known yet."""

    id: str
    kind: Letter.Kind
    title: Text
    since: datetime
    due_at: datetime | None
    rights_notice: bool
    bodies: tuple[Body, ...]
    article: str
    sent: Letter | None
    open: tuple[str, ...] = ()


def owed(complaint: Complaint, at: datetime) -> list[Owed]:
    """The letters owed so far, oldest first. One for each occasion: a second extension owes a second letter."""
    rules = rules_of(complaint)
    if rules is None or not rules.complaints.letters:
        return []
    letters = belonging(complaint, "letters", "sent_by")
    sent = sorted((one for one in letters if one.owed), key=lambda one: (one.sent_at, one.pk))
    facts, found = facts_of(complaint, at), []
    for event, moment in _events(complaint):
        for one in letters_owed(
            rules.complaints, cast(Event, event), moment, facts, rules.calendar,
            klass=complaint.klass or None, level=complaint.level or None, urgency=complaint.urgency or None,
            received_at=complaint.received_at,
        ):  # fmt: skip
            mine = next((each for each in sent if each.owed == one.id and each.sent_at >= moment), None)
            if mine is not None:
                sent.remove(mine)
            missing = one.open.facts if one.open else ()
            found.append(
                Owed(one.id, KINDS.get(event, Kind.THANKS), one.title, moment, one.due_at, one.rights_notice,
                     one.bodies, one.article, mine, missing)
            )  # fmt: skip
    return found


def unsent(complaint: Complaint, at: datetime) -> list[Owed]:
    """What is still to be written, by when; what depends on facts nobody knows is not due."""
    rows = [one for one in owed(complaint, at) if one.sent is None and not one.open]
    newest = {one.id: one for one in rows}  # of a letter owed twice and never sent, the last occasion counts
    return sorted(newest.values(), key=lambda one: one.due_at or one.since)


def waited_for(complaint: Complaint, at: datetime) -> Owed | None:
    """The next letter to be written by a time; no receipt once the customer has been answered."""
    answered = complaint.first_answer_at is not None
    owing = [one for one in unsent(complaint, at) if one.due_at is not None]
    return next((one for one in owing if not (answered and one.kind == Kind.RECEIPT)), None)


def of_pack(complaint: Complaint, name: str, at: datetime) -> Owed | None:
    """The newest occasion of a letter of the pack that is not sent yet."""
    return next((one for one in unsent(complaint, at) if one.id == name), None)


def _events(complaint: Complaint) -> Iterator[tuple[str, datetime]]:
    """What has happened, of what letters are owed at: the first receipt and decision, every extension."""
    seen: set[str] = set()
    for event in events_of(complaint):
        if event.name in ("received", "first_answered") and event.name in seen:
            continue
        seen.add(event.name)
        yield event.name, event.at
    stretches = belonging(complaint, "stretches", "by", "approved_by", "clock")
    granted = (one for one in stretches if one.kind == "extension" and one.refused_at is None)
    for moment in sorted(one.approved_at for one in granted if one.approved_at is not None):
        yield "extended", moment
