"""The desk's own pages: claim the next one, take back what was done at once, who is given what."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from dingfen.accounts.access import require
from dingfen.complaints.actions.handling import seen
from dingfen.complaints.desk import aside, deeds, giving, seats
from dingfen.problems import Problem
from dingfen.web.acting import IN_PLACE, perform, shown_again
from dingfen.web.complaints.bulk import moment
from dingfen.web.complaints.lists import class_choices
from dingfen.web.lists.bulk import why
from dingfen.web.request import Request
from dingfen.web.toasts import toast
from dingfen.wording import problem_text


def back_to(request: Request) -> str:
    """The queue as it was left, where the form says so; its words are only a query."""
    return f"{reverse('complaints')}?{QueryDict(request.POST.get('back', '')[:2000]).urlencode()}"


@login_required
@require_POST
def claim(request: Request) -> HttpResponse:
    """Take the next one and open it."""
    try:
        complaint = giving.claim_next(actor=request.actor, at=request.at)
    except Problem as problem:
        if problem.status not in IN_PLACE:
            raise
        return render(
            request, "complaints/nothing.html", {"problem": problem_text(problem)}, status=problem.status
        )
    toast(request, _("Yours to handle"))
    return redirect("complaint", complaint.case.uid)


@login_required
@require_POST
def undo(request: Request, uid: UUID) -> HttpResponse:
    """Take back what one did at once; what stays says why."""
    results = deeds.undo(actor=request.actor, at=request.at, deed_uid=uid)
    kept = [one for one in results if one.problem is not None]
    if kept:
        rows = [{"number": one.number, "why": why(one.problem)} for one in kept if one.problem]
        return render(request, "complaints/undone.html", {"kept": rows, "good": len(results) - len(kept)})
    toast(
        request,
        ngettext("%(n)d step taken back", "%(n)d steps taken back", len(results)) % {"n": len(results)},
    )
    return redirect("complaints")


@login_required
@require_POST
def snooze(request: Request, uid: UUID) -> HttpResponse:
    """Set a complaint aside from its record, or take it back."""
    complaint = seen(request.actor, uid)
    if request.POST.get("wake"):
        aside.bring_back(actor=request.actor, at=request.at, case_uid=uid)
        toast(request, _("Back on your list"))
        return redirect("complaint", complaint.case.uid)
    until = moment(request.POST, request.at)
    deed = deeds.snooze_one(actor=request.actor, at=request.at, case_uid=uid, until=until, name=_("Snoozed"))
    said = _("Snoozed: %(number)s") % {"number": complaint.case.number}
    toast(request, said, undo=reverse("complaint_undo", args=[deed.uid]))
    return redirect(back_to(request) if request.POST.get("back") else reverse("complaints"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: Request) -> HttpResponse:
    """Who is given which complaints and how many; whether new ones are given out by themselves."""
    require(request.actor, seats.PERMISSION)
    if request.method != "POST":
        return _settings(request)
    return perform(
        request, lambda: _save(request), _("Saved"), again=lambda problem: _settings(request, problem),
        done=lambda _saved: redirect("complaint_desk"),
    )  # fmt: skip


def _settings(request: Request, problem: Problem | None = None) -> HttpResponse:
    context = {
        "rows": seats.overview(request.actor, request.at),
        "units": seats.units(request.actor),
        "classes": class_choices(request.actor),
        "channels": seats.CHANNELS,
        "languages": seats.LANGUAGES,
        **shown_again(request, problem),
    }
    return render(request, "complaints/desk.html", context, status=problem.status if problem else 200)


def _save(request: Request) -> None:
    post = request.POST
    if unit := post.get("unit"):
        seats.set_automatic(
            actor=request.actor, at=request.at, unit_uid=unit, automatic=post.get("automatic") == "1"
        )
        return
    seats.set_seat(
        actor=request.actor, at=request.at, staff_uid=post.get("staff", ""), room=post.get("room", ""),
        classes=post.getlist("classes"), languages=post.getlist("languages"), channels=post.getlist("channels"),
        receives=post.get("receives") == "1",
    )  # fmt: skip
