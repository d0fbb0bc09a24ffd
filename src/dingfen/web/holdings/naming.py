"""Naming and ending co-workers from the page of a hold."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from dingfen.ownership import actions
from dingfen.ownership.models import Registration
from dingfen.problems import invalid
from dingfen.web.holdings.co_workers import END_FORM
from dingfen.web.holdings.views import act
from dingfen.web.request import Request


@login_required
@require_POST
def name(request: Request, uid: UUID) -> HttpResponse:
    def run() -> Registration:
        return actions.name_co_worker(
            actor=request.actor,
            at=request.at,
            registration_uid=uid,
            staff=request.POST.get("staff", ""),
            role=request.POST.get("role", ""),
            share=_share(request.POST.get("share", "")),
        ).registration

    return act(request, uid, "co_worker", pgettext("co-worker", "Co-worker named"), run)


@login_required
@require_POST
def end(request: Request, uid: UUID, co_worker: UUID) -> HttpResponse:
    def run() -> Registration:
        return actions.end_co_worker(
            actor=request.actor,
            at=request.at,
            registration_uid=uid,
            co_worker_uid=co_worker,
            reason=request.POST.get("reason", ""),
        ).registration

    return act(request, uid, f"{END_FORM}:{co_worker}", pgettext("co-worker", "Co-worker ended"), run)


def _share(text: str) -> int:
    """A whole number; empty is 0."""
    text = text.strip().removesuffix("%")
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= 3):
        raise invalid({"share": [("co_worker.share", {})]})
    return int(text)
