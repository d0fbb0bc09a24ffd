"""Who calls: a token (Bearer), or the session of a page of ours with its CSRF token.

A token's revocation, expiry and owner are read with each request; nothing is cached.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.middleware.csrf import CsrfViewMiddleware
from ninja.security import APIKeyCookie, HttpBearer

from dingfen.accounts import access
from dingfen.accounts.actor import Actor, actor_for
from dingfen.accounts.models import ApiToken
from dingfen.api import limits, tokens
from dingfen.problems import Problem

USED_EVERY = timedelta(hours=1)


class ApiRequest(HttpRequest):
    """A request that the frame has let in. `owner` names the token or person for idempotency and limits."""

    actor: Actor
    at: datetime
    owner: str
    request_id: str


class Token(HttpBearer):
    """`Authorization: Bearer …`, of someone who may do what the operation does."""

    def __init__(self, permission: str | None) -> None:
        super().__init__()
        self.permission = permission

    def authenticate(self, request: ApiRequest, token: str) -> Any:  # type: ignore[override]
        found = tokens.find(token, request.at)
        if found is None:
            limits.take(limits.STRANGERS, request.META.get("REMOTE_ADDR", ""))
            raise Problem("token.unknown", 401)
        request.actor = found.actor
        request.owner = f"token:{found.id}"
        limits.take(limits.CALLERS, request.owner)
        if found.last_used_at is None or request.at - found.last_used_at > USED_EVERY:
            ApiToken.objects.filter(pk=found.id).update(last_used_at=request.at)
        _require(request, self.permission)
        return found


class Session(APIKeyCookie):
    """A signed-in page of our own; writes carry the CSRF token."""

    param_name = "sessionid"

    def __init__(self, permission: str | None) -> None:
        super().__init__()
        self.permission = permission

    def _get_key(self, request: HttpRequest) -> str | None:
        return request.COOKIES.get(self.param_name)

    def authenticate(self, request: ApiRequest, key: str | None) -> Any:  # type: ignore[override]
        if not key or not request.user.is_authenticated or getattr(request, "todo", False):
            return None  # signed out, or a password or second factor is still to be set
        if not csrf_holds(request):
            raise Problem("csrf.failed", 403)
        request.actor = actor_for(request.user, request.at).via("api")
        request.owner = f"staff:{request.user.pk}"
        limits.take(limits.CALLERS, request.owner)
        _require(request, self.permission)
        return request.user


class _Csrf(CsrfViewMiddleware):
    """Django's check without the page it makes for a browser."""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponseForbidden:
        return HttpResponseForbidden()


def csrf_holds(request: HttpRequest) -> bool:
    """Whether a write of a signed-in page carries its CSRF token (reads need none)."""
    check = _Csrf(lambda _: HttpResponse())
    request.csrf_processing_done = False  # type: ignore[attr-defined]  # Django skipped it: the view is exempt
    check.process_request(request)
    return check.process_view(request, lambda _: HttpResponse(), (), {}) is None


def _require(request: ApiRequest, permission: str | None) -> None:
    """Before anything of the input is looked at, so that whoever may not learns nothing from it."""
    if permission is not None:
        access.require(request.actor, permission)


def doors(permission: str | None) -> list[Token | Session]:
    """The ways in to an operation that asks for this permission (None: anyone signed in)."""
    return [Token(permission), Session(permission)]
