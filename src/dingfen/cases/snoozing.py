"""Setting work aside until later. A snooze hides a deadline from its owner's list and never stops its clock.

It ends at its hour, or as soon as something happens: an entry of the register on the matter, a note, a step
of the clock (a reminder, the breach).
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Staff
from dingfen.accounts.units import site_of
from dingfen.cases.awaiting import Waiting
from dingfen.cases.models import CaseNote, Snooze
from dingfen.clocks.models import Clock, ClockEvent
from dingfen.problems import invalid, missing
from dingfen.register.models import Entry, Head

HOUR, TOMORROW, NEXT_WEEK = "hour", "tomorrow", "next_week"
MORNING = time(8)
LONGEST = timedelta(days=90)


def until_of(choice: str, at: datetime, zone: ZoneInfo) -> datetime:
    """The moment of `hour`, `tomorrow`, `next_week` or a day as 2026-03-01: its morning at eight, in `zone`.

    Raises Problem (422) for anything else.
    """
    if choice == HOUR:
        return at + timedelta(hours=1)
    today = at.astimezone(zone).date()
    if choice == TOMORROW:
        day = today + timedelta(days=1)
    elif choice == NEXT_WEEK:
        day = today + timedelta(days=7 - today.weekday())
    else:
        try:
            day = date.fromisoformat(choice)
        except ValueError:
            raise invalid({"until": [("snooze.until", {})]}) from None
    return datetime.combine(day, MORNING, zone)


def zone_of(actor: Actor) -> ZoneInfo:
    """The zone of the actor's site."""
    staff = Staff.objects.select_related("unit").filter(pk=person(actor)).first()
    site = site_of(staff.unit) if staff and staff.unit else None
    return ZoneInfo((site.time_zone if site else "") or "UTC")


@transaction.atomic
def snooze(*, actor: Actor, at: datetime, clock_uid: object, until: datetime) -> Clock:
    """Set a deadline aside; again moves the moment. Raises `not_visible` (404), Problem (422) for the moment."""
    clock, staff = known(actor, clock_uid), person(actor)
    if not at < until <= at + LONGEST:
        raise invalid({"until": [("snooze.until", {})]})
    seen = Head.objects.values_list("size", flat=True).first() or 0
    values = {"until": until, "at": at, "seen": seen}
    Snooze.objects.update_or_create(staff_id=staff, clock=clock, defaults=values)
    return clock


@transaction.atomic
def wake(*, actor: Actor, at: datetime, clock_uid: object) -> Clock:
    """Take a deadline back onto the list; one that was not set aside stays as it is."""
    clock = known(actor, clock_uid)
    Snooze.objects.filter(staff_id=person(actor), clock=clock).delete()
    return clock


def snoozed(actor: Actor, at: datetime) -> QuerySet[Snooze]:
    """What this person has set aside and nothing has brought back yet."""
    subject = OuterRef("clock__subject_uid")
    happened = (
        Exists(Entry.objects.filter(subject_uid=subject, seq__gte=OuterRef("seen"))),
        Exists(ClockEvent.objects.filter(clock=OuterRef("clock"), at__gt=OuterRef("at"))),
        Exists(CaseNote.objects.filter(case__uid=subject, at__gt=OuterRef("at"))),
    )
    return Snooze.objects.filter(*(~one for one in happened), staff_id=actor.staff_id or 0, until__gt=at)


def known(actor: Actor, uid: object) -> Clock:
    """A live clock by its uid. Raises `not_visible` (404) for one the actor may not know of."""
    rows = Waiting.on(actor).clocks().select_related("responsible__unit", "company")
    found = rows.filter(uid=str(uid)).first()
    if found is None:
        raise missing()
    return found


def person(actor: Actor) -> int:
    """The member of staff who acts. Raises `not_visible` (404) for the system, which has no list."""
    if actor.staff_id is None:
        raise missing()
    return actor.staff_id
