"""Showing what is masked, and erasing a person (decisions 8 and 9)."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor
from dingfen.accounts.books import book_of
from dingfen.parties import erasing
from dingfen.parties.actions.common import enter, locked, sealer_of
from dingfen.parties.models import Customer
from dingfen.parties.querysets import HOLDING
from dingfen.parties.sealing import sealer
from dingfen.problems import conflict, invalid, missing
from dingfen.register.looks import record_look
from dingfen.register.shredding import shred

REASONS = ("contact", "dispute", "complaint", "correction", "authority")
ERASE_REASONS = ("asked", "retention", "wrong")


def look_at(*, actor: Actor, at: datetime, customer: Customer) -> None:
    """Log that somebody opened the card of a customer who is not theirs (principle 5)."""
    if actor.staff_id is None or actor.company_uid is None:
        return
    held = customer.registrations.filter(holder_id=actor.staff_id, state__in=HOLDING).exists()
    if not held:
        record_look(
            at=at,
            actor_id=actor.uid,
            company=actor.company_uid,
            kind="customer.viewed",
            subject=customer.uid,
        )


@transaction.atomic
def reveal(
    *, actor: Actor, at: datetime, uid: uuid.UUID | str, item_uid: uuid.UUID | str, reason: str
) -> str:
    """The whole value of a masked identifier or of a contact's phone; each look is an entry in the register.

    `reason` is one of REASONS. Raises Problem `input.invalid`, `not_visible`.
    """
    customer = locked(actor, uid, "customer.reveal")
    if reason not in REASONS:
        raise invalid({"reason": [("required" if not reason else "invalid", {})]})
    value, kind = _value(customer, item_uid)
    enter(
        actor=actor,
        at=at,
        kind="data.revealed",
        customer=customer,
        facts={"item": str(item_uid), "item_kind": kind, "reason": reason},
    )
    return value


def _value(customer: Customer, item_uid: uuid.UUID | str) -> tuple[str, str]:
    members = Customer.objects.filter(Q(pk=customer.pk) | Q(merged_into=customer))
    for member in members:
        identifier = member.identifiers.filter(uid=item_uid).first()
        if identifier:
            return str(sealer_of(member).open(identifier.sealed)["value"]), identifier.kind
        contact = member.contacts.filter(uid=item_uid).first()
        if contact:
            key = sealer(contact.uid)
            return str(key.open(contact.sealed).get("phone", "")) if key else "", "contact_phone"
    raise missing()


@transaction.atomic
def erase(*, actor: Actor, at: datetime, uid: uuid.UUID | str, confirm_number: str, reason: str) -> Customer:
    """Erase a person for good: keys, sealed data, identifiers, match keys, search words, personal data of entries.

    Entries, touches and rulings stay, without a name; every proof still holds. `confirm_number` is the
    customer number typed again, `reason` one of ERASE_REASONS. Records merged into this one go with it.
    Raises Problem `input.invalid`, `customer.erased`, `customer.merged`.
    """
    customer = (
        Customer.objects.select_for_update(of=("self",))
        .select_related("unit")
        .filter(uid=uid, company_id=actor.company_id)
        .first()
    )
    if customer is None:
        raise missing()
    require(actor, "customer.erase", company_id=customer.company_id, path=customer.unit.path)
    if customer.erased_at:
        raise conflict("customer.erased", number=customer.number)
    if customer.merged_into_id:
        raise conflict("customer.merged", number=customer.number)
    if reason not in ERASE_REASONS:
        raise invalid({"reason": [("required" if not reason else "invalid", {})]})
    if confirm_number.strip().upper() != customer.number:
        raise invalid({"confirm_number": [("erase.number", {"number": customer.number})]})
    family = [customer, *Customer.objects.select_for_update().filter(merged_into=customer).order_by("pk")]
    items = sum(erasing.wipe(member, at) for member in family)
    erasing.remember([member.uid for member in family], at)
    erasing.truncate_log_after_commit()
    for member in family:
        book = book_of(customer.unit, at=at, actor_id=actor.uid)
        shred(subject_uid=member.uid, book=book, actor_id=actor.uid, at=at)
    enter(
        actor=actor,
        at=at,
        kind="customer.erased",
        customer=customer,
        facts={"reason": reason, "items": items, "records": [str(member.uid) for member in family]},
    )
    customer.refresh_from_db()
    return customer
