"""What is done in the rotation. Each step is an event of the day and an entry in the site's book.

Everybody acts for themselves; reception and heads for whoever they lead. The row of the day is locked first.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor
from dingfen.accounts.books import book_of
from dingfen.accounts.models import Staff, Unit
from dingfen.engine.rotation import RECEPTIONS
from dingfen.ownership.rotation.models import AWAY_REASONS, OUT_OF_TURN_REASONS, RotationDay, TurnEvent
from dingfen.ownership.rotation.queries import Board, board_under, rotation_rules, site_of_actor
from dingfen.ownership.sanctions import suspended
from dingfen.parties.models import Customer, Touch
from dingfen.problems import conflict, invalid, missing, read_uid
from dingfen.register.append import NewEntry, append_many
from dingfen.register.models import Entry

Kind = TurnEvent.Kind
BARRED = (
    Kind.CHECKED_IN,
    Kind.RECEIVED,
    Kind.DUTY,
)  # to who is suspended; one's own customers are still served


@dataclass(slots=True)
class Desk:
    """The rotation of the actor's site, locked for one change."""

    actor: Actor
    at: datetime
    row: RotationDay
    board: Board

    def person(self, uid: object) -> Staff:
        """Whose turn it is about: the actor, or a salesperson of the site the actor may act for.

        Raises `rotation.not_of_site` at the field `staff`, `role.elsewhere` (403).
        """
        wanted = self.actor.uid if uid in (None, "") else read_uid(uid)
        staff = next((one for one in self.board.people.values() if one.uid == wanted), None)
        if staff is None:
            known = Staff.objects.filter(uid=wanted, company_id=self.actor.company_id).first()
            raise invalid({"staff": [("rotation.not_of_site", {"staff": known.name if known else ""})]})
        if staff.pk != self.actor.staff_id:
            path = staff.unit.path if staff.unit else self.board.site.path
            require(self.actor, "rotation.manage", company_id=self.actor.company_id, path=path)
        return staff

    def enter(self, kind: str, staff: Staff, **more: Any) -> TurnEvent:
        """Write the event; its entry is appended by `close`. Raises `rotation.suspended`."""
        ban = suspended(staff, self.at) if kind in BARRED else None
        if ban is not None:
            raise conflict("rotation.suspended", staff=staff.name, day=ban.until_on.isoformat())
        self.row.version += 1
        event = TurnEvent(
            day=self.row,
            number=self.row.version,
            kind=kind,
            staff=staff,
            by_id=self.actor.staff_id,
            at=self.at,
            **more,
        )
        event.save(force_insert=True)
        self.row.save(update_fields=["version"])
        return event

    def close(self, event: TurnEvent) -> TurnEvent:
        """Append the entry: the last thing an action does."""
        event.entry_seq = append_many([self.entry(event)])[0].seq
        TurnEvent.objects.filter(pk=event.pk).update(entry_seq=event.entry_seq)
        return event

    def entry(self, event: TurnEvent) -> NewEntry:
        site, slip = self.board.site, event.takes_back
        told = {
            "to": str(event.to.uid) if event.to else "",
            "reason": event.reason,
            "until": event.until.isoformat() if event.until else "",
            "customer": str(event.customer.uid) if event.customer else "",
            "touch": str(event.touch.uid) if event.touch else "",
            "takes_back": str(slip.uid) if slip else "",
        }
        return NewEntry(
            book=book_of(site, at=self.at, actor_id=self.actor.uid),
            kind=f"rotation.{event.kind}",
            actor_id=self.actor.uid,
            occurred_at=self.at,
            recorded_at=self.at,
            subject=("staff", event.staff.uid),
            facts={
                "turn": str(event.uid),
                "number": event.number,
                "site": str(site.uid),
                "staff": str(event.staff.uid),
                **{name: value for name, value in told.items() if value},
            },
            corrects=_entry_of(slip) if slip else None,
            policy=self.board.rules.cited,
        )


def site_needed(actor: Actor) -> Unit:
    site = site_of_actor(actor)
    if site is None:
        raise conflict("rotation.no_site")
    return site


