"""Whose move it is. A clock may name who is responsible; for kinds that wait for several, its room says who.

    awaits(Awaited(("dispute.evidence",), to_answer, who_answers, open_disputes))

`mine` and `people` are two views of one rule and are tested against each other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Staff
from dingfen.cases.models import Watch
from dingfen.clocks.models import Clock

LIMIT = 500


@dataclass(frozen=True, slots=True)
class Awaited:
    """Clocks of a room that wait for several people.

    `mine(actor)`: rows, with a `uid`, where it is this actor's move. `people(clock, at)`: those whose move it
    is. `known(actor)`: uids of the subjects the actor may know of.
    """

    kinds: tuple[str, ...]
    mine: Callable[[Actor], QuerySet[Any]]
    people: Callable[[Clock, datetime], Sequence[Staff]]
    known: Callable[[Actor], QuerySet[Any]]


AWAITED: list[Awaited] = []


def awaits(*found: Awaited) -> None:
    """Called once by each room when its app is ready."""
    AWAITED.extend(found)


def asked(clock: Clock, at: datetime) -> list[Staff]:
    """The people from whom a clock wants something now; none where nobody can be named."""
    for one in AWAITED:
        if clock.kind in one.kinds:
            return list(one.people(clock, at))
    return [clock.responsible] if clock.responsible else []


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
