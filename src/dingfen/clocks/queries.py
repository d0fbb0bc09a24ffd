"""What one wants to know of clocks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from dingfen.clocks.models import ClockEvent


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
