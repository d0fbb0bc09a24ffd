"""What the customer does in a matter they follow: answer a proposal, say how it went, withdraw.

A proposal is chosen on a page of its own, which says what is taken before it is taken.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from dingfen.channels.models import Account, Channel, Tracking
from dingfen.channels.web_form import codes
from dingfen.complaints.actions import after, ending, proposing
from dingfen.problems import Problem, missing
from dingfen.web.complain.following import Followed, followed
from dingfen.web.complain.forms import AnswerForm, SurveyForm, WithdrawForm
from dingfen.web.complain.views import followed_before, page_of, public
from dingfen.wording import field_errors, problem_text

Answer = Callable[..., HttpResponse]


def followed_here(view: Answer) -> Callable[..., HttpResponse]:
    """For the matter this device follows; anybody else is asked for the code. A POST is counted."""

    @wraps(view)
    def run(request: HttpRequest, account: Account, **more: Any) -> HttpResponse:
        at = timezone.now()
        tracking = followed_before(request, account)
        seen = followed(tracking, at) if tracking else None
        if tracking is None or seen is None:
            return redirect("complain_follow", slug=account.slug)
        if request.method == "POST" and not codes.may_add(tracking, at):
            return render(
                request, "complain/follow.html", {**page_of(account, seen), "busy": True}, status=429
            )
        return view(request, account, tracking, seen, at, **more)

    return public(run)


@require_http_methods(["GET", "POST"])
@followed_here
def proposal(
    request: HttpRequest, account: Account, tracking: Tracking, seen: Followed, at: dt.datetime, mark: int
) -> HttpResponse:
    """One proposal, with what taking it means; take it, decline it, or offer something else."""
    one = next((each for each in seen.offered if each.mark == mark), None)
    if one is None:
        raise missing()
    form = AnswerForm(request.POST or None)
    context: dict[str, Any] = {"account": account, "seen": seen, "one": one, "form": form}
    if request.method == "GET":
        return render(request, "complain/proposal.html", context)
    if not form.is_valid():
        return render(request, "complain/proposal.html", context, status=422)
    answer = request.POST.get("answer", "")
    try:
        proposing.answer_proposal(
            actor=None, at=at, proposal_uid=one.uid, answer=answer, via=Channel.WEB, text=form.cleaned_data["text"]
        )  # fmt: skip
    except Problem as problem:
        return _refused(request, "complain/proposal.html", context, form, problem)
    return _done(account, answer)


@require_POST
@followed_here
def survey(
    request: HttpRequest, account: Account, tracking: Tracking, seen: Followed, at: dt.datetime
) -> HttpResponse:
    """How it went; where it is not settled, it is taken up again if the customer wants so."""
    form = SurveyForm(request.POST)
    context = {**page_of(account, seen), "survey": form}
    if not form.is_valid():
        return render(request, "complain/follow.html", context, status=422)
    told = form.cleaned_data
    again = bool(told["again"]) and told["fixed"] == "no"
    try:
        after.survey(
            at=at, case_uid=tracking.case_uid, fixed=told["fixed"], handling=_score(told["handling"]),
            outcome=_score(told["outcome"]), text=told["text"], again=again,
        )  # fmt: skip
    except Problem as problem:
        return _refused(request, "complain/follow.html", context, form, problem)
    return _done(account, "reopened" if again else "rated")


@require_POST
@followed_here
def withdraw(
    request: HttpRequest, account: Account, tracking: Tracking, seen: Followed, at: dt.datetime
) -> HttpResponse:
    """Take the complaint back."""
    form = WithdrawForm(request.POST)
    context = {**page_of(account, seen), "withdrawal": form}
    if not form.is_valid():
        return render(request, "complain/follow.html", context, status=422)
    try:
        ending.withdraw(actor=None, at=at, case_uid=tracking.case_uid, said=form.cleaned_data["said"])
    except Problem as problem:
        return _refused(request, "complain/follow.html", context, form, problem)
    return _done(account, "withdrawn")


def _score(told: str) -> int | None:
    return int(told) if told else None


def _done(account: Account, what: str) -> HttpResponse:
    answer = redirect("complain_follow", slug=account.slug)
    answer["Location"] += f"?done={what}"
    return answer


def _refused(
    request: HttpRequest, template: str, context: dict[str, Any], form: forms.Form, problem: Problem
) -> HttpResponse:
    """The page again with what was typed and why it could not be done."""
    for name, texts in field_errors(problem).items():
        for text in texts:
            form.add_error(name if name in form.fields else None, text)
    if not problem.errors:
        form.add_error(None, str(problem_text(problem)))
    return render(request, template, context, status=problem.status)
