"""Adding and correcting customers and their identifiers."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Unit
from dingfen.database.locks import lock_keys
from dingfen.matching import Features, Record, from_json, normalise, to_json
from dingfen.parties import index, masking, queries, search
from dingfen.parties.actions.common import enter, expect_version, locked, sealer_of
from dingfen.parties.details import (
    NAME_LIMIT,
    PROFILE,
    TEXT_LIMIT,
    Details,
    Errors,
    check,
    identifiers_of,
    masked_phone,
    slip_errors,
)
from dingfen.parties.models import Contact, Customer, Identifier
from dingfen.parties.registering import company_of, customer_text, identifier_row, register_party
from dingfen.problems import conflict, invalid, missing

# Fields of the sealed payload a correction may change, and those outside it.
SEALED = ("name", "employer", "latin", *PROFILE)
PLAIN = ("grade", "source")
SOURCES = ("walk_in", "call", "web", "referral", "event", "import", "other")
CHOICES = {"grade": ("", *Customer.Grade.values), "source": ("", *SOURCES)}
RECORD_FIELD = {
    "mobile": "phones",
    "landline": "phones",
    "email": "emails",
    "wechat": "wechats",
    "plate": "plates",
    "vin": "vins",
    "credit_code": "credit_codes",
}


@transaction.atomic
def add_customer(
    *, actor: Actor, at: datetime, unit: Unit, details: Details, confirm_possible: bool = False
) -> Customer:
    """Enter a customer nobody holds yet, such as who complains or is brought in from elsewhere.

    A salesperson's hold comes from `ownership`. Raises Problem `input.invalid`; `customer.exists` when one is
    there already; `customer.possible` when one may be and `confirm_possible` was not said.
    """
    require(actor, "customer.edit", company_id=company_of(unit))
    read = check(details)
    lock_keys(index.lock_hashes(company_of(unit), read.features))
    for found in queries.candidates(company_of(unit), read.features):
        if found.match.answer == "same":
            raise conflict("customer.exists", sure=found.match.sure)
        if not confirm_possible:
            raise conflict("customer.possible", sure=found.match.sure)
    customer = register_party(unit=unit, details=details, at=at, created_by_id=actor.staff_id, read=read)
    enter(
        actor=actor,
        at=at,
        kind="customer.added",
        customer=customer,
        facts={"number": customer.number, "kind": customer.kind, "grade": customer.grade},
        personal=details.sealed(),
    )
    return customer


@transaction.atomic
def update_customer(
    *,
    actor: Actor,
    at: datetime,
    uid: uuid.UUID | str,
    changes: Mapping[str, str],
    version: int | None = None,
) -> Customer:
    """Correct what is known of a customer: a new entry with the values before and after.

    `changes` by field: name, employer, latin, any of PROFILE, grade, source. Nothing is entered when nothing
    changes. Raises Problem `input.invalid`, `version.stale`.
    """
    customer = locked(actor, uid, "customer.edit")
    expect_version(customer, version)
    _check_changes(changes)
    sealer = sealer_of(customer)
    known = sealer.open(customer.sealed)
    before = {name: str(known.get(name, "")) for name in SEALED} | {
        name: str(getattr(customer, name)) for name in PLAIN
    }
    changed = {name: text.strip() for name, text in changes.items() if before[name] != text.strip()}
    if not changed:
        return customer
    known = {
        name: text
        for name, text in (known | {n: t for n, t in changed.items() if n in SEALED}).items()
        if text
    }
    customer.sealed = sealer.seal(known)
    for name in PLAIN:
        setattr(customer, name, changed.get(name, before[name]))
    if "name" in changed:
        firm = customer.kind == Customer.Kind.COMPANY
        customer.masked_name = changed["name"] if firm else masking.name(changed["name"])
    _refresh(customer, known)
    told = [name for name in changed if name in SEALED]
    enter(
        actor=actor,
        at=at,
        kind="customer.corrected",
        customer=customer,
        facts={
            "fields": sorted(told),
            **{name: {"from": before[name], "to": changed[name]} for name in PLAIN if name in changed},
        },
        personal={name: {"before": before[name], "after": changed[name]} for name in told},
    )
    return customer


@transaction.atomic
def add_identifier(*, actor: Actor, at: datetime, uid: uuid.UUID | str, kind: str, value: str) -> Identifier:
    """Add a phone, e-mail, WeChat, plate, VIN or credit code to a customer.

    Raises Problem `input.invalid`; `identifier.there` when the customer has it; `identifier.taken` when it
    belongs to another customer and is not one that people share.
    """
    customer = locked(actor, uid, "customer.edit")
    kind, good = read_identifier(kind, value)
    features = with_identifier(customer, kind, good)
    lock_keys(index.lock_hashes(customer.company_id, features))
    row = identifier_row(customer, kind, good, sealer_of(customer))
    _refuse_taken(customer, row)
    row.save()
    customer.features = to_json(features)
    customer.masked_phone = masked_phone(features)
    _refresh(customer, queries.known(customer))
    enter(
        actor=actor,
        at=at,
        kind="identifier.added",
        customer=customer,
        facts={"identifier": str(row.uid), "identifier_kind": kind},
        personal={"value": good},
    )
    return row


@transaction.atomic
def void_identifier(
    *, actor: Actor, at: datetime, uid: uuid.UUID | str, identifier_uid: uuid.UUID | str, reason: str
) -> Identifier:
    """Say that an identifier is not the customer's (any more). It stays on record and finds nobody."""
    customer = locked(actor, uid, "customer.edit")
    row = customer.identifiers.filter(uid=identifier_uid, void_reason="").first()
    if row is None:
        raise missing()
    if not reason.strip():
        raise invalid({"reason": [("required", {})]})
    row.void_reason = reason.strip()[:200]
    row.save(update_fields=["void_reason"])
    value = str(sealer_of(customer).open(row.sealed)["value"])
    features = without_identifier(customer, row.kind, value)
    customer.features = to_json(features)
    customer.masked_phone = masked_phone(features)
    _refresh(customer, queries.known(customer))
    enter(
        actor=actor,
        at=at,
        kind="identifier.voided",
        customer=customer,
        facts={"identifier": str(row.uid), "identifier_kind": row.kind},
        personal={"value": value, "reason": row.void_reason},
    )
    return row


