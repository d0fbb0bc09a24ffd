"""A customer's time line over every channel; and what reads like a complaint, made one."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from ninja import Query
from pydantic import AwareDatetime, Field

from dingfen.api.complaint_rows import brief
from dingfen.api.complaint_shapes import ComplaintRow
from dingfen.api.frame import ApiRequest, Out, Router, read, write
from dingfen.complaints.actions import recognising
from dingfen.complaints.recognising import to_suggest
from dingfen.parties import queries, timeline

router = Router(tags=["customers"])
Count = Annotated[int, Query(ge=1, le=200)]


class LineOut(Out):
    """`source`: touch, or the room it comes from; `inward`: the customer's. `complaint`: it reads like one, and why."""

    at: datetime
    source: str
    kind: str
    way: str
    number: str
    uid: UUID
    inward: bool
    who: str
    text: str
    complaint: Annotated[
        list[str], Field(description="what in it reads like a complaint; empty when it does not")
    ]


class TimeLineOut(Out):
    """Newest first; `next`: ask again with it as `before`."""

    items: list[LineOut]
    next: datetime | None


@read(router, "/customers/{uid}/time-line", out=TimeLineOut, permission="customer.view")
def customer_time_line(
    request: ApiRequest, uid: UUID, limit: Count = 50, before: AwareDatetime | None = None
) -> TimeLineOut:
    """Touches, messages of every channel and the steps of complaints that the caller may see."""
    customer = queries.get_customer(request.actor, uid)
    touches = queries.touches(customer, limit=limit + 1, until=before)
    told = timeline.lines(request.actor, queries.family_ids(customer.pk), before, limit + 1)
    marks = to_suggest(request.actor, {one.touch.uid: one.note for one in touches if one.note})
    items = [
        _touch(one, list(marks[one.touch.uid].because) if one.touch.uid in marks else []) for one in touches
    ]
    items += [_line(one) for one in told]
    items.sort(key=lambda one: one.at, reverse=True)
    page = items[:limit]
    page += [one for one in items[limit:] if one.at == page[-1].at]
    return TimeLineOut(items=page, next=page[-1].at if len(items) > len(page) else None)


@write(router, "/touches/{uid}/complaint", out=ComplaintRow, permission="complaint.receive", status=201)
def complaint_of_touch(request: ApiRequest, uid: UUID) -> ComplaintRow:
    """The note of a touch becomes a complaint, word for word; made twice it is one."""
    return brief(recognising.from_touch(actor=request.actor, at=request.at, touch_uid=uid).complaint)


@write(
    router, "/complaints/{uid}/messages/{message}/complaint", out=ComplaintRow, permission="complaint.receive",
    status=201,
)  # fmt: skip
def complaint_of_message(request: ApiRequest, uid: UUID, message: UUID) -> ComplaintRow:
    """A message in a complaint becomes one of its own, linked to the first; made twice it is one."""
    got = recognising.from_message(actor=request.actor, at=request.at, case_uid=uid, message_uid=message)
    return brief(got.complaint)


def _touch(one: queries.KnownTouch, because: list[str]) -> LineOut:
    row = one.touch
    return LineOut(
        at=row.occurred_at, source="touch", kind="touch", way=row.kind, number="", uid=row.uid, inward=row.reached,
        who=row.staff.name, text=one.note, complaint=because,
    )  # fmt: skip


def _line(one: timeline.Line) -> LineOut:
    return LineOut(
        at=one.at, source=one.source, kind=one.kind, way=one.way, number=one.number, uid=one.uid, inward=one.inward,
        who=one.who, text=one.text, complaint=[],
    )  # fmt: skip
