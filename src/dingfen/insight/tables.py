"""People: who holds how much, and who decides how much."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count

from dingfen.accounts.models import Staff, Unit
from dingfen.insight import sources
from dingfen.insight.holding import holding
from dingfen.insight.kept import kept
from dingfen.insight.scope import Scope
from dingfen.insight.values import hours, quantile

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Load:
    """A holder with protected registrations: all, ending within 7 days, with an overdue follow-up."""

    staff: Staff
    held: int
    lapsing: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Work:
    """Someone who decides: signed in the period, of these otherwise than proposed, median hours to sign."""

    staff: Staff
    signed: int
    departed: int
    median_hours: float | None


@dataclass(frozen=True, slots=True)
class Queue:
    """A unit that has disputes to rule on now."""

    unit: Unit
    waiting: int


@kept
def holders(scope: Scope) -> list[Load]:
    """Holders by load, most first."""
    loads: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for one in holding(scope):
        for place, count in enumerate((one.held, one.lapsing, one.overdue)):
            loads[one.holder][place] += count
    top = sorted(loads.items(), key=lambda load: (-load[1][0], load[0]))[:SHOWN]
    people = Staff.objects.select_related("unit").in_bulk([pk for pk, _ in top])
    return [Load(people[pk], *counts) for pk, counts in top]


@kept
def deciders(scope: Scope) -> list[Work]:
    """Heads and general manager by the number of rulings they signed in the period."""
    lengths: dict[int, list[float]] = defaultdict(list)
    departed: dict[int, int] = defaultdict(int)
    rows = sources.votes(scope).values_list("decider_id", "as_proposed", "at", "dispute__proposed_at")
    for decider, as_proposed, at, proposed_at in rows:
        lengths[decider].append(max((at - proposed_at).total_seconds(), 0) if proposed_at else 0.0)
        departed[decider] += not as_proposed
    people = Staff.objects.select_related("unit").in_bulk(lengths)
    work = [
        Work(people[pk], len(found), departed[pk], hours(quantile(sorted(found), 0.5)))
        for pk, found in lengths.items()
    ]
    return sorted(work, key=lambda one: (-one.signed, one.staff.pk))[:SHOWN]


@kept
def queues(scope: Scope) -> list[Queue]:
    """Units with disputes to rule on now, most first."""
    waiting = sources.disputes(scope).filter(state__in=sources.WAITING)
    rows = (
        waiting.exclude(decider_units=None)
        .order_by()
        .values("decider_units")
        .annotate(waiting=Count("pk"))
        .order_by("-waiting", "decider_units")[:SHOWN]
    )
    found = list(rows)
    units = Unit.objects.in_bulk([row["decider_units"] for row in found])
    return [Queue(units[row["decider_units"]], row["waiting"]) for row in found]
