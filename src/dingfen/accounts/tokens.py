"""From the secret of an API token to the actor it stands for."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.db.models import Q

from dingfen.accounts.actor import Actor, actor_for
from dingfen.accounts.models import ApiToken

_SEEN_EVERY = dt.timedelta(hours=1)


def actor_of_token(secret: str, at: dt.datetime) -> Actor | None:
    """The actor with the token's scopes; None for an unknown, expired or retracted token or a closed account.

    Two queries. The use is noted at most once an hour, so that reading does not write.
    """
    digest = hashlib.sha256(secret.encode()).digest()
    token = (
        ApiToken.objects.filter(digest=digest, revoked_at=None, expires_at__gt=at, staff__is_active=True)
        .select_related("staff__unit", "staff__company")
        .first()
    )
    if token is None:
        return None
    staff = token.staff
    if staff.left_on and staff.unit and staff.left_on < staff.unit.day(at):
        return None
    if token.last_used_at is None or at - token.last_used_at >= _SEEN_EVERY:
        old = Q(last_used_at=None) | Q(last_used_at__lte=at - _SEEN_EVERY)
        ApiToken.objects.filter(old, pk=token.pk).update(last_used_at=at)
    return actor_for(staff, at, "api").via("api", frozenset(token.scopes))
