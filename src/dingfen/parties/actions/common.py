"""What the actions on customers share: the locked row, the check of access, the entry."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor
from dingfen.accounts.books import book_of
from dingfen.parties import sealing
from dingfen.parties.models import Customer
from dingfen.problems import conflict, missing, refused
from dingfen.register.append import NewEntry, append_many
from dingfen.register.models import Entry


def locked(actor: Actor, uid: uuid.UUID | str, permission: str, *, seen: bool = True) -> Customer:
    """The customer, locked, if the actor may do this to it.

    `seen` also asks that the actor may see it; without, company and role are enough (a touch with somebody
    else's customer). Raises Problem `not_visible` (404), `role.needed` (403), `customer.erased`.
    """
    customer = (
        Customer.objects.select_for_update(of=("self",))
        .select_related("unit")
        .filter(uid=uid, company_id=actor.company_id)
        .first()
    )
    if customer is None:
        raise missing()
    require(actor, permission, company_id=customer.company_id)
    if customer.erased_at:
        raise conflict("customer.erased", number=customer.number)
    if seen:
        _seen(actor, customer, changing=permission == "customer.edit")
    return customer


def _seen(actor: Actor, customer: Customer, *, changing: bool) -> None:
    """404 for who may not see the customer; 403 for a co-worker, who sees it and leaves it as it is."""
    every = Customer.objects.filter(pk=customer.pk)
    if every.visible_to(actor, co_working=not changing).exists():
        return
    raise refused("co_worker.no_hold") if every.visible_to(actor).exists() else missing()


def expect_version(customer: Customer, version: int | None) -> None:
    """Raise Problem `version.stale` when somebody changed it since; None: not asked."""
    if version is not None and version != customer.version:
        raise conflict("version.stale", version=customer.version)


def sealer_of(customer: Customer) -> sealing.Sealer:
    found = sealing.sealer(customer.uid)
    if found is None:
        raise conflict("customer.erased", number=customer.number)
    return found


def enter(
    *,
    actor: Actor,
    at: datetime,
    kind: str,
    customer: Customer,
    facts: Mapping[str, Any],
    personal: Mapping[str, Any] | None = None,
) -> Entry:
    """Append the entry about a customer: the last act of an action."""
    new = entry(actor=actor, at=at, kind=kind, customer=customer, facts=facts, personal=personal)
    return append_many([new])[0]


def entry(
    *,
    actor: Actor,
    at: datetime,
    kind: str,
    customer: Customer,
    facts: Mapping[str, Any],
    personal: Mapping[str, Any] | None = None,
) -> NewEntry:
    """An entry about a customer, to be appended with others."""
    return NewEntry(
        book=book_of(customer.unit, at=at, actor_id=actor.uid),
        kind=kind,
        actor_id=actor.uid,
        occurred_at=at,
        recorded_at=at,
        subject=("customer", customer.uid),
        facts=facts,
        personal=personal or None,
        personal_subject=customer.uid if personal else None,
    )
