"""Handing over what a person holds: plan, exceptions, start, undo, closing the account."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.db.models import QuerySet
from ninja import Query
from pydantic import Field

from dingfen.api.frame import ApiRequest, In, Out, Page, Router, Window, page, read, write
from dingfen.ownership.handover import actions, queries
from dingfen.ownership.handover.models import Handover, HandoverItem
from dingfen.problems import missing

router = Router(tags=["ownership"])
PERMISSION = actions.PERMISSION


class HandoverIn(In):
    """`way`: `one` or `robin` with `to`; `pool`; `grade` or `scope` with `parts`: `grade:A` → uid or `pool`."""

    person: UUID
    why: Literal["left", "moved", "absent"]
    reason: Annotated[str, Field(min_length=4, max_length=200)]
    way: Literal["one", "robin", "grade", "scope", "pool"]
    to: Annotated[list[UUID], Field(max_length=200)] = []
    parts: dict[str, str] = {}
    dates: Literal["keep", "restart"] = "keep"


class ItemsIn(In):
    """Exceptions: item uid → a colleague's uid, `pool`, or empty for what stays."""

    changes: dict[str, str]


class ItemOut(Out):
    uid: UUID
    kind: Literal["hold", "claim", "duty"]
    registration: UUID | None
    claim: UUID | None
    effect: UUID | None
    to: UUID | None
    to_pool: bool
    state: Literal["planned", "done", "failed", "undone"]
    problem: str
    made: UUID | None


class OpenOut(Out):
    """What the person still has; `stops`: how much of it keeps the account open."""

    holds: int
    disputed: int
    claims: int
    duties: int
    tellings: int
    clocks: int
    planned: int
    delegations: int
    borrowings: int
    stops: int


class HandoverOut(Out):
    uid: UUID
    person: UUID
    unit: UUID
    why: str
    way: str
    dates: str
    state: Literal["draft", "running", "done", "partly", "undoing", "undone", "dropped"]
    made_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class HandoverWholeOut(HandoverOut):
    items: list[ItemOut]
    open: OpenOut


class AccountOut(Out):
    uid: UUID
    is_active: bool


def _plain(row: Handover) -> dict[str, Any]:
    return {
        "uid": row.uid,
        "person": row.person.uid,
        "unit": row.unit.uid,
        "why": row.why,
        "way": row.way,
        "dates": row.dates,
        "state": row.state,
        "made_at": row.made_at,
        "started_at": row.started_at,
        "finished_at": row.finished_at,
    }


def _brief(row: Handover) -> HandoverOut:
    return HandoverOut(**_plain(row))


def _item(row: HandoverItem) -> ItemOut:
    return ItemOut(
        uid=row.uid,
        kind=row.kind,
        registration=row.registration.uid if row.registration else None,
        claim=row.claim.uid if row.claim else None,
        effect=row.effect.uid if row.effect else None,
        to=row.to.uid if row.to else None,
        to_pool=row.to_pool,
        state=row.state,
        problem=row.problem.get("code", ""),
        made=row.made.uid if row.made else None,
    )


def _whole(request: ApiRequest, row: Handover) -> HandoverWholeOut:
    items = row.items.select_related("registration", "claim", "effect", "to", "made").order_by("pk")
    left = queries.inventory(row.person, request.at)
    there = {name: getattr(left, name) for name in OpenOut.model_fields}
    return HandoverWholeOut(**_plain(row), items=[_item(item) for item in items], open=OpenOut(**there))


def _rows(request: ApiRequest) -> QuerySet[Handover]:
    return Handover.objects.visible_to(request.actor).select_related("person", "unit")


@read(router, "/handovers", out=Page[HandoverOut], permission=PERMISSION)
def list_handovers(request: ApiRequest, narrow: Query[Window]) -> Page[HandoverOut]:
    """Hand-overs one may know of, newest first."""
    return page(request, _rows(request), narrow, _brief)


@read(router, "/handovers/{uid}", out=HandoverWholeOut, permission=PERMISSION)
def get_handover(request: ApiRequest, uid: UUID) -> HandoverWholeOut:
    """A hand-over with each item and its result, and what the person still has."""
    found = _rows(request).filter(uid=uid).first()
    if found is None:
        raise missing()
    return _whole(request, found)


@write(router, "/handovers", out=HandoverWholeOut, permission=PERMISSION, status=201)
def plan_handover(request: ApiRequest, plan: HandoverIn) -> HandoverWholeOut:
    """Plan who receives what; nothing moves until it is started. A draft of before is replaced."""
    given = plan.model_dump(exclude={"person"})
    found = actions.plan(actor=request.actor, at=request.at, person_uid=plan.person, **given)
    return _whole(request, found)


@write(router, "/handovers/{uid}/items", out=HandoverWholeOut, permission=PERMISSION)
def change_items(request: ApiRequest, uid: UUID, items: ItemsIn) -> HandoverWholeOut:
    """Exceptions of single items, while it is planned."""
    found = actions.change_items(actor=request.actor, at=request.at, handover_uid=uid, changes=items.changes)
    return _whole(request, found)


@write(router, "/handovers/{uid}/start", out=HandoverWholeOut, permission=PERMISSION)
def start_handover(request: ApiRequest, uid: UUID) -> HandoverWholeOut:
    """Let the worker hand over; read it again to see how far it is."""
    return _whole(request, actions.start(actor=request.actor, at=request.at, handover_uid=uid))


@write(router, "/handovers/{uid}/undo", out=HandoverWholeOut, permission=PERMISSION)
def undo_handover(request: ApiRequest, uid: UUID) -> HandoverWholeOut:
    """Take it back within a day."""
    return _whole(request, actions.undo(actor=request.actor, at=request.at, handover_uid=uid))


@write(router, "/handovers/{uid}/discard", out=HandoverOut, permission=PERMISSION)
def discard_handover(request: ApiRequest, uid: UUID) -> HandoverOut:
    """Discard a plan."""
    return _brief(actions.drop(actor=request.actor, at=request.at, handover_uid=uid))


@write(router, "/handovers/{uid}/close-account", out=AccountOut, permission="staff.manage")
def close_account_handed_over(request: ApiRequest, uid: UUID) -> AccountOut:
    """Close the person's account; 409 `handover.left` while something of theirs is open."""
    found = _rows(request).filter(uid=uid).first()
    if found is None:
        raise missing()
    staff = actions.close_account(actor=request.actor, at=request.at, person_uid=found.person.uid)
    return AccountOut(uid=staff.uid, is_active=staff.is_active)
