"""The door at which other systems call: `/hooks/<account>/`. Who knocks is known by the signature alone."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from dingfen.channels import accounts
from dingfen.channels.hooks import LARGEST, Call
from dingfen.channels.jobs import HOOKS
from dingfen.channels.models import Account
from dingfen.problems import Problem


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "POST"])
def hook(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Hand the call to its channel. A refusal says no more than its status."""
    found = Account.objects.select_related("company", "unit").filter(uid=uid, on=True).first()
    if found is None or found.channel not in HOOKS:
        return HttpResponse(status=404)
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        return HttpResponse(status=413)
    at = timezone.now()
    call = Call(
        method=request.method or "",
        query={name: value for name, value in request.GET.items() if isinstance(value, str)},
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.body,
        at=at,
    )
    try:
        reply = HOOKS[found.channel](found, call)
    except Problem as problem:
        accounts.refused(found, at, problem.code)
        return HttpResponse(status=problem.status)
    if found.worked_at is None or found.error or at - found.worked_at > timedelta(hours=1):
        accounts.worked(found, at)
    return HttpResponse(reply.body, status=reply.status, content_type=reply.content_type)
