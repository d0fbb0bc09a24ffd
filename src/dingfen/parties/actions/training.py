"""The weights of the conflict check: learned from a company's own customers, looked at, put in force, rolled back."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor
from dingfen.accounts.books import book_of
from dingfen.accounts.models import Unit
from dingfen.matching import MODEL, Features, from_json
from dingfen.matching.model import Model, model_from_json
from dingfen.parties import weights
from dingfen.parties.models import Customer, MatchModel
from dingfen.problems import conflict, invalid, missing, read_uid
from dingfen.register.append import append

MOST_CUSTOMERS = 200_000
PERMISSION = "customer.merge"
Progress = Callable[[int, int], None]


def features_of(company_id: int, progress: Progress | None = None) -> list[Features]:
    """Features of every customer that counts by itself; of a larger base MOST_CUSTOMERS of them, spread evenly."""
    rows = Customer.objects.filter(company_id=company_id, merged_into=None, erased_at=None, voided_at=None)
    rows = rows.exclude(features="").order_by("pk")
    total = rows.count()
    step = -(-total // MOST_CUSTOMERS) or 1
    found = []
    for place, text in enumerate(rows.values_list("features", flat=True).iterator(chunk_size=2000)):
        if place % step == 0:
            found.append(from_json(text))
        if progress and place % 5000 == 0:
            progress(place, total * 2)
    return found


def train_model(
    *, actor: Actor, at: datetime, unit: Unit, precision: float = 0.99, switch: bool = True,
    progress: Progress | None = None,
) -> MatchModel:  # fmt: skip
    """Learn anew; `switch` puts the model in force at once. The learning itself holds no lock.

    Raises Problem `training.few` (409) where there are too few customers to learn from.
    """
    from dingfen.matching.training import LEAST_ROWS, train  # numpy: loaded by who learns

    require(actor, PERMISSION, company_id=unit.pk, path=unit.path)
    base = features_of(unit.pk, progress)
    if len(base) < LEAST_ROWS:
        raise conflict("training.few", least=LEAST_ROWS, found=len(base))
    model = train(base, precision=precision, version=_version(unit, at, len(base)))
    return _keep(model, len(base), actor, at, unit, switch)


def set_thresholds(
    *,
    actor: Actor,
    at: datetime,
    unit: Unit,
    same_from: int,
    possible_from: int,
) -> MatchModel:
    """The weights in force with other thresholds: a model of its own, in force at once.

    Raises `input.invalid` at `same_from` (80 to 100) and `possible_from` (20 to below `same_from`).
    """
    require(actor, PERMISSION, company_id=unit.pk, path=unit.path)
    errors: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
    if not 80 <= same_from <= 100:
        errors["same_from"] = [("model.same_from", {})]
    if not 20 <= possible_from < same_from:
        errors["possible_from"] = [("model.possible_from", {})]
    if errors:
        raise invalid(errors)
    row = weights.current(unit.pk)
    known = model_from_json(row.document) if row else MODEL
    version = f"{known.version.partition(':')[0]}:{same_from}/{possible_from}"
    model = replace(known, version=version, same_from=same_from, possible_from=possible_from)
    return _keep(model, row.customers if row else 0, actor, at, unit, True)


def switch_model(*, actor: Actor, at: datetime, unit: Unit, model_uid: uuid.UUID | str) -> MatchModel:
    """Put a model in force: a new one, or an earlier one again. `shipped` goes back to the shipped weights.

    Raises `model.in_force` (409).
    """
    require(actor, PERMISSION, company_id=unit.pk, path=unit.path)
    before = weights.current(unit.pk)
    if model_uid == "shipped":
        if before is None or model_from_json(before.document) == MODEL:
            raise conflict("model.in_force")
        return _keep(MODEL, 0, actor, at, unit, True)
    row = found(unit, model_uid)
    if before is not None and before.pk == row.pk:
        raise conflict("model.in_force")
    with transaction.atomic():
        row = MatchModel.objects.select_for_update(of=("self",)).get(pk=row.pk)
        _switch(row, actor, at, unit)
    weights.forget()
    return row


def found(unit: Unit, uid: uuid.UUID | str) -> MatchModel:
    """A model of the company. Raises 404."""
    row = MatchModel.objects.filter(company=unit, uid=read_uid(uid)).first()
    if row is None:
        raise missing()
    return row


def _version(unit: Unit, at: datetime, customers: int) -> str:
    """Day and size; learned twice on a day, with a number."""
    name = f"{at:%Y%m%d}-{customers}"
    again = MatchModel.objects.filter(company=unit, document__contains=f'"version": "{name}').count()
    return f"{name}.{again + 1}" if again else name


def _keep(model: Model, customers: int, actor: Actor, at: datetime, unit: Unit, switch: bool) -> MatchModel:
    with transaction.atomic():
        row = MatchModel.objects.create(
            company=unit,
            document=model.to_json(),
            customers=customers,
            trained_at=at,
            trained_by_id=actor.staff_id,
        )
        if customers and ":" not in model.version:
            facts = {"model": model.version, "customers": customers, "same_from": model.same_from}
            _enter("matching.trained", facts, actor, at, unit)
        if switch:
            _switch(row, actor, at, unit)
    weights.forget()
    return row


def _switch(row: MatchModel, actor: Actor, at: datetime, unit: Unit) -> None:
    row.switched_at, row.switched_by_id = at, actor.staff_id
    row.save(update_fields=["switched_at", "switched_by"])
    model = model_from_json(row.document)
    facts = {
        "model": model.version, "uid": str(row.uid), "same_from": model.same_from,
        "possible_from": model.possible_from,
    }  # fmt: skip
    _enter("matching.switched", facts, actor, at, unit)


def _enter(kind: str, facts: dict[str, object], actor: Actor, at: datetime, unit: Unit) -> None:
    append(
        book=book_of(unit, at=at, actor_id=actor.uid),
        kind=kind,
        actor_id=actor.uid,
        occurred_at=at,
        recorded_at=at,
        subject=("unit", unit.uid),
        facts=facts,
    )
