"""Undo of a snooze: what was set aside comes back at once."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from dingfen.cases import snoozing
from dingfen.problems import Problem
from dingfen.web.lists.bulk import BULK_LIMIT, is_uid
from dingfen.web.request import Request
from dingfen.web.toasts import toast


@login_required
@require_POST
def back(request: Request) -> HttpResponse:
    for uid in filter(is_uid, request.GET.getlist("uid")[:BULK_LIMIT]):
        try:
            snoozing.wake(actor=request.actor, at=request.at, clock_uid=uid)
        except Problem as problem:  # ended meanwhile: nothing to bring back
            if problem.status != 404:
                raise
    toast(request, gettext("Back on your list"))
    return redirect("work")
