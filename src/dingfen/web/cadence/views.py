"""Log a follow-up in one line, and plan the next one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from dingfen.accounts import access
from dingfen.ownership import actions
from dingfen.problems import Problem, conflict, missing
from dingfen.web.cadence.forms import LogForm, StepForm
from dingfen.web.cadence.lists import FollowUps
from dingfen.web.holdings.views import act, one
from dingfen.web.request import Request
from dingfen.web.toasts import toast
from dingfen.wording import field_errors


def _back(request: Request) -> str:
    """The list one came from, with its filters."""
    asked = request.POST.get("back", "") or request.headers.get("HX-Current-URL", "")
    parts = urlsplit(asked)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    home = reverse("follow_ups")
    return path if parts.path == home and url_has_allowed_host_and_scheme(path, None) else home


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def log(request: Request, uid: UUID) -> HttpResponse:
    """The line under which a follow-up is logged; htmx puts the row anew into the list."""
    access.require(request.actor, "touch.record")
    held = one(request, uid)
    if held.holder_id != request.actor.staff_id:
        raise conflict("follow_up.not_yours")
    form = LogForm(request.POST if request.method == "POST" else None, auto_id="log-%s")
    if request.method == "POST" and form.is_valid():
        try:
            actions.log_follow_up(
                actor=request.actor, at=request.at, registration_uid=uid, **form.cleaned_data
            )
        except Problem as problem:
            if problem.status != 422:
                raise
            for name, texts in field_errors(problem).items():
                form.add_error(name if name in form.fields else None, [str(text) for text in texts])
        else:
            toast(request, gettext("Follow-up logged"))
            return _row(request, uid) if request.htmx else redirect(_back(request))
    context = {"form": form, "held": held, "back": _back(request)}
    answer = render(
        request,
        "cadence/log.html" if request.htmx else "cadence/log_page.html",
        context,
        status=422 if form.errors else 200,
    )
    if form.errors and request.htmx:
        answer["HX-Retarget"], answer["HX-Reswap"] = "#log-line", "innerHTML"
    return answer


def _row(request: Request, uid: UUID) -> HttpResponse:
    """The row as it is now, with the columns of the list it goes into."""
    request.GET = QueryDict(urlsplit(_back(request)).query)
    page = FollowUps(request)
    rows = page.make_ready(list(page.rows_by_uid([str(uid)])))
    if not rows:
        raise missing()
    context: dict[str, Any] = {"list": page, "row": rows[0], "shown": page.shown}
    return render(request, "cadence/logged.html", context)


@login_required
@require_POST
def plan(request: Request, uid: UUID) -> HttpResponse:
    """Plan the next step on the page of the hold."""
    access.require(request.actor, "touch.record")
    one(request, uid)
    form = StepForm(request.POST)

    def run() -> object:
        if not form.is_valid():
            raise Problem("input.invalid", 422, errors={name: [("invalid", {})] for name in form.errors})
        return actions.plan_next(
            actor=request.actor, at=request.at, registration_uid=uid, **form.cleaned_data
        )

    return act(request, uid, "plan", gettext("Next step noted"), run)
