"""What the actions of this room share: the locked row, entries of the register, checks of input."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor
from dingfen.accounts.books import book_of
from dingfen.accounts.models import Staff
from dingfen.complaints.models import OPEN, Complaint
from dingfen.complaints.rules import Rules
from dingfen.problems import conflict, invalid, missing, read_uid
from dingfen.register.append import NewEntry, append_many
from dingfen.register.models import Entry

REASON_LEAST = 10
MOST = Decimal(10) ** 13
RELATED = ("case__customer", "case__unit__company", "case__company", "handler", "receiver", "policy")


def lock(
    actor: Actor | None,
    uid: object,
    *states: str,
    permission: str = "complaint.handle",
    version: int | None = None,
) -> Complaint:
    """The complaint under lock, in one of these states (any open one when none is named).

    `actor` None: the customer, of whom the channel has made sure that the complaint is theirs.
    404 for who may not see it, 403 without the permission over its unit, `complaint.state` (409) at another
    stage, `version.stale` (409) when somebody changed it since `version`.
    """
    rows = Complaint.objects.all() if actor is None else Complaint.objects.visible_to(actor)
    locked = rows.select_for_update(of=("self",)).select_related(*RELATED)
    complaint = locked.filter(case__uid=read_uid(uid)).first()
    if complaint is None:
        raise missing()
    case = complaint.case
    if actor is not None:
        # who sees it may do what seeing it allows, also from another unit (a member of the group, a witness)
        path = None if permission == "complaint.view" else case.unit.path
        require(actor, permission, company_id=case.company_id, path=path)
    if version is not None and version != complaint.version:
        raise conflict("version.stale", seen=version, current=complaint.version)
    if complaint.state not in (states or OPEN):
        raise conflict("complaint.state", number=case.number, stage=str(complaint.get_state_display()))
    return complaint


def keep(complaint: Complaint, *fields: str) -> None:
    """Save these fields; whoever has an older page open is told so."""
    complaint.version += 1
    complaint.save(update_fields=[*fields, "version"])


def enter(
    complaint: Complaint,
    actor: Actor,
    at: datetime,
    kind: str,
    facts: Mapping[str, Any] | None = None,
    personal: Mapping[str, Any] | None = None,
    *,
    occurred_at: datetime | None = None,
    rules: Rules | None = None,
    imported: bool = False,
    of: uuid.UUID | None = None,
) -> Entry:
    """Append to the book of the complaint's site: the last thing an action does. The rest as for `entry`."""
    new = entry(
        complaint,
        actor,
        at,
        kind,
        facts,
        personal,
        occurred_at=occurred_at,
        rules=rules,
        imported=imported,
        of=of,
    )
    return append_many([new])[0]


def entry(
    complaint: Complaint,
    actor: Actor,
    at: datetime,
    kind: str,
    facts: Mapping[str, Any] | None = None,
    personal: Mapping[str, Any] | None = None,
    *,
    occurred_at: datetime | None = None,
    rules: Rules | None = None,
    imported: bool = False,
    of: uuid.UUID | None = None,
) -> NewEntry:
    """An entry about a complaint, to be appended with others.

    `of`: whose the personal data are, where a side of it has a key of its own; the case's otherwise.
    """
    case = complaint.case
    return NewEntry(
        book=book_of(case.unit, at=at, actor_id=actor.uid),
        kind=kind,
        actor_id=actor.uid,
        occurred_at=occurred_at or at,
        recorded_at=at,
        subject=("complaint", case.uid),
        facts={"number": case.number, **(facts or {})},
        personal=personal or None,
        personal_subject=(of or case.uid) if personal else None,
        policy=rules.cited if rules else None,
        imported=imported,
    )


def reason_of(text: str, field: str = "reason", least: int = REASON_LEAST) -> str:
    """The reason as given, trimmed. Raises `reason.short` below `least` characters."""
    text = text.strip()
    if len(text) < least:
        raise invalid({field: [("reason.short", {"least": least})]})
    return text


def colleague(actor: Actor, uid: object, field: str = "staff") -> Staff:
    """An active member of staff of the actor's company. Raises `staff.unknown` at the field."""
    rows = Staff.objects.select_related("unit", "company").filter(company_id=actor.company_id, is_active=True)
    try:
        found = rows.filter(uid=uuid.UUID(str(uid))).first()
    except ValueError:
        found = None
    if found is None:
        raise invalid({field: [("staff.unknown", {"value": str(uid)})]})
    return found


def amount_of(value: object, field: str = "amount") -> Decimal | None:
    """An amount of money as typed, not negative, at most two places; None for nothing."""
    text = str(value if value is not None else "").replace(",", "").strip()
    if not text:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise invalid({field: [("amount.invalid", {})]}) from None
    if not amount.is_finite() or not 0 <= amount < MOST or amount != round(amount, 2):
        raise invalid({field: [("amount.invalid", {})]})
    return round(amount, 2)
