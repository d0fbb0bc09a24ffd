"""What the actions of this room share: locked rows, entries of the register, checks of input."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor
from dingfen.accounts.books import book_of
from dingfen.accounts.models import Staff, Unit
from dingfen.database import rows
from dingfen.engine.holding import Protection
from dingfen.engine.ownership import Pool
from dingfen.ownership import watch
from dingfen.ownership.co_working import only_helps
from dingfen.ownership.models import UNHELD, Dispute, Registration
from dingfen.ownership.rules import Rules
from dingfen.parties.models import Customer
from dingfen.problems import conflict, invalid, missing, read_uid, refused
from dingfen.register.append import append
from dingfen.register.models import Entry

REASON_LEAST = 10


def write(
    *,
    actor: Actor,
    at: datetime,
    kind: str,
    unit: Unit,
    subject: tuple[str, uuid.UUID],
    facts: Mapping[str, Any],
    occurred_at: datetime | None = None,
    rules: Rules | None = None,
    imported: bool = False,
    reception: bool = False,
    personal: Mapping[str, Any] | None = None,
    personal_subject: uuid.UUID | None = None,
) -> Entry:
    """Append to the book of the unit's site. Always the last thing an action does."""
    return append(
        book=book_of(unit, at=at, actor_id=actor.uid),
        kind=kind,
        actor_id=actor.uid,
        occurred_at=occurred_at or at,
        recorded_at=at,
        subject=subject,
        facts=facts,
        personal=personal,
        personal_subject=personal_subject,
        policy=rules.cited if rules else None,
        imported=imported,
        reception=reception,
    )


def about_customer(registration: Registration) -> tuple[str, uuid.UUID]:
    return ("customer", registration.customer.uid)


def held_facts(registration: Registration) -> dict[str, Any]:
    """What an entry says of a hold: ids and enumerations only."""
    return {
        "registration": str(registration.uid),
        "staff": str(registration.holder.uid),
        "unit": str(registration.unit.uid),
        "scope": registration.scope,
        **({"channel": registration.channel} if registration.channel else {}),
        **duties_ended(registration),
    }


def duties_ended(registration: Registration) -> dict[str, Any]:
    """The duties to tell its holder that ended with a hold, for the entry of its end (`watch.end`)."""
    ended = getattr(registration, "ended_duties", None)
    return {"ended_duties": ended} if ended else {}


def protect(held: Registration, rules: Rules | None, now: datetime) -> Protection | None:
    """Write to the row of a hold that begins how long it lasts; the caller saves it. None without rules."""
    found = rules.protection(held, [], now) if rules else None
    held.protected_until = found.protected_until if found else None
    held.follow_up_due = found.follow_up_due if found else None
    held.policy = rules.version if rules else None
    return found


def within_limit(holder: Staff, pool: Pool | None) -> None:
    """Raise `pool.limit` (409) for who holds as many customers as the rules let one hold."""
    if pool is not None and (room := room_for(holder, pool)) is not None and room <= 0:
        raise conflict("pool.limit", limit=pool.holding_limit, article=pool.article)


def room_for(holder: Staff, pool: Pool | None) -> int | None:
    """How many more customers somebody may hold; None where the rules set no limit."""
    if pool is None or pool.holding_limit is None:
        return None
    states = (Registration.State.HELD, Registration.State.LAPSING)
    return pool.holding_limit - Registration.objects.filter(holder=holder, state__in=states).count()


def leave_pool(customer: Customer, scope: str, actor: Actor, at: datetime) -> None:
    """Somebody holds the customer now: nobody is offered it from the pool, and no head has to assign it."""
    found = Registration.objects.select_for_update(of=("self",)).order_by("pk")
    for row in found.filter(customer=customer, scope=scope, state__in=UNHELD):
        if row.state == Registration.State.WITH_HEAD:
            watch.end(row, actor, at, "taken")
        row.state = Registration.State.LAPSED
        row.save(update_fields=["state"])


