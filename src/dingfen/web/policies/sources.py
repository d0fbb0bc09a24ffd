"""The editor of a rule book: files at the left, what is wrong and what would change at the right."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from dingfen.accounts import access
from dingfen.accounts.models import Unit
from dingfen.engine.check import Finding
from dingfen.engine.completing import completions
from dingfen.engine.load import place_of, read_files
from dingfen.engine.names import BASIC_ROLES
from dingfen.engine.reference import flow
from dingfen.engine.sources import Source
from dingfen.engine.values import listed, roles
from dingfen.policies import editing
from dingfen.policies.bases import bases_of
from dingfen.policies.draft_files import zipped
from dingfen.policies.editing import Checked
from dingfen.policies.findings import error_text, finding_text, mend_text
from dingfen.policies.models import PolicySource
from dingfen.policies.queries import roles_held, shipped, shipped_names
from dingfen.problems import Problem, missing, whole_number
from dingfen.web.policies.rule_words import path_label
from dingfen.web.policies.scenario_words import failed
from dingfen.web.policies.views import language
from dingfen.web.request import Request
from dingfen.web.toasts import toast
from dingfen.wording import field_errors

COLOURS = {"error": "red", "warning": "yellow", "info": "line"}
CHANGES = 200


@require_safe
def index(request: Request) -> HttpResponse:
    """The rule books being written, and what one can begin from."""
    offered = [{"name": name, "title": getattr(shipped(name).title, language())} for name in shipped_names()]
    rows = editing.sources(request.actor).defer("files")[:100]
    return render(request, "policies/sources.html", {"rows": rows, "offered": offered})


@require_POST
def begin(request: Request) -> HttpResponse:
    given = {name: request.POST.get(name, "") for name in ("shipped", "version", "draft")}
    made = editing.begin(actor=request.actor, at=request.at, **given)
    return redirect("policy_source", made.uid)


def one_source(request: Request, uid: UUID) -> PolicySource:
    """A rule book the company is writing. Raises Problem 403, 404."""
    found: PolicySource | None = editing.sources(request.actor).filter(uid=uid).first()
    if found is None:
        raise missing()
    return found


@require_safe
def detail(request: Request, uid: UUID) -> HttpResponse:
    """One file in the editor, and the check of all of them."""
    return _show(request, one_source(request, uid), request.GET.get("file", ""))


def _show(
    request: Request,
    source: PolicySource,
    name: str,
    typed: str | None = None,
    errors: Any = None,
    status: int = 200,
) -> HttpResponse:
    names = sorted(source.files, key=lambda each: (each.startswith(editing.SCENARIOS), each))
    chosen = name if name in source.files else ("ownership.yaml" if "ownership.yaml" in names else names[0])
    texts = {**source.files, chosen: typed} if typed is not None else source.files
    context = {
        "source": source,
        "names": names,
        "name": chosen,
        "text": texts[chosen],
        "line": whole_number(request.GET.get("line", "")) or "",
        "errors": errors or {},
        "units": Unit.objects.filter(company_id=request.actor.company_id, active=True).order_by("path"),
        **check_parts(source, texts),
    }
    return render(request, "policies/source.html", context, status=status)


def check_parts(source: PolicySource, texts: dict[str, str]) -> dict[str, Any]:
    """What the page of a check shows."""
    found: Checked = editing.check(texts, roles_held(source.company_id), bases_of(source.company_id))
    changed = editing.changes(source, found.pack)
    written = read_files({n: t for n, t in texts.items() if not n.startswith(editing.SCENARIOS)})[0]
    weighty = sorted(
        (each for each in found.findings if each.severity != "info"),
        key=lambda one: list(COLOURS).index(one.severity),
    )
    return {
        "source": source,
        "found": found,
        "faults": [{"error": each, "text": error_text(each)} for each in found.errors],
        "remarks": [_remark(written, each) for each in weighty],
        "hints": [_remark(written, each) for each in found.findings if each.severity == "info"],
        "passed": len(found.outcomes) - len(found.failed),
        "failed": failed(found.failed),
        "changed": [(path_label(each.where, numbered=True), each) for each in changed[:CHANGES]],
        "ready": found.pack is not None
        and not found.failed
        and not found.errors
        and all(each.severity != "error" for each in found.findings),
    }


def _remark(written: Source, each: Finding) -> dict[str, Any]:
    return {
        "where": each.where,
        **_place(written, each.where),
        "text": finding_text(each),
        "mend": mend_text(each),
        "example": flow(dict(each.example)),
        "colour": COLOURS[each.severity],
        "severity": each.severity,
    }


def _place(source: Source, where: str) -> dict[str, Any]:
    """File and line of a finding; nothing where it stands in the pack this one extends."""
    place = place_of(source, where)
    return {"file": place.file, "line": place.line + 1} if place.file in source.texts else {}


@require_POST
def check(request: Request, uid: UUID) -> HttpResponse:
    """The check alone of what is typed and not yet saved, for htmx."""
    source = one_source(request, uid)
    texts = {**source.files, request.POST.get("name", ""): request.POST.get("text", "")}
    return render(request, "policies/source_check.html", check_parts(source, texts))


@require_POST
def complete(request: Request, uid: UUID) -> HttpResponse:
    """What may stand where the caret is, for the editor's list: keys and values of the language."""
    source, post = one_source(request, uid), request.POST
    name = post.get("name", "")
    line, column = (whole_number(post.get(key, "")) or 0 for key in ("line", "column"))
    data = read_files(
        {n: t for n, t in source.files.items() if n in ("pack.yaml", "articles.yaml", "roles.yaml")}
    )[0].data
    found = completions(
        post.get("text", "")[: editing.LONGEST],
        line,
        column,
        scenarios=name.startswith(editing.SCENARIOS),
        articles=[str(each.get("id", "")) for each in listed(data, "articles")],
        roles=roles(data)[len(BASIC_ROLES) :],
    )
    english = language() == "en"
    options = [{"text": one.text, "label": one.en if english else one.zh} for one in found.options]
    return JsonResponse({"start": found.start, "options": options})


