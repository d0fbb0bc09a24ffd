"""What one wants to know of clocks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from dingfen.clocks.models import Clock, ClockEvent


def standstill(events: Iterable[ClockEvent]) -> timedelta:
    """How long a clock stood still in all, from its events in order; a pause not yet ended counts as none."""
    total = timedelta(0)
    paused_at: datetime | None = None
    for event in events:
        if event.kind == ClockEvent.Kind.PAUSE:
            paused_at = event.at
        elif paused_at is not None and event.kind == ClockEvent.Kind.RESUME:
            total += event.at - paused_at
            paused_at = None
    return total


def share_used(clock: Clock, at: datetime) -> float:
    """How much of its time is used: 0 at the start, 1 at the deadline, more after it."""
    until = clock.ended_at or clock.paused_at or at
    allowed = clock.deadline - clock.started_at
    if allowed <= timedelta(0):
        return 1.0 if until >= clock.deadline else 0.0
    return max(0.0, (until - clock.started_at) / allowed)


def troubled(at: datetime) -> dict[str, float]:
    """For health and metrics: clocks overdue for the sweep, the longest lag in seconds, handlers failing."""
    due = Clock.objects.due(at)
    first = due.values_list("next_at", flat=True).first()
    return {
        "waiting": due.count(),
        "lag_seconds": (at - first).total_seconds() if first else 0.0,
        "failing": Clock.objects.live().filter(attempts__gt=0).count(),
    }
