"""The weights of the conflict check: versions, how good they are on judged pairs, switching and rolling back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from dingfen.accounts.models import Unit
from dingfen.api.frame import ApiRequest, In, Out, Router, read, write
from dingfen.matching import MODEL, Model
from dingfen.matching.assessing import Share, figures
from dingfen.matching.model import model_from_json
from dingfen.ownership.matches import queries, settling
from dingfen.parties import weights
from dingfen.parties.actions import training
from dingfen.parties.models import MatchModel

router = Router(tags=["ownership"])
PERMISSION = settling.PERMISSION


class MatchShareOut(Out):
    """`hits` of `of` with the 95 % interval; null where nothing was judged."""

    hits: int
    of: int
    value: float | None
    low: float | None
    high: float | None


class MatchModelOut(Out):
    """`uid` is null for the weights as shipped. Weights and prior in bits, thresholds in per cent."""

    uid: UUID | None
    version: str
    customers: int
    trained_at: datetime | None
    switched_at: datetime | None
    in_force: bool
    same_from: int
    possible_from: int
    prior: float
    weights: dict[str, float]


class ModelsOut(Out):
    models: list[MatchModelOut]


class ComparisonOut(Out):
    """A model beside the one in force, each at its own threshold; `changed` open pairs would be answered otherwise."""

    judged: int
    precision_now: MatchShareOut
    recall_now: MatchShareOut
    precision: MatchShareOut
    recall: MatchShareOut
    changed: int


class ThresholdsIn(In):
    same_from: Annotated[int, Field(ge=80, le=100)]
    possible_from: Annotated[int, Field(ge=20, le=99)]


def _unit(request: ApiRequest) -> Unit:
    return Unit.objects.get(pk=request.actor.company_id or 0)


def _model(row: MatchModel | None, current: MatchModel | None) -> MatchModelOut:
    model = model_from_json(row.document) if row else MODEL
    return MatchModelOut(
        uid=row.uid if row else None, version=model.version, customers=row.customers if row else 0,
        trained_at=row.trained_at if row else None, switched_at=row.switched_at if row else None,
        in_force=row == current, same_from=model.same_from, possible_from=model.possible_from, prior=model.prior,
        weights=dict(model.weights),
    )  # fmt: skip


@read(router, "/matches/models", out=ModelsOut, permission=PERMISSION)
def list_match_models(request: ApiRequest) -> ModelsOut:
    """The newest twenty models, and the weights as shipped."""
    unit = _unit(request)
    rows, current = MatchModel.objects.filter(company=unit).order_by("-pk")[:20], weights.current(unit.pk)
    return ModelsOut(models=[*(_model(row, current) for row in rows), _model(None, current)])


@read(router, "/matches/models/{uid}/comparison", out=ComparisonOut, permission=PERMISSION)
def compare_match_model(request: ApiRequest, uid: UUID) -> ComparisonOut:
    """What switching to a model would change."""
    unit = _unit(request)
    other, now = model_from_json(training.found(unit, uid).document), weights.in_force(unit.pk)
    judged = queries.people_judged(unit.pk)

    def at_own(model: Model) -> tuple[MatchShareOut, MatchShareOut]:
        one = figures(judged, model, [model.same_from])[0]
        return _share(one.precision), _share(one.recall)

    before, after = at_own(now), at_own(other)
    changed, _ = queries.differences(request.actor, now, other)
    return ComparisonOut(
        judged=len(judged), precision_now=before[0], recall_now=before[1], precision=after[0], recall=after[1],
        changed=changed,
    )  # fmt: skip


def _share(share: Share) -> MatchShareOut:
    low, high = share.interval or (None, None)
    return MatchShareOut(hits=share.hits, of=share.of, value=share.value, low=low, high=high)


@write(router, "/matches/models/{uid}/switch", out=MatchModelOut, permission=PERMISSION)
def switch_match_model(request: ApiRequest, uid: UUID) -> MatchModelOut:
    """Put a model in force; an earlier one: roll back."""
    unit = _unit(request)
    row = training.switch_model(actor=request.actor, at=request.at, unit=unit, model_uid=uid)
    return _model(row, row)


@write(router, "/matches/models/shipped", out=MatchModelOut, permission=PERMISSION)
def switch_to_shipped(request: ApiRequest) -> MatchModelOut:
    """Back to the weights as shipped."""
    row = training.switch_model(actor=request.actor, at=request.at, unit=_unit(request), model_uid="shipped")
    return _model(row, row)


@write(router, "/matches/models/thresholds", out=MatchModelOut, permission=PERMISSION)
def set_match_thresholds(request: ApiRequest, thresholds: ThresholdsIn) -> MatchModelOut:
    """Other thresholds for the weights in force."""
    row = training.set_thresholds(
        actor=request.actor, at=request.at, unit=_unit(request), **thresholds.model_dump()
    )
    return _model(row, row)
