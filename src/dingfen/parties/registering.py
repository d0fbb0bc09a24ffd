"""Writing a new customer: key, row, identifiers, match keys and search text, in as few statements as can be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from dingfen.accounts.models import Unit
from dingfen.matching import Features, is_shared, normalise, to_json
from dingfen.matching.normalise import Normalised
from dingfen.parties import index, masking, sealing, search
from dingfen.parties.details import Details, identifiers_of, masked_name, masked_phone
from dingfen.parties.models import Customer, Identifier, MatchKey, SubjectKey

_COUNT = """
INSERT INTO parties_customercounter (company_id, last) VALUES (%(company)s, %(step)s)
ON CONFLICT (company_id) DO UPDATE SET last = parties_customercounter.last + %(step)s
RETURNING last
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewParty:
    """One customer to be written. `unit` must lie in the company that will hold it."""

    unit: Unit
    details: Details
    created_by_id: int | None = None
    import_row: str = ""
    read: Normalised | None = None


def register_party(
    *,
    unit: Unit,
    details: Details,
    at: datetime,
    created_by_id: int | None = None,
    import_row: str = "",
    read: Normalised | None = None,
) -> Customer:
    """Write a new customer of the unit's company and return it.

    Called inside the transaction of an action that has checked access, the details (`details.check`, whose
    answer is `read`) and, holding the locks of `index.lock_hashes`, that the customer is not there yet. No
    register entry: the action that calls writes it, last.
    """
    new = NewParty(unit=unit, details=details, created_by_id=created_by_id, import_row=import_row, read=read)
    return register_parties([new], at=at)[0]


def register_parties(new: Iterable[NewParty], *, at: datetime) -> list[Customer]:
    """Write many customers of one company at once, as `register_party` does for one (imports)."""
    if not connection.in_atomic_block:
        raise RuntimeError("a customer is written in the transaction of what registers it")
    wanted = list(new)
    if not wanted:
        return []
    company_id = company_of(wanted[0].unit)
    numbers = _numbers(company_id, len(wanted))
    keys: list[SubjectKey] = []
    customers: list[Customer] = []
    read: list[Features] = []
    sealers: list[sealing.Sealer] = []
    for one, number in zip(wanted, numbers, strict=True):
        features = (one.read or normalise(one.details.record())).features
        customer = _row(one, company_id, number, features, at)
        sealer, key = sealing.new_key(customer.uid)
        customer.sealed = sealer.seal(one.details.sealed())
        keys.append(key)
        customers.append(customer)
        read.append(features)
        sealers.append(sealer)
    SubjectKey.objects.bulk_create(keys)
    Customer.objects.bulk_create(customers)
    rows = list(zip(customers, read, sealers, wanted, strict=True))
    Identifier.objects.bulk_create(
        [
            identifier
            for customer, features, sealer, _ in rows
            for identifier in identifier_rows(customer, features, sealer)
        ]
    )
    MatchKey.objects.bulk_create(
        [
            key
            for customer, features, _, _ in rows
            for key in index.match_keys(company_id, customer.pk, features)
        ]
    )
    search.add(
        [customer_text(customer, one.details.sealed(), features) for customer, features, _, one in rows]
    )
    return customers


def company_of(unit: Unit) -> int:
    """The id of the company a unit belongs to."""
    return unit.company_id or unit.pk


def _numbers(company_id: int, step: int) -> list[str]:
    """The next `step` customer numbers of a company, K-000001 and so on; the counter's row stays locked."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"company": company_id, "step": step})
        last = int(cursor.fetchone()[0])
    return [f"K-{number:06d}" for number in range(last - step + 1, last + 1)]


def _row(one: NewParty, company_id: int, number: str, features: Features, at: datetime) -> Customer:
    return Customer(
        company_id=company_id,
        unit=one.unit,
        kind=one.details.kind,
        number=number,
        features=to_json(features),
        masked_name=masked_name(one.details),
        masked_phone=masked_phone(features),
        grade=one.details.grade,
        source=one.details.source,
        created_at=at,
        created_by_id=one.created_by_id,
        import_row=one.import_row,
    )


def identifier_rows(customer: Customer, features: Features, sealer: sealing.Sealer) -> list[Identifier]:
    """Rows for every identifier in the features (not saved yet)."""
    return [identifier_row(customer, kind, value, sealer) for kind, value in identifiers_of(features)]


def identifier_row(customer: Customer, kind: str, value: str, sealer: sealing.Sealer) -> Identifier:
    return Identifier(
        customer=customer,
        company_id=customer.company_id,
        kind=kind,
        lookup=index.lookup(customer.company_id, kind, value),
        sealed=sealer.seal({"value": value}),
        masked=masking.identifier(kind, value),
        shared=is_shared(kind, value),
    )


def customer_text(customer: Customer, known: dict[str, object], features: Features) -> search.Text:
    """What a customer is found by: names, number, every identifier."""
    names = [str(known.get(name, "")) for name in ("name", "employer", "latin")]
    person = features.person.full if customer.kind == Customer.Kind.COMPANY else ""
    values = [value.removeprefix("+86") for _, value in identifiers_of(features)]
    return search.Text(
        kind="customer",
        uid=customer.uid,
        record_id=customer.pk,
        company_id=customer.company_id,
        text=" ".join(filter(None, [*names, person, customer.number, *values])),
    )
