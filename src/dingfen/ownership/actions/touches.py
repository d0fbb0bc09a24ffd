"""A touch and what it does to the hold: an effective follow-up protects longer; the holder is told."""

from __future__ import annotations

import json
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor
from dingfen.engine.events import Event
from dingfen.engine.runs import channel_of, is_effective
from dingfen.ownership import watch
from dingfen.ownership.actions.common import (
    colleague,
    customer_seen,
    unit_of,
    write,
)
from dingfen.ownership.actions.planning import check_step, set_step, step_taken
from dingfen.ownership.actions.telling import arise, settle_open, tell_asked_for
from dingfen.ownership.co_working import owes_nothing
from dingfen.ownership.facts import TOUCH_KINDS
from dingfen.ownership.models import ACTIVE, Deal, Registration
from dingfen.ownership.notices import tell
from dingfen.ownership.rules import Rules, rules_at
from dingfen.parties.actions import append_touch, write_correction, write_touch
from dingfen.parties.models import Customer, Touch
from dingfen.problems import conflict, missing, read_uid
from dingfen.register.append import NewEntry, append_many
from dingfen.register.models import Entry

State = Registration.State


@transaction.atomic
def record_touch(
    *,
    actor: Actor,
    at: datetime,
    uid: uuid.UUID | str,
    kind: str,
    notify_holder: bool = False,
    holder_away: bool = False,
    asked_for: object = None,
    next_step_at: datetime | None = None,
    next_step: str = "",
    **told: Any,
) -> Touch:
    """Record a touch (`parties.write_touch` says which words it takes) and let the hold follow from it.

    An effective follow-up by the holder begins the protection anew and lifts a hold that was about to lapse.
    Whoever receives another's customer owes it to the holder to tell them (A6); `notify_holder` does it at once,
    with `holder_away` the head too, and what was talked about is to be noted the same day.
    `asked_for` (uid): the colleague the customer asked for by name, who is told of it with that.
    A touch by the holder takes the step that was planned; `next_step_at` plans the next one.
    """
    check_step(next_step_at, next_step, at)
    holds = _holds(customer_seen(actor, uid))
    wanted = colleague(actor, asked_for, "asked_for") if asked_for else None
    touch, entry = write_touch(
        actor=actor, at=at, uid=uid, kind=kind, asked_for=str(wanted.uid) if wanted else "", **told
    )
    imported = bool(told.get("imported"))
    others: list[NewEntry] = []
    for held in holds:
        if touch.scope and touch.scope != held.scope:
            continue
        if held.holder_id == touch.staff_id:
            _came_by(held, touch, actor, at)
            follow_up(held, touch, actor, at, imported)
            if not imported:
                step_taken(held, actor, at)
            if next_step_at is not None:
                set_step(held, next_step_at, next_step, actor, at)
        elif not imported and not owes_nothing(held, touch):
            others += arise(held, touch, notify_holder, actor, at, away=holder_away)
    if wanted is not None and wanted.pk != touch.staff_id and not imported:
        known = {held.holder_id for held in holds} if notify_holder else set()
        others += [] if wanted.pk in known else [tell_asked_for(wanted, touch, actor, at)]
    append_touch(touch, entry, *others)
    return touch


def _came_by(held: Registration, touch: Touch, actor: Actor, at: datetime) -> None:
    """Where nothing was said about how the customer came, the holder's first touch of that day says it.

    The first by its hour: a file taken over may tell of the day in any order.
    """
    channel = channel_of(TOUCH_KINDS.get(touch.kind, touch.kind))
    unit = held.unit
    if channel in (None, held.channel) or unit.day(held.registered_at) != unit.day(touch.occurred_at):
        return
    if held.channel and (not touch.import_row or _said(held) or _earlier(held, touch)):
        return
    held.channel = channel or ""
    held.save(update_fields=["channel"])
    rules = rules_at(unit, at)
    if rules is not None and held.state in (State.HELD, State.LAPSING):
        count_from(held, held.last_effective_at, rules, actor, at)


