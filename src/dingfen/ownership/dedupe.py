"""Pairs of stored customers that may be one, found all at once and put before people as reviews."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Unit
from dingfen.matching import Match, batch
from dingfen.ownership.models import ACTIVE, MatchReview, Registration
from dingfen.ownership.queries import codes
from dingfen.parties import weights
from dingfen.parties.actions.training import features_of

BATCH = 500


def pairs(
    company_id: int, progress: Callable[[int, int], None] | None = None
) -> Iterator[tuple[int, int, Match]]:
    """(older id, newer id, match) of customers that are, or may be, one; the whole base compared at once."""
    rows = sorted(features_of(company_id), key=lambda row: row[0])
    ids, model = [pk for pk, _ in rows], weights.in_force(company_id)
    found = batch.find(batch.read(features for _, features in rows), model)
    for done, (older, newer, match) in enumerate(found.each(model)):
        if progress and done % 1000 == 0:
            progress(done, len(found))
        yield ids[older], ids[newer], match


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