@require_POST
def save(request: Request, uid: UUID) -> HttpResponse:
    """Save one file as typed; a new scenario file by its name."""
    name, text = request.POST.get("name", ""), request.POST.get("text", "")
    try:
        editing.save(
            actor=request.actor, at=request.at, source_uid=uid, name=name, text=text,
            version=whole_number(request.POST.get("version", "")),
        )  # fmt: skip
    except Problem as problem:
        if problem.status not in (409, 422):
            raise
        return _show(
            request,
            one_source(request, uid),
            name,
            text,
            field_errors(problem) or {"text": [str(problem)]},
            problem.status,
        )
    toast(request, gettext("Saved"))
    return redirect(f"{reverse('policy_source', args=[uid])}?file={name}")


@require_POST
def propose(request: Request, uid: UUID) -> HttpResponse:
    """Propose what is written for a unit."""
    access.require(request.actor, editing.PERMISSION)
    units = {str(each.uid): each for each in Unit.objects.filter(company_id=request.actor.company_id)}
    unit = units.get(request.POST.get("unit", ""))
    if unit is None:
        raise missing()
    try:
        made = editing.propose_source(actor=request.actor, at=request.at, source_uid=uid, unit=unit)
    except Problem as problem:
        if problem.status != 422:
            raise
        return _show(request, one_source(request, uid), "", None, field_errors(problem), 422)
    toast(request, gettext("Proposed; a second person approves it."))
    return redirect("policy", uid=made.uid)


@require_safe
def download(request: Request, uid: UUID) -> HttpResponse:
    """The files as an archive."""
    response = HttpResponse(zipped(one_source(request, uid).files), content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="pack.zip"'
    return response
