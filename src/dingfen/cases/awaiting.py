"""What waits for one reader, with what they watch: the clocks of every room, and who may know of them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from dingfen.accounts.actor import Actor
from dingfen.cases.models import Watch
from dingfen.clocks.awaiting import AWAITED, Awaited, asked, awaits
from dingfen.clocks.models import Clock

__all__ = ["AWAITED", "LIMIT", "Awaited", "Waiting", "asked", "awaits"]

LIMIT = 500


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for one reader. The uids are looked up once, so conditions made of them stay cheap."""

    actor: Actor
    moves: tuple[tuple[tuple[str, ...], list[UUID]], ...]
    watched: list[UUID]

    @classmethod
    def on(cls, actor: Actor) -> Waiting:
        watched = Watch.objects.filter(staff_id=actor.staff_id or 0).values_list("case__uid", flat=True)
        moves = tuple(
            (one.kinds, list(one.mine(actor).values_list("uid", flat=True)[:LIMIT])) for one in AWAITED
        )
        return cls(actor, moves, list(watched[:LIMIT]))

    def mine(self) -> Q:
        """The clocks that wait for this reader."""
        several = [kind for kinds, _uids in self.moves for kind in kinds]
        found = Q(responsible_id=self.actor.staff_id, responsible__isnull=False) & ~Q(kind__in=several)
        for kinds, uids in self.moves:
            if uids:
                found |= Q(kind__in=kinds, subject_uid__in=uids)
        return found

    def theirs_to_watch(self) -> Q:
        return Q(subject_uid__in=self.watched)

    def clocks(self) -> QuerySet[Clock]:
        """Live clocks the reader may know of: own and overseen ones, and those of matters the reader sees."""
        live = Clock.objects.live()
        found = live.visible_to(self.actor)
        for one in AWAITED:
            known = Q(kind__in=one.kinds, subject_uid__in=one.known(self.actor))
            found |= live.filter(known, company_id=self.actor.company_id)
        return found
