"""Who has a record open just now. A page says so every 20 seconds; a minute of silence and one is gone.

Who may see the record sees who else has it open, with two exceptions: in a dispute the claimants are told of
nobody and nobody is told of them, since who decides is not to be watched; and compliance looks unseen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from dingfen.accounts import access
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Role
from dingfen.complaints.models import Complaint
from dingfen.ownership.models import Dispute
from dingfen.parties.models import Customer
from dingfen.problems import missing
from dingfen.web.models import Presence

GONE_AFTER = timedelta(minutes=1)
FORGOTTEN = timedelta(hours=1)
KINDS = ("customer", "dispute", "complaint")


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody else with the record open, and since when."""

    presence: Presence

    @property
    def since(self) -> datetime:
        return self.presence.since


def say_here(actor: Actor, kind: str, uid: UUID, at: datetime) -> list[Other]:
    """Note that the actor has a record open; who else has. Raises Problem 404 for who may not see it."""
    if not _sees(actor, kind, uid):
        raise missing()
    if actor.staff_id is None or _unseen(actor, kind, uid):
        return []
    row, new = Presence.objects.get_or_create(
        staff_id=actor.staff_id, subject_uid=uid, defaults={"kind": kind, "since": at, "seen_at": at}
    )
    if new:
        Presence.objects.filter(seen_at__lt=at - FORGOTTEN).delete()
    else:
        since = row.since if at - row.seen_at <= GONE_AFTER else at
        Presence.objects.filter(pk=row.pk).update(seen_at=at, since=since)
    return others(actor, uid, at)


def others(actor: Actor, uid: UUID, at: datetime) -> list[Other]:
    """Who else has a record open, the first to open it first; the caller has checked that it may be seen."""
    found = Presence.objects.filter(subject_uid=uid, seen_at__gte=at - GONE_AFTER).exclude(
        staff__uid=actor.uid
    )
    return [Other(row) for row in found.select_related("staff").order_by("since", "pk")]


def _sees(actor: Actor, kind: str, uid: UUID) -> bool:
    if kind == "customer":
        return Customer.objects.visible_to(actor).filter(uid=uid).exists()
    if kind == "complaint":
        return access.may(actor, "complaint.view") and (
            Complaint.objects.visible_to(actor).filter(case__uid=uid).exists()
        )
    return kind == "dispute" and Dispute.objects.visible_to(actor).filter(case__uid=uid).exists()


def _unseen(actor: Actor, kind: str, uid: UUID) -> bool:
    if actor.has(Role.COMPLIANCE):
        return True
    claims = Dispute.objects.filter(case__uid=uid, claims__claimant_id=actor.staff_id)
    return kind == "dispute" and claims.exists()
