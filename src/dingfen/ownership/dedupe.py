"""Pairs of stored customers that may be one, found all at once and put before people as reviews."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import combinations

from django.db import transaction
from django.db.models import Q

from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Unit
from dingfen.matching import Match, compare
from dingfen.ownership.models import ACTIVE, MatchReview, Registration
from dingfen.ownership.queries import codes
from dingfen.parties import weights
from dingfen.parties.actions.training import features_of
from dingfen.parties.models import MatchKey

BUCKET = 60
BATCH = 500


def pairs(
    company_id: int, progress: Callable[[int, int], None] | None = None
) -> Iterator[tuple[int, int, Match]]:
    """(older id, newer id, match) of customers that are, or may be, one; by the keys stored with them."""
    features = dict(features_of(company_id))
    model = weights.in_force(company_id)
    compared: set[tuple[int, int]] = set()
    buckets = list(_buckets(company_id, set(features)))
    for done, bucket in enumerate(buckets):
        if progress and done % 1000 == 0:
            progress(done, len(buckets))
        for pair in combinations(bucket, 2):
            if pair not in compared:
                compared.add(pair)
                match = compare(features[pair[0]], features[pair[1]], model)
                if match.answer != "none":
                    yield (*pair, match)


def _buckets(company_id: int, known: set[int]) -> Iterator[list[int]]:
    """Customers under one key, ascending; keys that too many share say too little."""
    current, bucket = None, list[int]()
    rows = MatchKey.objects.filter(company_id=company_id).order_by("key", "customer_id")
    for key, customer in rows.values_list("key", "customer_id").iterator(chunk_size=5000):
        if key != current:
            if 1 < len(bucket) <= BUCKET:
                yield bucket
            current, bucket = key, []
        if customer in known:
            bucket.append(customer)
    if 1 < len(bucket) <= BUCKET:
        yield bucket


def open_reviews(
    *, actor: Actor, at: datetime, unit: Unit, progress: Callable[[int, int], None] | None = None
) -> tuple[int, int]:
    """Open a review for each pair nobody has been asked about; (pairs found, reviews opened).

    A review hangs on the registration of one of the two; a pair nobody holds waits until one is registered.
    Written in batches: stopped half way, a second run goes on where this one ended.
    """
    require(actor, "customer.merge", company_id=unit.pk)
    found = opened = 0
    batch: list[tuple[int, int, Match]] = []
    for one in pairs(unit.pk, progress):
        found += 1
        batch.append(one)
        if len(batch) == BATCH:
            opened += _open(batch, at)
            batch = []
    return found, opened + _open(batch, at)


@transaction.atomic
def _open(batch: list[tuple[int, int, Match]], at: datetime) -> int:
    ids = {pk for older, newer, _ in batch for pk in (older, newer)}
    held = {
        registration.customer_id: registration
        for registration in Registration.objects.filter(
            customer_id__in=ids, state__in=ACTIVE, rival_of=None
        ).order_by("-id")
    }
    asked = {
        frozenset(pair)
        for pair in MatchReview.objects.filter(
            Q(registration__customer_id__in=ids) | Q(other_id__in=ids)
        ).values_list("registration__customer_id", "other_id")
    }
    fresh = []
    for older, newer, match in batch:
        mine, other = (newer, older) if newer in held else (older, newer)
        if mine in held and frozenset((older, newer)) not in asked:
            review = MatchReview(registration=held[mine], other_id=other, opened_at=at)
            review.sure, review.reasons = match.sure, list(codes(match))
            fresh.append(review)
    MatchReview.objects.bulk_create(fresh)
    return len(fresh)
