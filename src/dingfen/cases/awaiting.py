"""What waits for one reader, with what they watch: the clocks of every room, and who may know of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from dingfen.accounts.actor import Actor
from dingfen.cases.models import Case
from dingfen.clocks.awaiting import AWAITED, Awaited, asked, awaits
from dingfen.clocks.models import Clock
from dingfen.database import kept

__all__ = ["AWAITED", "LIMIT", "Awaited", "Waiting", "asked", "awaits"]

LIMIT = 500


def _watched(staff_id: int) -> QuerySet[Case]:
    return Case.objects.filter(watches__staff_id=staff_id)


def _known(actor: Actor, found: tuple[Hashable, ...]) -> QuerySet[Clock]:
    """`found`: what each of AWAITED has looked up."""
    live = Clock.objects.live()
    rows = live.visible_to(actor)
    kinds: dict[tuple[Callable[..., QuerySet[Any]], Hashable], list[str]] = {}
    for one, of_it in zip(AWAITED, found, strict=True):
        kinds.setdefault((one.known, of_it), []).extend(one.kinds)
    for (known_to, of_it), of_kinds in kinds.items():
        known = Q(kind__in=of_kinds, subject_uid__in=known_to(actor, of_it))
        rows |= live.filter(known, company_id=actor.company_id)
    return rows


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for one reader. The uids are looked up once, so conditions made of them stay cheap."""

    actor: Actor
    moves: tuple[tuple[tuple[str, ...], list[UUID]], ...]
    watched: list[UUID]

    @classmethod
    def on(cls, actor: Actor) -> Waiting:
        moves = tuple((one.kinds, kept.uids(one.mine, actor, most=LIMIT)) for one in AWAITED)
        return cls(actor, moves, kept.uids(_watched, actor.staff_id or 0, most=LIMIT))

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
        return kept.meeting(_known, self.actor, tuple(one.looks_up(self.actor) for one in AWAITED))
