"""A complaint beside the queue: the least one needs to answer it, on one half of a wide screen."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from dingfen.accounts.access import may, require
from dingfen.complaints import watch
from dingfen.complaints.actions.handling import seen
from dingfen.complaints.desk.labels import labels_of
from dingfen.complaints.listing import merged_here
from dingfen.complaints.models import NEVER_HANDLED, OPEN, Channel, Complaint
from dingfen.parties.sealing import sealer
from dingfen.register.looks import record_look
from dingfen.web.complaints.words import level_words
from dingfen.web.request import Request

LAST = 6


def record_beside(request: Request, complaint: Complaint) -> dict[str, Any]:
    """What the half page needs. The look is logged, as with the whole record."""
    from dingfen.web.complaints.page import messages, own_messages

    actor, case = request.actor, complaint.case
    if actor.company_uid is not None and complaint.handler_id != actor.staff_id:
        record_look(
            at=request.at,
            actor_id=actor.uid,
            company=actor.company_uid,
            kind="complaint.opened",
            subject=case.uid,
        )
    key = sealer(case.uid)
    issues = list(complaint.issues.all())
    for one in issues:
        one.words = key.open(one.sealed) if key else {}  # type: ignore[attr-defined]
    klass, level = level_words(complaint)
    said = messages(complaint, merged_here(complaint, actor))
    path = case.unit.path
    is_open = complaint.state in OPEN
    return {
        "complaint": complaint,
        "case": case,
        "klass": klass,
        "level": level,
        "labels": labels_of([complaint]).get(complaint.pk, []),
        "issues": issues,
        "messages_": said[-LAST:],
        "seen": own_messages(said),
        "more_said": max(0, len(said) - LAST),
        "head_clock": watch.live(complaint).order_by("deadline").first(),
        "channels": Channel.choices,
        "may_take": may(actor, "complaint.take", path) and is_open and complaint.handler_id is None,
        "handles": may(actor, "complaint.handle", path) and is_open,
        "after": may(actor, "complaint.handle", path) and complaint.state not in NEVER_HANDLED,
        "back": request.GET.urlencode() if "beside" in request.GET else f"beside={case.uid}",
    }


@login_required
@require_safe
def beside(request: Request, uid: UUID) -> HttpResponse:
    """The half page by itself, for the keys that move through the list; asked for otherwise, the whole record."""
    require(request.actor, "complaint.view")
    if not request.htmx:
        return redirect("complaint", uid)
    return render(request, "complaints/beside.html", record_beside(request, seen(request.actor, uid)))
