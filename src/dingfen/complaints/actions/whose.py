"""Whose complaint it is: the customer the matcher is sure of, a new card for one it has never seen, or nobody yet."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Unit
from dingfen.database import rows
from dingfen.database.locks import lock_keys
from dingfen.matching import Features, normalise
from dingfen.parties import index
from dingfen.parties import registering as parties
from dingfen.parties.actions.common import entry
from dingfen.parties.details import Details, check, identifiers_of
from dingfen.parties.models import Customer
from dingfen.parties.queries import candidates
from dingfen.problems import invalid
from dingfen.register.append import NewEntry


@dataclass(frozen=True, slots=True)
class Told:
    """Who complains, read before anybody has to wait for it. `party`: the card they get if nobody is found."""

    company_id: int
    features: Features
    party: parties.Party | None

    def customer(self, actor: Actor, at: datetime) -> tuple[Customer | None, NewEntry | None]:
        """In the transaction: the customer to link, and the entry to append when a card was made for them."""
        if not identifiers_of(self.features):
            return None, None
        lock_keys(index.lock_hashes(self.company_id, self.features))
        numbers = self.party.numbers if self.party else None
        found = candidates(self.company_id, self.features, numbers=numbers)
        same = [one for one in found if one.match.answer == "same"]
        if same:
            return rows.first(Customer, id=same[0].customer_id), None
        if found or self.party is None:
            return None, None  # somebody will look whether it is one of those
        customer = parties.write([self.party])[0]
        facts = {"number": customer.number, "kind": customer.kind, "grade": customer.grade}
        personal = self.party.details.sealed()
        return customer, entry(
            actor=actor, at=at, kind="customer.added", customer=customer, facts=facts, personal=personal
        )


def told(details: Details, unit: Unit, at: datetime, actor: Actor, card: bool = True) -> Told:
    """What can be said of who complains without a lock. `card`: whether they may get one.

    Raises `input.invalid` for a name that is too long for a card.
    """
    card = card and bool(details.name)
    read = check(details, lenient=True) if card else normalise(details.record())
    party = None
    if card and identifiers_of(read.features):
        new = parties.NewParty(unit=unit, details=details, created_by_id=actor.staff_id, read=read)
        party = parties.prepare(new, at)
    return Told(unit.company_id or unit.pk, read.features, party)


def customer_named(actor: Actor, uid: object) -> Customer:
    """A customer of the actor's company, the surviving one after merges. Raises Problem at `customer`."""
    try:
        found = Customer.objects.filter(
            company_id=actor.company_id, uid=uuid.UUID(str(uid)), erased_at=None, voided_at=None
        ).first()  # fmt: skip
    except ValueError:
        found = None
    if found is not None and found.merged_into_id is not None:
        found = found.merged_into
    if found is None:
        raise invalid({"customer": [("customer.not_here", {})]})
    return found
