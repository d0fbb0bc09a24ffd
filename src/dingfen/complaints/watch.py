"""The clocks of a complaint: started, ended and moved here alone, as the rules of its pack say.

Each clock is named by the event that ends it (`complaint.first_answered`); of one kind one runs at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.db.models import QuerySet

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Staff
from dingfen.clocks import actions as clocks
from dingfen.clocks.models import Clock
from dingfen.complaints import letter_clock
from dingfen.complaints.facts import facts_of
from dingfen.complaints.letter_clock import MOST_REASON
from dingfen.complaints.models import Complaint, Event, Stretch
from dingfen.complaints.people import holding, kept_out
from dingfen.complaints.rules import Rules, rules_of
from dingfen.database import kept, rows
from dingfen.engine.after_closing import follow_ups
from dingfen.engine.complaint_clocks import Owed, clock_of, clocks_at
from dingfen.engine.complaint_clocks_form import Event as RuleEvent
from dingfen.engine.deadlines import after_pause

if TYPE_CHECKING:
    pass

PREFIX = "complaint."
WARN, TELL = letter_clock.WARN, "tell"
ENDS = (
    "accepted", "acknowledged", "first_answered", "assessed", "interim_told", "proposed", "proposal_accepted",
    "proposal_declined", "decided", "remedy_delivered", "visited", "closed", "reopened", "review_asked",
    "review_decided", "change_asked", "change_decided", "heard_together", "withdrawn",
)  # fmt: skip
KINDS = tuple(f"{PREFIX}{name}" for name in ENDS)
LETTER = letter_clock.KIND
BEFORE_CLOSING = tuple(kind for kind in KINDS if kind not in ("complaint.visited", "complaint.review_asked"))
"""What falls away when it is closed: all but what the rules owe after that."""
SHARED = ("", "handler", "agent")
"""Whose a clock is that belongs to whoever handles the complaint."""


def happened(
    complaint: Complaint,
    name: str,
    actor: Actor,
    at: datetime,
    since: datetime | None = None,
    facts: Mapping[str, Any] | None = None,
    new: bool = False,
) -> list[Clock]:
    """Note an event of the rules: clocks that end with it are met, clocks that start with it run. The new ones.

    `since`: when it happened, if that was earlier (a letter received yesterday). `facts`: those of the complaint,
    where they are known already. `new`: the transaction registers it, so it has no clocks yet.
    """
    moment = since or at
    rows.add(Event(complaint=complaint, name=name, at=moment))
    rules = rules_of(complaint)
    running = {} if new else {one.kind: one for one in live_now(complaint)}
    met = running.pop(f"{PREFIX}{name}", None)
    if met is not None:
        if met.state == Clock.State.PAUSED:
            clocks.resume(actor=actor, at=at, clock=met)
        clocks.meet(actor=actor, at=at, clock=met)
    if rules is None:
        return []
    told = facts_of(complaint, at) if facts is None else facts
    started: list[Clock] = []
    for owed in _owed(complaint, rules, name, moment, at, told):
        _run(complaint, owed, rules, actor, at, running, started)
    _visit(complaint, name, rules, actor, at, running, started)
    letter_clock.owed_at(complaint, name, moment, actor, at, told, new, started)
    clocks.begin(started, actor=actor, at=at)
    if met is not None and complaint.decided_at is None:
        _again(complaint, met, rules, actor, at, running)
    return started


def live(complaint: Complaint):  # type: ignore[no-untyped-def]
    """The live clocks of the complaint itself, in the order of their locks."""
    return _live([complaint.case.uid])


def live_now(complaint: Complaint) -> list[Clock]:
    """As `live` finds them."""
    return kept.rows(_live, among=[complaint.case.uid])


def _live(uids: Sequence[UUID]) -> QuerySet[Clock]:
    found = Clock.objects.live().select_related("responsible__unit")
    return found.filter(subject_uid__in=uids, kind__in=KINDS).order_by("pk")


def _owed(
    complaint: Complaint,
    rules: Rules,
    name: str,
    moment: datetime,
    at: datetime,
    facts: Mapping[str, Any] | None = None,
) -> tuple[Owed, ...]:
    return clocks_at(
        rules.complaints,
        cast(RuleEvent, name),
        moment,
        facts_of(complaint, at) if facts is None else facts,
        rules.calendar,
        klass=complaint.klass or None,
        level=complaint.level or None,
        urgency=complaint.urgency or None,
    )


Running = dict[str, Clock]
"""The live clocks of a complaint under lock, by kind."""


def _run(
    complaint: Complaint,
    owed: Owed,
    rules: Rules,
    actor: Actor,
    at: datetime,
    running: Running,
    started: list[Clock] | None = None,
) -> None:
    """Start the clock, at once or among those `started`; where one with the same end runs, the earlier deadline
    holds."""
    kind = f"{PREFIX}{owed.ends}"
    same = running.get(kind)
    if same is None:
        running[kind] = _start(complaint, owed, rules, actor, at, started)
    elif same.state != Clock.State.PAUSED and owed.due_at < same.deadline:
        _move(complaint, same, owed, owed.due_at, actor, at, owed.article)


def _start(
    complaint: Complaint, owed: Owed, rules: Rules, actor: Actor, at: datetime, started: list[Clock] | None
) -> Clock:
    return clocks.start(
        actor=actor,
        at=at,
        company_id=complaint.case.company_id,
        kind=f"{PREFIX}{owed.ends}",
        subject_type="complaint",
        subject_uid=complaint.case.uid,
        deadline=owed.due_at,
        responsible=responsible(complaint, owed.by or "", at),
        started_at=owed.started_at,
        steps=steps_of(owed),
        article=owed.article,
        pack_digest=rules.version.digest,
        params=params_of(complaint, owed),
        among=started,
    )


def params_of(complaint: Complaint, owed: Owed) -> dict[str, object]:
    """What the clock's row keeps of its rule."""
    return {
        "number": complaint.case.number,
        "clock": owed.id,
        "starts": owed.starts,
        "by": owed.by or "",
        "repeats": owed.repeats,
        "pauses": list(owed.pauses),
    }