def desk(actor: Actor, at: datetime) -> Desk:
    """Lock the day of the actor's site. Raises `role.needed` (403), `rotation.no_site`, `rotation.none`."""
    require(actor, "rotation.take_part")
    site = site_needed(actor)
    found = desk_at(site, actor, at)
    if found is None:
        raise conflict("rotation.none", unit=site.name)
    return found


def desk_at(site: Unit, actor: Actor, at: datetime) -> Desk | None:
    """The locked day of a site; None where the rules have no rotation. In the caller's transaction."""
    rules = rotation_rules(site, at)
    if rules is None:
        return None
    made, _ = RotationDay.objects.get_or_create(site=site, day=site.day(at))
    row = RotationDay.objects.select_for_update().get(pk=made.pk)
    return Desk(actor, at, row, board_under(site, at, *rules))


@transaction.atomic
def check_in(*, actor: Actor, at: datetime, staff_uid: object = None) -> TurnEvent:
    """Check in for today's turns: oneself, or somebody by the receptionist. Raises `rotation.in_already`."""
    here = desk(actor, at)
    staff = here.person(staff_uid)
    if here.board.place_of(staff.pk):
        raise conflict("rotation.in_already", staff=staff.name)
    return here.close(here.enter(Kind.CHECKED_IN, staff))


@transaction.atomic
def check_out(*, actor: Actor, at: datetime, staff_uid: object = None) -> TurnEvent:
    """Go home: out of the order. Raises `rotation.not_in`, `rotation.busy`."""
    here, staff, status = _there(actor, at, staff_uid)
    if status == "receiving":
        raise conflict("rotation.busy", staff=staff.name)
    return here.close(here.enter(Kind.CHECKED_OUT, staff))


@transaction.atomic
def skip(
    *, actor: Actor, at: datetime, staff_uid: object = None, reason: str = "", until: datetime | None = None
) -> TurnEvent:
    """Be passed over for a while, with a reason of AWAY_REASONS and perhaps the time one is back."""
    here, staff, status = _there(actor, at, staff_uid)
    if reason not in AWAY_REASONS:
        raise invalid({"reason": [("rotation.away_reason", {})]})
    if until is not None and until <= at:
        raise invalid({"until": [("rotation.until_past", {})]})
    if status != "waiting":
        code = "rotation.busy" if status == "receiving" else "rotation.away_already"
        raise conflict(code, staff=staff.name)
    return here.close(here.enter(Kind.SKIPPED, staff, reason=reason, until=until))


@transaction.atomic
def come_back(*, actor: Actor, at: datetime, staff_uid: object = None) -> TurnEvent:
    """Back again: makes up the turn that came meanwhile, where the rules say so. Raises `rotation.not_away`."""
    here, staff, status = _there(actor, at, staff_uid)
    if status != "away":
        raise conflict("rotation.not_away", staff=staff.name)
    return here.close(here.enter(Kind.RETURNED, staff))


@transaction.atomic
def finish(*, actor: Actor, at: datetime, staff_uid: object = None) -> TurnEvent:
    """The reception is over; free for the next. Raises `rotation.not_busy`."""
    here, staff, status = _there(actor, at, staff_uid)
    if status != "receiving":
        raise conflict("rotation.not_busy", staff=staff.name)
    return here.close(here.enter(Kind.FINISHED, staff))


@transaction.atomic
def hand_on(*, actor: Actor, at: datetime, to: object, staff_uid: object = None) -> TurnEvent:
    """Let a colleague go first. Raises `rotation.not_next`, `rotation.not_free` at the field `to`."""
    here, staff, _ = _there(actor, at, staff_uid)
    first = here.board.next
    if first is None or first.pk != staff.pk:
        raise conflict("rotation.not_next", staff=staff.name)
    other = next((one for one in here.board.people.values() if str(one.uid) == str(to)), None)
    place = here.board.place_of(other.pk) if other else None
    if other is None or place is None or place.status != "waiting" or other.pk == staff.pk:
        raise invalid({"to": [("rotation.not_free", {"staff": other.name if other else ""})]})
    return here.close(here.enter(Kind.HANDED, staff, to=other))


