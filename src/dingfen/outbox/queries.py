"""What one wants to know of messages."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count

from dingfen.accounts.models import Staff
from dingfen.outbox.events import EVENTS
from dingfen.outbox.models import Channel, Delivery, Preference


def wanted_by(staff: Staff) -> set[tuple[str, str]]:
    """The (event, channel) pairs a person wants: what they chose, else what the event takes by itself."""
    rows = Preference.objects.filter(staff=staff).values_list("event", "channel", "wanted")
    chosen = {(event, channel): wanted for event, channel, wanted in rows}
    return {
        (code, channel)
        for code, event in EVENTS.items()
        for channel in Channel.values
        if chosen.get((code, channel), channel in event.channels)
    }


def backlog(at: datetime) -> dict[str, int]:
    """For health and metrics: messages due now, and how many are in each state that needs somebody."""
    states = Delivery.objects.filter(state__in=("queued", "failed")).values_list("state")
    counts = dict(states.annotate(n=Count("pk")).order_by())
    return {
        "due": Delivery.objects.due(at).count(),
        "queued": counts.get("queued", 0),
        "failed": counts.get("failed", 0),
    }
