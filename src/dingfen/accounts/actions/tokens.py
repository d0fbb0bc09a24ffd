"""Tokens of the API are made and retracted by the person they act for."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable

from django.db import transaction

from dingfen.accounts import access
from dingfen.accounts.access import PERMISSIONS
from dingfen.accounts.actions.checks import fault, locked
from dingfen.accounts.actor import Actor
from dingfen.accounts.log import record_staff
from dingfen.accounts.models import ApiToken, Staff
from dingfen.problems import conflict, missing, refused

LONGEST = dt.timedelta(days=366)
PREFIX = "df_"


@transaction.atomic
def make_token(
    *, actor: Actor, at: dt.datetime, name: str, scopes: Iterable[str], expires_at: dt.datetime
) -> tuple[ApiToken, str]:
    """Make a token for oneself. Returns the row and the secret, which is shown once and kept as SHA-256 only.

    `scopes` are permissions of access.PERMISSIONS, or `*` for all one has; a token never allows more than
    its person. It lasts a year at most. Not with a token: else a narrow one could make a wide one.
    """
    if actor.staff_id is None or actor.channel == "api":
        raise refused("token.by_person")
    access.require(actor, "token.manage")
    wanted = sorted(set(scopes))
    unknown = [scope for scope in wanted if scope != "*" and scope not in PERMISSIONS]
    if unknown or not wanted:
        raise fault("scopes", "choice.unknown" if unknown else "required", value=", ".join(unknown))
    if not name.strip():
        raise fault("name", "required")
    if not at < expires_at <= at + LONGEST:
        raise fault("expires_at", "token.expiry")
    staff = locked(Staff.objects.get(pk=actor.staff_id))
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        staff=staff,
        name=name.strip()[:80],
        prefix=secret[: len(PREFIX) + 5],
        digest=hashlib.sha256(secret.encode()).digest(),
        scopes=wanted,
        expires_at=expires_at,
    )
    facts = {"token": token.uid, "prefix": token.prefix, "scopes": wanted, "expires_at": expires_at}
    record_staff(actor=actor, at=at, kind="token.made", staff=staff, facts=facts)
    return token, secret


@transaction.atomic
def revoke_token(*, actor: Actor, at: dt.datetime, token: ApiToken) -> ApiToken:
    """Retract a token, one's own or, with staff.manage, a colleague's."""
    staff = token.staff
    if staff.company_id != actor.company_id and not actor.is_system:
        raise missing()
    unit = staff.unit or staff.company
    if actor.staff_id != staff.pk:
        access.require(actor, "staff.manage", path=unit.path if unit else None)
    row = ApiToken.objects.select_for_update(of=("self",)).select_related("staff__unit").get(pk=token.pk)
    if row.revoked_at:
        raise conflict("token.revoked")
    row.revoked_at = at
    row.save(update_fields=["revoked_at"])
    facts = {"token": row.uid, "prefix": row.prefix}
    record_staff(actor=actor, at=at, kind="token.revoked", staff=staff, facts=facts)
    return row
