"""What a person does with an import: upload, map, dry run, start, stop, undo."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.db import transaction

from dingfen import blobs
from dingfen.accounts import access
from dingfen.accounts.actor import Actor
from dingfen.accounts.books import book_of
from dingfen.accounts.models import Unit
from dingfen.imports.fields import KINDS
from dingfen.imports.mapping import Mapping, checked, dump, fit, guess
from dingfen.imports.models import ImportJob
from dingfen.imports.reading import Table, fault, read_table
from dingfen.problems import conflict, invalid, missing, read_uid
from dingfen.register.append import append

State = ImportJob.State
BEFORE_START = (State.MAPPING, State.READY)
PERMISSION = "import.run"


def upload(
    *, actor: Actor, at: datetime, kind: str, file_name: str, content: bytes, unit: Unit | None = None
) -> ImportJob:
    """Take a file in: read it, keep it encrypted, guess what its columns are.

    `unit` (default: the actor's, or the company) takes customers whose row names nobody. Raises Problem
    `import.kind`, `file.…` for a file that cannot be read, `role.needed`.
    """
    if kind not in KINDS:
        raise invalid({"kind": [("import.kind", {})]}, "import.kind")
    company = Unit.objects.get(pk=actor.company_id or 0)
    unit = unit or Unit.objects.filter(pk=actor.unit_id or 0).first() or company
    access.require(actor, PERMISSION, company_id=unit.company_id, path=unit.path)
    if len(content) > settings.UPLOAD_LIMIT:
        raise fault("file.too_large", rows=settings.UPLOAD_LIMIT // 1024)
    table = read_table(content)
    mapping = guess(kind, table)  # type: ignore[arg-type]
    blob = blobs.store(content)
    with transaction.atomic():
        job = ImportJob.objects.create(
            company=company,
            unit=unit,
            kind=kind,
            file_name=PurePath(file_name.replace("\\", "/")).name[:200] or "file",
            blob=blob,
            digest=hashlib.sha256(content).hexdigest(),
            encoding=table.encoding,
            mapping=dump(mapping),
            state=State.MAPPING,
            total=len(table.rows),
            made_by_id=actor.staff_id,
            made_at=at,
        )
        _log(job, "import.uploaded", actor, at, {"kind": kind, "rows": job.total, "digest": job.digest})
    return job


def map_columns(
    *,
    actor: Actor,
    at: datetime,
    job_uid: object,
    mapping: Mapping | dict[str, Any],
    version: int | None = None,
) -> ImportJob:
    """Say which column is which field. Raises Problem `map.invalid` naming each place at fault."""
    with transaction.atomic():
        job = _locked(actor, job_uid, *BEFORE_START)
        if version is not None and version != job.version:
            raise conflict("version.stale", version=job.version)
        read = mapping if isinstance(mapping, Mapping) else checked({**mapping, "import": job.kind})
        if read.kind != job.kind:
            raise invalid({"import": [("map.choice", {"expected": job.kind})]}, "map.invalid")
        fit(read, table_of(job))
        job.mapping, job.state = dump(read), State.MAPPING
        job.version += 1
        job.save(update_fields=["mapping", "state", "version"])
    return job


def check(*, actor: Actor, at: datetime, job_uid: object) -> ImportJob:
    """Start the dry run: every row is tried and rolled back, so that what it finds is what would happen."""
    return _begin(actor, at, job_uid, State.CHECKING, BEFORE_START)


def start(*, actor: Actor, at: datetime, job_uid: object) -> ImportJob:
    """Start, or go on with, the import itself."""
    return _begin(actor, at, job_uid, State.RUNNING, (*BEFORE_START, State.STOPPED))


def _begin(actor: Actor, at: datetime, job_uid: object, state: str, before: tuple[str, ...]) -> ImportJob:
    with transaction.atomic():
        job = _locked(actor, job_uid, *before)
        fit(checked(job.mapping), table_of(job))
        if job.state != State.STOPPED:
            job.rows.all().delete()
            job.position = job.done = job.failed = job.skipped = 0
            job.stage, job.report = "rows", {}
        job.state, job.stop_wanted, job.finished_at = state, False, None
        job.version += 1
        job.save()
        if state == State.RUNNING:
            _log(
                job,
                "import.started",
                actor,
                at,
                {"mapping": hashlib.sha256(repr(job.mapping).encode()).hexdigest()},
            )
    return job


def stop(*, actor: Actor, at: datetime, job_uid: object) -> ImportJob:
    """Ask a dry run or an import to stop after the batch in hand; an import can go on later."""
    with transaction.atomic():
        job = _locked(actor, job_uid, State.CHECKING, State.RUNNING)
        job.stop_wanted = True
        job.save(update_fields=["stop_wanted"])
    return job


def undo(*, actor: Actor, at: datetime, job_uid: object) -> ImportJob:
    """Void what the import made, as new entries; rows others have built on stay and are listed."""
    with transaction.atomic():
        job = _locked(actor, job_uid, State.DONE, State.DONE_ERRORS, State.STOPPED)
        job.state, job.stage, job.position, job.stop_wanted = State.RUNNING, "undo", 0, False
        job.version += 1
        job.save(update_fields=["state", "stage", "position", "stop_wanted", "version"])
        _log(job, "import.undo_started", actor, at, {})
    return job


def _locked(actor: Actor, uid: object, *states: str) -> ImportJob:
    access.require(actor, PERMISSION)
    job = (
        ImportJob.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("company", "unit__company", "made_by")
        .filter(uid=read_uid(uid))
        .first()
    )
    if job is None:
        raise missing()
    access.require(actor, PERMISSION, company_id=job.company_id, path=job.unit.path)
    if job.state not in states:
        raise conflict("import.state", state=job.state)
    return job


_last: tuple[str, Table] | None = None


def table_of(job: ImportJob) -> Table:
    """The table of a job's file; the last one read is kept, as batches come one after the other."""
    global _last
    if _last is None or _last[0] != job.blob:
        _last = (job.blob, read_table(blobs.load(job.blob)))
    return _last[1]


def log_finish(job: ImportJob, actor: Actor, at: datetime) -> None:
    """The entry that says what an import or its undo did."""
    kind = "import.undone" if job.state == State.UNDONE else "import.finished"
    counts = {"done": job.done, "failed": job.failed, "skipped": job.skipped, "report": job.report}
    _log(job, kind, actor, at, counts)


def _log(job: ImportJob, kind: str, actor: Actor, at: datetime, facts: dict[str, Any]) -> None:
    append(
        book=book_of(job.unit, at=at, actor_id=actor.uid),
        kind=kind,
        actor_id=actor.uid,
        occurred_at=at,
        recorded_at=at,
        subject=("import", job.uid),
        facts=facts,
    )
