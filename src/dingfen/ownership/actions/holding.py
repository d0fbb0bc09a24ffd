"""The life of a hold after its registration: released, transferred, voided, lapsed, taken from the pool."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor, system_actor
from dingfen.accounts.models import Staff
from dingfen.clocks.models import Clock
from dingfen.clocks.steps import BREACH
from dingfen.engine.ownership import Pool
from dingfen.ownership import watch
from dingfen.ownership.actions.common import (
    about_customer,
    colleague,
    held_facts,
    lock_registration,
    read_uid,
    reason_of,
    same_version,
    unit_of,
    write,
)
from dingfen.ownership.models import ACTIVE, IN_POOL, Registration
from dingfen.ownership.notices import tell
from dingfen.ownership.rules import Rules, rules_at, rules_needed
from dingfen.problems import conflict, invalid, missing

State = Registration.State
MOVABLE = (State.HELD, State.LAPSING)


def _end(registration: Registration, state: str, at: datetime, reason: str) -> None:
    registration.state = state
    registration.ended_at = at
    registration.end_reason = reason[:200]
    registration.version += 1
    registration.save(update_fields=["state", "ended_at", "end_reason", "version"])


@transaction.atomic
def release(
    *, actor: Actor, at: datetime, registration_uid: object, reason: str = "", version: int | None = None
) -> Registration:
    """Give a customer up. Colleagues can take it at once, the former holder after the cool-down."""
    registration = lock_registration(actor, registration_uid, *MOVABLE, permission="registration.release")
    same_version(registration.version, version)
    rules = rules_at(registration.unit, at)
    watch.end(registration, actor, at, "released")
    pool = rules.ownership.pool if rules else None
    if rules and pool:
        watch.cool_down(registration, rules.due(at, pool.cool_down), pool.article, actor, at)
    _end(registration, State.COOLING if pool else State.LAPSED, at, reason)
    write(
        actor=actor,
        at=at,
        kind="registration.released",
        unit=registration.unit,
        subject=about_customer(registration),
        facts=held_facts(registration),
        rules=rules,
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

    Raises `reason.short`, `staff.unknown`, `transfer.same`.
    """
    registration = lock_registration(
        actor, registration_uid, *MOVABLE, State.WON, permission="registration.transfer"
    )
    same_version(registration.version, version)
    reason = reason_of(reason)
    receiver = colleague(actor, to, "to")
    if receiver.pk == registration.holder_id:
        raise invalid({"to": [("transfer.same", {"staff": receiver.name})]})
    new = move(registration, receiver, actor, at, reason, registration.state)
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


def move(
    registration: Registration, receiver: Staff, actor: Actor, at: datetime, reason: str, state: str
) -> Registration:
    """End a hold and begin the receiver's in its place; the caller writes the entry."""
    unit = unit_of(receiver)
    watch.end(registration, actor, at, reason[:80])
    _end(registration, State.TRANSFERRED, at, reason)
    rules = rules_at(unit, at)
    held = rules.protection(at, registration.customer.grade, [], at) if rules else None
    new = Registration.objects.create(
        company=registration.company,
        customer=registration.customer,
        scope=registration.scope,
        holder=receiver,
        unit=unit,
        state=state,
        registered_at=at,
        recorded_at=at,
        protected_until=held.protected_until if held else None,
        follow_up_due=held.follow_up_due if held else None,
        policy=rules.version if rules else None,
    )
    if rules and held:
        watch.guard(new, held, rules, actor, at)
    return new


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
    _end(registration, State.VOID, at, reason)
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


@transaction.atomic
def take(*, actor: Actor, at: datetime, registration_uid: object) -> Registration:
    """Take a customer from the pool. Of two people at once, one gets it, the other `pool.taken`.

    Raises `pool.cool_down` for the former holder, `pool.daily` and `pool.limit` at the pack's limits.
    """
    require(actor, "pool.take")
    registration = (
        Registration.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("customer", "holder", "unit__company", "company")
        .filter(uid=read_uid(registration_uid))
        .first()
    )
    if registration is None:
        raise missing()
    if registration.state not in IN_POOL:
        raise conflict("pool.taken", since=registration.registered_at)
    taker = colleague(actor, actor.uid)
    unit = unit_of(taker)
    rules = rules_needed(unit, at)
    if rules.ownership.pool:
        _may_take(registration, taker, rules, rules.ownership.pool, at)
    held = rules.protection(at, registration.customer.grade, [], at)
    won = Registration.objects.filter(pk=registration.pk, state__in=IN_POOL, version=registration.version)
    try:
        with transaction.atomic():
            changed = won.update(
                state=State.HELD,
                holder=taker,
                unit=unit,
                registered_at=at,
                recorded_at=at,
                protected_until=held.protected_until,
                follow_up_due=held.follow_up_due,
                last_effective_at=None,
                ended_at=None,
                end_reason="",
                policy=rules.version,
                version=F("version") + 1,
            )
    except IntegrityError:
        changed = 0  # somebody registered the same customer meanwhile: the database keeps one holder
    if not changed:
        raise conflict("pool.taken", since=at)
    former = registration.holder
    registration.refresh_from_db()
    watch.end(registration, actor, at, "taken")
    watch.guard(registration, held, rules, actor, at)
    write(
        actor=actor,
        at=at,
        kind="registration.taken",
        unit=unit,
        subject=about_customer(registration),
        facts={**held_facts(registration), "from": str(former.uid)},
        rules=rules,
    )
    return registration


def _may_take(registration: Registration, taker: Staff, rules: Rules, pool: Pool, at: datetime) -> None:
    if registration.holder_id == taker.pk and registration.ended_at:
        free = rules.due(registration.ended_at, pool.cool_down)
        if at < free:
            raise conflict("pool.cool_down", date=free, article=pool.article)
    day = rules.calendar.start_of(rules.calendar.date_of(at))
    own = Registration.objects.filter(company_id=registration.company_id, holder=taker)
    taken = own.filter(registered_at__gte=day, version__gt=1, state__in=ACTIVE).count()
    if taken >= pool.take_per_day:
        raise conflict("pool.daily", limit=pool.take_per_day, article=pool.article)
    if pool.holding_limit and own.filter(state__in=MOVABLE).count() >= pool.holding_limit:
        raise conflict("pool.limit", limit=pool.holding_limit, article=pool.article)


def on_protection(clock: Clock, step: str, at: datetime) -> None:
    """Clock handler: a reminder before the end; at the end the hold lapses. Does nothing twice."""
    registration = (
        Registration.objects.select_for_update(of=("self",))
        .select_related("customer", "holder", "unit__company", "company")
        .filter(uid=clock.subject_uid)
        .first()
    )
    if registration is None or registration.state not in (*MOVABLE, State.WON):
        return
    if step == BREACH:
        _lapse(registration, clock, at)
    elif step == watch.WARN and registration.state == State.HELD:
        registration.state = State.LAPSING
        registration.save(update_fields=["state"])
        _remind(registration, "registration.lapsing", clock.deadline, at)
    elif step == "follow_up":
        _remind(registration, "registration.follow_up_due", clock.deadline, at)


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
    to_pool = rules is None or rules.ownership.protection.then == "pool"
    _end(registration, State.POOLED if to_pool else State.LAPSED, at, "lapse")
    watch.end(registration, actor, at, "lapse")
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


def on_cool_down(clock: Clock, step: str, at: datetime) -> None:
    """Clock handler: the cool-down is over, the former holder may take the customer again."""
    if step == BREACH:
        Registration.objects.filter(uid=clock.subject_uid, state=State.COOLING).update(state=State.POOLED)
