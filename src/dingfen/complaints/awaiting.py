"""Whose move it is in a complaint: its handler's; while nobody handles it, that of the unit's desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Role, Staff
from dingfen.cases.models import Case
from dingfen.clocks.awaiting import Awaited
from dingfen.clocks.models import Clock
from dingfen.complaints import watch
from dingfen.complaints.models import OPEN, Complaint
from dingfen.complaints.people import desk

BY_OTHERS = ("complaint.review_decided", "complaint.change_decided")
OF_HANDLER = tuple(kind for kind in (*watch.KINDS, watch.LETTER) if kind not in BY_OTHERS)


def to_do(actor: Actor) -> QuerySet[Any]:
    """The cases this reader handles, and those of their unit that nobody handles yet."""
    wanted = Q(complaint__handler_id=actor.staff_id or 0)
    for path in actor.paths(Role.AGENT):
        wanted |= Q(complaint__handler=None, complaint__state__in=OPEN, unit__path__startswith=path)
    seen = Complaint.objects.visible_to(actor).values("pk")
    return Case.objects.filter(wanted, company_id=actor.company_id, complaint__in=seen)


def who(clock: Clock, at: datetime) -> list[Staff]:
    """The handler; without one the desk of the unit."""
    rows = Complaint.objects.select_related(
        "case__unit", "case__company", "handler__unit", "handler__company"
    )
    complaint = rows.filter(case__uid=clock.subject_uid).first()
    if complaint is None:
        return []
    return [complaint.handler] if complaint.handler else desk(complaint.case, at)


def known(actor: Actor, _found: object) -> QuerySet[Any]:
    """The cases of open complaints the actor sees, and closed ones still to be visited."""
    return Complaint.objects.visible_to(actor).exclude(state="merged").values("case__uid")


AWAITED = (Awaited(OF_HANDLER, to_do, who, known),)
