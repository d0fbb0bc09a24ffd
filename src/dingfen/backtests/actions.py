"""Start and stop a backtest. Nothing that binds anyone changes, so nothing is entered in the register."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Staff
from dingfen.backtests.models import Backtest
from dingfen.backtests.running import SOURCES, stages_of
from dingfen.policies.models import PolicyVersion
from dingfen.policies.queries import pack_of
from dingfen.problems import conflict, missing, read_uid

PERMISSION = "policy.backtest"
State = Backtest.State


@transaction.atomic
def start(
    *, actor: Actor, at: datetime, policy_uid: UUID | str, against_uid: UUID | str | None = None,
    since: datetime | None = None,
) -> Backtest:  # fmt: skip
    """Try a version on what happened; one at a time for each version. Raises Problem 403, 404, 409."""
    require(actor, PERMISSION)
    policy = _version(actor, policy_uid)
    stages = stages_of(pack_of(policy))
    if not stages:
        raise conflict("backtest.no_history")
    if Backtest.objects.filter(policy=policy, state=State.RUNNING).exists():
        raise conflict("backtest.running")
    return Backtest.objects.create(
        company=policy.company,
        policy=policy,
        against=_version(actor, against_uid) if against_uid else None,
        since=since,
        stage=stages[0],
        total=sum(SOURCES[stage](policy.unit, since).count() for stage in stages),
        made_by=Staff.objects.filter(pk=actor.staff_id or 0).first(),
        made_at=at,
    )


@transaction.atomic
def stop(*, actor: Actor, at: datetime, backtest_uid: UUID | str) -> Backtest:
    """Stop one at work; what it has found so far stays."""
    require(actor, PERMISSION)
    run = Backtest.objects.select_for_update().visible_to(actor).filter(uid=backtest_uid).first()
    if run is None:
        raise missing()
    if run.state != State.RUNNING:
        raise conflict("backtest.ended")
    run.state, run.finished_at = State.STOPPED, at
    run.save(update_fields=["state", "finished_at"])
    return run


def _version(actor: Actor, uid: UUID | str) -> PolicyVersion:
    rows = PolicyVersion.objects.select_for_update(of=("self",)).select_related("unit", "company")
    found = rows.filter(company_id=actor.company_id, uid=read_uid(uid)).first()
    if found is None:
        raise missing()
    return found
