"""Imports: upload, map, dry run, start, stop, undo, the rows left out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import StreamingHttpResponse
from ninja import File, Form, Query, UploadedFile
from pydantic import Field

from dingfen.accounts.models import Unit
from dingfen.api.frame import (
    ApiRequest,
    In,
    Out,
    Page,
    Router,
    Window,
    expected_version,
    one,
    page,
    read,
    write,
)
from dingfen.imports import actions, errors, queries
from dingfen.imports.models import ImportJob, ImportRow

router = Router(tags=["imports"])
PERMISSION = "import.run"
Text = Annotated[str, Field(max_length=200)]


class DatesIn(In):
    order: Literal["year-first", "month-first", "day-first"] = "year-first"
    zone: Text = "Asia/Shanghai"
    time_of_day: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "09:00"


class MappingIn(In):
    """As in a mapping file, without `import`: our field → your column."""

    columns: dict[str, Text]
    values: dict[str, dict[str, Text]] = {}
    defaults: dict[str, Text] = {}
    dates: DatesIn = DatesIn()
    duplicates: Literal["skip", "update", "create"] = "skip"
    unknown_customers: Literal["refuse", "create"] = "refuse"
    general_manager: Text = ""


class ImportOut(Out):
    """`position` of `total` rows in the stage at hand; `report` counts what was made, found and undone."""

    uid: UUID
    kind: str
    file_name: str
    encoding: str
    state: str
    stage: str
    mapping: dict[str, Any]
    total: int
    position: int
    done: int
    failed: int
    skipped: int
    report: dict[str, Any]
    made_at: datetime
    finished_at: datetime | None
    version: int


class FaultOut(Out):
    column: str
    value: str
    code: str
    detail: str


class RowOut(Out):
    """A row left out; `number` as a spreadsheet counts."""

    number: int
    faults: list[FaultOut]


class PreviewOut(Out):
    """The first rows: cells of the file, and what the mapping reads from them."""

    columns: list[str]
    rows: list[list[str]]
    read: list[dict[str, str]]


@read(router, "/imports", out=Page[ImportOut], permission=PERMISSION)
def list_imports(
    request: ApiRequest, window: Query[Window], kind: Annotated[str, Field(max_length=12)] = ""
) -> Page[ImportOut]:
    rows = queries.jobs(request.actor)
    return page(request, rows.filter(kind=kind) if kind else rows, window, ImportOut.model_validate)


@write(router, "/imports", out=ImportOut, permission=PERMISSION, status=201)
def upload_import(
    request: ApiRequest,
    kind: Form[Literal["customers", "touches", "deals", "staff", "complaints"]],
    file: File[UploadedFile],
    unit: Form[UUID | None] = None,
) -> ImportJob:
    """Upload a table; its columns are guessed. `unit` takes customers whose row names nobody."""
    into = one(Unit.objects.visible_to(request.actor), uid=unit) if unit else None
    return actions.upload(
        actor=request.actor,
        at=request.at,
        kind=kind,
        file_name=file.name or "file",
        content=file.read(),
        unit=into,
    )


@read(router, "/imports/{uid}", out=ImportOut, permission=PERMISSION)
def get_import(request: ApiRequest, uid: UUID) -> ImportJob:
    return queries.job_of(request.actor, uid)


@read(router, "/imports/{uid}/preview", out=PreviewOut, permission=PERMISSION)
def preview_import(request: ApiRequest, uid: UUID) -> PreviewOut:
    job = queries.job_of(request.actor, uid)
    table = actions.table_of(job)
    found = [{name: str(value) for name, value in row.values.items()} for row in queries.read(job)]
    return PreviewOut(columns=list(table.columns), rows=queries.preview(job), read=found)


@write(router, "/imports/{uid}/mapping", method="PUT", out=ImportOut, permission=PERMISSION, versioned=True)
def map_import(request: ApiRequest, uid: UUID, mapping: MappingIn) -> ImportJob:
    """Say which column is which field."""
    return actions.map_columns(
        actor=request.actor,
        at=request.at,
        job_uid=uid,
        mapping=mapping.model_dump(),
        version=expected_version(request),
    )


@write(router, "/imports/{uid}/check", out=ImportOut, permission=PERMISSION, status=202)
def check_import(request: ApiRequest, uid: UUID) -> ImportJob:
    """Dry run: the worker tries every row and keeps nothing."""
    return actions.check(actor=request.actor, at=request.at, job_uid=uid)


@write(router, "/imports/{uid}/start", out=ImportOut, permission=PERMISSION, status=202)
def start_import(request: ApiRequest, uid: UUID) -> ImportJob:
    """Start, or go on with what was stopped."""
    return actions.start(actor=request.actor, at=request.at, job_uid=uid)


@write(router, "/imports/{uid}/stop", out=ImportOut, permission=PERMISSION, status=202)
def stop_import(request: ApiRequest, uid: UUID) -> ImportJob:
    return actions.stop(actor=request.actor, at=request.at, job_uid=uid)


@write(router, "/imports/{uid}/undo", out=ImportOut, permission=PERMISSION, status=202)
def undo_import(request: ApiRequest, uid: UUID) -> ImportJob:
    """Void what the import made; rows that others have built on stay."""
    return actions.undo(actor=request.actor, at=request.at, job_uid=uid)


@read(router, "/imports/{uid}/rows", out=Page[RowOut], permission=PERMISSION)
def list_import_faults(
    request: ApiRequest, uid: UUID, window: Query[Window], state: Literal["failed", "blocked"] = "failed"
) -> Page[RowOut]:
    """Rows left out (`failed`) or kept at the undo (`blocked`)."""
    job = queries.job_of(request.actor, uid)
    return page(request, job.rows.filter(state=state), window, _shown, order=("number",))


def _shown(row: ImportRow) -> RowOut:
    faults = [
        FaultOut(column=f["column"], value=f["value"], code=f["code"], detail=errors.text(row.number, f))
        for f in row.errors
    ]
    return RowOut(number=row.number, faults=faults)


@read(router, "/imports/{uid}/error-file", out=str, permission=PERMISSION, media_type="text/csv")
def import_error_file(request: ApiRequest, uid: UUID) -> StreamingHttpResponse:
    """The rows left out as CSV: original columns and reason; correct it and import it again."""
    return errors.download(queries.job_of(request.actor, uid))
