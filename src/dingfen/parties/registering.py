"""Writing a new customer: key, row, identifiers, match keys and search text, in as few statements as can be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from dingfen.accounts.models import Unit
from dingfen.database.models import new_uid
from dingfen.database.rows import insert, insert_returning_ids, plain, run
from dingfen.matching import Features, is_shared, normalise, to_json
from dingfen.matching.normalise import Normalised
from dingfen.parties import index, masking, sealing, search
from dingfen.parties.details import Details, identifiers_of, masked_name, masked_phone
from dingfen.parties.models import Customer, Identifier
from dingfen.parties.tokens import pieces

_COUNT = """
INSERT INTO parties_customercounter (company_id, last) VALUES (%s, %s)
ON CONFLICT (company_id) DO UPDATE SET last = parties_customercounter.last + %s
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
    return write([prepare(one, at) for one in new])


def prepare(new: NewParty, at: datetime) -> Party:
    """All that can be done of a customer before anybody has to wait for it: read, seal, cut into words."""
    features = (new.read or normalise(new.details.record())).features
    customer = _row(new, features, at)
    numbers = index.numbers_of(customer.company_id, features)
    tails = index.tails_of(customer.company_id, features, numbers)
    customer.keyed, customer.tailed = index.pack(numbers), index.pack(tails)
    sealer, key = sealing.new_key(customer.uid)
    known = new.details.sealed()
    customer.sealed = sealer.seal(known)
    return Party(
        customer=customer,
        details=new.details,
        features=features,
        key=(plain(customer.uid), key),
        numbers=numbers,
        stored=(*numbers, *tails),
        identifiers=[_identifier(customer, kind, value, sealer) for kind, value in identifiers_of(features)],
        words=pieces(customer_text(customer, known, features).text),
    )


def write(parties: Sequence[Party]) -> list[Customer]:
    """Write customers of one company that were prepared: each gets its number and its place."""
    if not connection.in_atomic_block:
        raise RuntimeError("a customer is written in the transaction of what registers it")
    if not parties:
        return []
    company_id = parties[0].customer.company_id
    for party, number in zip(parties, _numbers(company_id, len(parties)), strict=True):
        party.customer.number = number
    insert("parties_subjectkey", ("subject_uid", "wrapped"), [party.key for party in parties])
    ids = insert_returning_ids("parties_customer", _CUSTOMER, [_values(party.customer) for party in parties])
    for party, pk in zip(parties, ids, strict=True):
        party.customer.pk = pk
        party.customer._state.adding = False
    identifiers = [[party.customer.pk, *row] for party in parties for row in party.identifiers]
    insert("parties_identifier", _IDENTIFIER, identifiers)
    index.add((party.customer.pk, party.stored) for party in parties)
    search.add([party.text() for party in parties])
    return [party.customer for party in parties]


_CUSTOMER = (
    "uid", "company_id", "unit_id", "kind", "number", "sealed", "features", "keyed", "tailed", "masked_name",
    "masked_phone", "grade", "source", "created_at", "created_by_id", "import_row", "version",
)  # fmt: skip
_IDENTIFIER = (
    "customer_id", "uid", "company_id", "kind", "lookup", "sealed", "masked", "shared", "void_reason",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Party:
    """One customer on its way into the tables: only its number and its place are missing."""

    customer: Customer
    details: Details
    features: Features
    key: tuple[Any, Any]
    numbers: tuple[int, ...]  # it is looked up under these keys, and stored under those
    stored: tuple[int, ...]
    identifiers: list[list[Any]]
    words: list[str]

    def text(self) -> search.Text:
        """What it is found by, once it has number and place."""
        one = self.customer
        return search.Text("customer", one.uid, one.pk, one.company_id, one.number, self.words)


def _values(customer: Customer) -> list[Any]:
    return [plain(getattr(customer, name)) for name in _CUSTOMER]


def _identifier(customer: Customer, kind: str, value: str, sealer: sealing.Sealer) -> list[Any]:
    return [
        plain(new_uid()),
        customer.company_id,
        kind,
        index.lookup(customer.company_id, kind, value),
        sealer.seal({"value": value}),
        masking.identifier(kind, value),
        is_shared(kind, value),
        "",
    ]


def company_of(unit: Unit) -> int:
    """The id of the company a unit belongs to."""
    return unit.company_id or unit.pk


def _numbers(company_id: int, step: int) -> list[str]:
    """The next `step` customer numbers of a company, K-000001 and so on; the counter's row stays locked."""
    last = int(run(_COUNT, [company_id, step, step])[0][0])
    return [f"K-{number:06d}" for number in range(last - step + 1, last + 1)]


def _row(one: NewParty, features: Features, at: datetime) -> Customer:
    return Customer(
        company_id=company_of(one.unit),
        unit=one.unit,
        kind=one.details.kind,
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
