"""Holds as a backtest follows them: with the grades of their time, and the disputes in which they stood still."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from dingfen.clocks.models import ClockEvent
from dingfen.engine.backtest import Hold
from dingfen.engine.calendar import Calendar
from dingfen.engine.events import Event
from dingfen.ownership.facts import touches_about
from dingfen.ownership.models import Registration
from dingfen.ownership.watch import PROTECTION
from dingfen.parties.models import Customer
from dingfen.register.models import Entry

Regraded = list[tuple[datetime, str, str]]
Pauses = list[tuple[datetime, datetime | None]]


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of some holds: by customer the touches and the changes of grade (when, from, to), by hold its
    pauses.
    """

    touches: dict[int, list[Event]] = field(default_factory=dict)
    regraded: dict[int, Regraded] = field(default_factory=dict)
    pauses: dict[UUID, Pauses] = field(default_factory=dict)

    def hold(self, row: Registration, calendar: Calendar, at: datetime) -> Hold:
        """One of them, followed until its end, or `at`."""
        changes = self.regraded.get(row.customer_id, [])
        first = changes[0][1] if changes else row.customer.grade
        return Hold(
            str(row.holder.uid),
            row.registered_at,
            first or None,
            [
                one
                for one in self.touches[row.customer_id]
                if one.kind == "touch" and one.scope in ("", row.scope)
            ],
            calendar,
            min(row.ended_at or at, at),
            row.channel or None,
            (row.stage_at, row.stage) if row.stage and row.stage_at else None,
            [datetime.fromisoformat(text) for text in row.renewals],
            [(when, to or None) for when, _, to in changes],
            self.pauses.get(row.uid, []),
        )


def past_of(rows: Sequence[Registration]) -> Past:
    """What happened with these holds, in three questions to the database."""
    if not rows:
        return Past()
    customers = {row.customer_id for row in rows}
    return Past(touches_about(customers), _regraded(customers), _pauses([row.uid for row in rows]))


def _regraded(customers: Collection[int]) -> dict[int, Regraded]:
    by_uid = dict(Customer.objects.filter(pk__in=customers).values_list("uid", "pk"))
    found: dict[int, Regraded] = defaultdict(list)
    for entry in Entry.objects.filter(subject_uid__in=by_uid, kind="customer.corrected").order_by("seq"):
        grade: Any = json.loads(bytes(entry.body)).get("facts", {}).get("grade")
        if isinstance(grade, dict):
            found[by_uid[entry.subject_uid]].append((entry.occurred_at, grade["from"], grade["to"]))
    return found


def _pauses(holds: Collection[UUID]) -> dict[UUID, Pauses]:
    kinds = (ClockEvent.Kind.PAUSE, ClockEvent.Kind.RESUME)
    events = ClockEvent.objects.filter(
        clock__subject_uid__in=holds, clock__kind=PROTECTION, kind__in=kinds
    ).order_by("pk")
    found: dict[UUID, Pauses] = defaultdict(list)
    for uid, kind, at in events.values_list("clock__subject_uid", "kind", "at"):
        if kind == ClockEvent.Kind.PAUSE:
            found[uid].append((at, None))
        elif found[uid]:
            found[uid][-1] = (found[uid][-1][0], at)
    return found
