"""Reminding a colleague (催办): whoever is asked is told; the matter's time line shows who reminded whom."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dingfen.accounts.actor import Actor
from dingfen.accounts.books import book_of
from dingfen.accounts.models import Staff
from dingfen.cases.awaiting import asked
from dingfen.cases.models import Case, Nudge
from dingfen.cases.snoozing import known, person, zone_of
from dingfen.outbox.actions import queue
from dingfen.outbox.events import Event, declare
from dingfen.problems import conflict
from dingfen.register.append import append

EVENT = "clock.nudged"


def declare_events() -> None:
    declare(
        Event(
            EVENT,
            _("A colleague reminds you"),
            _("%(who)s reminds you"),
            _("Something waits for you, due %(deadline)s; open it to see what"),
        )
    )


@transaction.atomic
def nudge(*, actor: Actor, at: datetime, clock_uid: object) -> list[Staff]:
    """Remind those a clock waits for; whom it reached.

    Raises `not_visible` (404); `nudge.own` when only the actor is asked, `nudge.nobody` when nobody is,
    `nudge.today` when this actor has reminded of the matter on this day (409).
    """
    clock = known(actor, clock_uid)
    people = {staff.pk: staff for staff in asked(clock, at) if staff.is_active}
    if not people:
        raise conflict("nudge.nobody")
    others = [staff for pk, staff in people.items() if pk != actor.staff_id]
    if not others:
        raise conflict("nudge.own")
    day = at.astimezone(zone_of(actor)).date()
    _row, first = Nudge.objects.get_or_create(staff_id=person(actor), subject_uid=clock.subject_uid, day=day)
    if not first:
        raise conflict("nudge.today")
    who = Staff.objects.values_list("name", flat=True).get(pk=person(actor))
    for staff in others:
        queue(
            recipient=staff,
            event=EVENT,
            at=at,
            key=f"nudge:{actor.uid}:{clock.subject_uid}:{day}",
            subject=(clock.subject_type, clock.subject_uid),
            params={"who": who, "deadline": clock.deadline.isoformat()},
        )
    case = Case.objects.select_related("unit").filter(uid=clock.subject_uid).first()
    append(
        book=book_of(case.unit if case else others[0].unit or clock.company, at=at, actor_id=actor.uid),
        kind=EVENT,
        actor_id=actor.uid,
        occurred_at=at,
        recorded_at=at,
        subject=(clock.subject_type, clock.subject_uid),
        facts={"clock": clock.kind, "staff": [str(staff.uid) for staff in others]},
    )
    return others
