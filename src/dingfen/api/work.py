"""My work: deadlines, setting them aside, nudging colleagues. Each row has its own result."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db.models import Q
from ninja import Query
from pydantic import AwareDatetime

from dingfen.api.frame import ApiRequest, Out, Page, Router, Window, page, read, write
from dingfen.api.rows import RowsIn, RowsOut, each
from dingfen.cases import nudging, snoozing
from dingfen.cases.awaiting import LIMIT, Waiting
from dingfen.clocks.models import Clock

router = Router(tags=["work"])


class WorkOut(Out):
    """One deadline. `subject` is the dispute's case or the registration; `snoozed_until` null when on my list."""

    uid: UUID
    kind: str
    subject_type: str
    subject: UUID
    state: str
    started_at: datetime
    deadline: datetime
    article: str
    responsible: UUID | None
    snoozed_until: datetime | None


class WorkIn(Window):
    """`mine`: what waits for me and is not set aside; `team`: all I oversee."""

    whose: Literal["mine", "watched", "snoozed", "team"] = "mine"


class SnoozeIn(RowsIn):
    until: AwareDatetime


@read(router, "/my-work", out=Page[WorkOut], permission=None)
def list_work(request: ApiRequest, narrow: Query[WorkIn]) -> Page[WorkOut]:
    """Deadlines I may know of, next first."""
    waiting = Waiting.on(request.actor)
    aside = dict(snoozing.snoozed(request.actor, request.at).values_list("clock__uid", "until")[:LIMIT])
    scopes = {
        "mine": waiting.mine() & ~Q(uid__in=list(aside)),
        "watched": waiting.theirs_to_watch(),
        "snoozed": Q(uid__in=list(aside)),
        "team": Q(),
    }
    rows = waiting.clocks().filter(scopes[narrow.whose]).select_related("responsible")
    return page(request, rows, narrow, lambda row: _work(row, aside), ("deadline", "id"))


@write(router, "/my-work/snooze", out=RowsOut, permission=None)
def snooze_work(request: ApiRequest, snooze: SnoozeIn) -> RowsOut:
    """Set deadlines aside until a moment. Clocks go on; what happens to the matter brings it back sooner."""
    return each(
        request, snooze.items, "clock_uid", lambda **given: snoozing.snooze(**given, until=snooze.until)
    )


@write(router, "/my-work/wake", out=RowsOut, permission=None)
def wake_work(request: ApiRequest, rows: RowsIn) -> RowsOut:
    """Bring deadlines back onto my list."""
    return each(request, rows.items, "clock_uid", snoozing.wake)


@write(router, "/my-work/nudge", out=RowsOut, permission=None)
def nudge_work(request: ApiRequest, rows: RowsIn) -> RowsOut:
    """Remind those whose move it is: once a day and matter. It is an entry in the register."""
    return each(request, rows.items, "clock_uid", nudging.nudge)


def _work(row: Clock, aside: dict[UUID, datetime]) -> WorkOut:
    return WorkOut(
        uid=row.uid,
        kind=row.kind,
        subject_type=row.subject_type,
        subject=row.subject_uid,
        state=row.state,
        started_at=row.started_at,
        deadline=row.deadline,
        article=row.article,
        responsible=row.responsible.uid if row.responsible else None,
        snoozed_until=aside.get(row.uid),
    )
