"""Writing a new customer: key, row, identifiers, match keys and search text, in as few statements as can be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from dingfen.accounts.models import Unit
from dingfen.database.models import new_uid
from dingfen.database.rows import insert, insert_returning_ids, plain
from dingfen.matching import Features, is_shared, normalise, to_json
from dingfen.matching.normalise import Normalised
from dingfen.parties import index, masking, sealing, search
from dingfen.parties.details import Details, identifiers_of, masked_name, masked_phone
from dingfen.parties.models import Customer, Identifier

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
    parties = [
        _party(one, company_id, number, at)
        for one, number in zip(wanted, _numbers(company_id, len(wanted)), strict=True)
    ]
    insert("parties_subjectkey", ("subject_uid", "wrapped"), [party.key for party in parties])
    ids = insert_returning_ids("parties_customer", _CUSTOMER, [party.row() for party in parties])
    for party, pk in zip(parties, ids, strict=True):
        party.customer.pk = pk
        party.customer._state.adding = False
    insert("parties_identifier", _IDENTIFIER, [row for party in parties for row in party.identifiers()])
    keys = [row for party in parties for row in index.key_rows(company_id, party.customer.pk, party.features)]
    insert("parties_matchkey", ("company_id", "key", "customer_id"), keys)
    search.add([customer_text(party.customer, party.known, party.features) for party in parties])
    return [party.customer for party in parties]


_CUSTOMER = (
    "uid", "company_id", "unit_id", "kind", "number", "sealed", "features", "masked_name", "masked_phone",
    "grade", "source", "created_at", "created_by_id", "import_row", "version",
)  # fmt: skip
_IDENTIFIER = (
    "uid", "customer_id", "company_id", "kind", "lookup", "sealed", "masked", "shared", "void_reason",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Party:
    """One customer on its way into the tables."""

    customer: Customer
    features: Features
    known: dict[str, Any]
    sealer: sealing.Sealer
    key: tuple[Any, Any]

    def row(self) -> list[Any]:
        return [plain(getattr(self.customer, name)) for name in _CUSTOMER]

    def identifiers(self) -> list[list[Any]]:
        customer = self.customer
        return [
            [
                plain(new_uid()),
                customer.pk,
                customer.company_id,
                kind,
                index.lookup(customer.company_id, kind, value),
                self.sealer.seal({"value": value}),
                masking.identifier(kind, value),
                is_shared(kind, value),
                "",
            ]
            for kind, value in identifiers_of(self.features)
        ]


def _party(one: NewParty, company_id: int, number: str, at: datetime) -> _Party:
    features = (one.read or normalise(one.details.record())).features
    customer = _row(one, company_id, number, features, at)
    sealer, key = sealing.new_key(customer.uid)
    known = one.details.sealed()
    customer.sealed = sealer.seal(known)
    return _Party(customer, features, known, sealer, (plain(key.subject_uid), key.wrapped))


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


def identifier_row(customer: Customer, kind: str, value: str, sealer: sealing.Sealer) -> Identifier:
    """A further identifier of a customer (not saved yet)."""
    return Identifier(
        customer=customer,
        company_id=customer.company_id,
        kind=kind,
        lookup=index.lookup(customer.company_id, kind, value),
        sealed=sealer.seal({"value": value}),
        masked=masking.identifier(kind, value),
        shared=is_shared(kind, value),
    )


def customer_text(
    customer: Customer, known: Mapping[str, Any], features: Features, contacts: Iterable[str] = ()
) -> search.Text:
    """What a customer is found by: names, contacts' names, number, every identifier."""
    names = [str(known.get(name, "")) for name in ("name", "employer", "latin")]
    person = features.person.full if customer.kind == Customer.Kind.COMPANY else ""
    values = [value.removeprefix("+86") for _, value in identifiers_of(features)]
    return search.Text(
        kind="customer",
        uid=customer.uid,
        record_id=customer.pk,
        company_id=customer.company_id,
        text=" ".join(filter(None, [*names, person, *contacts, customer.number, *values])),
    )
