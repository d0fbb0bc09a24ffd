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
from dingfen.parties.models import Contact, Customer, SubjectKey
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
    chain: str = "",
    phone: str = "",
) -> Contact:
    """Add a contact to a customer, sealed under a key of their own. Raises Problem `input.invalid`.

    `chain`: their part in the decision (Contact.Chain).
    """
    customer = locked(actor, uid, "customer.edit")
    numbers = _check(name, title, rank, phone, chain)
    row = _new(customer, name, title, rank, chain, numbers, actor, at)
    _find_by(customer)
    enter(
        actor=actor,
        at=at,
        kind="contact.added",
        customer=customer,
        facts=_told(row),
        personal={"name": name.strip(), "title": row.title},
    )
    return row


def _told(row: Contact) -> dict[str, object]:
    told: dict[str, object] = {"contact": str(row.uid), "rank": row.rank, "card": False}
    return told | ({"chain": row.chain} if row.chain else {})


def _new(
    customer: Customer,
    name: str,
    title: str,
    rank: int,
    chain: str,
    numbers: list[str],
    actor: Actor,
    at: datetime,
) -> Contact:
    row = Contact(
        customer=customer,
        masked_name=masking.name(name),
        masked_phone=masking.phone(numbers[0]) if numbers else "",
        title=title.strip(),
        rank=rank,
        chain=chain,
        added_at=at,
        added_by_id=actor.staff_id,
    )
    sealer, key = sealing.new_key(row.uid)
    row.sealed = sealer.seal({"name": name.strip(), "phone": numbers[0] if numbers else ""})
    SubjectKey.objects.create(subject_uid=row.uid, wrapped=key)
    row.save()
    return row


def _find_by(customer: Customer) -> None:
    """Let the customer be found by the names of its contacts as they are now."""
    text = customer_text(
        customer, queries.known(customer), from_json(customer.features), contact_names(customer)
    )
    search.replace(text)


@transaction.atomic
def set_chain(
    *, actor: Actor, at: datetime, uid: uuid.UUID | str, contact_uid: uuid.UUID | str, chain: str
) -> Contact:
    """Say what part a contact has in the decision. Raises `input.invalid`."""
    customer = locked(actor, uid, "customer.edit")
    row = _present(customer, contact_uid)
    if chain not in ("", *Contact.Chain.values):
        raise invalid({"chain": [("invalid", {})]})
    if chain == row.chain:
        return row
    before, row.chain = row.chain, chain
    row.save(update_fields=["chain"])
    facts = {"contact": str(row.uid), "chain": {"from": before, "to": chain}}
    enter(actor=actor, at=at, kind="contact.changed", customer=customer, facts=facts)
    return row


@transaction.atomic
def contact_left(
    *, actor: Actor, at: datetime, uid: uuid.UUID | str, contact_uid: uuid.UUID | str
) -> Contact:
    """Somebody is no longer at this customer; what was said to them stays on the time line."""
    customer = locked(actor, uid, "customer.edit")
    row = _present(customer, contact_uid)
    row.left_at = at
    row.save(update_fields=["left_at"])
    _find_by(customer)
    facts = {"contact": str(row.uid)}
    enter(actor=actor, at=at, kind="contact.left", customer=customer, facts=facts)
    return row


@transaction.atomic
def move_contact(
    *,
    actor: Actor,
    at: datetime,
    uid: uuid.UUID | str,
    contact_uid: uuid.UUID | str,
    to_uid: uuid.UUID | str,
    title: str = "",
    rank: int = 0,
) -> Contact:
    """Somebody now works at another customer: left here, a contact there. The answer is the contact there."""
    customer, other = (locked(actor, one, "customer.edit") for one in _in_order(actor, uid, to_uid))
    if str(customer.uid) != str(uid):
        customer, other = other, customer
    if customer.pk == other.pk:
        raise invalid({"to": [("invalid", {})]})
    row = _present(customer, contact_uid)
    key = sealing.sealer(row.uid)
    known = key.open(row.sealed) if key else {}
    name, phone = str(known.get("name", "")), str(known.get("phone", ""))
    numbers = _check(name, title, rank, phone)
    new = _new(other, name, title, rank, "", numbers, actor, at)
    row.left_at, row.moved_to = at, new
    row.save(update_fields=["left_at", "moved_to"])
    _find_by(customer)
    _find_by(other)
    told = {"contact": str(row.uid), "to": str(other.uid), "as": str(new.uid)}
    enter(actor=actor, at=at, kind="contact.moved", customer=customer, facts=told)
    enter(
        actor=actor,
        at=at,
        kind="contact.added",
        customer=other,
        facts={**_told(new), "from": str(customer.uid)},
        personal={"name": name, "title": new.title},
    )
    return new


def _in_order(actor: Actor, *uids: uuid.UUID | str) -> list[uuid.UUID]:
    """The customers in the order in which their rows are locked. Raises `not_visible`."""
    found = list(
        Customer.objects.filter(uid__in=uids, company_id=actor.company_id)
        .order_by("pk")
        .values_list("uid", flat=True)
    )
    if len(found) != len({str(one) for one in uids}):
        raise missing()
    return found if len(found) > 1 else [*found, *found]


def _present(customer: Customer, contact_uid: uuid.UUID | str) -> Contact:
    row = customer.contacts.filter(uid=contact_uid, void_reason="", left_at=None).first()
    if row is None:
        raise missing()
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
    _find_by(customer)
    enter(
        actor=actor,
        at=at,
        kind="contact.voided",
        customer=customer,
        facts={"contact": str(row.uid)},
        personal={"reason": row.void_reason},
    )
    return row


def _check(name: str, title: str, rank: int, phone: str, chain: str = "") -> list[str]:
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
    if chain not in ("", *Contact.Chain.values):
        errors["chain"] = [("invalid", {})]
    found, slips = parse_phones(phone)
    if slips:
        errors["phone"] = slip_errors(slips)
    if errors:
        raise invalid(errors)
    return [one.number for one in found]
