"""Evidence the register gives by itself: what each claimant did with the customer, entry by entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dingfen.engine.events import Event
from dingfen.ownership.facts import events_of
from dingfen.ownership.models import Dispute

LEFT_OUT = frozenset({"dispute_raised", "finding", "statement"})


@dataclass(frozen=True, slots=True)
class Drawn:
    """One thing that happened: `kind` of the event, `entry` its number in the register (None: a row only)."""

    kind: str
    at: datetime
    entry: int | None
    attrs: Mapping[str, Any]


def drawn(dispute: Dispute) -> dict[str, list[Drawn]]:
    """By claimant's uid, oldest first."""
    found: dict[str, list[Drawn]] = {}
    for event in sorted(events_of(dispute), key=lambda one: (one.at, str(one.entry))):
        if event.kind in LEFT_OUT:
            continue
        for staff in _people(event):
            entry = event.entry if isinstance(event.entry, int) else None
            found.setdefault(staff, []).append(Drawn(event.kind, event.at, entry, event.attrs))
    return found


def _people(event: Event) -> list[str]:
    """Whose deed it is; a deal is that of all who signed."""
    signers = event.attrs.get("signers")
    if event.kind == "deal" and signers:
        return [str(staff) for staff in signers]
    return [str(event.staff)] if event.staff else []
