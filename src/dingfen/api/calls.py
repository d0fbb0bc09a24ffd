"""Calls the switchboard told of (it tells them at its door, `/hooks/…`), and what was said in them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from ninja import Query
from pydantic import Field

from dingfen.api.frame import ApiRequest, In, Out, Page, Router, Window, page, read, write
from dingfen.channels.models import PhoneCall
from dingfen.complaints.actions.calling import add_call

router = Router(tags=["complaints"])


class CallOut(Out):
    """A call; the number is masked, `case` the complaint it was put to. `state`: ringing, answered, ended, missed."""

    uid: UUID
    state: str
    number: str
    called: str
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    case: UUID | None
    taken_by: UUID | None


class CallSaidIn(In):
    """What was said, and the complaint it belongs to."""

    case: UUID
    text: Annotated[str, Field(min_length=1, max_length=20_000)]


class CallSaidOut(Out):
    message: UUID
    created: bool


@read(router, "/calls", out=Page[CallOut], permission="complaint.receive")
def list_calls(request: ApiRequest, narrow: Query[Window]) -> Page[CallOut]:
    """The calls of the company, newest first."""
    rows = PhoneCall.objects.visible_to(request.actor).select_related("taken_by")
    return page(request, rows, narrow, _out)


@write(router, "/calls/{uid}/messages", out=CallSaidOut, permission="complaint.receive", status=201)
def add_call_message(request: ApiRequest, uid: UUID, said: CallSaidIn) -> CallSaidOut:
    """Note what was said of an open complaint in a call; twice, it is one message."""
    message, created = add_call(
        actor=request.actor, at=request.at, call_uid=uid, case_uid=said.case, text=said.text
    )
    return CallSaidOut(message=message.uid, created=created)


def _out(row: PhoneCall) -> CallOut:
    return CallOut(
        uid=row.uid, state=row.state, number=row.masked, called=row.called, started_at=row.started_at,
        answered_at=row.answered_at, ended_at=row.ended_at, case=row.case_uid,
        taken_by=row.taken_by.uid if row.taken_by else None,
    )  # fmt: skip
