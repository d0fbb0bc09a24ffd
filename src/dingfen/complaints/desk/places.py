"""The places at a unit's desk: who is there, with which skills, and how much each carries."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db.models import Count

from dingfen.accounts.models import Delegation, Role, Staff, Unit
from dingfen.complaints.desk.routing import Matter, Place
from dingfen.complaints.desk_rows import Routing, Seat
from dingfen.complaints.models import OPEN, Complaint
from dingfen.complaints.people import holding
from dingfen.complaints.rules import rules_of
from dingfen.database.locks import lock_keys

LENT = ("", Role.AGENT, Role.HEAD)


def automatic(unit: Unit) -> bool:
    """Whether the unit's complaints are given out by themselves, as the nearest unit upwards says."""
    return nearest(
        unit, dict(Routing.objects.filter(unit_id__in=_line(unit)).values_list("unit_id", "automatic"))
    )


def nearest(unit: Unit, said: Mapping[int, bool]) -> bool:
    """What the nearest unit upwards says, of all that say something; no where none does."""
    return next((said[pk] for pk in reversed(_line(unit)) if pk in said), False)


def _line(unit: Unit) -> list[int]:
    return [int(part) for part in unit.path.strip("/").split("/")]


def away(staff_ids: Collection[int], at: datetime) -> set[int]:
    """Who of them has lent their part in complaints to somebody else just now."""
    lent = Delegation.objects.filter(
        principal_id__in=staff_ids, role__in=LENT, starts_at__lte=at, ends_at__gt=at, revoked_at=None
    )
    return set(lent.values_list("principal_id", flat=True))


def people(unit: Unit, at: datetime, without: Collection[int] = ()) -> list[Staff]:
    """The desk of a unit: its agents, else its heads; less who is away and who is kept out."""
    found = holding(unit, Role.AGENT, at, without) or holding(unit, Role.HEAD, at, without)
    gone = away([one.pk for one in found], at)
    return [one for one in found if one.pk not in gone]


def places(staff: Iterable[int]) -> list[Place]:
    """Places with what each carries now; of those who are given nothing, none."""
    ids = sorted(set(staff))
    seats = {seat.staff_id: seat for seat in Seat.objects.filter(staff_id__in=ids)}
    carried = loads(ids)
    return [
        place_of(pk, seats.get(pk), carried.get(pk, 0)) for pk in ids if pk not in seats or seats[pk].receives
    ]


def place_of(person: int, seat: Seat | None, load: int) -> Place:
    if seat is None:
        return Place(person, load)
    return Place(
        person, load, seat.room, frozenset(seat.classes), frozenset(seat.languages),
        frozenset(seat.channels), seat.given_at,
    )  # fmt: skip


def loads(staff_ids: Collection[int]) -> dict[int, int]:
    """How many open complaints each handles."""
    rows = Complaint.objects.filter(handler_id__in=staff_ids, state__in=OPEN).order_by()
    return dict(rows.values("handler_id").annotate(n=Count("pk")).values_list("handler_id", "n"))


def matter_of(complaint: Complaint) -> Matter:
    """What of a complaint asks for skills."""
    rules = rules_of(complaint) if complaint.klass else None
    line = (
        rules.complaints.line_of(complaint.klass) if rules else (complaint.klass,) if complaint.klass else ()
    )
    return Matter(line, complaint.language, complaint.channel)


def hold(staff_ids: Iterable[int]) -> None:
    """Nobody else gives to these people until the transaction ends, so that what they carry stays true."""
    lock_keys(hashlib.blake2b(f"desk:{pk}".encode(), digest_size=8).digest() for pk in staff_ids)
