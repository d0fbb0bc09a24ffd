"""People: who holds how much, and who decides how much."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, Q

from dingfen.accounts.models import Staff, Unit
from dingfen.insight import sources
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


def holders(scope: Scope) -> list[Load]:
    """Holders by load, most first."""
    soon, late = Q(protected_until__lt=scope.at + sources.WEEK), Q(follow_up_due__lt=scope.at)
    rows = (
        sources.protected(scope)
        .order_by()
        .values("holder_id")
        .annotate(held=Count("pk"), soon=Count("pk", filter=soon), late=Count("pk", filter=late))
        .order_by("-held", "holder_id")[:SHOWN]
    )
    found = list(rows)
    people = Staff.objects.select_related("unit").in_bulk([row["holder_id"] for row in found])
    return [Load(people[row["holder_id"]], row["held"], row["soon"], row["late"]) for row in found]


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
