"""What happens to clocks. Each function runs inside the transaction of the action that causes it.

The caller has checked access, holds the locks of the clock's subject (lock order: rows, then clocks),
and writes the register entry. Each call leaves a ClockEvent, from which figures derive.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.db import transaction

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Staff
from dingfen.clocks.models import LIVE, Clock, ClockEvent
from dingfen.clocks.steps import first_moment, moment, moved, schedule
from dingfen.database import rows
from dingfen.problems import conflict

Steps = Iterable[tuple[datetime, str]]
State = Clock.State
Kind = ClockEvent.Kind
_EVENT = ("clock_id", "at", "kind", "actor_uid", "reason", "deadline")

rescheduled: ContextVar[set[int] | None] = ContextVar("rescheduled", default=None)
"""Clocks to which a handler gave other moments while the sweep was firing them."""


def start(
    *,
    actor: Actor,
    at: datetime,
    company_id: int,
    kind: str,
    subject_type: str,
    subject_uid: uuid.UUID,
    deadline: datetime,
    responsible: Staff | None = None,
    started_at: datetime | None = None,
    steps: Steps = (),
    article: str = "",
    pack_digest: str = "",
    params: Mapping[str, Any] | None = None,
    among: list[Clock] | None = None,
) -> Clock:
    """Start a clock that is breached at `deadline`.

    `steps` are (moment, name): reminders before the deadline, escalations after it. `started_at` is the
    event the rule counts from (default `at`). `among`: those that start together; it is put there, and `begin`
    writes them all. Raises IntegrityError when a clock of this kind already runs
    on the subject: the caller, who holds the subject's lock, re-dates that one instead.
    """
    planned = schedule(deadline, steps, at)
    clock = Clock(
        company_id=company_id,
        kind=kind,
        subject_type=subject_type,
        subject_uid=subject_uid,
        responsible=responsible,
        started_at=started_at or at,
        deadline=deadline,
        steps=planned,
        next_at=first_moment(planned),
        article=article,
        pack_digest=pack_digest,
        params=dict(params or {}),
    )
    if among is None:
        begin([clock], actor=actor, at=at)
    else:
        among.append(clock)
    return clock


def begin(new: Sequence[Clock], *, actor: Actor, at: datetime) -> None:
    """Write clocks that start together. Raises as `start` does."""
    rows.add(*new)
    _note_all(new, Kind.START, actor, at)


def pause(*, actor: Actor, at: datetime, clock: Clock, reason: str) -> Clock:
    """Stop a running clock. Raises Problem `clock.not_running`."""
    _lock(clock)
    _require(clock, State.RUNNING, code="clock.not_running")
    clock.state, clock.paused_at, clock.pause_reason, clock.next_at = State.PAUSED, at, reason, None
    return _keep(clock, Kind.PAUSE, actor, at, reason)


def resume(
    *,
    actor: Actor,
    at: datetime,
    clock: Clock,
    shift: Callable[[datetime, datetime, datetime], datetime] | None = None,
    reason: str = "",
) -> Clock:
    """Let a paused clock run again, with its deadline and steps moved by the time it stood still.

    `shift(moment, paused_at, at)` says where a moment moves; see `engine.deadlines.after_pause` for clocks
    counted in working time or days. Without it the pause's whole length is added.
    Raises Problem `clock.not_paused`.
    """
    _lock(clock)
    _require(clock, State.PAUSED, code="clock.not_paused")
    paused_at = clock.paused_at or at
    move = shift or (lambda then, start, end: then + (end - start))
    clock.deadline = move(clock.deadline, paused_at, at)
    clock.steps = moved(clock.steps, {step["at"]: move(moment(step), paused_at, at) for step in clock.steps})
    clock.next_at = first_moment(clock.steps)
    clock.state, clock.paused_at, clock.pause_reason = State.RUNNING, None, ""
    return _keep(clock, Kind.RESUME, actor, at, reason)


def extend(
    *, actor: Actor, at: datetime, clock: Clock, deadline: datetime, reason: str, steps: Steps = ()
) -> Clock:
    """Give a clock a later deadline, with its own steps; a breached one runs again.

    Raises Problem `clock.ended`, `clock.paused`, or `clock.not_later` when the deadline is not a later one.
    """
    _lock(clock)
    _require(clock, State.RUNNING, State.BREACHED, code="clock.ended")
    if deadline <= max(clock.deadline, at):
        raise conflict("clock.not_later", deadline=clock.deadline.isoformat())
    return _reschedule(clock, Kind.EXTEND, actor, at, deadline, steps, reason)


def redate(
    *,
    actor: Actor,
    at: datetime,
    clock: Clock,
    deadline: datetime,
    steps: Steps = (),
    started_at: datetime | None = None,
    reason: str = "",
) -> Clock:
    """Count anew from another event (`started_at`, default `at`), as when a follow-up renews a protection.

    Raises Problem `clock.ended`.
    """
    _lock(clock)
    _require(clock, *LIVE, code="clock.ended")
    clock.started_at = started_at or at
    return _reschedule(clock, Kind.REDATE, actor, at, deadline, steps, reason)


def reassign(
    *, actor: Actor, at: datetime, clock: Clock, responsible: Staff | None, reason: str = ""
) -> Clock:
    """Make somebody else responsible, or nobody in person. Raises Problem `clock.ended`."""
    _lock(clock)
    _require(clock, *LIVE, code="clock.ended")
    clock.responsible = responsible
    clock.save(update_fields=["responsible"])
    return _note(clock, Kind.REASSIGN, actor, at, reason)


def meet(*, actor: Actor, at: datetime, clock: Clock, reason: str = "") -> Clock:
    """The duty is done: met before the deadline, otherwise met late. Raises Problem `clock.ended`."""
    _lock(clock)
    _require(clock, *LIVE, code="clock.ended")
    late = clock.state == State.BREACHED or (clock.state == State.RUNNING and at >= clock.deadline)
    return _end(clock, State.MET_LATE if late else State.MET, Kind.MEET, actor, at, reason)


def cancel(*, actor: Actor, at: datetime, clock: Clock, reason: str = "") -> Clock:
    """The duty has fallen away. Raises Problem `clock.ended`."""
    _lock(clock)
    _require(clock, *LIVE, code="clock.ended")
    return _end(clock, State.CANCELLED, Kind.CANCEL, actor, at, reason)


def end_all(
    *,
    actor: Actor,
    at: datetime,
    subject_uid: uuid.UUID,
    kinds: Iterable[str] | None = None,
    met: bool = False,
    reason: str = "",
) -> int:
    """Meet or cancel all live clocks of a subject (of the `kinds` given); how many there were."""
    clocks = Clock.objects.live().filter(subject_uid=subject_uid).order_by("pk")
    if kinds is not None:
        clocks = clocks.filter(kind__in=list(kinds))
    found = list(clocks)
    for clock in found:
        (meet if met else cancel)(actor=actor, at=at, clock=clock, reason=reason)
    return len(found)


def _lock(clock: Clock) -> None:
    """Read the clock again, under its lock, into the object given; needs a transaction."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("clocks change inside the transaction of their cause")
    clock.refresh_from_db(from_queryset=Clock.objects.select_for_update(of=("self",)))


