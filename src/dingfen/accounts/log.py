"""What accounts write to the register and to the access log."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import DEFAULT_ZONE, Unit
from dingfen.accounts.units import site_of
from dingfen.register.append import append
from dingfen.register.models import Book, Entry, Look


def book_of(unit: Unit) -> Book:
    """The book of the unit's site; of the company itself for what belongs to no site.

    Made at first use. Its code is the site's, with the company's before it where two companies chose alike.
    """
    owner = site_of(unit) or unit.company or unit
    book = Book.objects.filter(site_uid=owner.uid).first()
    if book:
        return book
    company = owner.company or owner
    code = owner.code
    if Book.objects.filter(code=code).exists():
        code = f"{company.code}{owner.code}{owner.pk}"[-12:]
    return Book.objects.create(
        site_uid=owner.uid,
        company_uid=company.uid,
        code=code,
        name=owner.name,
        time_zone=owner.time_zone or DEFAULT_ZONE,
    )


def record(
    *,
    actor: Actor,
    at: dt.datetime,
    kind: str,
    subject: tuple[str, uuid.UUID],
    unit: Unit,
    facts: Mapping[str, Any],
    personal: Mapping[str, Any] | None = None,
) -> Entry:
    """Append one entry about a member of staff or a unit. The last act of an action.

    `facts` holds ids, codes and dates; names and addresses go into `personal`, which can be shredded.
    """
    return append(
        book=book_of(unit),
        kind=kind,
        actor_id=actor.uid,
        occurred_at=at,
        recorded_at=at,
        subject=subject,
        facts={key: _plain(value) for key, value in facts.items()},
        personal=dict(personal) if personal else None,
        personal_subject=subject[1] if personal else None,
    )


def _plain(value: Any) -> Any:
    """Dates, times and ids as the text that is hashed."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value) if isinstance(value, uuid.UUID) else value


def refusal(actor: Actor, at: dt.datetime, code: str, detail: Mapping[str, Any]) -> None:
    """Note in the access log that the actor was refused something. Call it outside the failed transaction."""
    if actor.company_uid is None:
        return
    Look.objects.create(
        at=at,
        actor_uid=actor.uid,
        company_uid=actor.company_uid,
        kind="refused",
        detail={"code": code} | dict(detail),
    )
