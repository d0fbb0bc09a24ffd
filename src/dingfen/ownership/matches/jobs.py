"""Start and stop the heavy work of the matcher. The worker does it (`running`)."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Unit
from dingfen.ownership.matches import bulk
from dingfen.ownership.matches.rows import MatchDecision, MatchJob
from dingfen.ownership.matches.settling import PERMISSION, locked_decision
from dingfen.problems import conflict, invalid, missing, read_uid

Kind, State = MatchJob.Kind, MatchJob.State
REASON_LEAST = 4


@transaction.atomic
def start(*, actor: Actor, at: datetime, kind: str, precision: float = 0.99) -> MatchJob:
    """Have the whole base searched, the weights learned, or customers read anew; one at a time in a company.

    Raises `match.job_running` (409), `input.invalid` at `kind` and `precision` (0.8 to 0.999).
    """
    _company_wide(actor)
    if kind not in (Kind.SWEEP, Kind.TRAIN, Kind.INDEX):
        raise invalid({"kind": [("invalid", {})]})
    if not 0.8 <= precision <= 0.999:
        raise invalid({"precision": [("match.precision", {})]})
    return _start(actor, at, kind, {"precision": precision} if kind == Kind.TRAIN else {})


@transaction.atomic
def accept(*, actor: Actor, at: datetime, least: int, reason: str) -> MatchJob:
    """Merge every group whose pairs are all at least `least` per cent sure and nobody else holds a part of.

    Raises `match.job_running`, `match.nothing` (409), `input.invalid` at `least` (80 to 100) and `reason`.
    """
    require(actor, PERMISSION)
    if not bulk.LEAST <= least <= 100:
        raise invalid({"least": [("match.least", {"least": bulk.LEAST})]})
    if len(reason.strip()) < REASON_LEAST:
        raise invalid({"reason": [("reason.short", {"least": REASON_LEAST})]})
    if not bulk.preview(actor, least).groups:
        raise conflict("match.nothing")
    made = MatchDecision.objects.create(
        company_id=actor.company_id or 0, answer=MatchDecision.Answer.BULK, least=least, made_at=at,
        made_by_id=actor.staff_id,
    )  # fmt: skip
    return _start(actor, at, Kind.ACCEPT, {"least": least, "reason": reason.strip()[:300]}, made)


@transaction.atomic
def undo_many(*, actor: Actor, at: datetime, decision: uuid.UUID | str) -> MatchJob:
    """Take back an acceptance of many groups, one merge after the other."""
    made = locked_decision(actor, decision)
    return _start(actor, at, Kind.UNDO, {}, made)


@transaction.atomic
def stop(*, actor: Actor, at: datetime, job: uuid.UUID | str) -> MatchJob:
    """Stop one at work; what it has done so far stays. Raises `match.job_over` (409)."""
    require(actor, PERMISSION)
    found = (
        MatchJob.objects.visible_to(actor).select_for_update(of=("self",)).filter(uid=read_uid(job)).first()
    )
    if found is None:
        raise missing()
    if found.asked_by_id != actor.staff_id:
        _company_wide(actor)
    if found.state != State.RUNNING:
        raise conflict("match.job_over")
    found.state, found.finished_at = State.STOPPED, at
    found.save(update_fields=["state", "finished_at"])
    return found


def _company_wide(actor: Actor) -> None:
    """What concerns the whole base takes a right over the whole company."""
    company = Unit.objects.get(pk=actor.company_id or 0)
    require(actor, PERMISSION, company_id=company.pk, path=company.path)


def _start(
    actor: Actor, at: datetime, kind: str, options: dict[str, Any], decision: MatchDecision | None = None
) -> MatchJob:
    try:
        with transaction.atomic():
            return MatchJob.objects.create(
                company_id=actor.company_id or 0, kind=kind, options=options, decision=decision, asked_at=at,
                asked_by_id=actor.staff_id,
            )  # fmt: skip
    except IntegrityError as error:
        raise conflict("match.job_running") from error
