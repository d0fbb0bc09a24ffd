"""Reading stored customers anew after the rules of reading changed, while everything else goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from django.db import transaction

from dingfen.matching import to_json
from dingfen.parties import index
from dingfen.parties.actions.customers import features_now
from dingfen.parties.models import Customer

BATCH = 200


class Some(NamedTuple):
    """`read` customers up to the id `last`, `changed` of them; `total` were waiting (0 where nobody asks)."""

    read: int
    changed: int
    last: int
    total: int


def rebuild(company_id: int, progress: Callable[[int, int], None] | None = None, after: int = 0) -> int:
    """Derive features and match keys of every customer of a company anew; how many changed.

    In batches of one short transaction each: stopped half way, what is done stays, and customers not reached
    yet are found under their earlier keys. `after` goes on behind an id.
    """
    total = done = changed = 0
    while (some := rebuild_some(company_id, after, count=not done)).read:
        total, done, changed = total or some.total, done + some.read, changed + some.changed
        after = some.last
        if progress:
            progress(done, total)
    return changed


@transaction.atomic
def rebuild_some(company_id: int, after: int, *, count: bool = False) -> Some:
    """The next BATCH customers behind the id `after`, in one transaction; `count`: how many wait in all."""
    waiting = Customer.objects.filter(company_id=company_id, erased_at=None, pk__gt=after)
    rows = list(waiting.select_for_update().order_by("pk")[:BATCH])
    changed = sum(_again(row) for row in rows)
    return Some(len(rows), changed, rows[-1].pk if rows else after, waiting.count() if count else 0)


def _again(customer: Customer) -> bool:
    features = features_now(customer)
    text = to_json(features)
    if text == customer.features and customer.tailed is not None:
        return False
    customer.features = text
    customer.save(update_fields=["features"])
    index.replace(customer.company_id, customer.pk, features)
    return True
