"""Answers to frequent questions: proposed, approved by a second person, reviewed, retired."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Query
from pydantic import Field

from dingfen.api.frame import ApiRequest, In, Out, Page, Router, Window, page, read, write
from dingfen.complaints.actions import questions
from dingfen.complaints.models import Question

router = Router(tags=["complaints"])


class QuestionOut(Out):
    """`yes` and `no`: how often somebody on the public page said that it helped, or did not."""

    uid: UUID
    unit: UUID
    language: str
    question: str
    answer: str
    state: str
    proposed_by: UUID
    proposed_at: datetime
    approved_by: UUID | None
    approved_at: datetime | None
    valid_from: date
    valid_until: date | None
    review_by: date
    yes: int
    no: int


class QuestionIn(In):
    """`review_by`: the day by which it is looked at again, or no longer shown."""

    unit: UUID
    language: Literal["zh-hans", "en"]
    question: Annotated[str, Field(min_length=1, max_length=120)]
    answer: Annotated[str, Field(min_length=1, max_length=2000)]
    review_by: date
    valid_from: date | None = None
    valid_until: date | None = None


class ApprovalIn(In):
    review_by: date | None = None


@read(router, "/questions", out=Page[QuestionOut], permission="complaint.view")
def list_questions(request: ApiRequest, narrow: Query[Window]) -> Page[QuestionOut]:
    """All of the company, newest first."""
    rows = Question.objects.visible_to(request.actor).select_related("unit", "proposed_by", "approved_by")
    return page(request, rows, narrow, _out)


@write(router, "/questions", out=QuestionOut, permission="complaint.handle", status=201)
def propose_question(request: ApiRequest, question: QuestionIn) -> QuestionOut:
    """Propose an answer; it is shown once a second person has approved it."""
    told = question.model_dump()
    return _out(questions.propose(actor=request.actor, at=request.at, unit_uid=told.pop("unit"), **told))


@write(router, "/questions/{uid}/approve", out=QuestionOut, permission="complaint.approve")
def approve_question(request: ApiRequest, uid: UUID, approval: ApprovalIn) -> QuestionOut:
    """Approve it, or say after a review that it holds until another day."""
    return _out(
        questions.approve(actor=request.actor, at=request.at, question_uid=uid, review_by=approval.review_by)
    )


@write(router, "/questions/{uid}/retire", out=QuestionOut, permission="complaint.handle")
def retire_question(request: ApiRequest, uid: UUID) -> QuestionOut:
    """Show it no more."""
    return _out(questions.retire(actor=request.actor, at=request.at, question_uid=uid))


def _out(row: Question) -> QuestionOut:
    return QuestionOut(
        uid=row.uid, unit=row.unit.uid, language=row.language, question=row.question, answer=row.answer,
        state=row.state, proposed_by=row.proposed_by.uid, proposed_at=row.proposed_at,
        approved_by=row.approved_by.uid if row.approved_by else None, approved_at=row.approved_at,
        valid_from=row.valid_from, valid_until=row.valid_until, review_by=row.review_by,
        yes=row.yes, no=row.no,
    )  # fmt: skip
