"""Two customers that may be one: a person looks and says whether they are."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor
from dingfen.ownership.actions.common import (
    about_customer,
    write,
)
from dingfen.ownership.actions.merging import merge_customers
from dingfen.ownership.models import MatchReview
from dingfen.parties.models import Merge
from dingfen.problems import conflict, missing, read_uid

State = MatchReview.State


@transaction.atomic
def not_same(*, actor: Actor, at: datetime, review_uid: uuid.UUID | str) -> MatchReview:
    """They are two: remembered, so that nobody is asked about these two again.

    Raises `match.settled` (409) where somebody has said so, or merged them, already.
    """
    review = _open(actor, review_uid)
    _settle(review, State.OTHER, actor, at)
    registration = review.registration
    write(
        actor=actor,
        at=at,
        kind="match.not_same",
        unit=registration.unit,
        subject=about_customer(registration),
        facts={"registration": str(registration.uid), "other": str(review.other.uid), "sure": review.sure},
    )
    return review


@transaction.atomic
def same(*, actor: Actor, at: datetime, review_uid: uuid.UUID | str, reason: str) -> Merge:
    """They are one: the newer record counts as the one that was there (`merge_customers`)."""
    review = _open(actor, review_uid)
    merge = merge_customers(
        actor=actor,
        at=at,
        kept_uid=review.other.uid,
        gone_uid=review.registration.customer.uid,
        reason=reason,
    )
    _settle(review, State.SAME, actor, at)
    return merge


def _open(actor: Actor, uid: uuid.UUID | str) -> MatchReview:
    review = (
        MatchReview.objects.visible_to(actor)
        .select_related("registration__unit__company", "registration__customer", "other")
        .filter(uid=read_uid(uid))
        .first()
    )
    if review is None:
        raise missing()
    unit = review.registration.unit
    require(actor, "customer.merge", company_id=unit.company_id, path=unit.path)
    if review.state != State.OPEN:
        raise conflict("match.settled")
    return review


def _settle(review: MatchReview, state: str, actor: Actor, at: datetime) -> None:
    """Only one of two who settle it at once does."""
    row = MatchReview.objects.filter(pk=review.pk)
    if state == State.OTHER:
        row = row.filter(state=State.OPEN)
    if not row.update(state=state, settled_at=at, settled_by_id=actor.staff_id):
        raise conflict("match.settled")
    review.refresh_from_db(fields=["state", "settled_at", "settled_by"])
