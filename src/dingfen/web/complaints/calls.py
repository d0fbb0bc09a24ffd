"""Calls of the switchboard: who rings now, the latest calls, and what was said put where it belongs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from dingfen.accounts.access import require
from dingfen.channels.models import PhoneCall
from dingfen.channels.phone import calls
from dingfen.channels.phone.directory import Caller, caller
from dingfen.complaints.actions.calling import add_call
from dingfen.complaints.models import Complaint
from dingfen.problems import Problem
from dingfen.web.acting import IN_PLACE
from dingfen.web.request import Request
from dingfen.web.toasts import toast
from dingfen.wording import field_errors, problem_text

NEWEST = 50
AT_ONCE = 3


@login_required
@require_safe
def ringing(request: Request) -> HttpResponse:
    """The calls that go on now, for the corner of the page that asks every few seconds."""
    require(request.actor, "complaint.receive")
    return render(request, "complaints/ringing.html", {"ringing": going_on(request)})


def going_on(request: Request) -> list[dict[str, Any]]:
    rows = PhoneCall.objects.visible_to(request.actor).going_on(request.at).filter(case_uid=None)
    newest = rows.select_related("account__company").order_by("-started_at")[:AT_ONCE]
    return [{"call": row, "caller": _caller(row, request)} for row in newest]


def _caller(row: PhoneCall, request: Request) -> Caller:
    return caller(row.account.company, calls.number_of(row), request.at)


@login_required
@require_safe
def listed(request: Request) -> HttpResponse:
    """The latest calls."""
    require(request.actor, "complaint.receive")
    return _page(request, 200)


def _page(request: Request, status: int, **more: Any) -> HttpResponse:
    rows = list(
        PhoneCall.objects.visible_to(request.actor)
        .select_related("taken_by")
        .order_by("-started_at")[:NEWEST]
    )
    seen = Complaint.objects.visible_to(request.actor).select_related("case")
    cases = {
        one.case.uid: one for one in seen.filter(case__uid__in=[row.case_uid for row in rows if row.case_uid])
    }
    shown = [{"call": row, "complaint": cases.get(row.case_uid) if row.case_uid else None} for row in rows]
    context = {"rows": shown, "ringing": going_on(request), **more}
    return render(request, "complaints/calls.html", context, status=status)


def shown(request: Request, uid: str) -> dict[str, Any]:
    """A call and who it is, for the call form; looking up a number that way is the call itself, so not logged."""
    row = calls.seen(request.actor, uid)
    found = _caller(row, request)
    wanted = [one.uid for one in found.matters if one.kind == "complaint"]
    mine = Complaint.objects.visible_to(request.actor).select_related("case").filter(case__uid__in=wanted)
    return {"call": row, "caller": found, "number": calls.number_of(row), "recording": calls.recording_of(row),
            "open_": list(mine)}  # fmt: skip


@login_required
@require_POST
def add(request: Request, uid: UUID) -> HttpResponse:
    """What was said belongs to an open complaint."""
    require(request.actor, "complaint.receive")
    case_uid = request.POST.get("case", "")
    try:
        add_call(
            actor=request.actor,
            at=request.at,
            call_uid=uid,
            case_uid=case_uid,
            text=request.POST.get("text", ""),
        )
    except Problem as problem:
        if problem.status not in IN_PLACE:
            raise
        return _page(request, problem.status, problem=problem_text(problem), errors=field_errors(problem))
    toast(request, gettext("Entered in the thread"))
    return redirect("complaint", case_uid)
