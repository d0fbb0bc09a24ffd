"""Protected registrations by holder and grade: one query for all figures, charts and tables about them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from dingfen.insight import sources
from dingfen.insight.kept import kept
from dingfen.insight.scope import Scope


@dataclass(frozen=True, slots=True)
class Held:
    """Of one holder and grade: all, with a follow-up date, of these overdue, ending within seven days."""

    holder: int
    grade: str
    held: int
    dated: int
    overdue: int
    lapsing: int


@kept
def holding(scope: Scope) -> list[Held]:
    rows = (
        sources.protected(scope)
        .order_by()
        .values("holder_id", "customer__grade")
        .annotate(
            held=Count("pk"),
            dated=Count("pk", filter=Q(follow_up_due__isnull=False)),
            overdue=Count("pk", filter=Q(follow_up_due__lt=scope.at)),
            lapsing=Count("pk", filter=Q(protected_until__lt=scope.at + sources.WEEK)),
        )
    )
    return [
        Held(
            row["holder_id"],
            row["customer__grade"],
            row["held"],
            row["dated"],
            row["overdue"],
            row["lapsing"],
        )
        for row in rows
    ]


def on_time(scope: Scope) -> tuple[int, int]:
    """Registrations whose next follow-up is not overdue, and all with a date."""
    rows = holding(scope)
    dated = sum(one.dated for one in rows)
    return dated - sum(one.overdue for one in rows), dated


def lapsing(scope: Scope) -> tuple[int, None]:
    return sum(one.lapsing for one in holding(scope)), None
