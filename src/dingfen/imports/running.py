"""An import at work: batch after batch, each one transaction that also moves the job's position.

So a batch happens once or not at all, whoever is killed when, and any worker can take the next one.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from dingfen.accounts.actor import Actor, actor_for, system_actor
from dingfen.accounts.models import Role, Staff
from dingfen.imports.actions import log_finish, table_of
from dingfen.imports.loaders import LOADERS, Context, Outcome
from dingfen.imports.mapping import checked
from dingfen.imports.models import ImportJob, ImportRow
from dingfen.imports.people import People
from dingfen.imports.rows import Reader
from dingfen.imports.undoing import undo_batch
from dingfen.outbox.actions import queue
from dingfen.ownership.history import (
    Rivals,
    count_outcomes,
    disputed_deals,
    meeting_holds,
    open_disputes,
    open_overlaps,
)
from dingfen.ownership.models import Deal, Registration
from dingfen.ownership.rules import past_rules
from dingfen.parties.models import Customer
from dingfen.problems import Problem

State = ImportJob.State
AT_WORK = (State.CHECKING, State.RUNNING)
BATCH = 200
DRY_BATCH = 100
DISPUTES_AT_ONCE = 60
OVERLAPS_AT_ONCE = 20


def run_one(at: datetime) -> bool:
    """The worker's job: one batch of the oldest import at work; whether there was one."""
    found = ImportJob.objects.filter(state__in=AT_WORK).order_by("pk").values_list("pk", flat=True)
    return any(run_batch(pk, at) for pk in list(found)[:5])


def run_batch(pk: int, at: datetime) -> bool:
    """One batch of a job in one transaction; False when somebody else has it, or it is not at work."""
    try:
        with transaction.atomic():
            job = _lock(pk)
            if job is None:
                return False
            if job.stop_wanted:
                job.state = State.MAPPING if job.state == State.CHECKING else State.STOPPED
                job.stop_wanted = False
                job.save(update_fields=["state", "stop_wanted"])
                return True
            _advance(job, at)
            return True
    except Problem as problem:
        _give_up(pk, problem)
        return True


def _lock(pk: int) -> ImportJob | None:
    jobs = ImportJob.objects.select_for_update(
        of=("self",), skip_locked=connection.features.has_select_for_update_skip_locked
    )
    return (
        jobs.select_related("company", "unit__company", "made_by__unit", "made_by__company")
        .filter(pk=pk, state__in=AT_WORK)
        .first()
    )


def _advance(job: ImportJob, at: datetime) -> None:
    if job.stage == "rows":
        _rows(job, at)
    elif job.stage == "disputes":
        _disputes(job, at)
    elif job.stage == "overlaps":
        _overlaps(job, at)
    else:
        _undo(job, at)


def acting(job: ImportJob, at: datetime) -> tuple[Actor, tuple[str, ...] | None]:
    """Who the entries name, with the rights of the system; and the units whose people may be named.

    The rights of who imports were asked for when it was started; None: every unit.
    """
    within = system_actor(job.company, "import")
    maker: Staff | None = job.made_by
    if maker is None:
        return within, None
    own = actor_for(maker, at)
    whole = own.has(Role.ADMINISTRATOR, job.company.path)
    paths = None if whole else own.paths(Role.HEAD, Role.ADMINISTRATOR)
    return replace(within, uid=maker.uid, name=maker.name), paths


def prefix_of(job: ImportJob) -> str:
    """What the rows of this import are called by: the digest of the file, and the job."""
    return hashlib.sha256(f"{job.digest}:{job.uid}".encode()).hexdigest()[:32]


def _rows(job: ImportJob, at: datetime) -> None:
    dry = job.state == State.CHECKING
    actor, paths = acting(job, at)
    reader = Reader(table_of(job), checked(job.mapping))
    size = DRY_BATCH if dry else BATCH
    rows = list(reader.rows(job.position, job.position + size))
    context = Context(
        actor=actor,
        at=at,
        company=job.company,
        unit=job.unit,
        reader=reader,
        people=People(job.company_id, paths),
        prefix=prefix_of(job),
    )
    if dry:
        with transaction.atomic():
            outcomes = LOADERS[job.kind](context).load(rows)
            transaction.set_rollback(True)
    else:
        outcomes = LOADERS[job.kind](context).load(rows)
    _keep(job, outcomes, dry)
    job.position += len(rows)
    if job.position >= job.total:
        if dry:
            job.state = State.READY
        elif job.kind == "deals":
            job.stage, job.position = "disputes", 0
        else:
            _finish(job, actor, at)
    job.save()


