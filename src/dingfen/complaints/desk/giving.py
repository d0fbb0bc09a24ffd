"""Complaints find their handler: the next one is claimed, or they are given out by load and skills."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F, OuterRef, QuerySet, Subquery

from dingfen.accounts.access import person_of, require
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Role, Staff
from dingfen.clocks.models import LIVE, Clock
from dingfen.complaints import watch
from dingfen.complaints.actions import handling
from dingfen.complaints.actions.common import RELATED, lock
from dingfen.complaints.desk import places
from dingfen.complaints.desk.routing import Place, choose, fits
from dingfen.complaints.desk_rows import Seat
from dingfen.complaints.models import OPEN, Complaint
from dingfen.complaints.notices import tell
from dingfen.complaints.people import kept_out
from dingfen.complaints.visibility import below_units
from dingfen.problems import conflict

LOOKED_AT = 200
"""So many free ones, the most urgent first, are looked through for one that fits."""


@transaction.atomic
def claim_next(*, actor: Actor, at: datetime) -> Complaint:
    """Take the most urgent free complaint that fits one's skills. Two who claim at once get two.

    Raises `desk.full` (409) when one handles as many as one has room for, `desk.nothing` when none waits.
    """
    require(actor, "complaint.take")
    me = person_of(actor)
    places.hold([me])
    seat = Seat.objects.filter(staff_id=me).first()
    place = places.place_of(me, seat, places.loads([me]).get(me, 0))
    if place.full:
        raise conflict("desk.full", n=place.load)
    for pk in _that_fit(actor, place):
        complaint = _free(pk)
        if complaint is not None:
            handling.hand_to(complaint, Staff.objects.get(pk=me), actor, at, "complaint.taken")
            return complaint
    raise conflict("desk.nothing")


def free(actor: Actor) -> QuerySet[Complaint]:
    """Open ones nobody handles, of the units whose complaints the actor takes."""
    units = below_units(actor.paths(Role.AGENT, Role.HEAD))
    return Complaint.objects.visible_to(actor).filter(units, handler=None, state__in=OPEN)


def by_urgency(rows: QuerySet[Complaint], most: int) -> QuerySet[Complaint]:
    """The next deadline first; what has none afterwards, in the order it came."""
    live = Clock.objects.filter(subject_uid=OuterRef("case__uid"), kind__in=watch.KINDS, state__in=LIVE)
    due = Subquery(live.order_by("deadline").values("deadline")[:1])
    return rows.annotate(due=due).order_by(F("due").asc(nulls_last=True), "pk")[:most]


def _that_fit(actor: Actor, place: Place) -> Iterator[int]:
    rows = by_urgency(free(actor).select_related("case__unit", "policy"), LOOKED_AT)
    return (row.pk for row in rows if fits(place, places.matter_of(row)))


def _free(pk: int) -> Complaint | None:
    """The complaint under lock, where it is still free; one that somebody else is just taking is passed over."""
    skip = connection.features.has_select_for_update_skip_locked
    rows = Complaint.objects.select_for_update(of=("self",), skip_locked=skip).select_related(*RELATED)
    return rows.filter(pk=pk, handler=None, state__in=OPEN).first()


@transaction.atomic
def give_out(*, actor: Actor, at: datetime, case_uid: object) -> Complaint:
    """Give a free complaint to whoever of its unit's desk fits and carries least.

    Raises `complaint.taken` (409) when somebody handles it, `desk.nobody` when nobody fits or all are full.
    """
    seen = handling.seen(actor, case_uid)
    people = places.people(seen.case.unit, at, kept_out(seen.case))
    places.hold(one.pk for one in people)
    complaint = lock(actor, case_uid, permission="complaint.assign")
    if complaint.handler is not None:
        raise conflict("complaint.taken", name=complaint.handler.name)
    person = chosen(complaint, people, at)
    if person is None:
        raise conflict("desk.nobody")
    handling.hand_to(complaint, person, actor, at, "complaint.assigned")
    if person.pk != actor.staff_id:
        tell([person], "complaint.assigned", complaint, at=at, key=str(complaint.version))
    return complaint


def chosen(complaint: Complaint, people: list[Staff], at: datetime) -> Staff | None:
    """Whoever of them fits and carries least; that they were given one is kept. The caller holds them."""
    found = choose(places.places(one.pk for one in people), places.matter_of(complaint))
    if found is None:
        return None
    if not Seat.objects.filter(staff_id=found.person).update(given_at=at):
        Seat.objects.create(staff_id=found.person, given_at=at)
    return next(one for one in people if one.pk == found.person)


def at_intake(complaint: Complaint, at: datetime, without: set[int]) -> Staff | None:
    """Whom a new complaint goes to by itself; None where its unit leaves that to people."""
    unit = complaint.case.unit
    if not places.automatic(unit):
        return None
    people = places.people(unit, at, without)
    places.hold(one.pk for one in people)
    return chosen(complaint, people, at)