def read_identifier(kind: str, value: str) -> tuple[str, str]:
    """(kind, normal form) of one typed identifier. A phone becomes mobile or landline by itself."""
    field = {"phone": "phones", **RECORD_FIELD}.get(kind)
    if field is None:
        raise invalid({"kind": [("invalid", {})]})
    typed: dict[str, Any] = {field: (value,)}
    read = normalise(Record(**typed))
    if read.slips:
        raise invalid({"value": slip_errors(read.slips[field])})
    found = identifiers_of(read.features)
    if len(found) != 1:
        raise invalid({"value": [("identifier.one" if found else "required", {})]})
    return found[0]


def with_identifier(customer: Customer, kind: str, value: str) -> Features:
    return _features(customer, {**_identifiers(customer), (kind, value): None})


def without_identifier(customer: Customer, kind: str, value: str) -> Features:
    return _features(customer, {pair: None for pair in _identifiers(customer) if pair != (kind, value)})


def _identifiers(customer: Customer) -> dict[tuple[str, str], None]:
    return dict.fromkeys(identifiers_of(from_json(customer.features)))


def _features(customer: Customer, pairs: Mapping[tuple[str, str], None]) -> Features:
    """The customer's features with these identifiers; names as they are known now."""
    known = queries.known(customer)
    firm = customer.kind == Customer.Kind.COMPANY
    typed: dict[str, tuple[str, ...]] = {}
    for kind, value in pairs:
        typed[RECORD_FIELD[kind]] = (*typed.get(RECORD_FIELD[kind], ()), value)
    contact = from_json(customer.features).person.full if firm else ""
    record: dict[str, Any] = {
        "kind": customer.kind,
        "name": contact if firm else str(known.get("name", "")),
        "company": str(known.get("name" if firm else "employer", "")),
        "address": str(known.get("address", "")),
        **typed,
    }
    return normalise(Record(**record)).features


def features_now(customer: Customer) -> Features:
    """What the customer's names, address and identifiers read as by today's rules."""
    return _features(customer, _identifiers(customer))


def _refresh(customer: Customer, known: Mapping[str, Any]) -> None:
    """Save the row and everything that is made from it: features, match keys, search text."""
    features = features_now(customer)
    customer.features = to_json(features)
    customer.version += 1
    customer.save(
        update_fields=[
            "sealed", "features", "masked_name", "masked_phone", "grade", "source", "version",
        ]
    )  # fmt: skip
    index.replace(customer.company_id, customer.pk, features)
    search.replace(customer_text(customer, known, features, contact_names(customer)))


def contact_names(customer: Customer) -> list[str]:
    return (
        [one.name for one in queries.contacts(customer)] if Contact.objects.filter(customer=customer) else []
    )


def _refuse_taken(customer: Customer, row: Identifier) -> None:
    family = queries.family_ids(customer.merged_into_id or customer.pk)
    holders = Identifier.objects.filter(
        company_id=customer.company_id, lookup=row.lookup, void_reason=""
    ).values_list("customer_id", flat=True)
    for holder in holders:
        if holder == customer.pk:
            raise conflict("identifier.there")
        if holder not in family and not row.shared:
            raise conflict("identifier.taken")


def _check_changes(changes: Mapping[str, str]) -> None:
    errors: Errors = {}
    for name, text in changes.items():
        limit = NAME_LIMIT if name in ("name", "employer", "latin") else TEXT_LIMIT
        if name not in SEALED + PLAIN:
            errors[name] = [("invalid", {})]
        elif name == "name" and not text.strip():
            errors[name] = [("required", {})]
        elif len(text) > limit:
            errors[name] = [("too_long", {"limit": limit})]
        elif name in CHOICES and text not in CHOICES[name]:
            errors[name] = [("invalid", {})]
    if errors:
        raise invalid(errors)
