"""Clocks taken over with the history of another system: many at once, and quiet.

What is over stays over; what is open and late is breached without telling anybody; what is open and still has
time runs from now on like any other.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Staff
from dingfen.clocks.models import Clock, ClockEvent
from dingfen.clocks.steps import first_moment, schedule
from dingfen.database import rows

State = Clock.State
IMPORTED = "import"


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A duty of the past. `ended`: it was done, at `ended_at` where that is known.

    `late`: what the source says of it where it does not tell when.
    """

    kind: str
    subject_type: str
    subject_uid: uuid.UUID
    started_at: datetime
    deadline: datetime
    ended: bool
    ended_at: datetime | None = None
    late: bool | None = None
    responsible: Staff | None = None
    steps: Sequence[tuple[datetime, str]] = ()
    article: str = ""
    pack_digest: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)

    def state(self, at: datetime) -> State:
        """Met, met late, or still open: running or breached."""
        if not self.ended:
            return State.RUNNING if at < self.deadline else State.BREACHED
        late = self.late if self.ended_at is None else self.ended_at >= self.deadline
        return State.MET_LATE if late else State.MET


def take_over(actor: Actor, at: datetime, company_id: int, past: Sequence[Past]) -> list[Clock]:
    """Write the clocks and their events, in the caller's transaction."""
    made = [_clock(one, at, company_id) for one in past]
    rows.add(*made)
    events = [_event(clock, ClockEvent.Kind.START, clock.started_at, actor) for clock in made]
    events += [
        _event(clock, ClockEvent.Kind.MEET, one.ended_at or one.deadline, actor)
        for clock, one in zip(made, past, strict=True)
        if one.ended
    ]
    rows.add(*events)
    return made


def _clock(one: Past, at: datetime, company_id: int) -> Clock:
    state = one.state(at)
    steps = schedule(one.deadline, one.steps, at) if state == State.RUNNING else []
    return Clock(
        company_id=company_id,
        kind=one.kind,
        subject_type=one.subject_type,
        subject_uid=one.subject_uid,
        responsible=one.responsible,
        state=state,
        started_at=one.started_at,
        deadline=one.deadline,
        steps=steps,
        next_at=first_moment(steps),
        ended_at=one.ended_at,
        article=one.article,
        pack_digest=one.pack_digest,
        params=dict(one.params),
    )


def _event(clock: Clock, kind: str, moment: datetime, actor: Actor) -> ClockEvent:
    return ClockEvent(
        clock=clock, at=moment, kind=kind, actor_uid=actor.uid, reason=IMPORTED, deadline=clock.deadline
    )
