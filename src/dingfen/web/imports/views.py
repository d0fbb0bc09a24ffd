"""The pages of one import, each showing what its state allows."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dingfen.accounts import access
from dingfen.imports import actions, errors, queries, shipped
from dingfen.imports.fields import fields_of
from dingfen.imports.mapping import checked, parse, to_yaml
from dingfen.imports.models import ImportJob
from dingfen.imports.running import AT_WORK
from dingfen.imports.texts import BLOCKED
from dingfen.problems import Problem, missing
from dingfen.web.errors import into_form
from dingfen.web.imports.forms import MapForm, UploadForm
from dingfen.web.request import Request

State = ImportJob.State
RAIL = (State.MAPPING, State.CHECKING, State.READY, State.RUNNING, State.DONE)
ACTS = {"check": actions.check, "start": actions.start, "stop": actions.stop, "undo": actions.undo}
SHOWN = 100


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """Choose a file and what is in it."""
    access.require(request.actor, actions.PERMISSION)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = actions.upload(
                actor=request.actor,
                at=request.at,
                kind=given["kind"],
                file_name=given["file"].name,
                content=given["file"].read(),
            )
            if given["mapping"]:
                text = shipped.text_of(given["mapping"])
                actions.map_columns(actor=request.actor, at=request.at, job_uid=made.uid, mapping=parse(text))
            return redirect("import", made.uid)
        except Problem as problem:
            into_form(problem, form)
    return render(request, "imports/new.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
def job(request: Request, uid: UUID) -> HttpResponse:
    return _show(request, queries.job_of(request.actor, uid))


@require_safe
def progress(request: Request, uid: UUID) -> HttpResponse:
    """The part that asks again while the import is at work."""
    found = queries.job_of(request.actor, uid)
    if found.state not in AT_WORK:
        answer = HttpResponse()
        answer["HX-Refresh"] = "true"
        return answer
    return render(request, "imports/progress.html", _context(request, found))


@require_POST
def save_mapping(request: Request, uid: UUID) -> HttpResponse:
    """Save the mapping; with `check` pressed, go on to the dry run."""
    found = queries.job_of(request.actor, uid)
    form = MapForm(found, actions.table_of(found), request.POST)
    if not form.is_valid():
        return _show(request, found, form=form, status=422)
    try:
        actions.map_columns(
            actor=request.actor, at=request.at, job_uid=uid, mapping=form.mapping(checked(found.mapping))
        )
        if "check" in request.POST:
            actions.check(actor=request.actor, at=request.at, job_uid=uid)
    except Problem as problem:
        _into_columns(problem, form)
        return _show(request, found, form=form, status=422)
    return redirect("import", uid)


@require_POST
def act(request: Request, uid: UUID, act: str) -> HttpResponse:
    """Dry run, start, stop or undo."""
    if act not in ACTS:
        raise missing()
    ACTS[act](actor=request.actor, at=request.at, job_uid=uid)
    return redirect("import", uid)


@require_safe
def error_file(request: Request, uid: UUID) -> StreamingHttpResponse:
    return errors.download(queries.job_of(request.actor, uid))


@require_safe
def mapping_file(request: Request, uid: UUID) -> HttpResponse:
    """The mapping as YAML, for the command line and the next time."""
    found = queries.job_of(request.actor, uid)
    answer = HttpResponse(to_yaml(checked(found.mapping)), content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{found.kind}.yaml"'
    return answer


def _into_columns(problem: Problem, form: MapForm) -> None:
    """Faults of the mapping beneath the selects they are about."""
    moved = {
        f"column_{place.removeprefix('columns.')}" if place.startswith("columns.") else place: faults
        for place, faults in problem.errors.items()
    }
    into_form(Problem(problem.code, problem.status, problem.params, moved), form)


def _show(
    request: Request, found: ImportJob, *, form: MapForm | None = None, status: int = 200
) -> HttpResponse:
    context = _context(request, found)
    if found.state in (State.MAPPING, State.READY):
        table = actions.table_of(found)
        mapping = checked(found.mapping)
        context["form"] = form or MapForm(found, table, initial=MapForm.initial_of(mapping))
        context["columns"] = table.columns
        context["preview"] = queries.preview(found)
        labels = fields_of(found.kind)
        context["read"] = [
            [(labels[name].label, value) for name, value in row.values.items()] for row in queries.read(found)
        ]
    return render(request, "imports/job.html", context, status=status)


def _context(request: Request, found: ImportJob) -> dict[str, Any]:
    blocked = list(found.rows.filter(state="blocked").order_by("number")[:SHOWN])
    return {
        "job": found,
        "at_work": found.state in AT_WORK,
        "share": round(100 * found.position / found.total) if found.total and found.stage == "rows" else None,
        "summary": errors.summary(found) if found.done or found.failed or found.skipped else "",
        "faults": queries.faults(found, SHOWN),
        "blocked": [(row.number, BLOCKED[row.errors[0]["code"]]) for row in blocked],
        "disputes": found.report.get("disputes", {}),
        "can_undo": found.state in (State.DONE, State.DONE_ERRORS, State.STOPPED),
        "problem": found.report.get("problem"),
    }
