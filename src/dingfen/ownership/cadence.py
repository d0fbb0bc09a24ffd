"""The holder's follow-ups: what is due, how many days are left, how often nobody was reached (A7)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from dingfen.accounts.actor import Actor
from dingfen.clocks.models import ClockEvent
from dingfen.ownership.models import Registration
from dingfen.ownership.watch import PROTECTION
from dingfen.parties import sealing
from dingfen.parties.models import Touch

State = Registration.State
RUNNING = (State.HELD, State.LAPSING, State.WON)
DAY = timedelta(days=1)
REGRADED = "grade:"
"""How the reason of a clock's event begins where another grade set the cadence anew: `grade:A>H`."""
PERIODS = ("late", "today", "week")


def follow_ups(actor: Actor) -> QuerySet[Registration]:
    """Holds that run, the actor's own and those of units they oversee, each with `attempts`.

    `attempts`: touches by the holder that reached nobody, since the last effective follow-up.
    """
    tried = (
        Touch.objects.filter(
            Q(scope="") | Q(scope=OuterRef("scope")),
            customer=OuterRef("customer"),
            staff=OuterRef("holder"),
            occurred_at__gte=Coalesce(OuterRef("last_effective_at"), OuterRef("registered_at")),
            reached=False,
            corrections=None,
            voided_at=None,
        )
        .order_by()
        .values("customer")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return (
        Registration.objects.visible_to(actor)
        .filter(state__in=RUNNING, rival_of=None, protected_until__isnull=False)
        .annotate(attempts=Coalesce(Subquery(tried, output_field=IntegerField()), 0))
        .select_related("customer", "holder", "unit")
    )


def due_within(period: str, at: datetime) -> Q:
    """What is to be done in a period: the follow-up of the cadence, or the next step that was planned.

    `late`: it should have been; `today`; `week`: from today to Sunday. Days are those of the active time zone.
    """
    if period == "late":
        return Q(follow_up_due__lt=at) | Q(next_step_at__lt=at)
    start = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    end = start + DAY * (1 if period == "today" else 7 - start.weekday())
    return Q(follow_up_due__gte=start, follow_up_due__lt=end) | Q(
        next_step_at__gte=start, next_step_at__lt=end
    )


def days_left(held: Registration, at: datetime) -> int | None:
    """Whole days until the hold lapses; 0 on its last, None where nothing runs out."""
    until = held.protected_until
    if until is None or held.state not in RUNNING:
        return None
    return max(0, (until - at) // DAY)


def next_steps(held: Iterable[Registration]) -> dict[int, str]:
    """What each planned contact is for, by id of the hold; empty where it is erased or nothing was said."""
    planned = [one for one in held if one.next_step]
    if not planned:
        return {}
    sealers = sealing.sealers([one.customer.uid for one in planned])
    return {
        one.pk: sealer.open(one.next_step).get("next_step", "")
        for one in planned
        if (sealer := sealers.get(one.customer.uid)) is not None
    }


def regraded(held: Registration) -> list[tuple[ClockEvent, str, str]]:
    """When another grade set the cadence of this hold anew, newest first: the event, the grades before and after."""
    found = ClockEvent.objects.filter(
        clock__subject_uid=held.uid, clock__kind=PROTECTION, reason__startswith=REGRADED
    ).order_by("-pk")
    return [(event, *_grades(event.reason)) for event in found]


def _grades(reason: str) -> tuple[str, str]:
    before, _mark, after = reason.removeprefix(REGRADED).partition(">")
    return before, after
