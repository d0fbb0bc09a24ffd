"""The life of a hold after its registration: released, transferred, voided, lapsed (the pool: `pool.py`)."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from dingfen.accounts.actor import Actor, system_actor
from dingfen.accounts.models import Staff
from dingfen.clocks.models import Clock
from dingfen.clocks.steps import BREACH
from dingfen.clocks.sweep import still_due
from dingfen.database.locks import lock_keys
from dingfen.engine.ownership import Goes
from dingfen.ownership import watch
from dingfen.ownership.actions.common import (
    about_customer,
    colleague,
    held_facts,
    lock_registration,
    protect,
    reason_of,
    same_version,
    unit_of,
    within_limit,
    write,
)
from dingfen.ownership.deciders import heads_of
from dingfen.ownership.models import Registration
from dingfen.ownership.notices import tell
from dingfen.ownership.rules import Rules, rules_at
from dingfen.problems import conflict, invalid

State = Registration.State
MOVABLE = (State.HELD, State.LAPSING)
SHORT_REASON = 4


def end_hold(registration: Registration, state: str, at: datetime, reason: str) -> None:
    registration.state = state
    registration.ended_at = at
    registration.end_reason = reason[:200]
    registration.version += 1
    registration.save(update_fields=["state", "ended_at", "end_reason", "version"])


@transaction.atomic
def release(
    *, actor: Actor, at: datetime, registration_uid: object, reason: str, version: int | None = None
) -> Registration:
    """Give a customer up, with the reason. Colleagues can take it at once, the former holder after the cool-down.

    A head who returns a customer to the pool does it with this as well. Raises `reason.short`.
    """
    registration = lock_registration(actor, registration_uid, *MOVABLE, permission="registration.release")
    reason = reason_of(reason, least=SHORT_REASON)
    same_version(registration.version, version)
    rules = rules_at(registration.unit, at)
    watch.end(registration, actor, at, "released")
    pool = rules.ownership.pool if rules else None
    if rules and pool:
        watch.cool_down(registration, rules.due(at, pool.cool_down), pool.article, actor, at)
    end_hold(registration, State.COOLING if pool else State.LAPSED, at, reason)
    write(
        actor=actor,
        at=at,
        kind="registration.released",
        unit=registration.unit,
        subject=about_customer(registration),
        facts={**held_facts(registration), "article": pool.article if pool else ""},
        rules=rules,
        personal={"reason": reason},
    )
    return registration


@transaction.atomic
def transfer(
    *,
    actor: Actor,
    at: datetime,
    registration_uid: object,
    to: object,
    reason: str,
    version: int | None = None,
) -> Registration:
    """A head gives a hold to another salesperson (`to`: uid); returns the new one.

    Raises `reason.short`, `staff.unknown`, `transfer.same`, `pool.limit`.
    """
    lock_person(to)
    registration = lock_registration(
        actor, registration_uid, *MOVABLE, State.WON, permission="registration.transfer"
    )
    same_version(registration.version, version)
    reason = reason_of(reason)
    receiver = colleague(actor, to, "to")
    if receiver.pk == registration.holder_id:
        raise invalid({"to": [("transfer.same", {"staff": receiver.name})]})
    room_at(receiver, at)
    new = move(registration, receiver, actor, at, reason)
    tell(
        [receiver, registration.holder],
        "registration.moved",
        ("registration", new.uid),
        {"customer": registration.customer.masked_name},
        at=at,
        key=f"transfer:{new.uid}",
    )
    write(
        actor=actor,
        at=at,
        kind="registration.transferred",
        unit=registration.unit,
        subject=about_customer(registration),
        facts={**held_facts(registration), "to": str(receiver.uid), "new": str(new.uid)},
        rules=rules_at(registration.unit, at),
        personal={"reason": reason},
    )
    return new


def lock_person(uid: object) -> None:
    """Lock who will hold, before any row: what one may hold is counted under it. Nothing where it is no uid."""
    try:
        lock_keys([uuid.UUID(str(uid)).bytes])
    except ValueError:
        return


def room_at(receiver: Staff, at: datetime) -> None:
    """Whether somebody, locked before the hold's row, may hold one more. Raises `pool.limit` (409)."""
    rules = rules_at(unit_of(receiver), at)
    within_limit(receiver, rules.ownership.pool if rules else None)


def move(
    registration: Registration,
    receiver: Staff,
    actor: Actor,
    at: datetime,
    reason: str,
    *,
    keep: bool = False,
) -> Registration:
    """End a hold and begin the receiver's in its place; the caller writes the entry.

    `keep`: the protection goes on as it was; otherwise it begins anew.
    """
    unit = unit_of(receiver)
    watch.end(registration, actor, at, reason[:80])
    state = registration.state
    end_hold(registration, State.TRANSFERRED, at, reason)
    rules = rules_at(unit, at)
    new = Registration(
        company=registration.company,
        customer=registration.customer,
        scope=registration.scope,
        holder=receiver,
        unit=unit,
        state=state,
        registered_at=at,
        recorded_at=at,
        channel=registration.channel,
        stage=registration.stage,
        stage_at=registration.stage_at,
        last_effective_at=registration.last_effective_at if keep else None,
    )
    held = protect(new, rules, at)
    if keep and rules and held and registration.protected_until is not None:
        held = replace(
            held,
            protected_until=registration.protected_until,
            lapse_at=registration.protected_until,
            follow_up_due=registration.follow_up_due,
            warn_at=registration.protected_until - rules.ownership.protection.warn_before,
        )
        new.protected_until, new.follow_up_due = held.protected_until, held.follow_up_due
    elif state == State.LAPSING:
        new.state = State.HELD
    new.save(force_insert=True)
    if rules and held:
        watch.guard(new, held, rules, actor, at)
    return new


