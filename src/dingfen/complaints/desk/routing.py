"""Who is given a complaint: of those whose skills fit and who have room, whoever carries least. Pure.

Between two who carry the same share of what they have room for, it is the one who was given one longest ago.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Matter:
    """`line`: its class and those above, () while it has none: then any skill in classes fits."""

    line: tuple[str, ...] = ()
    language: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody at the desk: `load` open complaints of at most `room`; an empty skill means everything."""

    person: int
    load: int = 0
    room: int = 30
    classes: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    given_at: datetime | None = None

    @property
    def full(self) -> bool:
        return self.load >= self.room


def fits(place: Place, matter: Matter) -> bool:
    """Whether somebody has the skills for it."""
    return (
        _has(place.classes, matter.line)
        and _has(place.languages, (matter.language,) if matter.language else ())
        and _has(place.channels, (matter.channel,) if matter.channel else ())
    )


def _has(skills: frozenset[str], wanted: Collection[str]) -> bool:
    return not skills or not wanted or not skills.isdisjoint(wanted)


def choose(places: Iterable[Place], matter: Matter) -> Place | None:
    """Who is given it; None where nobody fits or all are full."""
    able = [one for one in places if not one.full and fits(one, matter)]
    return min(able, key=_order, default=None)


def _order(place: Place) -> tuple[float, datetime, int]:
    return place.load / place.room, place.given_at or NEVER, place.person
