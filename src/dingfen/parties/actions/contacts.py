"""People to speak to at a customer."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from dingfen.accounts.actor import Actor
from dingfen.matching import from_json, parse_phones
from dingfen.parties import masking, queries, sealing, search
from dingfen.parties.actions.common import enter, locked
from dingfen.parties.actions.customers import contact_names
from dingfen.parties.details import NAME_LIMIT, Errors, slip_errors
from dingfen.parties.models import Contact, SubjectKey
from dingfen.parties.registering import customer_text
from dingfen.problems import invalid, missing


@transaction.atomic
def add_contact(
    *,
    actor: Actor,
    at: datetime,
    uid: uuid.UUID | str,
    name: str,
    title: str = "",
    rank: int = 0,
    phone: str = "",
) -> Contact:
    """Add a contact to a customer, sealed under a key of their own. Raises Problem `input.invalid`."""
    customer = locked(actor, uid, "customer.edit")
    numbers = _check(name, title, rank, phone)
    row = Contact(
        customer=customer,
        masked_name=masking.name(name),
        masked_phone=masking.phone(numbers[0]) if numbers else "",
        title=title.strip(),
        rank=rank,
        added_at=at,
        added_by_id=actor.staff_id,
    )
    sealer, key = sealing.new_key(row.uid)
    row.sealed = sealer.seal({"name": name.strip(), "phone": numbers[0] if numbers else ""})
    SubjectKey.objects.create(subject_uid=row.uid, wrapped=key)
    row.save()
    search.replace(
        customer_text(
            customer, queries.known(customer), from_json(customer.features), contact_names(customer)
        )
    )
    enter(
        actor=actor,
        at=at,
        kind="contact.added",
        customer=customer,
        facts={"contact": str(row.uid), "rank": rank, "card": False},
        personal={"name": name.strip(), "title": row.title},
    )
    return row


@transaction.atomic
def void_contact(
    *, actor: Actor, at: datetime, uid: uuid.UUID | str, contact_uid: uuid.UUID | str, reason: str
) -> Contact:
    """Say that somebody is not a contact (any more); what was said to them stays on the time line."""
    customer = locked(actor, uid, "customer.edit")
    row = customer.contacts.filter(uid=contact_uid, void_reason="").first()
    if row is None:
        raise missing()
    if not reason.strip():
        raise invalid({"reason": [("required", {})]})
    row.void_reason = reason.strip()[:200]
    row.save(update_fields=["void_reason"])
    search.replace(
        customer_text(
            customer, queries.known(customer), from_json(customer.features), contact_names(customer)
        )
    )
    enter(
        actor=actor,
        at=at,
        kind="contact.voided",
        customer=customer,
        facts={"contact": str(row.uid)},
        personal={"reason": row.void_reason},
    )
    return row


def _check(name: str, title: str, rank: int, phone: str) -> list[str]:
    """The phone numbers in normal form. Raises Problem `input.invalid`."""
    errors: Errors = {}
    if not name.strip():
        errors["name"] = [("required", {})]
    elif len(name) > NAME_LIMIT:
        errors["name"] = [("too_long", {"limit": NAME_LIMIT})]
    if len(title) > 60:
        errors["title"] = [("too_long", {"limit": 60})]
    if rank not in Contact.Rank.values:
        errors["rank"] = [("invalid", {})]
    found, slips = parse_phones(phone)
    if slips:
        errors["phone"] = slip_errors(slips)
    if errors:
        raise invalid(errors)
    return [one.number for one in found]
