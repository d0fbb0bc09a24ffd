"""What people are told: notices, preferences, and the outbox for who looks after it."""

from __future__ import annotations

import datetime as dt
from typing import Annotated
from uuid import UUID

from django.utils.translation import get_language
from ninja import Query
from pydantic import Field

from dingfen.accounts.models import Staff
from dingfen.api.frame import ApiRequest, In, Out, Page, Router, Window, one, page, read, write
from dingfen.outbox import actions
from dingfen.outbox.events import EVENTS
from dingfen.outbox.models import Channel, Delivery, QuietHours
from dingfen.outbox.queries import wanted_by
from dingfen.outbox.words import message, zone_of

router = Router(tags=["notices"])

State = Delivery.State


class SubjectOut(Out):
    """What a message is about."""

    type: str
    uid: UUID


class NoticeOut(Out):
    """A message in the words of the language asked for. `read_at` is null until it was opened."""

    uid: UUID
    event: str
    title: str
    body: str
    about: SubjectOut | None
    queued_at: dt.datetime
    read_at: dt.datetime | None


class DeliveryOut(NoticeOut):
    """A message on its way: `next_at` is the next try, null when none comes."""

    recipient: UUID
    recipient_name: str
    channel: Channel
    state: State
    attempts: int
    error: str
    next_at: dt.datetime | None
    sent_at: dt.datetime | None


class UnreadOut(Out):
    unread: int


class ReadOut(Out):
    """How many notices were unread before."""

    read: int


class PreferenceOut(Out):
    event: str
    name: str
    urgent: bool
    channels: list[Channel]


class QuietOut(Out):
    """Wall clock times of one's site; both null for none."""

    starts: dt.time | None
    ends: dt.time | None


class PreferencesOut(Out):
    events: list[PreferenceOut]
    quiet_hours: QuietOut


class QuietIn(In):
    starts: dt.time | None = None
    ends: dt.time | None = None


class PreferencesIn(In):
    """`events` maps an event to all channels it is wanted on; events left out stay as they are."""

    events: Annotated[dict[str, list[Channel]], Field(max_length=200)] = Field(default_factory=dict)
    quiet_hours: QuietIn | None = None


class DeliveryFilter(In):
    state: State | None = None
    channel: Channel | None = None


@read(router, "/notices", out=Page[NoticeOut], permission=None)
def notices(request: ApiRequest, window: Annotated[Window, Query()]) -> Page[NoticeOut]:
    """My notices, newest first."""
    rows = Delivery.objects.notices_of(request.actor).select_related("recipient__unit")
    return page(request, rows, window, lambda row: NoticeOut(**_words(row, request.at)))


@read(router, "/notices/unread", out=UnreadOut, permission=None)
def notices_unread(request: ApiRequest) -> UnreadOut:
    """How many of my notices I have not opened."""
    rows = Delivery.objects.unread().filter(recipient_id=request.actor.staff_id)
    return UnreadOut(unread=rows.count())


@write(router, "/notices/{uid}/read", out=NoticeOut, permission=None)
def read_notice(request: ApiRequest, uid: UUID) -> NoticeOut:
    """Mark one of my notices as read; again does nothing."""
    row = one(Delivery.objects.notices_of(request.actor).select_related("recipient__unit"), uid=uid)
    return NoticeOut(
        **_words(actions.mark_read(actor=request.actor, at=request.at, delivery=row), request.at)
    )


@write(router, "/notices/read-all", out=ReadOut, permission=None)
def read_all_notices(request: ApiRequest) -> ReadOut:
    """Mark all of my notices as read."""
    return ReadOut(read=actions.mark_all_read(actor=request.actor, at=request.at))


@read(router, "/me/notifications", out=PreferencesOut, permission=None)
def notification_preferences(request: ApiRequest) -> PreferencesOut:
    """Which events reach me on which channel, and my quiet hours."""
    staff = one(Staff.objects.all(), pk=request.actor.staff_id)
    wanted = wanted_by(staff)
    quiet = QuietHours.objects.filter(staff=staff).first()
    return PreferencesOut(
        events=[
            PreferenceOut(
                event=code,
                name=str(event.name),
                urgent=event.urgent,
                channels=[channel for channel in Channel if (code, channel.value) in wanted],
            )
            for code, event in EVENTS.items()
        ],
        quiet_hours=QuietOut(starts=quiet and quiet.starts, ends=quiet and quiet.ends),
    )


@write(router, "/me/notifications", out=PreferencesOut, permission=None, method="PUT")
def set_notification_preferences(request: ApiRequest, preferences: PreferencesIn) -> PreferencesOut:
    """Choose channels per event, and quiet hours when given."""
    wanted = {
        (event, channel.value): channel in channels
        for event, channels in preferences.events.items()
        for channel in Channel
    }
    actions.set_preferences(actor=request.actor, at=request.at, wanted=wanted)
    if preferences.quiet_hours is not None:
        quiet = preferences.quiet_hours
        actions.set_quiet_hours(actor=request.actor, at=request.at, starts=quiet.starts, ends=quiet.ends)
    return notification_preferences(request)


@read(router, "/outbox", out=Page[DeliveryOut], permission="outbox.view")
def deliveries(
    request: ApiRequest, window: Annotated[Window, Query()], only: Annotated[DeliveryFilter, Query()]
) -> Page[DeliveryOut]:
    """What the house sends, newest first."""
    rows = Delivery.objects.visible_to(request.actor).select_related("recipient__unit")
    given = only.model_dump(exclude_none=True)
    return page(request, rows.filter(**given), window, lambda row: _delivery(row, request.at))


@write(router, "/outbox/{uid}/retry", out=DeliveryOut, permission="outbox.manage")
def retry_delivery(request: ApiRequest, uid: UUID) -> DeliveryOut:
    """Send again at once what failed or waits."""
    row = actions.retry(actor=request.actor, at=request.at, delivery=_managed(request, uid))
    return _delivery(row, request.at)


@write(router, "/outbox/{uid}/cancel", out=DeliveryOut, permission="outbox.manage")
def cancel_delivery(request: ApiRequest, uid: UUID) -> DeliveryOut:
    """Send it no more."""
    row = actions.cancel(actor=request.actor, at=request.at, delivery=_managed(request, uid))
    return _delivery(row, request.at)


def _managed(request: ApiRequest, uid: UUID) -> Delivery:
    return one(Delivery.objects.visible_to(request.actor).select_related("recipient__unit"), uid=uid)


def _words(row: Delivery, at: dt.datetime) -> dict[str, object]:
    words = message(row, language=get_language() or "", zone=zone_of(row.recipient), at=at)
    about = {"type": row.subject_type, "uid": row.subject_uid} if row.subject_uid else None
    return {
        "uid": row.uid,
        "event": row.event,
        "title": words.subject,
        "body": words.body,
        "about": about,
        "queued_at": row.queued_at,
        "read_at": row.read_at,
    }


def _delivery(row: Delivery, at: dt.datetime) -> DeliveryOut:
    return DeliveryOut.model_validate(
        _words(row, at)
        | {
            "recipient": row.recipient.uid,
            "recipient_name": row.recipient.name,
            "channel": row.channel,
            "state": row.state,
            "attempts": row.attempts,
            "error": row.error,
            "next_at": row.next_at,
            "sent_at": row.sent_at,
        }
    )
