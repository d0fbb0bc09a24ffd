"""Who has a record open just now. A page says so every 20 seconds; a minute of silence and one is gone.

Who may see the record sees who else has it open. Compliance looks unseen, and a room may keep some of its
people apart (`Sight.apart`): they are told of nobody, and nobody is told of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Role
from dingfen.cases.models import Presence
from dingfen.parties.models import Customer
from dingfen.problems import missing

GONE_AFTER = timedelta(minutes=1)
FORGOTTEN = timedelta(hours=1)


def _nobody(actor: Actor, uid: UUID) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Sight:
    """How a kind of record is looked at: the rows an actor may see, what names one, and who is kept apart."""

    rows: Callable[[Actor], QuerySet[Any]]
    uid: str = "uid"
    apart: Callable[[Actor, UUID], bool] = _nobody

    def reaches(self, actor: Actor, uid: UUID) -> bool:
        return self.rows(actor).filter(**{self.uid: uid}).exists()


sights: dict[str, Sight] = {"customer": Sight(lambda actor: Customer.objects.visible_to(actor))}
"""Kind of record -> its sight; each room adds its own kinds."""


def say_here(actor: Actor, kind: str, uid: UUID, at: datetime) -> list[Presence]:
    """Note that the actor has a record open; who else has. Raises Problem 404 for who may not see it."""
    if _apart(actor, kind, uid) or actor.staff_id is None:
        return []
    row, new = Presence.objects.get_or_create(
        staff_id=actor.staff_id, subject_uid=uid, defaults={"kind": kind, "since": at, "seen_at": at}
    )
    if new:
        Presence.objects.filter(seen_at__lt=at - FORGOTTEN).delete()
    else:
        since = row.since if at - row.seen_at <= GONE_AFTER else at
        Presence.objects.filter(pk=row.pk).update(seen_at=at, since=since)
    return _others(actor, kind, uid, at)


def look(actor: Actor, kind: str, uid: UUID, at: datetime) -> list[Presence]:
    """Who else has a record open, the first to open it first. Raises Problem 404 for who may not see it."""
    return [] if _apart(actor, kind, uid) else _others(actor, kind, uid, at)


def _others(actor: Actor, kind: str, uid: UUID, at: datetime) -> list[Presence]:
    """Those who said so of the same kind of record: what one kind keeps apart is not seen through another."""
    found = Presence.objects.filter(subject_uid=uid, kind=kind, seen_at__gte=at - GONE_AFTER)
    return list(found.exclude(staff__uid=actor.uid).select_related("staff").order_by("since", "pk"))


def _apart(actor: Actor, kind: str, uid: UUID) -> bool:
    sight = sights.get(kind)
    if sight is None or not sight.reaches(actor, uid):
        raise missing()
    return actor.has(Role.COMPLIANCE) or sight.apart(actor, uid)