def _said(held: Registration) -> bool:
    """Whether the entry of the registration names how the customer came."""
    made = Entry.objects.filter(subject_uid=held.customer.uid, kind="registration.made")
    told = (json.loads(bytes(body)).get("facts", {}) for body in made.values_list("body", flat=True))
    return any(facts.get("channel") for facts in told if facts.get("registration") == str(held.uid))


def _earlier(held: Registration, touch: Touch) -> bool:
    """Whether the holder met the customer before this touch on its day, in a way that says how they came."""
    start = held.unit.midnight_after(held.unit.day(touch.occurred_at) - timedelta(days=1))
    before = Touch.objects.filter(
        customer_id=touch.customer_id,
        staff_id=held.holder_id,
        scope__in=("", held.scope),
        occurred_at__gte=start,
        occurred_at__lt=touch.occurred_at,
        voided_at=None,
        corrections=None,
    )
    return any(channel_of(TOUCH_KINDS.get(kind, kind)) for kind in before.values_list("kind", flat=True))


def log_follow_up(*, actor: Actor, at: datetime, registration_uid: object, **told: Any) -> Touch:
    """The holder's quick log: `record_touch` for the scope of one of their holds.

    Raises `follow_up.not_yours` for whoever does not hold the customer, `registration.state` when it ended.
    """
    held = (
        Registration.objects.visible_to(actor)
        .select_related("customer")
        .filter(uid=read_uid(registration_uid))
        .first()
    )
    if held is None:
        raise missing()
    require(actor, "touch.record")
    if held.holder_id != actor.staff_id:
        raise conflict("follow_up.not_yours")
    if not held.is_active:
        raise conflict("registration.state", state=held.state)
    return record_touch(actor=actor, at=at, uid=held.customer.uid, scope=held.scope, **told)


def _holds(customer: Customer) -> list[Registration]:
    """The active holds on a customer, locked."""
    return list(
        Registration.objects.select_for_update(of=("self",))
        .select_related("holder__unit", "holder__company", "unit__company", "company", "customer")
        .filter(customer=customer, state__in=ACTIVE, rival_of=None)
        .order_by("pk")
    )


@transaction.atomic
def correct_touch(
    *, actor: Actor, at: datetime, touch_uid: uuid.UUID | str, received_by: object = None, **told: Any
) -> Touch:
    """Correct a touch (`parties.write_correction`) and let the hold follow; `received_by` (uid): who was there.

    A protection that began anew at the earlier one is counted from the follow-up that now is the latest. Where
    somebody else received, the duty to tell the holder is theirs.
    """
    earlier = Touch.objects.select_related("customer").filter(uid=touch_uid, company_id=actor.company_id)
    known = earlier.first()
    if known is None:
        raise missing()
    there = colleague(actor, received_by, "received_by") if received_by else None
    holds = _holds(known.customer)
    touch, entry = write_correction(actor=actor, at=at, touch_uid=touch_uid, staff=there, **told)
    others: list[NewEntry] = []
    if touch.staff_id != known.staff_id:
        watch.mistaken(known, actor, at)
    for held in holds:
        if held.state != State.DISPUTED:
            _follow_correction(held, known, touch, actor, at)
        if touch.staff_id not in (known.staff_id, held.holder_id) and touch.scope in ("", held.scope):
            others += [] if owes_nothing(held, touch) else arise(held, touch, False, actor, at)
    append_touch(touch, entry, *others)
    return touch


def _follow_correction(held: Registration, known: Touch, touch: Touch, actor: Actor, at: datetime) -> None:
    """What the corrected touch (`known`) did to its holder's protection is counted anew."""
    began = held.last_effective_at == known.occurred_at and known.scope in ("", held.scope)
    if held.holder_id == known.staff_id and began:
        recount(held, actor, at)
    elif held.holder_id == touch.staff_id and touch.scope in ("", held.scope):
        follow_up(held, touch, actor, at)


