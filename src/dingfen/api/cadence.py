"""Follow-ups: what is due, and the next step of a hold."""

from __future__ import annotations

from uuid import UUID

from ninja import Query

from dingfen.api.frame import ApiRequest, Page, Router, expected_version, page, read, write
from dingfen.api.ownership import held_out
from dingfen.api.ownership_schemas import FollowUpOut, FollowUpsIn, NextStepIn, NextStepOut
from dingfen.ownership import actions, cadence

router = Router(tags=["ownership"])


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
