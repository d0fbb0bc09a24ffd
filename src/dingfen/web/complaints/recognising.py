"""One click makes a complaint of what reads like one."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from dingfen.accounts.access import require
from dingfen.complaints.actions import recognising
from dingfen.complaints.actions.intake import Received
from dingfen.web.request import Request
from dingfen.web.toasts import toast


@login_required
@require_POST
def of_touch(request: Request, uid: UUID) -> HttpResponse:
    """The note of a touch becomes a complaint."""
    require(request.actor, "complaint.receive")
    return _opened(request, recognising.from_touch(actor=request.actor, at=request.at, touch_uid=uid))


@login_required
@require_POST
def of_message(request: Request, uid: UUID, message: UUID) -> HttpResponse:
    """A message of one complaint becomes one of its own."""
    require(request.actor, "complaint.receive")
    return _opened(
        request,
        recognising.from_message(actor=request.actor, at=request.at, case_uid=uid, message_uid=message),
    )


def _opened(request: Request, got: Received) -> HttpResponse:
    number = got.complaint.case.number
    toast(request, gettext("Registered as %(number)s") % {"number": number})
    return redirect("complaint", uid=got.complaint.case.uid)
