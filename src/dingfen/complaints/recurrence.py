"""Watching whether something comes up again and again (B9): causes, classes, products, labels, units against
their past.

Once a day, for periods of thirty days that end with the day before. A rise beyond chance opens a notice; while it
is open the same one only counts on.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from dingfen.accounts.access import person_of, require
from dingfen.accounts.actor import Actor, system_actor
from dingfen.accounts.books import book_of
from dingfen.accounts.models import Role, Staff, Unit
from dingfen.complaints.actions.common import reason_of
from dingfen.complaints.models import Action, Complaint, Labelled, Rise
from dingfen.complaints.people import holding
from dingfen.engine.rising import Rise as Found
from dingfen.engine.rising import rising
from dingfen.outbox.actions import queue
from dingfen.problems import conflict, missing, read_uid
from dingfen.register.append import append

PERIOD = dt.timedelta(days=30)
PERIODS = 7
"""The latest and six before it."""
Axis = Rise.Axis


def watch(at: dt.datetime) -> int:
    """Look at every company that has complaints; how many notices were opened."""
    companies = Complaint.objects.order_by().values_list("case__company_id", flat=True).distinct()
    return sum(look(unit, at) for unit in Unit.objects.filter(pk__in=list(companies)))


def look(company: Unit, at: dt.datetime) -> int:
    """One company: open a notice for each rise, count the open ones on. How many were opened."""
    end = dt.datetime.combine(company.day(at), dt.time(), company.zone).astimezone(dt.UTC)  # equal periods
    opened = 0
    for (axis, value), counts in counted(company, end).items():
        found = rising(counts)
        if found is not None:
            with transaction.atomic():
                opened += _notice(company, axis, value, found, counts, end, at)
    return opened


def counted(company: Unit, end: dt.datetime) -> dict[tuple[str, str], list[int]]:
    """(axis, value) -> how many in each period, oldest first."""
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * PERIODS)
    start = end - PERIOD * PERIODS
    for axis, pairs in _moments(company, start, end):
        for value, moment in pairs:
            if value:
                counts[axis, str(value)][int((moment - start) / PERIOD)] += 1
    return counts


def _moments(
    company: Unit, start: dt.datetime, end: dt.datetime
) -> Iterable[tuple[str, Iterable[tuple[Any, Any]]]]:
    rows = _received(company, start, end)
    yield Axis.KLASS, rows.values_list("klass", "received_at")
    yield Axis.PRODUCT, rows.values_list("product", "received_at")
    yield Axis.UNIT, rows.values_list("case__unit__uid", "received_at")
    labelled = Labelled.objects.filter(complaint__in=rows.values("pk"))
    yield Axis.LABEL, labelled.values_list("label__name", "complaint__received_at")
    causes = Action.objects.filter(complaint__case__company=company, added_at__gte=start, added_at__lt=end)
    yield Axis.CAUSE, causes.values_list("cause", "added_at")


def _received(company: Unit, start: dt.datetime, end: dt.datetime) -> QuerySet[Complaint]:
    rows = Complaint.objects.filter(case__company=company, received_at__gte=start, received_at__lt=end)
    return rows.exclude(state__in=("merged", "void"))


def _notice(
    company: Unit, axis: str, value: str, found: Found, counts: list[int], end: dt.datetime, at: dt.datetime
) -> int:
    given = {
        "counts": counts,
        "start": end - PERIOD,
        "end": end,
        "now": found.now,
        "before": found.before,
        "chance": found.chance,
    }
    same = Rise.objects.filter(company=company, axis=axis, value=value)
    if same.filter(answered_at=None).update(**given):
        return 0
    if same.filter(answered_at__gte=end - PERIOD).exists():
        return 0  # somebody has just answered for it; a fresh period may raise it again
    unit = Unit.objects.filter(company=company, uid=value).first() if axis == Axis.UNIT else None
    row = Rise.objects.create(company=company, unit=unit, axis=axis, value=value, noticed_at=at, **given)
    for person in _told(unit or company, at):
        queue(
            recipient=person, event="complaint.rising", subject=("rise", row.uid), at=at, key=f"rise:{row.uid}",
            params={"now": row.now, "before": round(row.before, 1)},
        )  # fmt: skip
    system = system_actor(company)
    append(
        book=book_of(unit or company, at=at, actor_id=system.uid), kind="recurrence.noticed", actor_id=system.uid,
        occurred_at=at, recorded_at=at, subject=("rise", row.uid),
        facts={"axis": axis, "value": value, "now": row.now, "before": str(round(row.before, 2)),
               "from": row.start.isoformat(), "to": row.end.isoformat()},
    )  # fmt: skip
    return 1


def _told(unit: Unit, at: dt.datetime) -> list[Staff]:
    for role in (Role.HEAD, Role.COMPLIANCE, Role.GENERAL_MANAGER):
        if people := holding(unit, role, at):
            return people
    return []


def cases(rise: Rise, actor: Actor) -> QuerySet[Complaint]:
    """The complaints a notice counts that the actor may see, newest first."""
    rows = Complaint.objects.visible_to(actor).select_related("case").order_by("-received_at", "-pk")
    if rise.axis == Axis.CAUSE:
        actions = Action.objects.filter(cause=rise.value, added_at__gte=rise.start, added_at__lt=rise.end)
        return rows.filter(pk__in=actions.values("complaint_id"))
    rows = rows.filter(received_at__gte=rise.start, received_at__lt=rise.end).exclude(
        state__in=("merged", "void")
    )
    if rise.axis == Axis.UNIT:
        return rows.filter(case__unit=rise.unit)
    if rise.axis == Axis.LABEL:
        return rows.filter(labelled__label__name=rise.value)
    return rows.filter(product=rise.value) if rise.axis == Axis.PRODUCT else rows.filter(klass=rise.value)


@transaction.atomic
def answer(*, actor: Actor, at: dt.datetime, rise_uid: object, text: str) -> Rise:
    """Say what is done about it; then it is open no more. Raises at `text`, `rise.answered` (409)."""
    require(actor, "insight.view")
    rows = Rise.objects.visible_to(actor).select_for_update(of=("self",)).select_related("unit", "company")
    row = rows.filter(uid=read_uid(rise_uid)).first()
    if row is None:
        raise missing()
    if row.answered_at is not None:
        raise conflict("rise.answered")
    row.answer, row.answered_at = reason_of(text, "text")[:1000], at
    row.answered_by_id = person_of(actor)
    row.save(update_fields=["answer", "answered_at", "answered_by"])
    append(
        book=book_of(row.unit or row.company, at=at, actor_id=actor.uid), kind="recurrence.answered",
        actor_id=actor.uid, occurred_at=at, recorded_at=at, subject=("rise", row.uid),
        facts={"axis": row.axis, "value": row.value},
    )  # fmt: skip
    return row


def came_back(actions: Iterable[Action]) -> dict[int, int]:
    """Corrective actions found effective -> how often the same cause in the same class came up after the check."""
    checked = [one for one in actions if one.state == Action.State.EFFECTIVE and one.checked_at]
    found = {one.pk: 0 for one in checked}
    if not checked:
        return found
    first = min(one.checked_at for one in checked if one.checked_at)
    companies = {one.complaint.case.company_id for one in checked}
    later = list(
        Action.objects.filter(complaint__case__company_id__in=companies, added_at__gt=first)
        .values_list("complaint__case__company_id", "cause", "complaint__klass", "added_at", "complaint_id")
    )  # fmt: skip
    for one in checked:
        same, since = (one.complaint.case.company_id, one.cause, one.complaint.klass), one.checked_at
        hits = [
            row
            for row in later
            if row[:3] == same and since and row[3] > since and row[4] != one.complaint_id
        ]
        found[one.pk] = len(hits)
    return found