def steps_of(owed: Owed) -> list[tuple[datetime, str]]:
    """Reminders and escalations of a clock."""
    told = [(step.at, f"{TELL}:{step.to}") for step in owed.escalations]
    return [*((moment, WARN) for moment in owed.warn_at), *told]


def _move(
    complaint: Complaint,
    clock: Clock,
    owed: Owed,
    deadline: datetime,
    actor: Actor,
    at: datetime,
    reason: str,
) -> None:
    shift = deadline - owed.due_at
    steps = [(moment + shift, name) for moment, name in steps_of(owed)]
    clock.params = params_of(complaint, owed)
    clock.article = owed.article
    clock.save(update_fields=["params", "article"])
    clocks.redate(
        actor=actor, at=at, clock=clock, deadline=deadline, steps=steps, started_at=owed.started_at,
        reason=reason[:MOST_REASON],
    )  # fmt: skip


def _again(
    complaint: Complaint, met: Clock, rules: Rules, actor: Actor, at: datetime, running: Running
) -> None:
    """A clock that repeats runs anew from the moment it was met, until the complaint is decided."""
    if not met.params.get("repeats"):
        return
    for owed in _owed(complaint, rules, str(met.params["starts"]), at, at):
        if owed.id == met.params["clock"]:
            _run(complaint, owed, rules, actor, at, running)


def _visit(
    complaint: Complaint,
    name: str,
    rules: Rules,
    actor: Actor,
    at: datetime,
    running: Running,
    started: list[Clock],
) -> None:
    """The visit the rules owe after this event; one at a time."""
    event, kind = cast(RuleEvent, name), f"{PREFIX}visited"
    found = follow_ups(rules.complaints, event, at, rules.calendar, level=complaint.level or None)
    for owed in found:
        if owed.kind == "follow_up" and kind not in running:
            running[kind] = clocks.start(
                actor=actor, at=at, company_id=complaint.case.company_id, kind=kind,
                subject_type="complaint", subject_uid=complaint.case.uid, deadline=owed.due_at,
                responsible=responsible(complaint, owed.by, at), article=owed.article,
                steps=[(at + (owed.due_at - at) * 3 / 4, WARN)], pack_digest=rules.version.digest,
                params={"number": complaint.case.number, "by": owed.by}, among=started,
            )  # fmt: skip