def recount(held: Registration, actor: Actor, at: datetime, reason: str = "") -> None:
    """Count the protection from the latest effective follow-up that still stands, else from its beginning."""
    moments = [
        touch.occurred_at
        for touch in Touch.objects.filter(
            customer=held.customer,
            staff=held.holder,
            scope__in=["", held.scope],
            occurred_at__gte=held.registered_at,
            corrections=None,
            voided_at=None,
        )
        if (judged := rules_at(held.unit, touch.occurred_at, bool(touch.import_row)))
        and counts(touch, judged)
    ]
    signed = Deal.objects.filter(
        customer=held.customer, scope=held.scope, signer=held.holder, won=True, voided_at=None
    )
    moments.extend(when for when in signed.values_list("signed_at", flat=True) if when >= held.registered_at)
    last = max(moments, default=None)
    rules = rules_at(held.unit, last or held.registered_at, bool(held.import_row))
    if rules is not None:
        count_from(held, last, rules, actor, at, reason)


def follow_up(held: Registration, touch: Touch, actor: Actor, at: datetime, imported: bool = False) -> bool:
    """Extend the protection by this touch if the rules of its time count it; whether they did."""
    rules = rules_at(held.unit, touch.occurred_at, imported)
    if rules is None or held.state == State.DISPUTED or not counts(touch, rules):
        return False
    renew(held, touch.occurred_at, rules, actor, at)
    return True


def renew(held: Registration, when: datetime, rules: Rules, actor: Actor, at: datetime) -> None:
    """Begin the protection anew at an effective follow-up."""
    count_from(held, max(filter(None, [held.last_effective_at, when])), rules, actor, at)


def count_from(
    held: Registration, last: datetime | None, rules: Rules, actor: Actor, at: datetime, reason: str = ""
) -> None:
    """Count the protection from an effective follow-up; None: from the registration."""
    since = last or held.registered_at
    now = rules.protection(held, [last] if last else [], max(since, at))
    held.last_effective_at = last
    held.protected_until = now.protected_until
    held.follow_up_due = now.follow_up_due
    if held.state == State.LAPSING and now.state == "held":
        held.state = State.HELD
    held.version += 1
    held.save(update_fields=["last_effective_at", "protected_until", "follow_up_due", "state", "version"])
    watch.renew(held, now, rules, actor, at, since, reason)


def counts(touch: Touch, rules: Rules) -> bool:
    """Whether a touch is an effective follow-up under the rules of its time."""
    event = Event(
        "touch",
        touch.occurred_at,
        touch.recorded_at,
        None,
        None,
        None,
        None,
        0,
        {"kind": TOUCH_KINDS.get(touch.kind, touch.kind), "reached": touch.reached, "with": touch.met},
    )
    return is_effective(event, rules.pack)


@transaction.atomic
def notify_holder(
    *, actor: Actor, at: datetime, customer_uid: uuid.UUID | str, scope: str = ""
) -> Registration:
    """Tell the holder that one serves their customer (A6), without a touch. Raises `registration.none`."""
    require(actor, "touch.record")
    customer = customer_seen(actor, customer_uid)
    held = (
        Registration.objects.select_for_update(of=("self",))
        .select_related("holder__unit", "holder__company", "unit__company", "company", "customer")
        .filter(customer=customer, state__in=ACTIVE, rival_of=None, scope=scope)
        .exclude(holder_id=actor.staff_id)
        .first()
    )
    if held is None or actor.staff_id is None:
        raise conflict("registration.none")
    me = colleague(actor, actor.uid)
    if entries := settle_open(held, actor.staff_id, actor, at):
        append_many(entries)
        return held
    tell(
        [held.holder],
        "customer.received",
        ("customer", customer.uid),
        {"customer": customer.masked_name, "receiver": actor.name},
        at=at,
        key=f"notified:{held.uid}:{actor.uid}:{at.date().isoformat()}",
    )
    write(
        actor=actor,
        at=at,
        kind="holder.notified",
        unit=unit_of(me),
        subject=("customer", customer.uid),
        facts={
            "staff": str(me.uid),
            "unit": str(unit_of(me).uid),
            "scope": scope,
            "to": str(held.holder.uid),
        },
        rules=rules_at(held.unit, at),
    )
    return held
