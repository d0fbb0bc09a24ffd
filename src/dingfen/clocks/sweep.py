"""Fires what is due. Nothing is lost and nothing happens twice, whatever dies in between.

Per clock one transaction holds the effect, the rows of the outbox, the register entry and the step taken
off the clock: all of it or none. Several workers may sweep at once: they skip what another has claimed,
and who was overtaken rolls back.

The claim is no lock on the clock's row, because handlers lock the subject first and clocks after it, as
every action does; taking the clock first would let the two wait for each other.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from dingfen.accounts.actor import SYSTEM_UID
from dingfen.clocks.actions import rescheduled
from dingfen.clocks.models import Clock, ClockEvent
from dingfen.clocks.steps import BREACH, Step, first_moment, take_due
from dingfen.engine.backoff import wait

Handler = Callable[[Clock, str, datetime], None]

log = logging.getLogger(__name__)
_FIRST_RETRY = timedelta(seconds=30)
_LONGEST_RETRY = timedelta(hours=1)
_CLAIM = 0x44464331  # a number of our own, apart from other advisory locks
_BATCH = 200


class _Overtaken(Exception):
    """Somebody changed the clock while its handler ran: undo the effect and look again later."""


@dataclass
class Swept:
    """What one pass did."""

    fired: int = 0
    failed: int = 0


def sweep(
    *,
    at: datetime,
    handlers: Mapping[str, Handler],
    jitter: Callable[[], float],
    stop: Callable[[], bool] = lambda: False,
) -> Swept:
    """Fire the steps due at `at`, earliest first, up to 200 or until `stop` says so (between two clocks).

    A handler that raises costs its own clock a later try and nobody else anything. Raises what the
    database raises when it is gone.
    """
    done = Swept()
    for pk, seen in list(Clock.objects.due(at).values_list("pk", "next_at")[:_BATCH]):
        if stop():
            break
        try:
            done.fired += _fire(pk, seen, at, handlers)
        except _Overtaken:
            log.info("overtaken", extra={"clock": pk})
        except Exception as error:
            done.failed += 1
            log.exception("handler failed", extra={"clock": pk})
            _put_off(pk, seen, at, error, jitter())
    return done


def still_due(clock: Clock) -> bool:
    """For handlers, once they hold their own locks: lock the clock and see that nobody has moved it."""
    rows = Clock.objects.select_for_update(of=("self",)).filter(pk=clock.pk, next_at=clock.next_at)
    return rows.values_list("pk").first() is not None


def _fire(pk: int, seen: datetime | None, at: datetime, handlers: Mapping[str, Handler]) -> bool:
    """Fire one step of one clock; False when another worker is at it or was."""
    token = rescheduled.set(set())
    try:
        with transaction.atomic():
            if not _claimed(pk):
                return False
            clock = Clock.objects.select_related("company", "responsible").filter(pk=pk, next_at=seen).first()
            if clock is None:
                return False
            step, rest = take_due(clock.steps, at)
            if clock.kind not in handlers:
                raise LookupError(f"no handler for clocks of kind {clock.kind}")
            handlers[clock.kind](clock, step["step"], at)
            if pk not in (rescheduled.get() or ()):
                _take_off(clock, step, rest, seen)
            ClockEvent.objects.create(
                clock=clock,
                at=at,
                kind=ClockEvent.Kind.FIRE,
                actor_uid=SYSTEM_UID,
                reason=step["step"],
                deadline=clock.deadline,
            )
        log.info("fired", extra={"clock": str(clock.uid), "kind": clock.kind, "step": step["step"]})
        return True
    finally:
        rescheduled.reset(token)


def _claimed(pk: int) -> bool:
    """Whether this worker may fire the clock. SQLite: the transaction is the only writer there is."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_CLAIM, pk % 2**31])
        row = cursor.fetchone()
    return bool(row and row[0])


def _take_off(clock: Clock, step: Step, rest: list[Step], seen: datetime | None) -> None:
    """Compare and swap: the clock goes on to its next step if its moment is the one seen."""
    breached = step["step"] == BREACH and clock.state == Clock.State.RUNNING
    state = Clock.State.BREACHED if breached else clock.state
    changed = Clock.objects.filter(pk=clock.pk, next_at=seen).update(
        steps=rest, next_at=first_moment(rest), state=state, attempts=0, error=""
    )
    if not changed:
        raise _Overtaken


def _put_off(pk: int, seen: datetime | None, at: datetime, error: Exception, jitter: float) -> None:
    """Try a clock again later, and keep what went wrong where staff can see it."""
    with transaction.atomic():
        clock = Clock.objects.select_for_update(of=("self",)).filter(pk=pk, next_at=seen).first()
        if clock is None:
            return
        clock.attempts += 1
        clock.error = f"{type(error).__name__}: {error}"[:2000]
        later = wait(clock.attempts, first=_FIRST_RETRY, longest=_LONGEST_RETRY, jitter=jitter)
        clock.next_at = at + later
        clock.save(update_fields=["attempts", "error", "next_at"])
