"""What one wants to know of messages."""

from __future__ import annotations

from dingfen.accounts.models import Staff
from dingfen.outbox.events import EVENTS
from dingfen.outbox.models import Channel, Preference


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
