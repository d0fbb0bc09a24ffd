"""Two customers that may be one: a person looks and says whether they are. Groups of more: `ownership.matches`."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor
from dingfen.ownership.matches import settling
from dingfen.ownership.matches.rows import MatchDecision, MatchReview
from dingfen.parties.models import Merge
from dingfen.problems import conflict, missing, read_uid

State, Answer = MatchReview.State, MatchDecision.Answer


@transaction.atomic
def not_same(*, actor: Actor, at: datetime, review_uid: uuid.UUID | str) -> MatchReview:
    """They are two: remembered, so that nobody is asked about these two again.

    Raises `match.settled` (409) where somebody has said so, or merged them, already.
    """
    review = _open(actor, review_uid)
    _settle(review, Answer.OTHER, "", actor, at)
    return review


@transaction.atomic
def same(*, actor: Actor, at: datetime, review_uid: uuid.UUID | str, reason: str) -> Merge:
    """They are one: the later record counts as the one that was there (`merge_customers`)."""
    review = _open(actor, review_uid)
    return _settle(review, Answer.SAME, reason, actor, at).merges.get()


def _open(actor: Actor, uid: uuid.UUID | str) -> MatchReview:
    """The open review, for who may settle it."""
    review = (
        MatchReview.objects.visible_to(actor)
        .select_related("registration__unit__company", "customer__unit__company", "other")
        .filter(uid=read_uid(uid))
        .first()
    )
    if review is None:
        raise missing()
    unit = review.registration.unit if review.registration else review.customer.unit
    require(actor, "customer.merge", company_id=unit.company_id, path=unit.path)
    if review.state != State.OPEN:
        raise conflict("match.settled")
    return review


def _settle(review: MatchReview, answer: str, reason: str, actor: Actor, at: datetime) -> MatchDecision:
    """Only one of two who settle it at once does: the reviews of the group are locked."""
    made = settling.settle(
        actor=actor, at=at, group=review.group, answer=answer, reason=reason,
        members=[review.customer.uid, review.other.uid], kept=review.other.uid,
    )  # fmt: skip
    review.refresh_from_db(fields=["state", "settled_at", "settled_by", "decision"])
    return made
