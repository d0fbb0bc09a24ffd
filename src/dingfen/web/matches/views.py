"""Going through possible matches group by group, accepting many at once, and the work behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dingfen.accounts import access
from dingfen.ownership.matches import bulk, jobs, queries, settling
from dingfen.ownership.matches.rows import MatchDecision, MatchJob, MatchReview
from dingfen.parties.models import Customer
from dingfen.problems import Problem
from dingfen.web.acting import IN_PLACE, perform, visible_one
from dingfen.web.matches import words
from dingfen.web.request import Request
from dingfen.web.toasts import toast
from dingfen.wording import field_errors, problem_text

PERMISSION = settling.PERMISSION
Answer = MatchDecision.Answer
SAMPLE = 20
USUAL = 95


@login_required
@require_safe
def next_one(request: Request) -> HttpResponse:
    """To the group that comes next; to the list when nothing is open."""
    access.require(request.actor, PERMISSION)
    after = request.GET.get("after")
    found = queries.next_group(request.actor, after)
    return redirect("match_group", found) if found else redirect("matches")


@login_required
@require_safe
def group(request: Request, uid: UUID) -> HttpResponse:
    access.require(request.actor, PERMISSION)
    return _show_group(request, uid)


def _show_group(request: Request, uid: UUID, problem: Problem | None = None) -> HttpResponse:
    found = queries.group(request.actor, uid)
    typed = request.POST if problem else None
    context: dict[str, Any] = {
        "group": found,
        "waiting": queries.waiting(request.actor),
        "edges": [words.edge(one) for one in found.edges],
        "chosen": typed.getlist("member") if typed else [str(one.customer.uid) for one in found.members],
        "kept": typed.get("kept") if typed else str(found.members[0].customer.uid),
        "reason": typed.get("reason") if typed else gettext("Same customer, entered twice"),
        "question": words.QUESTIONS[found.kind],
        "relation": words.RELATIONS.get(found.kind, ""),
        "may_relate": access.may(request.actor, "customer.edit"),
    }
    if found.settled:
        context |= _answered(found.edges[0].review)
    if problem is not None:
        context |= {"problem": problem_text(problem), "errors": field_errors(problem)}
    return render(request, "matches/group.html", context, status=problem.status if problem else 200)


def _answered(review: MatchReview) -> dict[str, Any]:
    """Who said what; the decision while it can be taken back. One of many goes back with all of them."""
    decision = review.decision
    alone = decision and decision.undone_at is None and decision.answer != Answer.BULK
    return {"settled": review, "decision": decision if alone else None}


@login_required
@require_POST
def settle(request: Request, uid: UUID) -> HttpResponse:
    """Say it of the chosen records, and go on with the next group."""
    answer, members = request.POST.get("answer", ""), request.POST.getlist("member")
    try:
        made = settling.settle(
            actor=request.actor, at=request.at, group=uid, answer=answer, members=members,
            kept=request.POST.get("kept", "") if request.POST.get("kept") in members else "",
            reason=request.POST.get("reason", ""),
        )  # fmt: skip
    except Problem as problem:
        if problem.code == "match.settled":
            toast(request, gettext("Somebody has settled this group meanwhile"))
            return redirect(f"{reverse('match_next')}?after={uid}")
        if problem.status not in IN_PLACE:
            raise
        return _show_group(request, uid, problem)
    toast(request, _said(answer, len(members)), undo=reverse("match_undo", args=[made.uid]))
    return redirect(f"{reverse('match_next')}?after={uid}")


def _said(answer: str, members: int) -> str:
    if answer == Answer.SAME:
        return ngettext("%(n)s customer merged", "%(n)s customers merged", members) % {"n": members}
    if answer == Answer.RELATED:
        return gettext("Relation noted")
    return gettext("Kept apart; nobody is asked about them again")


@login_required
@require_POST
def undo(request: Request, uid: UUID) -> HttpResponse:
    """Take a decision back; an acceptance of many by the worker."""
    decision = visible_one(MatchDecision.objects.visible_to(request.actor), uid=uid)
    if decision.answer == Answer.BULK:
        job = jobs.undo_many(actor=request.actor, at=request.at, decision=uid)
        return redirect("match_job", job.uid)
    made = settling.undo(actor=request.actor, at=request.at, decision=uid)
    toast(request, gettext("Taken back"))
    review = made.reviews.first()
    return redirect("match_group", review.group) if review else redirect("matches")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def many(request: Request) -> HttpResponse:
    """Accept all above a threshold: what it would do first, then by the worker."""
    access.require(request.actor, PERMISSION)
    typed = request.POST if request.method == "POST" else request.GET
    least = _number(typed.get("least"), USUAL, bulk.LEAST, 100)
    problem = None
    if request.method == "POST":
        try:
            job = jobs.accept(
                actor=request.actor, at=request.at, least=least, reason=request.POST.get("reason", "")
            )
            return redirect("match_job", job.uid)
        except Problem as found:
            if found.status not in IN_PLACE:
                raise
            problem = found
    seen = bulk.preview(request.actor, least)
    names = Customer.objects.in_bulk([pk for one in seen.groups[:SAMPLE] for pk in one.members])
    context: dict[str, Any] = {
        "least": least,
        "preview": seen,
        "sample": [(one, [names[pk] for pk in one.members]) for one in seen.groups[:SAMPLE]],
        "more": max(len(seen.groups) - SAMPLE, 0),
        "reason": typed.get("reason") or gettext("Same customer, entered twice"),
    }
    if problem is not None:
        context |= {"problem": problem_text(problem), "errors": field_errors(problem)}
    return render(request, "matches/many.html", context, status=problem.status if problem else 200)


def _number(text: str | None, usual: int, least: int, most: int) -> int:
    return min(max(int(text), least), most) if text and text.isdecimal() and len(text) < 4 else usual


@login_required
@require_POST
def start_job(request: Request) -> HttpResponse:
    """Start what concerns the whole base, from the page of the weights."""
    from dingfen.web.matches.model import show

    return perform(
        request,
        lambda: jobs.start(
            actor=request.actor, at=request.at, kind=request.POST.get("kind", ""),
            precision=_number(request.POST.get("precision"), 99, 0, 100) / 100,
        ),
        gettext("Started"),
        again=lambda problem: show(request, problem),
        done=lambda job: redirect("match_job", job.uid),
    )  # fmt: skip


@login_required
@require_safe
def job(request: Request, uid: UUID) -> HttpResponse:
    """How far the work is, and what came of it; the part alone for htmx."""
    access.require(request.actor, PERMISSION)
    found = visible_one(
        MatchJob.objects.visible_to(request.actor).select_related("asked_by", "decision"), uid=uid
    )
    context = {"job": found, "report": words.report(found), "may_undo": _may_undo(found)}
    part = request.headers.get("HX-Request") == "true"
    return render(request, "matches/job_part.html" if part else "matches/job.html", context)


def _may_undo(found: MatchJob) -> bool:
    decision = found.decision
    return found.kind == MatchJob.Kind.ACCEPT and decision is not None and decision.undone_at is None


@login_required
@require_POST
def stop_job(request: Request, uid: UUID) -> HttpResponse:
    return _back(
        request, uid, lambda: jobs.stop(actor=request.actor, at=request.at, job=uid), gettext("Stopped")
    )


def _back(request: Request, uid: UUID, run: Callable[[], object], said: str) -> HttpResponse:
    """To the page of the job in any case."""
    try:
        run()
        toast(request, said)
    except Problem as problem:
        if problem.status != 409:
            raise
        toast(request, str(problem_text(problem).title))
    return redirect("match_job", uid)
