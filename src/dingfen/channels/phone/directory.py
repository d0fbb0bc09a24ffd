"""Who is calling: the customers of a number, and what the rooms know of them. Each room adds its own source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dingfen.accounts.models import Staff, Unit
from dingfen.matching import Record, normalise
from dingfen.parties.models import Customer
from dingfen.parties.queries import candidates

MOST = 5


@dataclass(frozen=True, slots=True)
class Matter:
    """What a room knows: an open matter or a hold, and who answers for it. `why` is `handler` or `holder`."""

    kind: str
    number: str
    uid: UUID
    why: str
    staff: Staff | None


@dataclass(frozen=True, slots=True)
class Caller:
    """`customers`: those the matcher is sure of, or possible ones where it is sure of none."""

    customers: tuple[Customer, ...]
    sure: bool
    matters: tuple[Matter, ...]

    @property
    def connect_to(self) -> tuple[tuple[Staff, str], ...]:
        """Whom to connect to, first who handles an open matter, then who holds the customer; each once."""
        order = sorted(self.matters, key=lambda one: one.why != "handler")
        found: dict[int, tuple[Staff, str]] = {}
        for one in order:
            if one.staff is not None and one.staff.is_active:
                found.setdefault(one.staff.pk, (one.staff, one.why))
        return tuple(found.values())


Source = Callable[[Unit, str, tuple[Customer, ...], datetime], list[Matter]]
sources: list[Source] = []
"""Called with company, number as dialled, customers, moment."""


def caller(company: Unit, number: str, at: datetime) -> Caller:
    """Who calls from a number. A hidden or unreadable number is nobody."""
    read = normalise(Record(phones=(number,))) if number else None
    if read is None or not (read.features.mobiles or read.features.landlines):
        return Caller((), False, ())
    found = candidates(company.pk, read.features)
    sure = [one for one in found if one.match.answer == "same"] or found
    ids = [one.customer_id for one in sure[:MOST]]
    rows = {row.pk: row for row in Customer.objects.filter(pk__in=ids, erased_at=None, voided_at=None)}
    customers = tuple(rows[pk] for pk in ids if pk in rows)
    matters = [each for source in sources for each in source(company, number, customers, at)]
    return Caller(customers, any(one.match.answer == "same" for one in found), tuple(matters))
