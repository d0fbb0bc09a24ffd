"""Setting a complaint aside: it leaves one's own list and work until a moment, or until something happens to it.

Its clocks go on. What brings it back sooner is an entry of the register, as with `cases.snoozing`.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from dingfen.accounts.access import person_of
from dingfen.accounts.actor import Actor
from dingfen.cases import snoozing
from dingfen.cases.awaiting import Waiting
from dingfen.complaints import watch
from dingfen.complaints.actions.handling import seen
from dingfen.complaints.models import Aside, Complaint
from dingfen.database import rows
from dingfen.problems import conflict, invalid
from dingfen.register.models import Entry, Head


@transaction.atomic
def set_aside(*, actor: Actor, at: datetime, case_uid: object, until: datetime) -> Aside:
    """Set it aside; again moves the moment. Raises at `until`, `complaint.state` (409) for a closed one."""
    complaint, me = seen(actor, case_uid), person_of(actor)
    if not at < until <= at + snoozing.LONGEST:
        raise invalid({"until": [("snooze.until", {})]})
    if not complaint.is_open:
        stage = str(complaint.get_state_display())
        raise conflict("complaint.state", number=complaint.case.number, stage=stage)
    size = Head.objects.values_list("size", flat=True).first() or 0
    row, _ = Aside.objects.update_or_create(
        staff_id=me, complaint=complaint, defaults={"until": until, "seen": size}
    )
    for clock in _clocks(complaint, actor):
        snoozing.snooze(actor=actor, at=at, clock_uid=clock, until=until)
    return row


@transaction.atomic
def bring_back(*, actor: Actor, at: datetime, case_uid: object) -> Complaint:
    """Take it back onto one's list; one that was not set aside stays as it is."""
    complaint = seen(actor, case_uid)
    Aside.objects.filter(staff_id=person_of(actor), complaint=complaint).delete()
    for clock in _clocks(complaint, actor):
        snoozing.wake(actor=actor, at=at, clock_uid=clock)
    return complaint


def _clocks(complaint: Complaint, actor: Actor) -> list[object]:
    """Its deadlines that wait for the actor."""
    own = Waiting.on(actor).clocks().filter(subject_uid=complaint.case.uid, kind__in=watch.KINDS)
    return list(own.values_list("uid", flat=True))


def until_of(complaint: Complaint, actor: Actor, at: datetime) -> datetime | None:
    """Until when this person has set it aside; None where they have not, or something brought it back."""
    row = rows.first(Aside, staff_id=actor.staff_id or 0, complaint_id=complaint.pk)
    if row is None or row.until <= at:
        return None
    happened = Entry.objects.filter(subject_uid=complaint.case.uid, seq__gte=row.seen)
    return None if happened.exists() else row.until


def aside(actor: Actor, at: datetime) -> QuerySet[Aside]:
    """What this person has set aside and nothing has brought back yet."""
    happened = Entry.objects.filter(subject_uid=OuterRef("complaint__case__uid"), seq__gte=OuterRef("seen"))
    return Aside.objects.filter(~Exists(happened), staff_id=actor.staff_id or 0, until__gt=at)
