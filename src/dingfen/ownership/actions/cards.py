"""Changing a customer card where a hold follows from it: the owed card, the cadence of the grade."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction

from dingfen.accounts.actor import Actor
from dingfen.ownership import watch
from dingfen.ownership.actions.common import held_facts, write
from dingfen.ownership.actions.touches import recount
from dingfen.ownership.cadence import REGRADED
from dingfen.ownership.completeness import card_of
from dingfen.ownership.models import ACTIVE, Registration
from dingfen.ownership.rules import rules_at
from dingfen.parties import actions as parties
from dingfen.parties.models import Contact, Customer, Identifier

T = TypeVar("T")


@transaction.atomic
def update_customer(
    *,
    actor: Actor,
    at: datetime,
    uid: uuid.UUID | str,
    changes: Mapping[str, str],
    version: int | None = None,
) -> Customer:
    """Correct the card (`parties.update_customer`); another grade is an entry and sets the cadence anew."""
    held = _holds(actor, uid)
    graded = {one.pk: one.customer.grade for one in held}
    customer = parties.update_customer(actor=actor, at=at, uid=uid, changes=changes, version=version)
    for one in held:
        one.customer = customer
        if graded[one.pk] != customer.grade:
            _regrade(one, graded[one.pk], actor, at)
        _settle(one, actor, at)
    return customer


def add_identifier(*, actor: Actor, at: datetime, uid: uuid.UUID | str, kind: str, value: str) -> Identifier:
    """Add an identifier (`parties.add_identifier`); a phone may be what the card lacked."""
    return _then_settle(
        actor, at, uid, lambda: parties.add_identifier(actor=actor, at=at, uid=uid, kind=kind, value=value)
    )


def add_contact(*, actor: Actor, at: datetime, uid: uuid.UUID | str, **given: Any) -> Contact:
    """Add a contact (`parties.add_contact`); the one who decides may be what the card lacked."""
    return _then_settle(actor, at, uid, lambda: parties.add_contact(actor=actor, at=at, uid=uid, **given))


@transaction.atomic
def _then_settle(actor: Actor, at: datetime, uid: uuid.UUID | str, act: Callable[[], T]) -> T:
    held = _holds(actor, uid)
    done = act()
    for one in held:
        one.customer.refresh_from_db()
        _settle(one, actor, at)
    return done


def _holds(actor: Actor, uid: uuid.UUID | str) -> list[Registration]:
    """The active holds on the customer with their clocks, locked before the register is."""
    held = list(
        Registration.objects.select_for_update(of=("self",))
        .select_related("holder__unit", "holder__company", "unit__company", "company", "customer")
        .filter(customer__uid=uid, company_id=actor.company_id, state__in=ACTIVE)
        .order_by("pk")
    )
    watch.lock(held)
    return held


def _settle(held: Registration, actor: Actor, at: datetime) -> None:
    """Write down that an owed card is complete now, and whether on its day."""
    rules = rules_at(held.unit, held.registered_at)
    if not held.card_owed or rules is None or held.card_due is None:
        return
    if not card_of(held.customer, rules.ownership.registration).complete:
        return
    held.card_completed_at = at
    held.version += 1
    held.save(update_fields=["card_completed_at", "version"])
    watch.card_complete(held, actor, at)
    write(
        actor=actor,
        at=at,
        kind="registration.completed",
        unit=held.unit,
        subject=("customer", held.customer.uid),
        facts={**held_facts(held), "same_day": at <= held.card_due},
        rules=rules,
    )


def _regrade(held: Registration, before: str, actor: Actor, at: datetime) -> None:
    """Count the protection by the cadence of the new grade, and enter it."""
    if held.state != Registration.State.DISPUTED:
        recount(held, actor, at, f"{REGRADED}{before or '–'}>{held.customer.grade or '–'}")
    write(
        actor=actor,
        at=at,
        kind="customer.graded",
        unit=held.unit,
        subject=("customer", held.customer.uid),
        facts={"scope": held.scope, "grade": held.customer.grade, "from": before},
        rules=rules_at(held.unit, at),
    )
