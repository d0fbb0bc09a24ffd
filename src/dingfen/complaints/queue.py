"""The queue: whose move a complaint is, which are late. For the page and the API alike."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Role
from dingfen.clocks.models import Clock
from dingfen.complaints import watch
from dingfen.complaints.models import CLOSED
from dingfen.complaints.visibility import below_units

still_open = Q(case__closed_at=None) & ~Q(state__in=CLOSED)
"""Open, said so that a list of the newest follows the index `case_open`: of `state__in=OPEN` all are sorted."""


def mine(rows: QuerySet[Any], value: str, actor: Actor, at: datetime) -> QuerySet[Any]:
    """Those the reader handles (`handle`) or received (`received`), or that wait to be taken (`free`)."""
    if value == "handle":
        return rows.filter(handler_id=actor.staff_id)
    if value == "received":
        return rows.filter(receiver_id=actor.staff_id)
    return rows.filter(below_units(actor.paths(Role.AGENT, Role.HEAD)), handler=None).filter(still_open)


def late(rows: QuerySet[Any], value: str, actor: Actor, at: datetime) -> QuerySet[Any]:
    """Those with a deadline that has passed; `no`: those without."""
    breached = Clock.objects.filter(
        company_id=actor.company_id, kind__in=watch.KINDS, state=Clock.State.BREACHED
    )
    found = Q(case__uid__in=breached.values("subject_uid"))
    return rows.filter(found) if value == "yes" else rows.exclude(found)
