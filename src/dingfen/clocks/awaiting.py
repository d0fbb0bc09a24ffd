"""Whose move it is. A clock may name who is responsible; for kinds that wait for several, its part says who.

    awaits(Awaited(("dispute.evidence",), to_answer, who_answers, open_disputes))

`mine` and `people` are two views of one rule and are tested against each other.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Staff
from dingfen.clocks.models import Clock


@dataclass(frozen=True, slots=True)
class Awaited:
    """Clocks of a part that wait for several people.

    `mine(actor)`: rows, with a `uid`, where it is this actor's move. `people(clock, at)`: those whose move it
    is. `known(actor, found)`: uids of the subjects the actor may know of. It is compiled and kept, so it looks up no
    rows: what it needs of them is looked up by `looks_up(actor)` each time and given to it as `found`.
    """

    kinds: tuple[str, ...]
    mine: Callable[[Actor], QuerySet[Any]]
    people: Callable[[Clock, datetime], Sequence[Staff]]
    known: Callable[[Actor, Any], QuerySet[Any]]
    looks_up: Callable[[Actor], Hashable] = lambda actor: None


AWAITED: list[Awaited] = []


def awaits(*found: Awaited) -> None:
    """Called once by each part when its app is ready."""
    AWAITED.extend(found)


def asked(clock: Clock, at: datetime) -> list[Staff]:
    """The people from whom a clock wants something now; none where nobody can be named."""
    for one in AWAITED:
        if clock.kind in one.kinds:
            return list(one.people(clock, at))
    return [clock.responsible] if clock.responsible else []
