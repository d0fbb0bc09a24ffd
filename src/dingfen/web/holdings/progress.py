"""Stage, renewal and confirmation of a hold, and one that lapsed to the head."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_POST

from dingfen.ownership import actions
from dingfen.web.holdings.views import act
from dingfen.web.request import Request


@login_required
@require_POST
def stage(request: Request, uid: UUID) -> HttpResponse:
    return act(
        request,
        uid,
        "stage",
        gettext("Stage entered"),
        lambda: actions.reach_stage(
            actor=request.actor, at=request.at, registration_uid=uid, stage=request.POST.get("stage", "")
        ),
    )


@login_required
@require_POST
def renew(request: Request, uid: UUID) -> HttpResponse:
    return act(
        request,
        uid,
        "renew",
        gettext("Protection renewed"),
        lambda: actions.renew_protection(
            actor=request.actor, at=request.at, registration_uid=uid, reason=request.POST.get("reason", "")
        ),
    )


@login_required
@require_POST
def ask_renewal(request: Request, uid: UUID) -> HttpResponse:
    return act(
        request,
        uid,
        "renew",
        gettext("Renewal asked for"),
        lambda: actions.ask_renewal(
            actor=request.actor, at=request.at, registration_uid=uid, reason=request.POST.get("reason", "")
        ),
    )


@login_required
@require_POST
def answer_renewal(request: Request, uid: UUID) -> HttpResponse:
    grant = request.POST.get("grant") == "1"
    return act(
        request,
        uid,
        "renew",
        gettext("Protection renewed") if grant else gettext("Renewal refused"),
        lambda: actions.answer_renewal(
            actor=request.actor,
            at=request.at,
            registration_uid=uid,
            grant=grant,
            reason=request.POST.get("reason", ""),
        ),
    )


@login_required
@require_POST
def confirm(request: Request, uid: UUID) -> HttpResponse:
    agree = request.POST.get("agree") == "1"
    return act(
        request,
        uid,
        "confirm",
        pgettext("registration", "Confirmed") if agree else pgettext("registration", "Refused"),
        lambda: actions.confirm_registration(
            actor=request.actor,
            at=request.at,
            registration_uid=uid,
            agree=agree,
            reason=request.POST.get("reason", ""),
        ),
    )


@login_required
@require_POST
def to_pool(request: Request, uid: UUID) -> HttpResponse:
    return act(
        request,
        uid,
        "to_pool",
        gettext("Given to the pool"),
        lambda: actions.open_to_all(
            actor=request.actor, at=request.at, registration_uid=uid, reason=request.POST.get("reason", "")
        ),
    )
