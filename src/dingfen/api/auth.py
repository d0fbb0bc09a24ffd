"""Who calls: a token (Bearer), or the session of a page of ours with its CSRF token.

A token's revocation, expiry and owner are read with each request; nothing is cached.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from dingfen.accounts.actor import Actor, actor_for
from dingfen.accounts.models import ApiToken
from dingfen.api import limits
from dingfen.problems import Problem

USED_EVERY = timedelta(hours=1)


class ApiRequest(HttpRequest):
    """A request that the frame has let in. `owner` names the token or person for idempotency and limits."""

    actor: Actor
    at: datetime
    owner: str
    request_id: str


class Token(HttpBearer):
    """`Authorization: Bearer …`"""

    def authenticate(self, request: ApiRequest, token: str) -> Any:  # type: ignore[override]
        found = find_token(token, request.at)
        if found is None:
            limits.take(limits.STRANGERS, request.META.get("REMOTE_ADDR", ""))
            raise Problem("token.unknown", 401)
        request.actor = actor_for(found.staff, request.at).via("api", frozenset(found.scopes))
        request.owner = f"token:{found.pk}"
        limits.take(limits.CALLERS, request.owner)
        if found.last_used_at is None or request.at - found.last_used_at > USED_EVERY:
            ApiToken.objects.filter(pk=found.pk).update(last_used_at=request.at)
        return found


class Session(APIKeyCookie):
    """A signed-in page of our own; writes carry the CSRF token."""

    param_name = "sessionid"

    def _get_key(self, request: HttpRequest) -> str | None:
        return request.COOKIES.get(self.param_name)

    def authenticate(self, request: ApiRequest, key: str | None) -> Any:  # type: ignore[override]
        if not key or not request.user.is_authenticated:
            return None
        if check_csrf(request):
            raise Problem("csrf.failed", 403)
        request.actor = actor_for(request.user, request.at).via("api")
        request.owner = f"staff:{request.user.pk}"
        limits.take(limits.CALLERS, request.owner)
        return request.user


def find_token(token: str, at: datetime) -> ApiToken | None:
    """The live token with its owner; None when unknown, expired, revoked or its owner left."""
    digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
    return (
        ApiToken.objects.select_related("staff__unit")
        .filter(
            Q(staff__left_on=None) | Q(staff__left_on__gte=at.date()),
            digest=digest,
            revoked_at=None,
            expires_at__gt=at,
            staff__is_active=True,
        )
        .first()
    )


DOORS = (Token(), Session())
