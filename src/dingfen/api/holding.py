"""The life of a hold beside the hold itself: prior communication."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from django.db.models import QuerySet
from ninja import Query
from pydantic import Field

from dingfen.api.chosen import chosen
from dingfen.api.frame import ApiRequest, In, Out, Page, Router, Window, page, read, write
from dingfen.ownership import actions
from dingfen.ownership.holding_rows import TellDuty
from dingfen.problems import missing

router = Router(tags=["ownership"])
Prose = Annotated[str, Field(max_length=2000)]


class MeasureOut(Out):
    """What the rules propose on a breach; a person decides."""

    sanction: str
    article: str
    measure: str
    amount: str | None
    currency: str


class TellDutyOut(Out):
    uid: UUID
    registration: UUID
    customer: UUID
    customer_number: str
    masked_name: str
    receiver: UUID
    holder: UUID
    state: Literal["open", "told", "late", "breached", "ended"]
    arose_at: datetime
    due_at: datetime
    told_at: datetime | None
    how: Literal["", "system", "phone", "away"]
    note_due_at: datetime | None
    noted_at: datetime | None
    note_missed: bool
    answer: Literal["", "told", "not_told"]
    answered_at: datetime | None
    ended_at: datetime | None
    ended_why: Literal["", "dispute", "hold", "mistaken"]
    article: str
    measures: list[MeasureOut]


class DutiesIn(Window):
    """`state`: several with commas. `mine`: those one owes oneself."""

    state: Annotated[str, Field(max_length=60)] = ""
    mine: bool = False


class TellIn(In):
    """`how`: by message here, by phone (with a note), or the holder is away (head and holder are told)."""

    how: Literal["system", "phone", "away"] = "system"
    note: Prose = ""


class TalkNoteIn(In):
    note: Annotated[str, Field(min_length=1, max_length=2000)]


class ToldAnswerIn(In):
    told: bool
    note: Prose = ""


def _duty(row: TellDuty) -> TellDutyOut:
    held = row.registration
    return TellDutyOut(
        uid=row.uid,
        registration=held.uid,
        customer=held.customer.uid,
        customer_number=held.customer.number,
        masked_name=held.customer.masked_name,
        receiver=row.receiver.uid,
        holder=row.holder.uid,
        state=row.state,
        arose_at=row.arose_at,
        due_at=row.due_at,
        told_at=row.told_at,
        how=row.how,
        note_due_at=row.note_due_at,
        noted_at=row.noted_at,
        note_missed=row.note_missed,
        answer=row.answer,
        answered_at=row.answered_at,
        ended_at=row.ended_at,
        ended_why=row.ended_why,
        article=row.article,
        measures=[MeasureOut(**one) for one in row.measures],
    )


def _duties(request: ApiRequest) -> QuerySet[TellDuty]:
    return TellDuty.objects.visible_to(request.actor).select_related(
        "registration__customer", "receiver", "holder"
    )


@read(router, "/tell-duties", out=Page[TellDutyOut], permission="customer.view")
def list_tell_duties(request: ApiRequest, narrow: Query[DutiesIn]) -> Page[TellDutyOut]:
    """Duties of prior communication one may know of, newest first."""
    rows = _duties(request)
    if states := chosen(narrow.state, TellDuty.State.values):
        rows = rows.filter(state__in=states)
    if narrow.mine:
        rows = rows.filter(receiver_id=request.actor.staff_id)
    return page(request, rows, narrow, _duty)


@read(router, "/tell-duties/{uid}", out=TellDutyOut, permission="customer.view")
def get_tell_duty(request: ApiRequest, uid: UUID) -> TellDutyOut:
    found = _duties(request).filter(uid=uid).first()
    if found is None:
        raise missing()
    return _duty(found)


@write(router, "/tell-duties/{uid}/tell", out=TellDutyOut, permission="touch.record")
def tell_holder(request: ApiRequest, uid: UUID, told: TellIn) -> TellDutyOut:
    """The receiver tells the holder; 409 `duty.told` when it is done already."""
    return _duty(
        actions.tell_holder(actor=request.actor, at=request.at, duty_uid=uid, how=told.how, note=told.note)
    )


@write(router, "/tell-duties/{uid}/note", out=TellDutyOut, permission="touch.record")
def note_talk(request: ApiRequest, uid: UUID, noted: TalkNoteIn) -> TellDutyOut:
    """Note what was talked about; owed the same day when the holder was away."""
    return _duty(actions.note_talk(actor=request.actor, at=request.at, duty_uid=uid, note=noted.note))


@write(router, "/tell-duties/{uid}/answer", out=TellDutyOut, permission="touch.record")
def answer_told(request: ApiRequest, uid: UUID, answer: ToldAnswerIn) -> TellDutyOut:
    """The holder says whether they were told; once."""
    return _duty(
        actions.answer_told(
            actor=request.actor, at=request.at, duty_uid=uid, told=answer.told, note=answer.note
        )
    )
