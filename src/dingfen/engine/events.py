"""What happened to a customer, as typed events: the only thing facts are made from.

The rows of the register and the tables become events in a room's `facts.py`; scenarios write them in
YAML. `attrs` hold ids, times, numbers and enumerations only, never names or free text:

| kind | attrs |
|---|---|
| registered | complete, same_day, late_evening, confirmed, imported (bool), grade, channel, with (see `Partner`) |
| card_recorded | complete (bool) |
| graded | grade |
| touch | kind (see `TouchKind`), reached (bool), with (see `Partner`), contact (id), joint (bool) |
| notified_owner | to (staff), reached (bool): false when the call did not get through |
| holder_away | – (the holder was away when `staff` received) |
| co_worker_named, co_worker_ended, asked_for | to (staff) |
| referred | seller (staff): who sold to the earlier customer |
| stage | stage |
| renewed | – |
| card_collected | contact (id), rank (number) |
| contact_added | contact (id), rank (number) |
| profile_given | complete (0..1) |
| lapsed, released, lost, voided | – |
| taken | – (from the pool) |
| transferred | to (staff) |
| deal, delivered | deal (id), signers (list of staff), units (number), signed_document (bool), buyers (of `Partner`) |
| dispute_raised | by_system (bool): found from the rows themselves, so it counts as raised at the deal |
| statement | – (evidence only: changes no fact) |
| finding | fact (a judged or folded fact), value, staff (None: about the case), rung |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from dingfen.engine.calendar import Calendar

EventKind = Literal[
    "registered", "card_recorded", "graded", "touch", "notified_owner", "co_worker_named", "card_collected",
    "contact_added", "profile_given", "lapsed", "released", "lost", "voided", "taken", "transferred", "deal",
    "delivered", "dispute_raised", "statement", "finding", "holder_away", "asked_for", "referred", "stage",
    "renewed", "co_worker_ended",
]  # fmt: skip
Id = str | int

ATTRS: dict[EventKind, dict[str, type | tuple[type, ...]]] = {
    "registered": {
        "complete": bool, "same_day": bool, "late_evening": bool, "confirmed": bool, "grade": str,
        "channel": str, "with": str,
    },
    "card_recorded": {"complete": bool},
    "graded": {"grade": str},
    "touch": {"kind": str, "reached": bool, "with": str, "contact": (str, int), "joint": bool},
    "notified_owner": {"to": (str, int), "reached": bool},
    "holder_away": {},
    "asked_for": {"to": (str, int)},
    "referred": {"seller": (str, int)},
    "stage": {"stage": str},
    "renewed": {},
    "co_worker_named": {"to": (str, int)},
    "co_worker_ended": {"to": (str, int)},
    "card_collected": {"contact": (str, int), "rank": (int, float)},
    "contact_added": {"contact": (str, int), "rank": (int, float)},
    "profile_given": {"complete": (int, float)},
    "lapsed": {},
    "released": {},
    "lost": {},
    "voided": {"entry": (str, int)},
    "taken": {},
    "transferred": {"to": (str, int)},
    "deal": {
        "deal": (str, int), "signers": (list, tuple), "units": int, "signed_document": bool,
        "buyers": (list, tuple),
    },
    "delivered": {"deal": (str, int)},
    "dispute_raised": {"by_system": bool},
    "statement": {},
    "finding": {"fact": str, "value": (bool, int, float, str, type(None)), "staff": (str, int)},
}  # fmt: skip
"""The attributes of each kind with the types of their values; all also know `imported` and `rung`."""
REQUIRED: dict[EventKind, tuple[str, ...]] = {
    "graded": ("grade",),
    "touch": ("kind",),
    "profile_given": ("complete",),
    "transferred": ("to",),
    "asked_for": ("to",),
    "referred": ("seller",),
    "stage": ("stage",),
    "finding": ("fact", "value"),
}

RUNGS = (
    "signed_document",
    "register_entry",
    "register_of_day",
    "follow_up_log",
    "recording",
    "customer_statement",
    "colleague_statement",
)
"""The order of proof, strongest first."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: `at` as stated, `recorded_at` by the server, both aware UTC.

    `entry` is the register's number of the entry that proves it.
    """

    kind: EventKind
    at: datetime
    recorded_at: datetime
    staff: Id | None
    unit: Id | None
    customer: Id | None
    scope: Id | None
    entry: Id
    attrs: Mapping[str, Any] = field(default_factory=dict)

    def rung(self, calendar: Calendar) -> str:
        """Which rung of proof the entry stands on. A walk-in recorded on the site's day is on the day's page."""
        if "rung" in self.attrs:
            return str(self.attrs["rung"])
        if self.kind in ("deal", "delivered"):
            return "signed_document" if self.attrs.get("signed_document", True) else "register_entry"
        if self.kind == "touch":
            same_day = calendar.date_of(self.at) == calendar.date_of(self.recorded_at)
            walked_in = self.attrs.get("kind") == "walk_in"
            return "register_of_day" if walked_in and same_day else "follow_up_log"
        return "register_entry"


@dataclass(frozen=True, slots=True)
class Claimant:
    """Who claims the customer, and the unit that answers for them."""

    staff: Id
    unit: Id


@dataclass(frozen=True, slots=True)
class Matter:
    """What a dispute is about: one deal, or one registration without a deal.

    `at` is the moment the case is judged by: the deal's, or that of the dispute.
    `deal` names the deal among the events, when there is one.
    """

    about: Literal["deal", "registration"]
    at: datetime
    deal: Id | None = None
