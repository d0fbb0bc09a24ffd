"""The rows that figures of complaints count, always through what the reader may see."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from dingfen.clocks.models import Clock
from dingfen.complaints.models import OPEN, CallBack, Complaint, Event, Issue, Promise, Proposal
from dingfen.insight.scope import Scope


def complaints(scope: Scope) -> QuerySet[Complaint]:
    """Complaints of the unit, narrowed to a level, a class with all below it, or a channel."""
    rows = Complaint.objects.visible_to(scope.actor).exclude(state__in=("merged", "void"))
    if scope.unit_ids is not None:
        rows = rows.filter(case__unit_id__in=scope.unit_ids)
    if scope.pack:
        rows = rows.filter(policy__pack=scope.pack)
    return rows.filter(Q(**dict(scope.narrowed)))


def received(scope: Scope) -> QuerySet[Complaint]:
    return complaints(scope).filter(received_at__gte=scope.start, received_at__lt=scope.end)


def open_now(scope: Scope) -> QuerySet[Complaint]:
    return complaints(scope).filter(state__in=OPEN)


def closed(scope: Scope) -> QuerySet[Complaint]:
    """Closed in the period and not reopened since."""
    return complaints(scope).filter(case__closed_at__gte=scope.start, case__closed_at__lt=scope.end)


def ever_closed(scope: Scope) -> QuerySet[Complaint]:
    """Closed in the period at least once, also those reopened since."""
    events = Event.objects.filter(name="closed", at__gte=scope.start, at__lt=scope.end)
    return complaints(scope).filter(pk__in=events.values("complaint_id"))


def clocks(scope: Scope, kind: str) -> QuerySet[Clock]:
    """Deadlines of a kind that fell due in the period and were not cancelled."""
    due = Clock.objects.filter(kind=kind, deadline__gte=scope.start, deadline__lt=scope.last)
    cases = complaints(scope).values("case__uid")
    return due.filter(company_id=scope.actor.company_id, subject_uid__in=cases).exclude(state="cancelled")


def call_backs(scope: Scope) -> QuerySet[CallBack]:
    rows = CallBack.objects.filter(at__gte=scope.start, at__lt=scope.end)
    return rows.filter(complaint__in=complaints(scope).values("pk"))


def found(scope: Scope) -> QuerySet[Issue]:
    """Issues with a finding made in the period."""
    rows = Issue.objects.filter(found_at__gte=scope.start, found_at__lt=scope.end).exclude(finding="")
    return rows.filter(complaint__in=complaints(scope).values("pk"))


def promises(scope: Scope) -> QuerySet[Promise]:
    """Promises that fell due in the period, less those the customer released."""
    rows = Promise.objects.filter(due_at__gte=scope.start, due_at__lt=scope.last).exclude(state="released")
    return rows.filter(complaint__in=complaints(scope).values("pk"))


def accepted(scope: Scope) -> QuerySet[Proposal]:
    """Proposals with an amount in yuan that the customer accepted in the period; a sum is of one currency."""
    states = (Proposal.State.ACCEPTED, Proposal.State.DELIVERING, Proposal.State.DELIVERED)
    rows = Proposal.objects.filter(answered_at__gte=scope.start, answered_at__lt=scope.end, state__in=states)
    return rows.filter(amount__isnull=False, currency="CNY", complaint__in=complaints(scope).values("pk"))


def reaches(path: str) -> dict[str, str]:
    """What complaints are told apart by, from rows that reach theirs over `path`."""
    plain: dict[str, Any] = {
        "level": "level",
        "klass": "klass",
        "product": "product",
        "channel": "channel",
        "unit": "case__unit__uid",
    }
    return {name: f"{path}{field}" for name, field in plain.items()}
