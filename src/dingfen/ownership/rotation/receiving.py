"""Entering who came: hold, touch and turn in one step, so that nothing of it can be left half done.

Lock order: the row of the rotation's day before the identifier keys. Nobody who holds a key ever waits for a
day, so the two cannot wait for each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Role, Staff
from dingfen.database.locks import lock_keys
from dingfen.matching import normalise
from dingfen.ownership.actions.common import (
    colleague,
)
from dingfen.ownership.actions.registering import register_customer
from dingfen.ownership.actions.touches import record_touch
from dingfen.ownership.models import Registration
from dingfen.ownership.queries import search
from dingfen.ownership.rotation.actions import Desk, Kind, desk_at, receive, receiver
from dingfen.ownership.rotation.late import entered, lock_call
from dingfen.ownership.rotation.models import TurnEvent
from dingfen.ownership.rotation.queries import site_of_actor
from dingfen.parties import index
from dingfen.parties.details import Details
from dingfen.parties.models import Customer, Touch
from dingfen.problems import conflict, invalid, read_uid


@dataclass(frozen=True, slots=True)
class Received:
    """What came of it; `turn` is None where the rules have no rotation or nobody has checked in."""

    registration: Registration
    touch: Touch
    turn: TurnEvent | None


@transaction.atomic
def receive_new(
    *,
    actor: Actor,
    at: datetime,
    details: Details,
    kind: str = Touch.Kind.WALK_IN,
    scope: str = "",
    receiver_uid: object = None,
    expected: object = None,
    turn_reason: str = "",
    confirm_possible: bool = False,
    reason: str = "",
    note: str = "",
    occurred_at: datetime | None = None,
    late_call: object = None,
    complete_later: bool = True,
    channel: str = "",
    introduced_by: object = None,
    asked_for: object = None,
) -> Received:
    """Register whoever has just come or called, for who receives them: the next in order unless named.

    A salesperson receives by themselves. `expected`: who was shown as next. `occurred_at`: for what happened
    earlier, which uses no turn; `late_call` (uid): a call noted last evening, for who took it, then.
    `complete_later`: the card may be completed by the end of the day. `channel`, `introduced_by`: how they came
    (`register_customer`); `asked_for` (uid): the colleague they asked for by name (`record_touch`).

    Raises what `register_customer` and `give` raise; `required` at `receiver`.
    """
    require(actor, "customer.register")
    call = lock_call(actor, read_uid(late_call)) if late_call else None
    if call is not None:
        occurred_at, receiver_uid, kind = call.taken_at, call.staff.uid, Touch.Kind.CALL
    here = None if occurred_at else _desk(actor, at)
    staff = _receiver(actor, here, receiver_uid, expected, turn_reason)
    _lock_known(details, scope, staff)
    held = register_customer(
        actor=actor,
        at=at,
        details=details,
        scope=scope,
        holder=staff.uid,
        occurred_at=occurred_at,
        confirm_possible=confirm_possible,
        reason=reason,
        complete_later=complete_later,
        channel=channel,
        introduced_by=introduced_by,
    )
    touch = record_touch(
        actor=actor,
        at=at,
        uid=held.customer.uid,
        kind=kind,
        staff=staff,
        occurred_at=occurred_at,
        scope=held.scope,
        note=note,
        asked_for=asked_for,
    )
    turn = None
    if call is not None:
        entered(call, touch, actor, at)
    if here is not None:
        told = turn_reason if here.board.next != staff else ""
        turn = here.close(
            receive(here, Kind.RECEIVED, staff, customer=held.customer, touch=touch, reason=told)
        )
    return Received(held, touch, turn)


@transaction.atomic
def receive_known(
    *,
    actor: Actor,
    at: datetime,
    customer: Customer,
    holder: Staff,
    kind: str = Touch.Kind.WALK_IN,
    scope: str = "",
    receiver_uid: object = None,
    note: str = "",
    late_call: object = None,
    asked_for: object = None,
) -> tuple[Touch, TurnEvent | None]:
    """Enter the reception of a customer somebody holds: by the holder, or as duty by another (A6).

    The holder is told when another receives; the head too when the holder isn't at the site, and then what was
    talked about is to be noted the same day (`note` does it).

    `receiver_uid`: by default who acts, if a salesperson; else the holder when there, else the next in order.
    """
    require(actor, "touch.record")
    call = lock_call(actor, read_uid(late_call)) if late_call else None
    here = _desk(actor, at) if call is None else None
    staff = call.staff if call else _who(actor, here, holder, receiver_uid)
    away = here is not None and not here.board.is_here(holder.pk)
    touch = record_touch(
        actor=actor,
        at=at,
        uid=customer.uid,
        kind=Touch.Kind.CALL if call else kind,
        occurred_at=call.taken_at if call else None,
        staff=staff,
        scope=scope,
        note=note,
        notify_holder=staff.pk != holder.pk,
        holder_away=away,
        asked_for=asked_for,
    )
    if call is not None:
        entered(call, touch, actor, at)
    if here is None or here.board.place_of(staff.pk) is None:
        return touch, None
    turn = Kind.RETURNING if staff.pk == holder.pk else Kind.DUTY
    return touch, here.close(receive(here, turn, staff, customer=customer, touch=touch))


def _desk(actor: Actor, at: datetime) -> Desk | None:
    """The locked day of the actor's site, once somebody has checked in; None otherwise."""
    site = site_of_actor(actor)
    here = desk_at(site, actor, at) if site else None
    return here if here is not None and here.board.started else None


def _receiver(actor: Actor, here: Desk | None, uid: object, expected: object, reason: str) -> Staff:
    """Who receives a new customer. A salesperson does so by themselves, in turn or with a reason."""
    if actor.has(Role.SALESPERSON) and uid in (None, ""):
        uid = actor.uid
    if here is None:
        if uid in (None, ""):
            raise invalid({"receiver": [("required", {})]})
        return colleague(actor, uid, "receiver")
    known = {str(one.uid) for one in here.board.people.values()}
    if uid not in (None, "") and str(uid) not in known:
        return colleague(actor, uid, "receiver")  # of another site: takes no turn here
    return receiver(here, uid, expected, reason, new=True, field="turn_reason")


def _who(actor: Actor, here: Desk | None, holder: Staff, uid: object) -> Staff:
    if uid not in (None, ""):
        return holder if str(uid) == str(holder.uid) else colleague(actor, uid, "receiver")
    if actor.has(Role.SALESPERSON) or here is None:
        return colleague(actor, actor.uid, "receiver")
    if here.board.is_here(holder.pk):
        return holder
    if here.board.next is None:
        raise conflict("rotation.nobody")
    return here.board.next


def _lock_known(details: Details, scope: str, staff: Staff) -> None:
    """Lock the customer there is already: the register's head is locked before the touch asks for its row."""
    read = normalise(details.record())
    company_id = staff.company_id or 0
    lock_keys(index.lock_hashes(company_id, read.features))
    known = search(company_id, read.features, scope, staff.pk).known
    if known is not None:
        Customer.objects.select_for_update().get(pk=known.customer_id)
