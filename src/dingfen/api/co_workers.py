"""Co-workers beside the holder of a registration."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from dingfen.api.frame import ApiRequest, In, Out, Router, one, read, write
from dingfen.ownership import actions
from dingfen.ownership.co_worker_rows import CoWorker
from dingfen.ownership.models import Registration

router = Router(tags=["ownership"])
Role = Literal["technical", "finance", "delivery", "sales_support", "other"]


class CoWorkerOut(Out):
    """`share`: whole % of 100; the holder keeps the rest. `ended_reason` is empty where it ended with the hold."""

    uid: UUID
    registration: UUID
    staff: UUID
    staff_name: str
    role: Role
    share: int
    named_by: UUID
    from_at: datetime
    ended_at: datetime | None
    ended_reason: str


class CoWorkerIn(In):
    staff: UUID
    role: Role
    share: Annotated[int, Field(ge=0, le=100)] = 0


class CoWorkerEndIn(In):
    reason: Annotated[str, Field(min_length=4, max_length=200)]


def _shown(row: CoWorker) -> CoWorkerOut:
    return CoWorkerOut(
        uid=row.uid,
        registration=row.registration.uid,
        staff=row.staff.uid,
        staff_name=row.staff.name,
        role=row.role,
        share=row.share,
        named_by=row.named_by.uid,
        from_at=row.from_at,
        ended_at=row.ended_at,
        ended_reason=row.ended_reason,
    )


@read(router, "/registrations/{uid}/co-workers", out=list[CoWorkerOut], permission="customer.view")
def list_co_workers(request: ApiRequest, uid: UUID) -> list[CoWorkerOut]:
    """Everyone who worked beside the holder of this registration, oldest first; ended ones too."""
    held = one(Registration.objects.visible_to(request.actor), uid=uid)
    rows = held.co_workers.select_related("registration", "staff", "named_by").order_by("pk")
    return [_shown(row) for row in rows]


@write(
    router,
    "/registrations/{uid}/co-workers",
    out=CoWorkerOut,
    permission="registration.co_workers",
    status=201,
)
def name_co_worker(request: ApiRequest, uid: UUID, told: CoWorkerIn) -> CoWorkerOut:
    """The holder, or the head of the unit, names a colleague; by the policy, the head alone."""
    return _shown(
        actions.name_co_worker(
            actor=request.actor,
            at=request.at,
            registration_uid=uid,
            staff=told.staff,
            role=told.role,
            share=told.share,
        )
    )


@write(
    router,
    "/registrations/{uid}/co-workers/{co_worker}/end",
    out=CoWorkerOut,
    permission="registration.co_workers",
)
def end_co_worker(request: ApiRequest, uid: UUID, co_worker: UUID, told: CoWorkerEndIn) -> CoWorkerOut:
    """End a co-worker's part; the hold goes on."""
    return _shown(
        actions.end_co_worker(
            actor=request.actor,
            at=request.at,
            registration_uid=uid,
            co_worker_uid=co_worker,
            reason=told.reason,
        )
    )
