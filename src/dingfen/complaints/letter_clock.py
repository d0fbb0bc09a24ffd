"""The clock of the letters a complaint is owed by a time: the first one due runs, then the next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from dingfen.accounts.actor import Actor
from dingfen.clocks import actions as clocks
from dingfen.clocks.models import Clock
from dingfen.complaints.models import Complaint
from dingfen.complaints.rules import rules_of
from dingfen.engine.complaint_clocks_form import Event as RuleEvent
from dingfen.engine.letters import letters_owed

if TYPE_CHECKING:
    from dingfen.complaints.letters.owed import Owed as OwedLetter

KIND = "complaint.letter"
WARN = "warn"
MOST_REASON = 300


def owed_at(
    complaint: Complaint,
    event: str,
    moment: datetime,
    actor: Actor,
    at: datetime,
    facts: Mapping[str, Any],
    new: bool,
    started: list[Clock],
) -> None:
    """The letter the rules want by a time after this event; a receipt is also given by another acknowledgement."""
    rules = rules_of(complaint)
    if event == "acknowledged":
        sent(complaint, None, actor, at)
    if rules is None or not any(one.at == event and one.within for one in rules.complaints.letters):
        return
    found = letters_owed(
        rules.complaints, cast(RuleEvent, event), moment, facts, rules.calendar,
        klass=complaint.klass or None, level=complaint.level or None, urgency=complaint.urgency or None,
        received_at=complaint.received_at,
    )  # fmt: skip
    due = [(one.due_at, one.id, one.article) for one in found if one.due_at and one.open is None]
    if due and (new or not live(complaint)):
        receipt = event == "received"
        run(complaint, *min(due), actor=actor, at=at, receipt=receipt, started=started)


def run(
    complaint: Complaint,
    deadline: datetime,
    letter: str,
    article: str,
    *,
    actor: Actor,
    at: datetime,
    receipt: bool,
    started: list[Clock] | None = None,
) -> None:
    """Let the clock of one letter run."""
    rules = rules_of(complaint)
    clocks.start(
        actor=actor, at=at, company_id=complaint.case.company_id, kind=KIND, subject_type="complaint",
        subject_uid=complaint.case.uid, deadline=deadline, responsible=complaint.handler, article=article,
        steps=[(at + (deadline - at) * 3 / 4, WARN)] if deadline > at else [],
        pack_digest=rules.version.digest if rules else "",
        params={"number": complaint.case.number, "letter": letter, "receipt": receipt, "by": ""}, among=started,
    )  # fmt: skip


def run_next(complaint: Complaint, owed: OwedLetter | None, actor: Actor, at: datetime) -> None:
    """Let the clock of the next letter run, unless one runs or none is waited for."""
    if owed is not None and owed.due_at is not None and live(complaint) is None:
        run(complaint, owed.due_at, owed.id, owed.article, actor=actor, at=at, receipt=owed.kind == "receipt")


def sent(complaint: Complaint, letter: str | None, actor: Actor, at: datetime) -> bool:
    """The letter the clock waits for has gone out; None: the receipt was given by other means. Whether it was met."""
    clock = live(complaint)
    waits = clock is not None and (
        clock.params.get("letter") == letter if letter is not None else clock.params.get("receipt", False)
    )
    if clock is None or not waits:
        return False
    clocks.meet(actor=actor, at=at, clock=clock)
    return True


def live(complaint: Complaint) -> Clock | None:
    """The clock of the letter that is waited for."""
    return Clock.objects.live().filter(subject_uid=complaint.case.uid, kind=KIND).order_by("pk").first()


def recount(complaint: Complaint, actor: Actor, at: datetime, reason: str) -> list[Clock]:
    """The letter that is waited for, by when it is due now; the next one where the rules want that one no more."""
    from dingfen.complaints.letters.owed import waited_for

    clock, owed = live(complaint), waited_for(complaint, at)
    same = clock is not None and owed is not None and clock.params.get("letter") == owed.id
    if clock is None or (same and owed and owed.due_at == clock.deadline):
        return []
    if same and owed and owed.due_at:
        steps = [(at + (owed.due_at - at) * 3 / 4, WARN)] if owed.due_at > at else []
        clocks.redate(
            actor=actor, at=at, clock=clock, deadline=owed.due_at, steps=steps, started_at=owed.since,
            reason=reason[:MOST_REASON],
        )  # fmt: skip
    else:
        clocks.cancel(actor=actor, at=at, clock=clock, reason=reason[:MOST_REASON])
        run_next(complaint, owed, actor, at)
    return [clock]
