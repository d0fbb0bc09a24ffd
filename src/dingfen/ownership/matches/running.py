"""The heavy work of the matcher, step after step.

What computes for long (search, learning) runs in a process of its own: the worker goes on firing clocks, and the
memory is given back. Its lease ends when it dies; then it is begun again, and finds done what was done.
What changes customers one by one (reading anew, acceptance, undoing) is done by the worker in short transactions,
a step at a time, by the one worker that has the lease of the step.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.db import DatabaseError, transaction
from django.db.models import F, Q

from dingfen.accounts.actor import Actor, actor_for, system_actor
from dingfen.ownership.actions.merging import undo_merge
from dingfen.ownership.matches import bulk, settling
from dingfen.ownership.matches.rows import MatchJob
from dingfen.ownership.matches.sweep import sweep
from dingfen.parties.actions.training import train_model
from dingfen.parties.reindexing import rebuild_some
from dingfen.problems import Problem

log = logging.getLogger("dingfen.matches")
Kind, State = MatchJob.Kind, MatchJob.State
LEASE = timedelta(minutes=5)
TRIES = 3
HEAVY = (Kind.SWEEP, Kind.TRAIN)
GROUPS_AT_ONCE = 5
_CHILDREN: list[subprocess.Popen[bytes]] = []  # kept until they end, so that they are reaped


class Stopped(Exception):
    """Somebody stopped the job, or another worker has taken it over."""


def run_one(at: datetime) -> bool:
    """The worker's job: a step of the oldest work that waits; whether it did one itself."""
    waiting = MatchJob.objects.filter(state=State.RUNNING).filter(
        Q(leased_until=None) | Q(leased_until__lt=at)
    )
    job = waiting.select_related("company", "asked_by__unit", "asked_by__company").order_by("pk").first()
    if job is None:
        return False
    if job.kind not in HEAVY:
        return _step_alone(job, at)
    if _claim(job, at):
        _CHILDREN[:] = [child for child in _CHILDREN if child.poll() is None]
        command = [sys.executable, "-m", "dingfen", "match", "work", str(job.uid)]
        _CHILDREN.append(subprocess.Popen(command))  # noqa: S603 - our own program and a uid
    return False


def _step_alone(job: MatchJob, at: datetime) -> bool:
    """A step under its lease; False when another worker was quicker. Who dies in it keeps it no longer than that.

    Given back also where the database was busy: the next round tries again, not the one after the lease.
    """
    if not _lease(job, at):
        return False
    mine = MatchJob.objects.filter(pk=job.pk, state=State.RUNNING, leased_until=at + LEASE)
    try:
        step(job, at)
    finally:
        mine.update(leased_until=None)
    return True


def _lease(job: MatchJob, at: datetime, **also: object) -> bool:
    """Compare and swap: the lease is as it was seen, and now it is ours."""
    mine = MatchJob.objects.filter(pk=job.pk, state=State.RUNNING, leased_until=job.leased_until)
    return bool(mine.update(leased_until=at + LEASE, **also))


def _claim(job: MatchJob, at: datetime) -> bool:
    """Take the lease, unless it was tried too often or somebody else was quicker."""
    tried = job.report.get("tries", 0) + 1
    if tried > TRIES:
        _finish(job, at, State.FAILED, {"code": "match.died"})
        return False
    return _lease(job, at, report={"tries": tried})


