"""Consultation of staff on a version, and who has read it: on the page and as a file."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from dingfen.accounts import access
from dingfen.policies import reading
from dingfen.policies.consultation_rows import Consultation
from dingfen.policies.consulting import Minutes, Objection, add_minutes, minutes_of, record_consultation
from dingfen.policies.models import PolicyVersion
from dingfen.policies.reviewing import VIEW
from dingfen.problems import Problem
from dingfen.web.lists import export
from dingfen.web.policies.views import language, one, show_version
from dingfen.web.request import Request
from dingfen.web.templatetags.dingfen import staff_name, unit_name
from dingfen.web.toasts import toast
from dingfen.wording import field_errors

ROWS = 4
PAGE = 100


@require_POST
def record(request: Request, uid: UUID) -> HttpResponse:
    """One meeting or round of comments, with its objections and answers, and the minutes as a file."""
    post = request.POST
    file = request.FILES.get("minutes")
    objections = typed_objections(post)
    try:
        record_consultation(
            actor=request.actor,
            at=request.at,
            version_uid=uid,
            held_on=_day(post.get("held_on", "")),
            form=post.get("form", ""),
            participants=post.get("participants", ""),
            objections=[each for _, each in objections],
            minutes=Minutes(file.name or "minutes", file.read()) if file else None,
        )
    except Problem as problem:
        if problem.status != 422:
            raise
        errors = _by_row(field_errors(problem), [place for place, _ in objections])
        return show_version(request, one(request, uid), errors=errors, typed=post, status=422)
    toast(request, gettext("The consultation is on record."))
    return redirect("policy", uid=uid)


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return dt.date.max  # refused as a day to come


def typed_objections(post: QueryDict) -> list[tuple[int, Objection]]:
    """The rows in which something was typed, each with its place on the page."""
    rows = []
    for place in range(ROWS):
        text, by, answer = (
            post.get(f"objection-{place}-{name}", "").strip() for name in ("text", "by", "answer")
        )
        if text or by or answer:
            rows.append((place, Objection(text, by, answer, f"objection-{place}-taken" in post)))
    return rows


def _by_row(errors: dict[str, list[str]], places: list[int]) -> dict[str, list[str]]:
    """Errors of objections at the row of the page they were typed in."""
    found = {}
    for name, some in errors.items():
        parts = name.split(".")
        known = parts[0] == "objections" and len(parts) == 3
        found[f"objection-{places[int(parts[1])]}-{parts[2]}" if known else name] = some
    return found


@require_POST
def minutes_later(request: Request, uid: UUID) -> HttpResponse:
    """The minutes that were not ready when the consultation was put on record."""
    file = request.FILES.get("minutes")
    given = Minutes(file.name or "minutes", file.read()) if file else Minutes("", b"")
    try:
        row = add_minutes(actor=request.actor, at=request.at, consultation_uid=uid, minutes=given)
    except Problem as problem:
        if problem.status != 422:
            raise
        version = one(request, Consultation.objects.get(uid=uid).version.uid)
        errors = {"later": field_errors(problem).get("file", [str(problem)])}
        return show_version(request, version, errors=errors, status=422)
    toast(request, gettext("The minutes are on record."))
    return redirect("policy", uid=row.version.uid)


@require_safe
def minutes(request: Request, uid: UUID) -> HttpResponse:
    """The minutes as they came, to be saved."""
    row, content = minutes_of(request.actor, uid)
    response = HttpResponse(content, content_type=row.content_type)
    response["Content-Disposition"] = content_disposition_header(True, row.name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_safe
def readers(request: Request, uid: UUID) -> HttpResponseBase:
    """Everybody a version applies to, with when they confirmed; `show` unread or read, `export` csv or xlsx."""
    version = one(request, uid)
    access.require(request.actor, VIEW)
    people: Any = reading.readers(version)
    whole = {"all": people.count(), "read": people.exclude(confirmed_at=None).count()}
    chosen = request.GET.get("show", "")
    if chosen == "unread":
        people = people.filter(confirmed_at=None)
    elif chosen == "read":
        people = people.exclude(confirmed_at=None)
    if request.GET.get("export") in ("csv", "xlsx"):
        return _file(version, people, request.GET["export"])
    page = Paginator(people, PAGE).get_page(request.GET.get("page"))
    context = {
        "version": version,
        "title": version.title[language()],
        "page": page,
        "chosen": chosen,
        "whole": whole | {"unread": whole["all"] - whole["read"]},
        "until": version.published_at + reading.time_to_read(version) if version.published_at else None,
    }
    return render(request, "policies/readers.html", context)


def _file(version: PolicyVersion, people: Any, kind: str) -> HttpResponseBase:
    head = (
        gettext("Staff number"), gettext("Name"), gettext("Unit"), gettext("Rule book"), gettext("Version"),
        gettext("Confirmed"), gettext("When"),
    )  # fmt: skip
    title = version.title[language()]
    rows = (
        (
            person.employee_number, staff_name(person), unit_name(person.unit), title, version.version,
            gettext("yes") if person.confirmed_at else gettext("no"), person.confirmed_at,
        )
        for person in people
    )  # fmt: skip
    name = f"{version.pack}-{version.version}-readers"
    if kind == "xlsx":
        return FileResponse(
            export.excel(gettext("Readers"), head, rows), as_attachment=True, filename=f"{name}.xlsx"
        )
    answer = StreamingHttpResponse(export.csv_lines(head, rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer
