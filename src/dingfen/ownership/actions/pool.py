"""The pool: customers nobody holds are taken by salespeople, or assigned by a head."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from dingfen.accounts.access import person_of, require
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Role, Staff
from dingfen.clocks.models import Clock
from dingfen.clocks.steps import BREACH
from dingfen.database.locks import lock_keys
from dingfen.engine.ownership import Pool
from dingfen.ownership import watch
from dingfen.ownership.actions.common import (
    about_customer,
    colleague,
    held_facts,
    lock_registration,
    reason_of,
    unit_of,
    within_limit,
    write,
)
from dingfen.ownership.actions.entry import holder_for
from dingfen.ownership.holding_rows import Taking
from dingfen.ownership.models import IN_POOL, UNHELD, Registration
from dingfen.ownership.notices import tell
from dingfen.ownership.owners import tenures
from dingfen.ownership.rules import Rules, rules_needed
from dingfen.problems import conflict, missing, read_uid
from dingfen.register.looks import record_look
from dingfen.register.models import Look

State = Registration.State
LOOKED = "pool.viewed"
OVERSEERS = (Role.HEAD, Role.GENERAL_MANAGER, Role.COMPLIANCE)


@transaction.atomic
def take(*, actor: Actor, at: datetime, registration_uid: object) -> Registration:
    """Take a customer from the pool. Of two people at once, one gets it, the other `pool.taken`.

    The limits of a day and of what one may hold are counted under a lock on the taker: who takes from
    several places at once gets no more. Raises `pool.cool_down` for a former holder, `pool.daily`, `pool.limit`.
    """
    require(actor, "pool.take")
    taker = colleague(actor, actor.uid)
    lock_keys([taker.uid.bytes])
    registration = _in_pool(actor, registration_uid)
    rules = rules_needed(unit_of(taker), at)
    pool = rules.ownership.pool
    if pool:
        _after_cool_down(registration, taker, rules, pool, at)
        _within_day(taker, rules, pool, at)
        within_limit(taker, pool)
    return begin(registration, taker, rules, actor, at)


@transaction.atomic
def assign(*, actor: Actor, at: datetime, registration_uid: object, to: object, reason: str) -> Registration:
    """A head gives a customer in the pool, or that lapsed to the heads, to a salesperson (`to`) of a unit they lead.

    Neither the cool-down nor the limit of a day binds the head; what one person may hold does. Raises
    `pool.taken`, `pool.limit`, `reason.short`, `holder.not_salesperson`.
    """
    require(actor, "registration.transfer")
    reason, receiver = reason_of(reason), holder_for(actor, to)
    require(actor, "registration.transfer", path=unit_of(receiver).path)
    lock_keys([receiver.uid.bytes])
    registration = _in_pool(actor, registration_uid, UNHELD)
    rules = rules_needed(unit_of(receiver), at)
    if rules.ownership.pool:
        within_limit(receiver, rules.ownership.pool)
    taken = begin(registration, receiver, rules, actor, at, reason)
    tell(
        [receiver],
        "registration.moved",
        ("registration", taken.uid),
        {"customer": taken.customer.masked_name},
        at=at,
        key=f"assigned:{taken.uid}:{taken.version}",
    )
    return taken


@transaction.atomic
def look_in_pool(*, actor: Actor, at: datetime, registration: Registration) -> None:
    """Log that a salesperson opened a record of the pool; no more a day than the rules allow.

    A record opened again the same day counts once; one's own former customer, and what one oversees, not at all.
    Raises `pool.looks` (409: limit, again, article).
    """
    if registration.state not in IN_POOL or not _looks_around(actor, registration):
        return
    looker = colleague(actor, actor.uid)
    lock_keys([looker.uid.bytes])
    rules = rules_needed(unit_of(looker), at)
    pool = rules.ownership.pool
    today = rules.calendar.date_of(at)
    seen = Look.objects.filter(
        actor_uid=looker.uid, kind=LOOKED, at__gte=rules.calendar.start_of(today), at__lte=at
    ).values_list("subject_uid", flat=True)
    opened = set(seen)
    if registration.uid in opened:
        return
    if pool and pool.look_per_day is not None and len(opened) >= pool.look_per_day:
        again = unit_of(looker).midnight_after(today)
        raise conflict("pool.looks", limit=pool.look_per_day, again=again, article=pool.article)
    assert actor.company_uid is not None
    record_look(at=at, actor_id=looker.uid, company=actor.company_uid, kind=LOOKED, subject=registration.uid)


def _looks_around(actor: Actor, registration: Registration) -> bool:
    """Whether somebody sees the record only because it lies in the pool."""
    path = registration.unit.path
    oversees = actor.is_system or any(path.startswith(over) for over in actor.paths(*OVERSEERS))
    return actor.has(Role.SALESPERSON) and not oversees and registration.holder_id != actor.staff_id


@transaction.atomic
def open_to_all(*, actor: Actor, at: datetime, registration_uid: object, reason: str) -> Registration:
    """A head gives a customer that lapsed to the heads to the pool instead of to somebody.

    Raises `registration.state`, `reason.short`.
    """
    registration = lock_registration(
        actor, registration_uid, State.WITH_HEAD, permission="registration.transfer"
    )
    reason = reason_of(reason)
    registration.state = State.POOLED
    registration.version += 1
    registration.save(update_fields=["state", "version"])
    watch.end(registration, actor, at, "pooled")
    write(
        actor=actor,
        at=at,
        kind="registration.pooled",
        unit=registration.unit,
        subject=about_customer(registration),
        facts=held_facts(registration),
        rules=rules_needed(registration.unit, at),
        personal={"reason": reason},
    )
    return registration


def _in_pool(actor: Actor, uid: object, states: tuple[str, ...] = IN_POOL) -> Registration:
    """The registration under lock, if it may be seen and lies in the pool (`pool.taken` otherwise)."""
    registration = (
        Registration.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("customer", "holder", "unit__company", "company")
        .filter(uid=read_uid(uid))
        .first()
    )
    if registration is None:
        # who saw it in the pool a moment ago, and no longer does, came second
        taken = Taking.objects.filter(registration__uid=read_uid(uid), by__company_id=actor.company_id)
        since = taken.order_by("-at").values_list("at", flat=True).first()
        raise conflict("pool.taken", since=since) if since else missing()
    if registration.state not in states:
        raise conflict("pool.taken", since=registration.registered_at)
    return registration


def _after_cool_down(
    registration: Registration, taker: Staff, rules: Rules, pool: Pool, at: datetime
) -> None:
    """Who held the customer, last or before somebody else took it, waits as long as the pack says."""
    ends = [
        one.ended_at
        for one in tenures(registration.customer, registration.scope)
        if one.staff == taker.uid and one.ended_at
    ]
    if registration.holder_id == taker.pk and registration.ended_at:
        ends.append(registration.ended_at)
    if ends and at < (free := rules.due(max(ends), pool.cool_down)):
        raise conflict("pool.cool_down", date=free, article=pool.article)


def _within_day(taker: Staff, rules: Rules, pool: Pool, at: datetime) -> None:
    today = rules.calendar.date_of(at)
    taken = Taking.objects.filter(
        taker=taker, by=taker, at__gte=rules.calendar.start_of(today), at__lte=at
    ).count()
    if taken >= pool.take_per_day:
        again = unit_of(taker).midnight_after(today)
        raise conflict("pool.daily", limit=pool.take_per_day, again=again, article=pool.article)


def begin(
    registration: Registration, holder: Staff, rules: Rules, actor: Actor, at: datetime, reason: str = ""
) -> Registration:
    """One conditional update makes the customer this person's; nobody's who comes later."""
    former, unit = registration.holder, unit_of(holder)
    registration.registered_at, registration.channel, registration.renewals = at, "", []
    held = rules.protection(registration, [], at)
    free = Registration.objects.filter(pk=registration.pk, state__in=UNHELD, version=registration.version)
    try:
        with transaction.atomic():
            changed = free.update(
                state=State.HELD,
                holder=holder,
                unit=unit,
                registered_at=at,
                recorded_at=at,
                protected_until=held.protected_until,
                follow_up_due=held.follow_up_due,
                last_effective_at=None,
                channel="",
                renewals=[],
                agreed="",
                ended_at=None,
                end_reason="",
                policy=rules.version,
                version=F("version") + 1,
            )
    except IntegrityError:
        changed = 0  # somebody registered the same customer meanwhile: the database keeps one holder
    if not changed:
        raise conflict("pool.taken", since=at)
    registration.refresh_from_db()
    watch.end(registration, actor, at, "taken")
    watch.guard(registration, held, rules, actor, at)
    Taking.objects.create(
        registration=registration, taker=holder, by_id=person_of(actor), former=former, at=at
    )
    pool = rules.ownership.pool
    write(
        actor=actor,
        at=at,
        kind="registration.taken",
        unit=unit,
        subject=about_customer(registration),
        facts={
            **held_facts(registration),
            "from": str(former.uid),
            "article": pool.article if pool else "",
            "assigned": holder.pk != actor.staff_id,
        },
        rules=rules,
        personal={"reason": reason} if reason else None,
    )
    return registration


def on_cool_down(clock: Clock, step: str, at: datetime) -> None:
    """Clock handler: the cool-down is over, the former holder may take the customer again."""
    if step == BREACH:
        Registration.objects.filter(uid=clock.subject_uid, state=State.COOLING).update(state=State.POOLED)
