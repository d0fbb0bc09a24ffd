"""What accounts write to the register and to the access log."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from dingfen.accounts.actor import Actor
from dingfen.accounts.books import book_of
from dingfen.accounts.models import Staff, Unit
from dingfen.register.append import append
from dingfen.register.models import Entry, Look


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
        book=book_of(unit, at=at, actor_id=actor.uid),
        kind=kind,
        actor_id=actor.uid,
        occurred_at=at,
        recorded_at=at,
        subject=subject,
        facts={key: _plain(value) for key, value in facts.items()},
        personal=dict(personal) if personal else None,
        personal_subject=subject[1] if personal else None,
    )


def record_staff(
    *,
    actor: Actor,
    at: dt.datetime,
    kind: str,
    staff: Staff,
    facts: Mapping[str, Any],
    personal: Mapping[str, Any] | None = None,
) -> Entry | None:
    """Append one entry about a member of staff, to the book of their unit; None for who belongs nowhere."""
    unit = staff.unit or staff.company
    if unit is None:
        return None
    return record(
        actor=actor, at=at, kind=kind, subject=("staff", staff.uid), unit=unit, facts=facts, personal=personal
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
