"""Reading customers: candidates of a check, the card, the time line, what is found by search."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from dingfen.accounts.actor import Actor
from dingfen.database import kept
from dingfen.database.rows import each, find, run
from dingfen.matching import Features, Match, Record, alike, features
from dingfen.parties import index, sealing, weights
from dingfen.parties.models import Contact, Customer, Identifier, Touch
from dingfen.problems import missing


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stored customer that may be the one asked about. `customer_id` is the leading one of a merge."""

    customer_id: int
    record_id: int
    unit_id: int
    match: Match


def candidates(
    company_id: int,
    record: Record | Features,
    *,
    within: int | None = None,
    numbers: Sequence[int] | None = None,
) -> list[Candidate]:
    """Stored customers of a company that are the same or possibly the same, surest first.

    In the caller's transaction, so that holding `index.lock_hashes` nothing comes between check and write.
    `within` compares only with the records of that leading customer; `numbers` as `index.fetch` takes them.
    """
    asked = features(record)
    model = weights.in_force(company_id)
    best: dict[int, Candidate] = {}
    fetched = index.fetch(company_id, asked, numbers)
    stored = [one for one in fetched if within is None or one.leading_id == within]
    for place, match in alike(asked, [found.features for found in stored], model, namesakes=True):
        found = stored[place]
        earlier = best.get(found.leading_id)
        if earlier is None or match.sure > earlier.match.sure:
            best[found.leading_id] = Candidate(found.leading_id, found.id, found.unit_id, match)
    return sorted(best.values(), key=lambda one: (-one.match.sure, one.customer_id))


def family_ids(customer_id: int) -> list[int]:
    """The ids of a leading customer and of all that count as it."""
    return sorted(row[0] for row in run(_FAMILY, [customer_id, customer_id]))


_FAMILY = "SELECT id FROM parties_customer WHERE id = %s OR merged_into_id = %s"


def get_customer(actor: Actor, uid: UUID | str) -> Customer:
    """The customer the actor may see. Raises Problem `not_visible` (404)."""
    customer = (
        Customer.objects.visible_to(actor)
        .select_related("unit", "created_by", "merged_into")
        .filter(uid=uid)
        .first()
    )
    if customer is None:
        raise missing()
    return customer


def known(customer: Customer) -> dict[str, Any]:
    """What is sealed of a customer, opened: name, employer, latin, and the profile. {} once erased."""
    sealer = sealing.sealer(customer.uid)
    return sealer.open(customer.sealed) if sealer else {}


def names(customers: Iterable[Customer]) -> dict[int, str]:
    """Full names by id, for a page of a list of customers the reader may see; one query."""
    every = list(customers)
    sealers = sealing.sealers(customer.uid for customer in every)
    return {
        customer.pk: str(sealers[customer.uid].open(customer.sealed).get("name", customer.masked_name))
        if customer.uid in sealers
        else customer.masked_name
        for customer in every
    }


def _seen(actor: Actor, ids: Sequence[int]) -> QuerySet[Customer]:
    return Customer.objects.visible_to(actor, among=ids).only("pk")


def names_by_id(actor: Actor, ids: Sequence[int]) -> Mapping[int, str]:
    """Full names of those of these customers the actor may see, masked names of the rest of the company's."""
    if not ids:
        return {}
    wanted = list(dict.fromkeys(ids))
    where = f"t.company_id = +%s AND t.id IN ({each(wanted)})"
    every = find(Customer, where, [actor.company_id, *wanted])
    seen = {customer.pk for customer in kept.rows(_seen, actor, among=wanted)}
    full = names(customer for customer in every if customer.pk in seen)
    return {customer.pk: full.get(customer.pk, customer.masked_name) for customer in every}


def identifiers(customer: Customer) -> list[Identifier]:
    """Identifiers of a customer and of those merged into it, void ones last."""
    rows = Identifier.objects.filter(customer_id__in=family_ids(customer.pk))
    return sorted(rows, key=lambda row: (bool(row.void_reason), row.kind, row.pk))


@dataclass(frozen=True, slots=True)
class KnownContact:
    contact: Contact
    name: str


def contacts(customer: Customer, *, left: bool = False) -> list[KnownContact]:
    """Contacts with their names, the highest rank first; with `left`, those who have gone."""
    rows = list(
        Contact.objects.filter(
            customer_id__in=family_ids(customer.pk), void_reason="", left_at__isnull=not left
        ).order_by("-rank", "pk")
    )
    sealers = sealing.sealers(row.uid for row in rows)
    return [
        KnownContact(row, str(sealers[row.uid].open(row.sealed).get("name", "")))
        if row.uid in sealers
        else KnownContact(row, row.masked_name)
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class KnownTouch:
    touch: Touch
    note: str
    corrected: bool


def touches(
    customer: Customer, *, limit: int = 50, before: int | None = None, until: datetime | None = None
) -> list[KnownTouch]:
    """Touches of the customer and of those merged into it, newest first, with their notes.

    `before`: the id of one, whose page is over; `until`: those that happened before a moment.
    """
    rows = Touch.objects.filter(customer_id__in=family_ids(customer.pk), voided_at=None)
    if until is not None:
        rows = rows.filter(occurred_at__lt=until)
    if before is not None:
        last = Touch.objects.filter(pk=before).first()
        if last:
            rows = rows.filter(
                Q(occurred_at__lt=last.occurred_at) | Q(occurred_at=last.occurred_at, pk__lt=last.pk)
            )
    page = list(
        rows.select_related("staff", "unit", "customer", "contact", "corrects").order_by(
            "-occurred_at", "-pk"
        )[:limit]
    )
    corrected = set(
        Touch.objects.filter(corrects__in=[row.pk for row in page]).values_list("corrects_id", flat=True)
    )
    sealers = sealing.sealers(row.customer.uid for row in page if row.sealed)
    return [
        KnownTouch(
            row,
            str(sealers[row.customer.uid].open(row.sealed).get("note", ""))
            if row.sealed and row.customer.uid in sealers
            else "",
            row.pk in corrected,
        )
        for row in page
    ]


def search_customers(actor: Actor, ids: Sequence[int]) -> dict[int, tuple[str, str, str]]:
    """How found customers are shown: (number, name, masked phone). For `search.register_source`."""
    rows = list(Customer.objects.visible_to(actor, among=ids).defer("features"))
    full = names(rows)
    return {row.pk: (row.number, full[row.pk], row.masked_phone) for row in rows}
