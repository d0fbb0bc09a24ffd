"""Registrations that count once somebody has confirmed them: a manager's leave, or registering anew after a lapse.

Until then the hold keeps others off, but gives no claim in a dispute; the rule book says who confirms.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Role, Staff
from dingfen.clocks.models import Clock
from dingfen.clocks.steps import BREACH
from dingfen.clocks.sweep import still_due
from dingfen.ownership import watch
from dingfen.ownership.actions.common import (
    about_customer,
    held_facts,
    lock_registration,
    reason_of,
    write,
)
from dingfen.ownership.actions.holding import MOVABLE, end_hold
from dingfen.ownership.actions.progress import named_by_rules
from dingfen.ownership.deciders import holders_of
from dingfen.ownership.models import Registration
from dingfen.ownership.notices import tell
from dingfen.ownership.rules import Rules, rules_at
from dingfen.parties.models import Customer
from dingfen.problems import conflict

State, Agreed = Registration.State, Registration.Agreed


def asked_of(rules: Rules, customer: Customer, scope: str, holder: Staff, at: datetime) -> str:
    """The role that has to confirm this registration; empty where the rules ask nobody.

    Raises `registration.again_wait` (409: date, article) where one's own lapsed too short a while ago.
    """
    rule = rules.ownership.registration
    past = Registration.objects.filter(customer=customer, scope=scope)
    if rule.again is not None:
        lapsed = past.filter(holder=holder, end_reason="lapse", ended_at__isnull=False).order_by("-ended_at")
        last = lapsed.values_list("ended_at", flat=True).first()
        if last is not None:
            if rule.again.wait is not None and at < (free := rules.due(last, rule.again.wait)):
                raise conflict("registration.again_wait", date=free, article=rule.again.article)
            return rule.again.confirmed_by
    if rule.approval == "head" or past.filter(state=State.WITH_HEAD).exists():
        return Role.HEAD
    return ""


def ask(held: Registration, rules: Rules, actor: Actor, at: datetime) -> None:
    """Let whoever confirms know, with the time a ruling has."""
    deadline = rules.due(at, rules.ownership.decides.ruling)
    watch.agree(held, deadline, rules, actor, at)
    tell(
        confirmers(held, at),
        "registration.to_confirm",
        ("registration", held.uid),
        {
            "customer": held.customer.masked_name,
            "staff": held.holder.name,
            "deadline": deadline.isoformat(),
        },
        at=at,
        key=f"confirm:{held.uid}",
    )


def confirmers(held: Registration, at: datetime) -> list[Staff]:
    """Those who may confirm it: of the role the rules name, over its unit; never the holder."""
    return [staff for staff in holders_of(held.agreed_by, held.unit, at) if staff.pk != held.holder_id]


@transaction.atomic
def confirm_registration(
    *, actor: Actor, at: datetime, registration_uid: object, agree: bool, reason: str = ""
) -> Registration:
    """Confirm a registration, or refuse it with a reason: refused it counts as never made.

    Raises `registration.not_asked` (409), `role.needed` (403), `own_matter`, `reason.short`.
    """
    held = lock_registration(actor, registration_uid, permission="registration.agree")
    if held.agreed != Agreed.OPEN or not held.is_active:
        raise conflict("registration.not_asked")
    named_by_rules(actor, held, held.agreed_by)
    if not agree and held.state not in MOVABLE:
        raise conflict("registration.disputed")
    reason = reason.strip() if agree else reason_of(reason)
    if agree:
        held.agreed = Agreed.GIVEN
        held.version += 1
        held.save(update_fields=["agreed", "version"])
        watch.agreed(held, actor, at)
    else:
        watch.end(held, actor, at, "void")
        held.agreed = Agreed.NOT_ASKED
        held.save(update_fields=["agreed"])
        end_hold(held, State.VOID, at, reason)
    tell(
        [held.holder],
        "registration.confirmed" if agree else "registration.refused",
        ("registration", held.uid),
        {"customer": held.customer.masked_name},
        at=at,
        key=f"agreed:{held.uid}",
    )
    write(
        actor=actor,
        at=at,
        kind="registration.confirmed" if agree else "registration.voided",
        unit=held.unit,
        subject=about_customer(held),
        facts={**held_facts(held), **({} if agree else {"refused": True})},
        rules=rules_at(held.unit, at),
        personal={"reason": reason} if reason else None,
    )
    return held


def on_agree(clock: Clock, step: str, at: datetime) -> None:
    """Clock handler: whoever confirms is reminded; at the end it stays in their work, late."""
    held = (
        Registration.objects.filter(uid=clock.subject_uid, agreed=Agreed.OPEN)
        .select_related("unit__company", "company", "customer", "holder")
        .first()
    )
    if held is not None and step in (watch.WARN, BREACH) and still_due(clock):
        _remind(confirmers(held, at), held, clock, step, at)


def _remind(people: Iterable[Staff], held: Registration, clock: Clock, step: str, at: datetime) -> None:
    params = {
        "customer": held.customer.masked_name,
        "staff": held.holder.name,
        "deadline": clock.deadline.isoformat(),
    }
    key = f"confirm:{held.uid}:{step}"
    tell(people, "registration.to_confirm", ("registration", held.uid), params, at=at, key=key)