def _require(clock: Clock, *states: str, code: str) -> None:
    if clock.state in states:
        return
    raise conflict("clock.paused" if clock.state == State.PAUSED else code, state=clock.state)


def _reschedule(
    clock: Clock, kind: Kind, actor: Actor, at: datetime, deadline: datetime, steps: Steps, reason: str
) -> Clock:
    clock.deadline = deadline
    clock.steps = schedule(deadline, steps, at)
    clock.next_at = first_moment(clock.steps)
    clock.state, clock.paused_at, clock.pause_reason = State.RUNNING, None, ""
    return _keep(clock, kind, actor, at, reason)


def _end(clock: Clock, state: State, kind: Kind, actor: Actor, at: datetime, reason: str) -> Clock:
    clock.state, clock.ended_at, clock.next_at, clock.steps = state, at, None, []
    clock.paused_at, clock.pause_reason = None, ""
    return _keep(clock, kind, actor, at, reason)


def _keep(clock: Clock, kind: Kind, actor: Actor, at: datetime, reason: str) -> Clock:
    clock.attempts, clock.error = 0, ""
    clock.save(
        update_fields=[
            "state",
            "started_at",
            "deadline",
            "steps",
            "next_at",
            "paused_at",
            "pause_reason",
            "ended_at",
            "attempts",
            "error",
        ]
    )
    touched = rescheduled.get()
    if touched is not None:
        touched.add(clock.pk)
    return _note(clock, kind, actor, at, reason)


def _note(clock: Clock, kind: Kind, actor: Actor, at: datetime, reason: str = "") -> Clock:
    _note_all([clock], kind, actor, at, reason)
    return clock


def _note_all(clocks: Iterable[Clock], kind: Kind, actor: Actor, at: datetime, reason: str = "") -> None:
    events = ((clock.pk, at, kind.value, actor.uid, reason, clock.deadline) for clock in clocks)
    rows.insert("clocks_clockevent", _EVENT, [[rows.plain(value) for value in event] for event in events])
