"""What belongs to a complaint, read by statements compiled once: a record asks for some thirty kinds of rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from dingfen.cases.models import Case
from dingfen.clocks.models import LIVE, Clock, ClockEvent
from dingfen.complaints import watch
from dingfen.complaints.models import Complaint, Event
from dingfen.database import kept
from dingfen.database.once import once

CHANGED_BY = ("assessed_by", "decided_by", "paper")
"""What is read with a change request."""
MOVES = ("redate", "extend", "pause", "resume")


def belonging(owner: Complaint | Case, name: str, *beside: str, by: tuple[str, ...] = ()) -> list[Any]:
    """The rows of one kind, as the owner's manager of that `name` (`issues`, `messages`) gives them, in their order.

    `beside`: the rows they lead to that are read with them; `by`: another order. A page reads each once.
    """

    def read() -> list[Any]:
        field: Any = owner._meta.get_field(name)
        back = str(field.field.name)
        rows = kept.rows(_of, type(owner), name, back, beside, by, among=[owner.pk])
        for row in rows:
            setattr(row, back, owner)
        return rows

    return list(once(("belonging", type(owner), owner.pk, name, beside, by), read))


def _of(
    owner: type[Complaint | Case],
    name: str,
    back: str,
    beside: tuple[str, ...],
    by: tuple[str, ...],
    ids: Sequence[int],
) -> QuerySet[Any]:
    model: Any = owner._meta.get_field(name).related_model
    rows: QuerySet[Any] = model._default_manager.filter(**{f"{back}__in": ids})
    rows = rows.select_related(*beside) if beside else rows
    return rows.order_by(*by) if by else rows


def events_of(complaint: Complaint) -> list[Event]:
    """What has happened, in order."""
    return belonging(complaint, "events", by=("at", "pk"))


def clocks_of(complaint: Complaint) -> list[Clock]:
    """Its clocks, live and ended, without those that fell away."""
    return kept.rows(_clocks, among=[complaint.case.uid])


def next_of(clocks: Sequence[Clock]) -> Clock | None:
    """The live one with the next deadline."""
    return min((one for one in clocks if one.state in LIVE), key=lambda one: one.deadline, default=None)


def _clocks(uids: Sequence[UUID]) -> QuerySet[Clock]:
    found = Clock.objects.filter(subject_uid__in=uids, kind__in=watch.KINDS)
    return found.exclude(state=Clock.State.CANCELLED).select_related("responsible__unit").order_by("pk")


def moves_of(clocks: Sequence[Clock]) -> dict[int, list[ClockEvent]]:
    """Why clocks have another deadline, by their id."""
    moved: dict[int, list[ClockEvent]] = {}
    for event in kept.rows(_moves, among=[one.pk for one in clocks]):
        moved.setdefault(event.clock_id, []).append(event)
    return moved


def _moves(ids: Sequence[int]) -> QuerySet[ClockEvent]:
    return ClockEvent.objects.filter(clock__in=ids, kind__in=MOVES).order_by("pk")