def carry_stage(held: Registration) -> None:
    """A hold that begins takes over the stage the sale has reached, whoever brought it there."""
    past = Registration.objects.filter(customer=held.customer, scope=held.scope, stage_at__isnull=False)
    last = past.order_by("-stage_at").values_list("stage", "stage_at").first()
    if last is not None:
        held.stage, held.stage_at = last


def lock_registration(actor: Actor, uid: object, *states: str, permission: str) -> Registration:
    """The registration under lock, in one of these states, for an actor with the permission over its unit."""
    registration = (
        Registration.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("customer", "holder__unit", "unit__company", "company")
        .filter(uid=read_uid(uid))
        .first()
    )
    if registration is None:
        raise missing()
    require(actor, permission, company_id=registration.company_id, path=registration.unit.path)
    if only_helps(registration, actor):
        raise refused("co_worker.no_hold")
    if states and registration.state not in states:
        raise conflict("registration.state", state=registration.state)
    return registration


def lock_dispute(actor: Actor, uid: object, *states: str) -> Dispute:
    """The dispute of a case under lock, in one of these states; 404 for who may not see it."""
    dispute = (
        Dispute.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related(
            "case__customer", "case__unit__company", "case__company", "registration", "deal", "policy"
        )
        .filter(case__uid=read_uid(uid))
        .first()
    )
    if dispute is None:
        raise missing()
    if states and dispute.state not in states:
        raise conflict("dispute.state", state=dispute.state)
    return dispute


def same_version(current: int, seen: int | None) -> None:
    """Raise `version.stale` (409) when somebody changed the row since it was shown."""
    if seen is not None and seen != current:
        raise conflict("version.stale", seen=seen, current=current)


def reason_of(text: str, field: str = "reason", least: int = REASON_LEAST) -> str:
    """The reason as given, trimmed. Raises `reason.short` below `least` characters."""
    text = text.strip()
    if len(text) < least:
        raise invalid({field: [("reason.short", {"least": least})]})
    return text


def not_future(occurred_at: datetime, at: datetime, field: str = "occurred_at") -> None:
    if occurred_at > at:
        raise invalid({field: [("date.future", {"now": at})]})


def colleague(actor: Actor, uid: object, field: str = "staff") -> Staff:
    """An active member of staff of the actor's company with unit. Raises `staff.unknown` at the field."""
    try:
        found = uuid.UUID(str(uid))
    except ValueError:
        raise invalid({field: [("staff.unknown", {"value": str(uid)})]}) from None
    staff = actor.staff if found == actor.uid else None
    if staff is None:
        staff = rows.first(Staff, uid=found, company_id=actor.company_id, is_active=True)
    if staff is None or staff.unit_id is None:
        raise invalid({field: [("staff.unknown", {"value": str(uid)})]})
    if "unit" not in staff._state.fields_cache:
        staff.unit = rows.first(Unit, id=staff.unit_id)
    return staff


def unit_of(staff: Staff) -> Unit:
    """The unit a member of staff belongs to. Raises Problem `staff.no_unit` without one."""
    if staff.unit is None:
        raise conflict("staff.no_unit", staff=staff.name)
    return staff.unit


def customer_seen(actor: Actor, uid: object) -> Customer:
    """A customer of the actor's company, the surviving one after merges. 404 for strangers."""
    customer = Customer.objects.filter(company_id=actor.company_id, uid=read_uid(uid)).first()
    while customer is not None and customer.merged_into_id is not None:
        customer = customer.merged_into
    if customer is None or customer.erased_at is not None:
        raise missing()
    return customer


def enter_dispute(
    dispute: Dispute,
    actor: Actor,
    at: datetime,
    kind: str,
    facts: Mapping[str, Any],
    personal: Mapping[str, Any] | None = None,
) -> None:
    """Enter what somebody did in a dispute; `personal` is sealed under their own key."""
    write(
        actor=actor,
        at=at,
        kind=kind,
        unit=dispute.case.unit,
        subject=("dispute", dispute.case.uid),
        facts=facts,
        personal=personal,
        personal_subject=actor.uid if personal else None,
    )