def work(job: MatchJob, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
    """Heavy work from beginning to end, noting how far it is; given up when the worker that began it has ended."""
    parent = os.getppid()

    def note(done: int, total: int) -> None:
        mine = MatchJob.objects.filter(pk=job.pk, state=State.RUNNING)
        if not mine.update(done=done, total=total, leased_until=now() + LEASE):
            raise Stopped
        if os.getppid() != parent:
            raise Stopped

    try:
        note(0, 0)
        if job.kind == Kind.SWEEP:
            found = sweep(actor=_actor(job), at=now(), unit=job.company, progress=note)
            report = dict(found._asdict())
        else:
            row = train_model(
                actor=_actor(job), at=now(), unit=job.company, precision=job.options["precision"],
                switch=False, progress=note,
            )  # fmt: skip
            report = {"model": str(row.uid), "customers": row.customers}
    except Stopped:
        return
    except Problem as problem:
        _finish(job, now(), State.FAILED, {"code": problem.code, "params": dict(problem.params)})
    except Exception:
        log.exception("matching failed", extra={"job": str(job.uid)})
        _finish(job, now(), State.FAILED, {"code": "match.failed"})
    else:
        MatchJob.objects.filter(pk=job.pk, state=State.RUNNING).update(done=F("total"))
        _finish(job, now(), State.DONE, report)


def step(job: MatchJob, at: datetime) -> None:
    """A few customers or groups, each in a transaction of its own. Ends the job when nothing is left."""
    try:
        if {Kind.INDEX: _read_anew, Kind.ACCEPT: _accept, Kind.UNDO: _undo}[Kind(job.kind)](job, at):
            job.refresh_from_db()
            if job.state == State.RUNNING:
                _finish(job, at, State.DONE, job.report)
    except Problem as problem:
        _finish(job, at, State.FAILED, {"code": problem.code, "params": dict(problem.params)})
    except DatabaseError:
        raise  # the worker waits it out
    except Exception:  # else it would stand before the work of every other company for ever
        log.exception("matching failed", extra={"job": str(job.uid)})
        _finish(job, at, State.FAILED, {**job.report, "code": "match.failed"})


def run_to_end(job: MatchJob, at: datetime) -> MatchJob:
    """Run in the foreground, as commands, the demo and tests do."""
    if job.kind in HEAVY:
        work(job, lambda: at)
    else:
        while MatchJob.objects.filter(pk=job.pk, state=State.RUNNING).exists():
            job.refresh_from_db()
            step(job, at)
    job.refresh_from_db()
    return job


def _read_anew(job: MatchJob, at: datetime) -> bool:
    """Progress moves in the transaction of the customers it is about."""
    with transaction.atomic():
        some = rebuild_some(job.company_id, job.after, count=not job.total)
        changed = job.report.get("changed", 0) + some.changed
        mine = MatchJob.objects.filter(pk=job.pk, state=State.RUNNING, after=job.after)
        if some.read and not mine.update(
            after=some.last, done=F("done") + some.read, report={"changed": changed},
            total=job.total or some.total,
        ):  # fmt: skip
            transaction.set_rollback(True)
    return not some.read


def _accept(job: MatchJob, at: datetime) -> bool:
    actor, decision = _actor(job), job.decision
    skipped = set(job.report.get("refused", []))
    left = [
        group for group in bulk.preview(actor, job.options["least"]).groups if str(group.uid) not in skipped
    ]
    if not job.total:
        MatchJob.objects.filter(pk=job.pk).update(total=len(left))
    for group in left[: GROUPS_AT_ONCE * 20]:
        try:
            with transaction.atomic():
                settling.settle(
                    actor=actor, at=at, group=group.uid, answer="same", members=bulk.uids_of(group),
                    reason=job.options["reason"], decision=decision,
                )  # fmt: skip
                MatchJob.objects.filter(pk=job.pk).update(done=F("done") + 1)
        except Problem as problem:
            if problem.code == "match.settled":
                continue  # by somebody else meanwhile
            skipped.add(str(group.uid))
            MatchJob.objects.filter(pk=job.pk).update(report={"refused": sorted(skipped)})
        if not MatchJob.objects.filter(pk=job.pk, state=State.RUNNING).exists():
            return False
    return not left


def _undo(job: MatchJob, at: datetime) -> bool:
    actor, decision = _actor(job), job.decision
    assert decision is not None
    merges = decision.merges.filter(undone_at=None).order_by("-pk")
    if not job.total:
        MatchJob.objects.filter(pk=job.pk).update(total=merges.count())
    some = list(merges[:GROUPS_AT_ONCE])
    for merge in some:
        with transaction.atomic():
            undo_merge(actor=actor, at=at, merge_uid=merge.uid)
            MatchJob.objects.filter(pk=job.pk).update(done=F("done") + 1)
    if not some:
        with transaction.atomic():
            settling.take_back(settling.locked_decision(actor, decision.uid), actor, at)
    return not some


def _actor(job: MatchJob) -> Actor:
    return (
        actor_for(job.asked_by, job.asked_at, "match") if job.asked_by else system_actor(job.company, "match")
    )


def _finish(job: MatchJob, at: datetime, state: str, report: dict[str, object]) -> None:
    MatchJob.objects.filter(pk=job.pk, state=State.RUNNING).update(
        state=state, finished_at=at, report=report, leased_until=None
    )
