"""Sends what is queued. At least once: a letter sent by a worker that dies before noting it is sent again.

Sending takes seconds and must not hold the database: a worker takes a delivery on lease in one short
transaction, sends it outside of any, and notes the outcome in another.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from dingfen.engine.backoff import wait
from dingfen.outbox import mail
from dingfen.outbox.models import Channel, Delivery, QuietHours
from dingfen.outbox.quiet import quiet_until
from dingfen.outbox.words import zone_of

Sender = Callable[[Delivery, datetime], None]
State = Delivery.State

SENDERS: Mapping[str, Sender] = {Channel.MAIL: mail.send}
MAX_ATTEMPTS = 12
LEASE = timedelta(minutes=5)
_FIRST_RETRY = timedelta(minutes=1)
_LONGEST_RETRY = timedelta(hours=4)
_BATCH = 50

log = logging.getLogger(__name__)


@dataclass
class Delivered:
    """What one pass did."""

    sent: int = 0
    failed: int = 0
    put_off: int = 0


def deliver(
    *,
    at: datetime,
    jitter: Callable[[], float],
    stop: Callable[[], bool] = lambda: False,
    senders: Mapping[str, Sender] = SENDERS,
) -> Delivered:
    """Send what is due at `at`, earliest first, up to 50 or until `stop` says so (between two messages).

    A message that cannot be sent waits longer each time and is given up after 12 tries.
    """
    done = Delivered()
    due = Delivery.objects.due(at).select_related("recipient__unit")
    for delivery in list(due[:_BATCH]):
        if stop():
            break
        if _put_off(delivery, at):
            done.put_off += 1
        elif _leased(delivery, at):
            sent = _send(delivery, at, senders, jitter())
            done.sent += sent
            done.failed += not sent
    return done


def _put_off(delivery: Delivery, at: datetime) -> bool:
    """Whether the message waits for the end of its recipient's quiet hours, or will not be sent at all."""
    if not delivery.recipient.is_active:
        changes: dict[str, object] = {"state": State.CANCELLED, "next_at": None}
    else:
        until = None if delivery.urgent else _quiet_until(delivery, at)
        if until is None:
            return False
        changes = {"next_at": until}
    _note(delivery, **changes)
    return True


def _quiet_until(delivery: Delivery, at: datetime) -> datetime | None:
    quiet = QuietHours.objects.filter(staff_id=delivery.recipient_id).first()
    return quiet_until(quiet.starts, quiet.ends, zone_of(delivery.recipient), at) if quiet else None


def _leased(delivery: Delivery, at: datetime) -> bool:
    """Take the message for a while (compare and swap); False when another worker has it."""
    taken = Delivery.objects.filter(pk=delivery.pk, next_at=delivery.next_at, state=State.QUEUED).update(
        next_at=at + LEASE, attempts=delivery.attempts + 1
    )
    delivery.attempts += 1
    delivery.next_at = at + LEASE
    return bool(taken)


def _send(delivery: Delivery, at: datetime, senders: Mapping[str, Sender], jitter: float) -> bool:
    try:
        senders[delivery.channel](delivery, at)
    except Exception as error:
        final = isinstance(error, mail.Refused) or delivery.attempts >= MAX_ATTEMPTS
        later = wait(delivery.attempts, first=_FIRST_RETRY, longest=_LONGEST_RETRY, jitter=jitter)
        text = f"{type(error).__name__}: {error}"[:2000]
        _note(delivery, error=text, next_at=None if final else at + later, **_failed(final))
        log.warning("not sent", extra={"delivery": str(delivery.uid), "error": text, "final": final})
        return False
    _note(delivery, state=State.SENT, sent_at=at, next_at=None, error="")
    log.info("sent", extra={"delivery": str(delivery.uid), "channel": delivery.channel})
    return True


def _failed(final: bool) -> dict[str, str]:
    return {"state": State.FAILED} if final else {}


def _note(delivery: Delivery, **changes: object) -> None:
    """Write the outcome, unless somebody cancelled or retried the message meanwhile."""
    Delivery.objects.filter(pk=delivery.pk, next_at=delivery.next_at).update(**changes)