def _keep(job: ImportJob, outcomes: list[Outcome], dry: bool) -> None:
    ImportRow.objects.bulk_create(
        ImportRow(
            job=job,
            number=one.row.number,
            state=one.state,
            made=[] if dry else [{"type": kind, "uid": str(uid)} for kind, uid in one.made],
            errors=[fault.plain() for fault in one.faults],
        )
        for one in outcomes
        if not dry or one.state == "failed"
    )
    counts = Counter(one.state for one in outcomes)
    job.done += counts["done"]
    job.failed += counts["failed"]
    job.skipped += counts["skipped"]
    made = Counter(kind for one in outcomes for kind, _ in one.made)
    job.report["made"] = dict(Counter(job.report.get("made", {})) + made)
    found = sum((one.found for one in outcomes), Counter[str]())
    if found:
        job.report["found"] = dict(Counter(job.report.get("found", {})) + found)


def _disputes(job: ImportJob, at: datetime) -> None:
    """The disputes of the next customers and scopes."""
    actor, _ = acting(job, at)
    groups = _groups(job)
    if job.position < len(groups):
        made = open_disputes(actor=actor, at=at, found=_next_disputes(job, groups), rules=past_rules())
        counts = Counter(job.report.get("disputes", {})) + count_outcomes(made) + Counter(opened=len(made))
        job.report["disputes"] = dict(counts)
    if job.position >= len(groups):
        job.stage, job.position = "overlaps", 0
    job.save()


def _overlaps(job: ImportJob, at: datetime) -> None:
    """Disputes about holds that met another's and that no deal's dispute takes in, customer by customer."""
    actor, _ = acting(job, at)
    rivals = Registration.objects.filter(
        company_id=job.company_id, import_row__startswith=f"{prefix_of(job)}:", rival_of__isnull=False
    )
    groups = list(rivals.order_by("customer_id", "scope").values_list("customer_id", "scope").distinct())
    for customer_id, scope in groups[job.position : job.position + OVERLAPS_AT_ONCE]:
        found = meeting_holds(Customer.objects.get(pk=customer_id), scope, prefix_of(job))
        counts = Counter(job.report.get("disputes", {})) + open_overlaps(actor=actor, at=at, found=found)
        job.report["disputes"] = dict(counts)
    job.position += OVERLAPS_AT_ONCE
    if job.position >= len(groups):
        _finish(job, actor, at)
    job.save()


def _next_disputes(job: ImportJob, groups: list[tuple[int, str]]) -> list[Rivals]:
    """The next deals in dispute, up to a batch; moves the position past each group that is done."""
    found: list[Rivals] = []
    while job.position < len(groups) and len(found) < DISPUTES_AT_ONCE:
        customer_id, scope = groups[job.position]
        part = disputed_deals(Customer.objects.get(pk=customer_id), scope, prefix_of(job))
        room = DISPUTES_AT_ONCE - len(found)
        found += part[:room]
        if len(part) > room:
            break  # the rest of a large group comes with the next batch
        job.position += 1
    return found


_last_groups: tuple[UUID, int, list[tuple[int, str]]] | None = None


def _groups(job: ImportJob) -> list[tuple[int, str]]:
    """The customers and scopes on which this import brought won deals, in a fixed order."""
    global _last_groups
    if _last_groups is None or _last_groups[:2] != (job.uid, job.version):
        rows = (
            Deal.objects.filter(
                company_id=job.company_id, import_row__startswith=f"{prefix_of(job)}:", won=True
            )
            .order_by("customer_id", "scope")
            .values_list("customer_id", "scope")
            .distinct()
        )
        _last_groups = (job.uid, job.version, list(rows))
    return _last_groups[2]


def _undo(job: ImportJob, at: datetime) -> None:
    actor, _ = acting(job, at)
    rows = list(job.rows.filter(state="done").order_by("-number")[:BATCH])
    if not rows:
        job.state = State.UNDONE
        job.finished_at = at
        log_finish(job, actor, at)
    else:
        counts = undo_batch(job, rows, actor, at)
        job.report["undo"] = dict(Counter(job.report.get("undo", {})) + counts)
    job.save()


def _finish(job: ImportJob, actor: Actor, at: datetime) -> None:
    job.state = State.DONE_ERRORS if job.failed else State.DONE
    job.finished_at = at
    if job.made_by is not None:
        queue(
            recipient=job.made_by,
            event="import.done",
            at=at,
            key=f"import.done:{job.uid}",
            subject=("import", job.uid),
            params={"file": job.file_name, "done": job.done, "failed": job.failed},
        )
    log_finish(job, actor, at)


def _give_up(pk: int, problem: Problem) -> None:
    """What stops a whole import, such as a file that is gone, is kept for who looks."""
    job = ImportJob.objects.get(pk=pk)
    job.report["problem"] = {"code": problem.code, "params": {k: str(v) for k, v in problem.params.items()}}
    job.state = State.STOPPED
    job.save(update_fields=["report", "state"])


def run_to_end(job: ImportJob, now: Any, progress: Any = None) -> ImportJob:
    """Run a job in the foreground; `progress(job)` after each batch."""
    while True:
        run_batch(job.pk, now())
        job.refresh_from_db()
        if progress is not None:
            progress(job)
        if job.state not in AT_WORK:
            return job
