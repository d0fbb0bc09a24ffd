"""Questions that cases put to the rules: read them, answer them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Query
from pydantic import Field

from dingfen.api.frame import (
    ApiRequest,
    In,
    Out,
    Page,
    Router,
    Window,
    expected_version,
    one,
    page,
    read,
    write,
)
from dingfen.policies import reviewing
from dingfen.policies.review_rows import Review, ReviewCase

router = Router(tags=["policies"])


class ReviewOut(Out):
    """`article` is empty where no rule covered the cases, `pack` where no rule book was in force."""

    uid: UUID
    pack: str
    article: str
    state: str
    opened_at: datetime
    settled_at: datetime | None
    reason: str
    taken_up_in: UUID | None
    version: int


class ReviewCaseOut(Out):
    """`cause`: overturned, departure, not_covered, lesson. In `told` people are letters, never names."""

    cause: str
    kind: str
    case: UUID
    number: str
    policy: UUID | None
    told: dict[str, Any]
    text: str
    at: datetime


class ReviewWhole(ReviewOut):
    cases: list[ReviewCaseOut]


class AnswerReviewIn(In):
    """`taken_up_in`: the version that changes it; without one it stays, and `reason` says why."""

    taken_up_in: UUID | None = None
    reason: str = Field(default="", max_length=2000)


def _shown(row: Review) -> dict[str, Any]:
    return {
        "uid": row.uid,
        "pack": row.pack,
        "article": row.article,
        "state": row.state,
        "opened_at": row.opened_at,
        "settled_at": row.settled_at,
        "reason": row.reason,
        "taken_up_in": row.taken_up_in.uid if row.taken_up_in else None,
        "version": row.version,
    }


def _out(row: Review) -> ReviewOut:
    return ReviewOut(**_shown(row))


def _whole(row: Review) -> ReviewWhole:
    cases = row.cases.select_related("policy").order_by("-pk")
    return ReviewWhole(**_shown(row), cases=[_case(each) for each in cases])


def _case(row: ReviewCase) -> ReviewCaseOut:
    return ReviewCaseOut(
        cause=row.cause,
        kind=row.case_kind,
        case=row.case_uid,
        number=row.case_number,
        policy=row.policy.uid if row.policy else None,
        told=row.told,
        text=row.text,
        at=row.at,
    )


@read(router, "/policy-reviews", out=Page[ReviewOut], permission=reviewing.VIEW)
def list_reviews(request: ApiRequest, window: Query[Window]) -> Page[ReviewOut]:
    """What cases ask of the company's rules, newest first."""
    return page(request, reviewing.reviews(request.actor), window, _out)


@read(router, "/policy-reviews/{uid}", out=ReviewWhole, permission=reviewing.VIEW)
def get_review(request: ApiRequest, uid: UUID) -> ReviewWhole:
    """One question with its cases."""
    return _whole(one(reviewing.reviews(request.actor), uid=uid))


@write(
    router,
    "/policy-reviews/{uid}/answer",
    out=ReviewWhole,
    permission=reviewing.SETTLE,
    versioned=True,
)
def answer_review(request: ApiRequest, uid: UUID, answer: AnswerReviewIn) -> ReviewWhole:
    """Taken up in a version, or it stays as it is."""
    row = reviewing.settle(
        actor=request.actor,
        at=request.at,
        review_uid=uid,
        reason=answer.reason,
        taken_up_in=answer.taken_up_in,
        version=expected_version(request),
    )
    return _whole(row)
