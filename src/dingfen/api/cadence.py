"""Follow-ups: what is due, and the next step of a hold."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Query
from pydantic import AwareDatetime, Field

from dingfen.api.frame import ApiRequest, In, Out, Page, Router, Window, expected_version, page, read, write
from dingfen.api.ownership import held_out
from dingfen.api.ownership_schemas import RegistrationOut, Scope
from dingfen.ownership import actions, cadence

router = Router(tags=["ownership"])


class FollowUpsIn(Window):
    """`due`: overdue, due today, or due this week; by the cadence or as a next step. `scope`: part of its name."""

    due: Literal["", "late", "today", "week"] = ""
    grade: Annotated[str, Field(pattern=r"^[HABC]?$")] = ""
    unit: UUID | None = None
    scope: Scope = ""
    mine: bool = False


class FollowUpOut(RegistrationOut):
    """`attempts`: touches that reached nobody since the last effective follow-up."""

    grade: str
    days_left: int | None
    attempts: int
    next_step_at: datetime | None
    next_step: str


class NextStepIn(In):
    """When the next contact is planned, and what for; null takes the plan back."""

    next_step_at: AwareDatetime | None
    next_step: Annotated[str, Field(max_length=80)] = ""


class NextStepOut(Out):
    registration: UUID
    next_step_at: datetime | None
    next_step: str
    version: int


@read(router, "/follow-ups", out=Page[FollowUpOut], permission="customer.view")
def list_follow_ups(request: ApiRequest, narrow: Query[FollowUpsIn]) -> Page[FollowUpOut]:
    """Holds that run, one's own and those of units one oversees, newest first."""
    rows = cadence.follow_ups(request.actor)
    if narrow.due:
        rows = rows.filter(cadence.due_within(narrow.due, request.at))
    if narrow.grade:
        rows = rows.filter(customer__grade=narrow.grade)
    if narrow.unit:
        rows = rows.filter(unit__uid=narrow.unit)
    if narrow.scope:
        rows = rows.filter(scope__icontains=narrow.scope)
    if narrow.mine:
        rows = rows.filter(holder_id=request.actor.staff_id)
    found = page(request, rows, narrow, lambda row: row)
    steps = cadence.next_steps(found.items)
    return Page(
        items=[
            FollowUpOut(
                **held_out(row).model_dump(),
                grade=row.customer.grade,
                days_left=cadence.days_left(row, request.at),
                attempts=row.attempts,  # type: ignore[attr-defined]
                next_step_at=row.next_step_at,
                next_step=steps.get(row.pk, ""),
            )
            for row in found.items
        ],
        next=found.next,
    )


@write(
    router,
    "/registrations/{uid}/next-step",
    out=NextStepOut,
    permission="touch.record",
    versioned=True,
)
def plan_next_step(request: ApiRequest, uid: UUID, step: NextStepIn) -> NextStepOut:
    """Plan the next contact; the holder is reminded then. It never lengthens the protection."""
    held = actions.plan_next(
        actor=request.actor,
        at=request.at,
        registration_uid=uid,
        next_step_at=step.next_step_at,
        next_step=step.next_step,
        version=expected_version(request),
    )
    return NextStepOut(
        registration=held.uid,
        next_step_at=held.next_step_at,
        next_step=step.next_step.strip() if held.next_step_at else "",
        version=held.version,
    )
