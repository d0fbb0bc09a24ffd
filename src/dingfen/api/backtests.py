"""Backtests of policy versions: start, watch, stop, read what would differ."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Query
from pydantic import Field

from dingfen.api.frame import ApiRequest, In, Out, Page, Router, Window, one, page, read, write
from dingfen.backtests import actions, queries
from dingfen.backtests.models import Backtest, Difference

router = Router(tags=["policies"])
PERMISSION = actions.PERMISSION


class BacktestIn(In):
    """`against`: a version to compare with; none: for each fact the version of its time."""

    policy: UUID
    against: UUID | None = None
    since: datetime | None = None


class BacktestOut(Out):
    """`counts`: stage (disputes, holds, complaints) → kind → number. `done` of `total` rows looked at."""

    uid: UUID
    policy: UUID
    against: UUID | None
    since: datetime | None
    state: str
    done: int
    total: int
    counts: dict[str, dict[str, int]]
    made_at: datetime
    finished_at: datetime | None


class DifferenceOut(Out):
    """One ruling or complaint (`case`: its number) or hold that would come out otherwise."""

    kind: str
    case: str | None
    registration: UUID | None
    before: dict[str, Any]
    after: dict[str, Any]


def _shown(run: Backtest) -> BacktestOut:
    return BacktestOut(
        uid=run.uid,
        policy=run.policy.uid,
        against=run.against.uid if run.against else None,
        since=run.since,
        state=run.state,
        done=run.done,
        total=run.total,
        counts=run.counts,
        made_at=run.made_at,
        finished_at=run.finished_at,
    )


def _difference(row: Difference) -> DifferenceOut:
    return DifferenceOut(
        kind=row.kind,
        case=_number(row),
        registration=row.registration.uid if row.registration else None,
        before=row.before,
        after=row.after,
    )


def _number(row: Difference) -> str | None:
    of = row.dispute or row.complaint
    return of.case.number if of else None


@read(router, "/backtests", out=Page[BacktestOut], permission=PERMISSION)
def list_backtests(request: ApiRequest, window: Query[Window]) -> Page[BacktestOut]:
    """The company's backtests, newest first."""
    return page(request, queries.runs(request.actor), window, _shown)


@write(router, "/backtests", out=BacktestOut, permission=PERMISSION, status=202)
def start_backtest(request: ApiRequest, terms: BacktestIn) -> BacktestOut:
    """Try a version on recorded history; the worker runs it."""
    return _shown(
        actions.start(
            actor=request.actor,
            at=request.at,
            policy_uid=terms.policy,
            against_uid=terms.against,
            since=terms.since,
        )
    )


@read(router, "/backtests/{uid}", out=BacktestOut, permission=PERMISSION)
def get_backtest(request: ApiRequest, uid: UUID) -> BacktestOut:
    return _shown(one(queries.runs(request.actor), uid=uid))


@read(router, "/backtests/{uid}/differences", out=Page[DifferenceOut], permission=PERMISSION)
def list_differences(
    request: ApiRequest, uid: UUID, window: Query[Window], kind: Annotated[str, Field(max_length=12)] = ""
) -> Page[DifferenceOut]:
    """What would differ. `kind`, of rulings: holder, split, declined, decided; of holds: lapses, survives, other_day;
    of complaints: level, late, in_time, measure.
    """
    run: Backtest = one(queries.runs(request.actor), uid=uid)
    rows = queries.differences(run).order_by("-pk")
    return page(request, rows.filter(kind=kind) if kind else rows, window, _difference)


@write(router, "/backtests/{uid}/stop", out=BacktestOut, permission=PERMISSION)
def stop_backtest(request: ApiRequest, uid: UUID) -> BacktestOut:
    """Stop one at work; what it has found stays."""
    return _shown(actions.stop(actor=request.actor, at=request.at, backtest_uid=uid))