@transaction.atomic
def give(
    *,
    actor: Actor,
    at: datetime,
    kind: str = Kind.RECEIVED,
    staff_uid: object = None,
    expected: object = None,
    reason: str = "",
) -> TurnEvent:
    """Give a reception to somebody: a new customer to the next in order, unless `staff_uid` says who.

    `kind`: received, returning or duty. `expected` is who was shown as next: when the turn has gone to another
    meanwhile, nothing is entered (`rotation.moved`, 409). Out of turn asks for a reason of OUT_OF_TURN_REASONS.
    """
    if kind not in RECEPTIONS:
        raise invalid({"kind": [("invalid", {})]})
    here = desk(actor, at)
    staff = receiver(here, staff_uid, expected, reason, new=kind == Kind.RECEIVED)
    if staff.pk != actor.staff_id:
        here.person(staff.uid)  # may the actor act for them?
    return here.close(here.enter(kind, staff, reason=reason if kind == Kind.RECEIVED else ""))


def receiver(
    here: Desk, staff_uid: object, expected: object, reason: str, *, new: bool, field: str = "reason"
) -> Staff:
    """Who receives: the next, or who is named. Raises as `give` does."""
    first = here.board.next
    if expected and (first is None or str(first.uid) != str(expected)):
        raise conflict("rotation.moved", next=first.name if first else "—")
    if staff_uid in (None, ""):
        if first is None:
            raise conflict("rotation.nobody")
        return first
    staff = next((one for one in here.board.people.values() if str(one.uid) == str(staff_uid)), None)
    if staff is None:
        raise invalid({"staff": [("rotation.not_of_site", {"staff": ""})]})
    if new and first is not None and first.pk != staff.pk and reason not in OUT_OF_TURN_REASONS:
        raise invalid({field: [("rotation.reason", {"next": first.name})]})
    return staff


def receive(
    here: Desk, kind: str, staff: Staff, *, customer: Customer, touch: Touch, reason: str = ""
) -> TurnEvent:
    """Mark the turn of a reception that another action has entered with customer and touch; appended by it."""
    return here.enter(kind, staff, customer=customer, touch=touch, reason=reason)


@transaction.atomic
def take_back(*, actor: Actor, at: datetime, event_uid: uuid.UUID | str) -> TurnEvent:
    """Correct a slip of today: the event stays and no longer counts (A1).

    Only the latest that stands of a person. Raises `rotation.later_event`, `rotation.taken_back`.
    """
    here = desk(actor, at)
    uid = read_uid(event_uid)
    event = next((one for one in here.board.events if one.uid == uid), None)
    if event is None or event.kind == Kind.TAKEN_BACK:
        raise missing()
    staff = here.person(event.staff.uid)
    gone = {one.takes_back_id for one in here.board.events}
    if event.pk in gone:
        raise conflict("rotation.taken_back")
    later = [
        one
        for one in here.board.events
        if one.number > event.number
        and one.pk not in gone
        and one.kind != Kind.TAKEN_BACK
        and {one.staff_id, one.to_id} & {event.staff_id, event.to_id} - {None}
    ]
    if later:
        raise conflict("rotation.later_event", staff=staff.name)
    return here.close(here.enter(Kind.TAKEN_BACK, staff, takes_back=event))


def _entry_of(event: TurnEvent) -> Entry | None:
    return None if event.entry_seq is None else Entry.objects.filter(pk=event.entry_seq).first()


def _there(actor: Actor, at: datetime, staff_uid: object) -> tuple[Desk, Staff, str]:
    """The locked day, and a person who has checked in. Raises `rotation.not_in`."""
    here = desk(actor, at)
    staff = here.person(staff_uid)
    place = here.board.place_of(staff.pk)
    if place is None:
        raise conflict("rotation.not_in", staff=staff.name)
    return here, staff, place.status
