"""Reading imports: the job one may see, its first rows, what it would read."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet

from dingfen.accounts import access
from dingfen.accounts.actor import Actor
from dingfen.imports.actions import PERMISSION, table_of
from dingfen.imports.errors import failed, text
from dingfen.imports.mapping import checked
from dingfen.imports.models import ImportJob
from dingfen.imports.rows import Reader, Row
from dingfen.problems import missing

PREVIEWED = 5


def jobs(actor: Actor) -> QuerySet[ImportJob]:
    """The imports one may see, with who made them."""
    access.require(actor, PERMISSION)
    return ImportJob.objects.visible_to(actor).select_related("made_by", "company", "unit")


def job_of(actor: Actor, uid: uuid.UUID | str) -> ImportJob:
    """One import. Raises Problem `not_visible` (404)."""
    job = jobs(actor).filter(uid=uid).first()
    if job is None:
        raise missing()
    return job


def preview(job: ImportJob) -> list[list[str]]:
    """The first rows as they stand in the file."""
    return table_of(job).rows[:PREVIEWED]


def read(job: ImportJob) -> list[Row]:
    """The first rows as the mapping reads them."""
    table, mapping = table_of(job), checked(job.mapping)
    if any(column not in table.columns for column in mapping.columns.values()):
        return []
    return list(Reader(table, mapping).rows(0, PREVIEWED))


def faults(job: ImportJob, limit: int = 200) -> list[str]:
    """What is wrong with the rows left out, in words."""
    return [text(row.number, one) for row in failed(job)[:limit] for one in row.errors][:limit]
