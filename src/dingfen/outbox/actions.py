"""Queue a message in the transaction that causes it; read it; look after what could not be sent."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from dingfen.accounts import access
from dingfen.accounts.actor import Actor
from dingfen.accounts.books import book_of
from dingfen.accounts.models import Staff
from dingfen.outbox.events import EVENTS
from dingfen.outbox.models import Channel, Delivery, Preference, QuietHours
from dingfen.outbox.words import render
from dingfen.problems import conflict, invalid, missing
from dingfen.register.append import append

State = Delivery.State

KEY_LIMIT = 120
"""As long as the column is: PostgreSQL takes no more, and a message that can't be queued takes its cause back."""


def queue(
    *,
    recipient: Staff,
    event: str,
    at: datetime,
    key: str,
    subject: tuple[str, uuid.UUID] | None = None,
    params: Mapping[str, Any] | None = None,
    channels: Iterable[str] | None = None,
) -> list[Delivery]:
    """Tell a person something, on each channel they want it on; the rows that were made.

    Call it inside the transaction of its cause. `key` names the occasion (`ruled:<uid>`): a second call with
    the same key and recipient makes nothing. `params` is plain JSON (see `words.spoken` for moments).
    Without `channels` the person's preferences and then the event's own hold; mail needs an address and a
    server. Raises KeyError for an unknown event or a parameter its text lacks, RuntimeError outside a
    transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("messages are queued inside the transaction of their cause")
    kind = EVENTS[event]
    render(
        kind, params or {}, ZoneInfo("UTC"), at
    )  # a text that lacks a parameter fails here, not in the worker
    chosen = _chosen(recipient, event) if channels is None else tuple(channels)
    rows = [
        Delivery(
            company=recipient.company,
            recipient=recipient,
            channel=channel,
            event=event,
            subject_type=subject[0] if subject else "",
            subject_uid=subject[1] if subject else None,
            params=dict(params or {}),
            urgent=kind.urgent,
            key=_short(f"{key}:{recipient.pk}:{channel}"),
            queued_at=at,
            **_first_state(channel, at),
        )
        for channel in chosen
        if recipient.company_id and _reachable(recipient, channel)
    ]
    return Delivery.objects.bulk_create(rows, ignore_conflicts=True)


def _short(key: str) -> str:
    """A key no longer than its column: of a longer one the beginning and a digest of the whole."""
    if len(key) <= KEY_LIMIT:
        return key
    return f"{key[: KEY_LIMIT - 33]}:{hashlib.blake2b(key.encode(), digest_size=16).hexdigest()}"


def mark_read(*, actor: Actor, at: datetime, delivery: Delivery) -> Delivery:
    """Note that the recipient has opened a notice. Raises Problem `not_visible` for somebody else's."""
    if delivery.recipient_id != actor.staff_id:
        raise missing()
    Delivery.objects.unread().filter(pk=delivery.pk).update(state=State.READ, read_at=at)
    delivery.refresh_from_db()
    return delivery


def mark_all_read(*, actor: Actor, at: datetime) -> int:
    """Note that the actor has seen all of their notices; how many were unread."""
    return Delivery.objects.unread().filter(recipient_id=actor.staff_id).update(state=State.READ, read_at=at)


def retry(*, actor: Actor, at: datetime, delivery: Delivery) -> Delivery:
    """Send again at once what failed or waits. Raises Problem `delivery.done`."""
    return _manage(actor, at, delivery, "delivery.retried", state=State.QUEUED, next_at=at)


def cancel(*, actor: Actor, at: datetime, delivery: Delivery) -> Delivery:
    """Send no more. Raises Problem `delivery.done`."""
    return _manage(actor, at, delivery, "delivery.cancelled", state=State.CANCELLED, next_at=None)


@transaction.atomic
def shred(*, subject_uid: uuid.UUID) -> int:
    """Take from all messages what they say of a subject, and send no more of them; how many there were.

    For the erasure of personal data, inside its transaction.
    """
    about = Delivery.objects.filter(subject_uid=subject_uid)
    about.filter(state=State.QUEUED).update(state=State.CANCELLED, next_at=None)
    return about.update(params={}, error="")


@transaction.atomic
def set_preferences(*, actor: Actor, at: datetime, wanted: Mapping[tuple[str, str], bool]) -> None:
    """Choose, per (event, channel), what to receive. Raises Problem 422 for an unknown event or channel."""
    for event, channel in wanted:
        if event not in EVENTS or channel not in Channel.values:
            raise invalid({f"{event}.{channel}": [("preference.unknown", {})]})
    person = _person(actor)
    for (event, channel), on in sorted(wanted.items()):
        Preference.objects.update_or_create(
            staff_id=person, event=event, channel=channel, defaults={"wanted": on}
        )


@transaction.atomic
def set_quiet_hours(*, actor: Actor, at: datetime, starts: time | None, ends: time | None) -> None:
    """Choose the hours (wall clock of one's site) in which only urgent mail arrives; None for none."""
    if (starts is None) != (ends is None):
        raise invalid({"ends" if ends is None else "starts": [("quiet_hours.both", {})]})
    person = _person(actor)
    if starts is None or ends is None or starts == ends:
        QuietHours.objects.filter(staff_id=person).delete()
        return
    QuietHours.objects.update_or_create(staff_id=person, defaults={"starts": starts, "ends": ends})


def _person(actor: Actor) -> int:
    """The member of staff who acts; the system has no settings."""
    if actor.staff_id is None:
        raise missing()
    return actor.staff_id


def _chosen(recipient: Staff, event: str) -> tuple[str, ...]:
    """The channels on which a person wants an event."""
    said = dict(Preference.objects.filter(staff=recipient, event=event).values_list("channel", "wanted"))
    default = EVENTS[event].channels
    return tuple(channel for channel in Channel.values if said.get(channel, channel in default))


def _reachable(recipient: Staff, channel: str) -> bool:
    if not recipient.is_active:
        return False
    return channel != Channel.MAIL or bool(recipient.email and settings.SMTP_URL)


def _first_state(channel: str, at: datetime) -> dict[str, Any]:
    """A notice is there as soon as it is written; other channels wait for the worker."""
    if channel == Channel.NOTICE:
        return {"state": State.SENT, "sent_at": at}
    return {"state": State.QUEUED, "next_at": at}


@transaction.atomic
def _manage(actor: Actor, at: datetime, delivery: Delivery, kind: str, **changes: Any) -> Delivery:
    access.require(actor, "outbox.manage", company_id=delivery.company_id)
    waiting = Delivery.objects.filter(pk=delivery.pk, state__in=(State.QUEUED, State.FAILED))
    if not waiting.update(attempts=0, error="", **changes):
        raise conflict("delivery.done")
    delivery.refresh_from_db()
    append(
        book=book_of(delivery.company, at=at, actor_id=actor.uid),
        kind=kind,
        actor_id=actor.uid,
        occurred_at=at,
        recorded_at=at,
        subject=("delivery", delivery.uid),
        facts={
            "event": delivery.event,
            "channel": delivery.channel,
            "recipient": str(delivery.recipient.uid),
        },
    )
    return delivery
