"""Reading stored customers anew after the rules of reading changed, while everything else goes on."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

from dingfen.matching import to_json
from dingfen.parties import index
from dingfen.parties.actions.customers import features_now
from dingfen.parties.models import Customer

BATCH = 200


def rebuild(company_id: int, progress: Callable[[int, int], None] | None = None, after: int = 0) -> int:
    """Derive features and match keys of every customer of a company anew; how many changed.

    In batches of one short transaction each: stopped half way, what is done stays, and customers not reached
    yet are found under their earlier keys. `after` goes on behind an id.
    """
    waiting = Customer.objects.filter(company_id=company_id, erased_at=None, pk__gt=after)
    total, done, changed = waiting.count(), 0, 0
    while True:
        with transaction.atomic():
            rows = list(
                Customer.objects.select_for_update()
                .filter(company_id=company_id, erased_at=None, pk__gt=after)
                .order_by("pk")[:BATCH]
            )
            changed += sum(_again(row) for row in rows)
        if not rows:
            return changed
        after, done = rows[-1].pk, done + len(rows)
        if progress:
            progress(done, total)


def _again(customer: Customer) -> bool:
    features = features_now(customer)
    text = to_json(features)
    if text == customer.features:
        return False
    customer.features = text
    customer.save(update_fields=["features"])
    index.replace(customer.company_id, customer.pk, features)
    return True
