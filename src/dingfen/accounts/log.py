"""What accounts write to the register and to the access log."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from dingfen.accounts.actor import Actor
from dingfen.accounts.books import book_of
from dingfen.accounts.models import Staff, Unit
from dingfen.problems import Problem
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


def note_refusal(request: HttpRequest, problem: Problem) -> None:
    """Note in the access log that somebody who is signed in was refused something (403, 404).

    Pages and API call it once the failed transaction is over.
    """
    actor: Actor | None = getattr(request, "actor", None)
    if problem.status not in (403, 404) or actor is None or actor.company_uid is None:
        return
    match = request.resolver_match
    Look.objects.create(
        at=getattr(request, "at", None) or timezone.now(),
        actor_uid=actor.uid,
        company_uid=actor.company_uid,
        kind="refused",
        detail={
            "code": problem.code,
            "status": problem.status,
            "method": request.method,
            "view": match.view_name if match else "",
            "permission": problem.params.get("permission", ""),
        },
    )
