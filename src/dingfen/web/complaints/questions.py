"""The answers to frequent questions, for staff: proposed, approved, reviewed, retired."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from dingfen.accounts.access import may, require
from dingfen.accounts.models import Unit
from dingfen.complaints.actions import questions
from dingfen.complaints.models import Question
from dingfen.problems import Problem, invalid, missing
from dingfen.web.acting import IN_PLACE
from dingfen.web.request import Request
from dingfen.web.toasts import toast
from dingfen.wording import field_errors, problem_text

TONGUES = (("zh-hans", "中文"), ("en", "English"))
REVIEW = dt.timedelta(days=180)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def listed(request: Request) -> HttpResponse:
    """All of them; below, the form for a further one or another wording."""
    require(request.actor, "complaint.view")
    if request.method == "POST":
        post = request.POST
        try:
            questions.propose(
                actor=request.actor, at=request.at, unit_uid=post.get("unit"), language=post.get("language", ""),
                question=post.get("question", ""), answer=post.get("answer", ""),
                review_by=_day(post, "review_by"), valid_from=_day_or_none(post, "valid_from"),
                valid_until=_day_or_none(post, "valid_until"), question_uid=post.get("again") or None,
            )  # fmt: skip
        except Problem as problem:
            return _page(request, problem)
        toast(request, gettext("Proposed; a second person approves it"))
        return redirect("questions")
    return _page(request)


def _page(request: Request, problem: Problem | None = None) -> HttpResponse:
    if problem is not None and problem.status not in IN_PLACE:
        raise problem
    actor, today = request.actor, timezone.localdate(request.at)
    rows = list(Question.objects.visible_to(actor).select_related("unit", "proposed_by", "approved_by"))
    for row in rows:
        row.stale = row.state == "approved" and row.review_by < today  # type: ignore[attr-defined]
        row.over = bool(row.valid_until and row.valid_until < today)  # type: ignore[attr-defined]
        row.early = row.state == "approved" and row.valid_from > today  # type: ignore[attr-defined]
        row.mine = row.proposed_by_id == actor.staff_id  # type: ignore[attr-defined]
        row.may_approve = may(actor, "complaint.approve", row.unit.path)  # type: ignore[attr-defined]
        row.may_change = may(actor, "complaint.handle", row.unit.path)  # type: ignore[attr-defined]
    units = list(Unit.objects.visible_to(actor).filter(active=True).order_by("path")[:200])
    for unit in units:
        unit.key = str(unit.uid)  # type: ignore[attr-defined]
    review = today + REVIEW
    context = {
        "rows": rows, "tongues": TONGUES, "typed": request.POST or _again(rows, request.GET.get("again", "")),
        "today_iso": today.isoformat(), "review": review, "review_iso": review.isoformat(),
        "units": [one for one in units if may(actor, "complaint.handle", one.path)],
    }  # fmt: skip
    if problem is not None:
        context |= {"problem": problem_text(problem), "errors": field_errors(problem)}
    return render(request, "complaints/questions.html", context, status=problem.status if problem else 200)


def _again(rows: list[Question], uid: str) -> dict[str, str]:
    """The form filled with an answer that gets another wording; empty for a new one."""
    found = next((one for one in rows if str(one.uid) == uid and one.state != "retired"), None)
    if found is None:
        return {}
    return {
        "again": uid, "question": found.question, "answer": found.answer, "language": found.language,
        "unit": str(found.unit.uid), "valid_from": found.valid_from.isoformat(),
        "valid_until": found.valid_until.isoformat() if found.valid_until else "",
    }  # fmt: skip


@login_required
@require_POST
def act(request: Request, uid: UUID, verb: str) -> HttpResponse:
    """Approve it (until a day) or retire it."""
    require(request.actor, "complaint.view")
    if verb not in ("approve", "retire"):
        raise missing()
    try:
        if verb == "approve":
            until = _day_or_none(request.POST, "review_by")
            questions.approve(actor=request.actor, at=request.at, question_uid=uid, review_by=until)
        else:
            questions.retire(actor=request.actor, at=request.at, question_uid=uid)
    except Problem as problem:
        return _page(request, problem)
    toast(request, gettext("Shown on the public page") if verb == "approve" else gettext("No longer shown"))
    return redirect("questions")


def _day(told: QueryDict, name: str) -> dt.date:
    try:
        return dt.date.fromisoformat(str(told.get(name, "")))
    except ValueError:
        raise invalid({name: [("invalid", {})]}) from None


def _day_or_none(told: QueryDict, name: str) -> dt.date | None:
    return _day(told, name) if told.get(name) else None