def tell_moved(
    receiver: Staff, giver: Staff, count: int, subject: tuple[str, uuid.UUID], at: datetime, key: str
) -> None:
    """One message about many customers that came at once."""
    params = {"staff": giver.name, "count": count}
    tell([receiver], "handover.received", subject, params, at=at, key=f"{key}:{receiver.uid}")


@transaction.atomic
def void(*, actor: Actor, at: datetime, registration_uid: object, reason: str) -> Registration:
    """Take a false or incomplete registration out: it counts as never made; its entry stays."""
    registration = lock_registration(
        actor, registration_uid, *MOVABLE, State.DISPUTED, permission="registration.void"
    )
    if registration.state == State.DISPUTED:
        raise conflict("registration.disputed")
    reason = reason_of(reason)
    watch.end(registration, actor, at, "void")
    end_hold(registration, State.VOID, at, reason)
    tell(
        [registration.holder],
        "registration.moved",
        ("registration", registration.uid),
        {"customer": registration.customer.masked_name},
        at=at,
        key=f"void:{registration.uid}",
    )
    write(
        actor=actor,
        at=at,
        kind="registration.voided",
        unit=registration.unit,
        subject=about_customer(registration),
        facts=held_facts(registration),
        rules=rules_at(registration.unit, at),
        personal={"reason": reason},
    )
    return registration


def on_protection(clock: Clock, step: str, at: datetime) -> None:
    """Clock handler: a reminder before the end; at the end the hold lapses. Does nothing twice."""
    registration = (
        Registration.objects.select_for_update(of=("self",))
        .select_related("customer", "holder", "unit__company", "company")
        .filter(uid=clock.subject_uid)
        .first()
    )
    if registration is None or registration.state not in (*MOVABLE, State.WON) or not still_due(clock):
        return  # a follow-up or a dispute came first
    if step == BREACH:
        _lapse(registration, clock, at)
    elif step == watch.WARN and registration.state == State.HELD:
        registration.state = State.LAPSING
        registration.save(update_fields=["state"])
        _remind(registration, "registration.lapsing", clock.deadline, at)
    elif step == "follow_up":
        _remind(registration, "registration.follow_up_due", clock.deadline, at)


def on_assign(clock: Clock, step: str, at: datetime) -> None:
    """Clock handler: heads are reminded that a customer waits for them; at the end it stays in their work, late."""
    held = (
        Registration.objects.filter(uid=clock.subject_uid, state=State.WITH_HEAD)
        .select_related("customer", "unit")
        .first()
    )
    if held is not None and step in (watch.WARN, BREACH) and still_due(clock):
        _tell_heads(held, clock.deadline, at, step)


AFTER = {"pool": State.POOLED, "open": State.LAPSED, "head": State.WITH_HEAD}


def _goes(registration: Registration, rules: Rules | None, at: datetime) -> Goes:
    """Where the customer goes: as the rule says that lapsed first, else as the rules say of all."""
    if rules is None:
        return "pool"
    last = registration.last_effective_at
    return rules.protection(registration, [last] if last else [], at).then


def to_head(registration: Registration, rules: Rules, actor: Actor, at: datetime) -> None:
    """The head says who follows, in the time they have for a ruling."""
    deadline = rules.due(at, rules.ownership.decides.ruling)
    watch.to_head(registration, deadline, rules, actor, at)
    _tell_heads(registration, deadline, at, "begun")


def _tell_heads(registration: Registration, deadline: datetime, at: datetime, step: str) -> None:
    tell(
        heads_of(registration.unit),
        "registration.to_assign",
        ("registration", registration.uid),
        {"customer": registration.customer.masked_name, "deadline": deadline.isoformat()},
        at=at,
        key=f"to_assign:{registration.uid}:{registration.version}:{step}",
    )


def _remind(registration: Registration, event: str, until: datetime, at: datetime) -> None:
    tell(
        [registration.holder],
        event,
        ("registration", registration.uid),
        {
            "customer": registration.customer.masked_name,
            "count": 1,
            "until": until.isoformat(),
            "deadline": until.isoformat(),
        },
        at=at,
        key=f"{event}:{registration.uid}:{until.isoformat()}",
    )


def _lapse(registration: Registration, clock: Clock, at: datetime) -> None:
    actor = system_actor(registration.company)
    rules = rules_at(registration.unit, at)
    goes = _goes(registration, rules, at)
    end_hold(registration, AFTER[goes], at, "lapse")
    watch.end(registration, actor, at, "lapse")
    if goes == "head" and rules is not None:
        to_head(registration, rules, actor, at)
    tell(
        [registration.holder],
        "registration.lapsed",
        ("registration", registration.uid),
        {
            "customer": registration.customer.masked_name,
            "article": clock.article,
        },
        at=at,
        key=f"lapse:{registration.uid}:{registration.version}",
    )
    write(
        actor=actor,
        at=at,
        occurred_at=clock.deadline,
        kind="registration.lapsed",
        unit=registration.unit,
        subject=about_customer(registration),
        facts={**held_facts(registration), "article": clock.article, "to": registration.state},
        rules=rules,
    )
