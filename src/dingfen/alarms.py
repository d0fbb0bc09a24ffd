"""Tells administrators what fails in the background, before anybody misses it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from dingfen.accounts.models import Role, RoleGrant, Staff
from dingfen.clocks.models import Clock
from dingfen.outbox.actions import queue
from dingfen.outbox.models import Delivery

ALARMING_ATTEMPTS = 3
_DAY = timedelta(days=1)


def tell(at: datetime) -> None:
    """Once for each clock whose handler keeps failing, once a day where messages were given up."""
    for clock in Clock.objects.live().filter(attempts__gte=ALARMING_ATTEMPTS):
        tell_administrators(
            clock.company_id,
            "clock.failing",
            {"kind": clock.kind, "attempts": clock.attempts},
            key=f"failing:{clock.uid}",
            at=at,
        )
    failed = Delivery.objects.filter(state=Delivery.State.FAILED, queued_at__gt=at - 2 * _DAY)
    for company in set(failed.values_list("company_id", flat=True)):
        number = failed.filter(company_id=company).count()
        tell_administrators(
            company, "delivery.failed", {"count": number}, key=f"undelivered:{at.date()}", at=at
        )


def tell_administrators(
    company_id: int, event: str, params: dict[str, object], *, key: str, at: datetime
) -> None:
    """Queue a message to each administrator of a company."""
    with transaction.atomic():
        for person in _administrators(company_id, at):
            queue(recipient=person, event=event, params=params, key=key, at=at)


def _administrators(company_id: int, at: datetime) -> Iterable[Staff]:
    granted = RoleGrant.objects.filter(role=Role.ADMINISTRATOR, staff__company_id=company_id)
    over = granted.filter(ends_on__lt=at.date()) | granted.filter(starts_on__gt=at.date())
    people = granted.exclude(pk__in=over).values("staff_id")
    return Staff.objects.filter(pk__in=people, is_active=True).select_related("company")
