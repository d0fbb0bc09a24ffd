"""The duty of prior communication (A6): who receives another's customer tells the holder, in time.

A duty arises with the touch. It is met by a message here, by phone with a note, or, where the holder is away,
by telling the head and the holder and noting the same day what was talked about. The customer stays with the
holder whatever happens; a breach is an entry, and the pack's sanction is proposed, never imposed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor, system_actor
from dingfen.accounts.books import book_of
from dingfen.accounts.models import Role, RoleGrant, Staff
from dingfen.clocks.models import Clock
from dingfen.clocks.steps import BREACH
from dingfen.clocks.sweep import still_due
from dingfen.engine.breaches import measures_for
from dingfen.ownership import watch
from dingfen.ownership.actions.common import (
    reason_of,
)
from dingfen.ownership.deciders import heads_of
from dingfen.ownership.holding_rows import TellDuty
from dingfen.ownership.models import Registration
from dingfen.ownership.notices import tell
from dingfen.ownership.rules import Rules, rules_at
from dingfen.parties import sealing
from dingfen.parties.models import Touch
from dingfen.problems import conflict, invalid, missing, read_uid, refused
from dingfen.register.append import NewEntry, append_many

State, How, Answer = TellDuty.State, TellDuty.How, TellDuty.Answer
WAITING = (State.OPEN, State.BREACHED)
ABOUT = ("registration__customer", "registration__unit__company", "registration__policy", "registration__holder",
         "receiver__unit", "receiver__company", "holder__unit", "holder__company", "unit__company")  # fmt: skip


def arise(
    held: Registration, touch: Touch, told: bool, actor: Actor, at: datetime, *, away: bool = False
) -> list[NewEntry]:
    """In the transaction of a touch by somebody else than the holder: the duty it brings, as entries to append.

    None where the pack knows no such duty, where it arose today already, or where who was there sells nothing.
    """
    rules = rules_at(held.unit, touch.occurred_at)
    rule = rules.ownership.prior_communication if rules else None
    how = How.AWAY if away else How.SYSTEM
    if rules is None or rule is None or not _owes(touch.staff):
        return [_notified(held, touch, actor, at, None, How.SYSTEM)] if told else []
    duty, new = TellDuty.objects.get_or_create(
        registration=held,
        receiver=touch.staff,
        day=held.unit.day(touch.occurred_at),
        defaults={
            "touch": touch,
            "unit": touch.unit,
            "holder": held.holder,
            "arose_at": touch.occurred_at,
            "due_at": rules.due(touch.occurred_at, rule.tell),
            "article": rule.article,
        },
    )
    if told and duty.state in WAITING and duty.ended_at is None:
        return _told(duty, how, rules, actor, at)
    if not new:
        return [_notified(held, touch, actor, at, duty, How.SYSTEM)] if told else []
    watch.owe(duty, watch.TELL, duty.due_at, actor, at)
    tell(
        [duty.receiver],
        "duty.tell",
        ("duty", duty.uid),
        _params(duty, duty.due_at),
        at=at,
        key=f"owe:{duty.uid}",
    )
    return [_entry(duty, "prior.due", actor, at, {"due_at": duty.due_at.isoformat()})]


def _owes(receiver: Staff) -> bool:
    return RoleGrant.objects.filter(staff=receiver, role=Role.SALESPERSON).exists()


@transaction.atomic
def tell_holder(
    *, actor: Actor, at: datetime, duty_uid: object, how: str = How.SYSTEM, note: str = ""
) -> TellDuty:
    """The receiver tells the holder: `system` by message, `phone` with a note of it, `away` head and holder.

    With `away` the note of what was talked about is due by the end of the site's day where the pack wants it.
    Raises `duty.told`, `duty.ended` (409) when it is done already or no longer owed, `input.invalid` at `how`, `note`.
    """
    duty = _lock(actor, duty_uid)
    if duty.receiver_id != actor.staff_id:
        raise refused("duty.not_yours", staff=duty.receiver.name)
    if duty.ended_at is not None:
        raise conflict("duty.ended", at=duty.ended_at)
    if duty.state not in WAITING:
        raise conflict("duty.told", at=duty.told_at)
    if how not in How.values:
        raise invalid({"how": [("required", {})]})
    text = reason_of(note, "note", 4) if how == How.PHONE else note.strip()
    _seal(duty, text)
    append_many(_told(duty, how, rules_at(duty.registration.unit, duty.arose_at), actor, at, text))
    return duty


@transaction.atomic
def note_talk(*, actor: Actor, at: datetime, duty_uid: object, note: str) -> TellDuty:
    """Note what was talked about with another's customer; owed the same day when the holder was away.

    Raises `duty.noted` (409), `reason.short` at `note`.
    """
    duty = _lock(actor, duty_uid)
    if duty.receiver_id != actor.staff_id:
        raise refused("duty.not_yours", staff=duty.receiver.name)
    if duty.noted_at is not None:
        raise conflict("duty.noted", at=duty.noted_at)
    text = reason_of(note, "note")
    _seal(duty, text)
    duty.noted_at = at
    duty.save(update_fields=["noted_at", "sealed"])
    watch.paid(duty, watch.NOTE, actor, at)
    tell([duty.holder], "duty.noted", ("duty", duty.uid), _params(duty, at), at=at, key=f"noted:{duty.uid}")
    in_time = duty.note_due_at is None or at < duty.note_due_at
    append_many([_entry(duty, "prior.noted", actor, at, {"in_time": in_time}, text)])
    return duty


@transaction.atomic
def answer_told(*, actor: Actor, at: datetime, duty_uid: object, told: bool, note: str = "") -> TellDuty:
    """The holder says whether they were told; once. Where they were not, the heads are told of the difference."""
    duty = _lock(actor, duty_uid)
    if duty.holder_id != actor.staff_id:
        raise refused("duty.not_yours", staff=duty.holder.name)
    if duty.answer:
        raise conflict("duty.answered", at=duty.answered_at)
    duty.answer, duty.answered_at = (Answer.TOLD if told else Answer.NOT_TOLD), at
    duty.save(update_fields=["answer", "answered_at"])
    if not told:
        tell(
            [*heads_of(duty.unit), *heads_of(duty.registration.unit)],
            "duty.not_told",
            ("duty", duty.uid),
            _params(duty, at),
            at=at,
            key=f"not_told:{duty.uid}",
        )
    append_many([_entry(duty, "prior.answered", actor, at, {"answer": duty.answer}, note.strip())])
    return duty


def settle_open(held: Registration, receiver_id: int | None, actor: Actor, at: datetime) -> list[NewEntry]:
    """What `notify_holder` does to duties that are open between these two: they are met. Entries to append."""
    found: list[NewEntry] = []
    for duty in (
        TellDuty.objects.select_for_update(of=("self",))
        .select_related(*ABOUT)
        .filter(registration=held, receiver_id=receiver_id, state__in=WAITING, ended_at=None)
        .order_by("pk")
    ):
        found += _told(duty, How.SYSTEM, rules_at(held.unit, duty.arose_at), actor, at)
    return found


def _told(
    duty: TellDuty, how: str, rules: Rules | None, actor: Actor, at: datetime, note: str = ""
) -> list[NewEntry]:
    """The holder has been told: state, clocks, messages; the entries that say so."""
    late = at >= duty.due_at
    missed = late and duty.state == State.OPEN  # the sweep has not come by yet
    duty.state, duty.told_at, duty.how = (State.LATE if late else State.TOLD), at, how
    rule = rules.ownership.prior_communication if rules else None
    if how == How.PHONE:
        duty.noted_at = at
    elif how == How.AWAY and duty.touch and duty.touch.sealed:
        duty.noted_at = at  # noted with the touch
    elif how == How.AWAY and rule and "note_same_day" in rule.if_away:
        duty.note_due_at = duty.registration.unit.midnight_after(duty.registration.unit.day(at))
        watch.owe(duty, watch.NOTE, duty.note_due_at, actor, at)
    entries = _breach(duty, rules, actor, at) if missed else []
    duty.save()
    watch.paid(duty, watch.TELL, actor, at)
    people = [duty.holder, *(heads_of(duty.registration.unit) if how == How.AWAY else [])]
    _say_received(people, duty.registration, duty.receiver, at, f"told:{duty.uid}")
    return [*entries, _notified(duty.registration, duty.touch, actor, at, duty, how, note)]


def tell_asked_for(wanted: Staff, touch: Touch, actor: Actor, at: datetime) -> NewEntry:
    """The colleague a customer asked for by name is told who received them; the entry that says so."""
    params = {"customer": touch.customer.masked_name, "receiver": touch.staff.name}
    subject = ("customer", touch.customer.uid)
    tell([wanted], "customer.asked_for", subject, params, at=at, key=f"asked_for:{touch.uid}")
    rules = rules_at(touch.unit, at)
    return NewEntry(
        book=book_of(touch.unit, at=at, actor_id=actor.uid),
        kind="holder.notified",
        actor_id=actor.uid,
        occurred_at=at,
        recorded_at=at,
        subject=subject,
        facts={
            "staff": str(touch.staff.uid),
            "unit": str(touch.unit.uid),
            "scope": touch.scope,
            "to": str(wanted.uid),
            "how": How.SYSTEM,
            "asked_for": True,
        },
        policy=rules.cited if rules else None,
    )


def _say_received(
    people: Iterable[Staff], held: Registration, receiver: Staff, at: datetime, key: str
) -> None:
    params = {"customer": held.customer.masked_name, "receiver": receiver.name}
    tell(people, "customer.received", ("customer", held.customer.uid), params, at=at, key=key)


def _notified(
    held: Registration,
    touch: Touch | None,
    actor: Actor,
    at: datetime,
    duty: TellDuty | None,
    how: str,
    note: str = "",
) -> NewEntry:
    """The entry that rulings read as `notified_owner`; without a duty it sends the message as well."""
    receiver = duty.receiver if duty else touch.staff if touch else None
    unit = duty.unit if duty else touch.unit if touch else held.unit
    assert receiver is not None
    if duty is None and touch is not None:
        _say_received([held.holder], held, receiver, at, f"received:{touch.uid}")
    rules = rules_at(held.unit, at)
    return NewEntry(
        book=book_of(unit, at=at, actor_id=actor.uid),
        kind="holder.notified",
        actor_id=actor.uid,
        occurred_at=at,
        recorded_at=at,
        subject=("customer", held.customer.uid),
        facts={
            "staff": str(receiver.uid),
            "unit": str(unit.uid),
            "scope": held.scope,
            "to": str(held.holder.uid),
            "held": str(held.uid),
            "how": how,
            **({"duty": str(duty.uid)} if duty else {}),
        },
        personal={"note": note} if note else None,
        policy=rules.cited if rules else None,
    )


def _breach(duty: TellDuty, rules: Rules | None, actor: Actor, at: datetime) -> list[NewEntry]:
    """Not told in time: what the pack proposes, who is told, the entry. The caller saves the row."""
    earlier = TellDuty.objects.filter(receiver=duty.receiver).exclude(measures=[]).exclude(pk=duty.pk).count()
    found = {"concealed_owner": True, "received_held": True, "notified_owner": False}
    proposed = measures_for(rules.ownership, found, earlier) if rules else []
    duty.measures = [one.plain() for one in proposed]
    people = [duty.receiver, *heads_of(duty.unit), *heads_of(duty.registration.unit)]
    tell(
        people,
        "duty.breached",
        ("duty", duty.uid),
        _params(duty, duty.due_at),
        at=at,
        key=f"breach:{duty.uid}",
    )
    return [_entry(duty, "prior.breached", actor, at, {"what": "tell", "measures": duty.measures})]


def on_tell(clock: Clock, step: str, at: datetime) -> None:
    """Clock handler: a reminder halfway; at the end the duty is breached. Does nothing twice."""
    duty = _of(clock)
    if duty is None or duty.state != State.OPEN or not still_due(clock):
        return
    actor = system_actor(duty.registration.company)
    if step == watch.WARN:
        key = f"warn:{duty.uid}"
        tell([duty.receiver], "duty.tell", ("duty", duty.uid), _params(duty, duty.due_at), at=at, key=key)
    elif step == BREACH:
        entries = _breach(duty, rules_at(duty.registration.unit, duty.arose_at), actor, at)
        duty.state = State.BREACHED
        duty.save(update_fields=["state", "measures"])
        ended = watch.let_go(duty.registration, TellDuty.Why.DISPUTE, actor, at) if _disputed(duty) else []
        if str(duty.uid) in ended:
            entries.append(_entry(duty, "prior.ended", actor, at, {"why": TellDuty.Why.DISPUTE}))
        append_many(entries)


def _disputed(duty: TellDuty) -> bool:
    """Whether a dispute about the hold has told the holder already."""
    return duty.registration.state == Registration.State.DISPUTED


def on_note(clock: Clock, step: str, at: datetime) -> None:
    """Clock handler: the note of the same day is due, or has not come."""
    duty = _of(clock)
    if duty is None or duty.noted_at is not None or not still_due(clock):
        return
    actor = system_actor(duty.registration.company)
    tell([duty.receiver], "duty.note", ("duty", duty.uid), _params(duty, clock.deadline), at=at,
         key=f"note:{duty.uid}:{step}")  # fmt: skip
    if step == BREACH:
        duty.note_missed = True
        duty.save(update_fields=["note_missed"])
        append_many([_entry(duty, "prior.breached", actor, at, {"what": "note", "measures": []})])


def _of(clock: Clock) -> TellDuty | None:
    found = TellDuty.objects.select_for_update(of=("self",)).select_related(*ABOUT, "registration__company")
    return found.filter(uid=clock.subject_uid).first()


def _lock(actor: Actor, uid: object) -> TellDuty:
    """The duty under lock for who may know of it (404 otherwise)."""
    require(actor, "touch.record")
    found = TellDuty.objects.visible_to(actor).select_for_update(of=("self",)).select_related(*ABOUT)
    duty = found.filter(uid=read_uid(uid)).first()
    if duty is None:
        raise missing()
    return duty


def _seal(duty: TellDuty, text: str) -> None:
    sealer = sealing.sealer(duty.registration.customer.uid)
    if sealer is not None and text:
        duty.sealed = sealer.seal({"note": text})


def _params(duty: TellDuty, until: datetime) -> dict[str, Any]:
    return {
        "customer": duty.registration.customer.masked_name,
        "receiver": duty.receiver.name,
        "holder": duty.holder.name,
        "deadline": until.isoformat(),
    }


def _entry(
    duty: TellDuty, kind: str, actor: Actor, at: datetime, facts: dict[str, Any], note: str = ""
) -> NewEntry:
    rules = rules_at(duty.registration.unit, duty.arose_at)
    return NewEntry(
        book=book_of(duty.unit, at=at, actor_id=actor.uid),
        kind=kind,
        actor_id=actor.uid,
        occurred_at=at,
        recorded_at=at,
        subject=("customer", duty.registration.customer.uid),
        facts={
            "duty": str(duty.uid),
            "staff": str(duty.receiver.uid),
            "unit": str(duty.unit.uid),
            "to": str(duty.holder.uid),
            "scope": duty.registration.scope,
            "registration": str(duty.registration.uid),
            "article": duty.article,
            **facts,
        },
        personal={"note": note} if note else None,
        policy=rules.cited if rules else None,
    )