def recount(
    complaint: Complaint, actor: Actor, at: datetime, reason: str, since: Mapping[str, datetime] | None = None
) -> list[Clock]:
    """Count every running clock anew: class, level, calendar or rules have changed. Those that moved.

    `since`: when an event that starts clocks really was, where that was put right. A clock for which no rule is left
    ends; what stood still stays uncounted. An extended deadline holds.
    """
    rules, moved = rules_of(complaint), list[Clock]()
    if rules is None:
        return moved
    for clock in list(live(complaint).exclude(kind=f"{PREFIX}visited")):
        starts = str(clock.params.get("starts", "received"))
        owed = next(
            (one for one in _owed(complaint, rules, starts, (since or {}).get(starts, clock.started_at), at)
             if f"{PREFIX}{one.ends}" == clock.kind),
            None,
        )  # fmt: skip
        if owed is None:
            clocks.cancel(actor=actor, at=at, clock=clock, reason=reason[:MOST_REASON])
            moved.append(clock)
            continue
        deadline = _with_pauses(complaint, clock, owed, rules)
        if clock.state == Clock.State.PAUSED or deadline == clock.deadline or _extended(complaint, clock):
            continue
        _move(complaint, clock, owed, deadline, actor, at, reason)
        moved.append(clock)
    return [*moved, *letter_clock.recount(complaint, actor, at, reason)]


def _extended(complaint: Complaint, clock: Clock) -> bool:
    return complaint.stretches.filter(
        clock=clock, kind=Stretch.Kind.EXTENSION, new_deadline__isnull=False, refused_at=None
    ).exists()


def _with_pauses(complaint: Complaint, clock: Clock, owed: Owed, rules: Rules) -> datetime:
    within = clock_of(rules.complaints, owed.id).within
    deadline = owed.due_at
    pauses = complaint.stretches.filter(clock=clock, kind=Stretch.Kind.PAUSE, ended_at__isnull=False)
    for pause in pauses.order_by("at"):
        if pause.ended_at is not None:
            deadline = after_pause(deadline, pause.at, pause.ended_at, within, rules.calendar)
    return deadline


def responsible(complaint: Complaint, by: str, at: datetime) -> Staff | None:
    """Whose clock it is: the handler's, or that of the first who holds the role and is not kept out."""
    if by in SHARED:
        return complaint.handler
    case = complaint.case
    return next(iter(holding(case.unit, by, at, kept_out(case))), complaint.handler)


def hand_on(complaint: Complaint, actor: Actor, at: datetime, reason: str = "") -> None:
    """The handler has changed: their clocks go along; without one they are the desk's."""
    handler = complaint.handler
    for clock in [*live(complaint), *filter(None, [letter_clock.live(complaint)])]:
        to = handler.pk if handler else None
        if clock.params.get("by", "") in SHARED and clock.responsible_id != to:
            clocks.reassign(actor=actor, at=at, clock=clock, responsible=handler, reason=reason)


def end(complaint: Complaint, actor: Actor, at: datetime, kinds: Iterable[str] = (*KINDS, LETTER)) -> None:
    """The complaint is over: what still runs falls away."""
    clocks.end_all(actor=actor, at=at, subject_uid=complaint.case.uid, kinds=kinds)


def restart(complaint: Complaint, actor: Actor, at: datetime) -> None:
    """After a merge was taken back: the clocks that no event has ended run again, from when they began."""
    rules = rules_of(complaint)
    if rules is None:
        return
    events = list(complaint.events.order_by("at", "pk"))
    names = {one.name for one in events}
    running = {one.kind: one for one in live_now(complaint)}
    for event in events:
        for owed in _owed(complaint, rules, event.name, event.at, at):
            if owed.ends not in names:
                _run(complaint, owed, rules, actor, at, running)
    from dingfen.complaints.letters.owed import waited_for

    letter_clock.run_next(complaint, waited_for(complaint, at), actor, at)
