"""Learning the weights of the conflict check from a company's own customers."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor
from dingfen.accounts.books import book_of
from dingfen.accounts.models import Unit
from dingfen.matching import Features, from_json
from dingfen.matching.training import LEAST_ROWS, train
from dingfen.parties import weights
from dingfen.parties.models import Customer, MatchModel
from dingfen.problems import conflict
from dingfen.register.append import append

MOST_CUSTOMERS = 200_000


def features_of(company_id: int) -> list[tuple[int, Features]]:
    """(id, features) of every customer that counts by itself, the newest MOST_CUSTOMERS."""
    rows = (
        Customer.objects.filter(company_id=company_id, merged_into=None, erased_at=None, voided_at=None)
        .exclude(features="")
        .order_by("-id")
        .values_list("pk", "features")[:MOST_CUSTOMERS]
    )
    return [(pk, from_json(text)) for pk, text in rows.iterator(chunk_size=2000)]


def train_model(*, actor: Actor, at: datetime, unit: Unit, precision: float = 0.99) -> MatchModel:
    """Learn anew and put the model in force. The learning itself holds no lock.

    Raises Problem `training.few` (409) where there are too few customers to learn from.
    """
    require(actor, "customer.merge", company_id=unit.pk)
    base = [features for _, features in features_of(unit.pk)]
    if len(base) < LEAST_ROWS:
        raise conflict("training.few", least=LEAST_ROWS, found=len(base))
    model = train(base, precision=precision, version=f"{at:%Y%m%d}-{len(base)}")
    with transaction.atomic():
        row = MatchModel.objects.create(
            company=unit,
            document=model.to_json(),
            customers=len(base),
            trained_at=at,
            trained_by_id=actor.staff_id,
        )
        append(
            book=book_of(unit, at=at, actor_id=actor.uid),
            kind="matching.trained",
            actor_id=actor.uid,
            occurred_at=at,
            recorded_at=at,
            subject=("unit", unit.uid),
            facts={"model": model.version, "customers": len(base), "same_from": model.same_from},
        )
    weights.forget()
    return row
