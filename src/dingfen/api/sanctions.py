"""Sanctions against staff: proposed, heard, decided, appealed; seen by whom they concern."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from django.conf import settings
from ninja import File, Query
from ninja.files import UploadedFile
from pydantic import Field

from dingfen.api.evidence import FileOut
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
from dingfen.cases.models import Attachment
from dingfen.filetypes import refuse
from dingfen.ownership import actions
from dingfen.ownership.sanction_rows import Sanction

router = Router(tags=["sanctions"])
RELATED = ("case", "staff", "accuser", "decided_by", "final_by", "dispute__case")
Prose = Annotated[str, Field(min_length=1, max_length=4000)]
Measure = Literal["warning", "fine", "suspension", "loss_of_claim", "dismissal"]


class SanctionRow(Out):
    uid: UUID
    number: str
    state: Literal["hearing", "deciding", "decided", "appealed", "final"]
    staff: UUID
    code: str
    article: str
    measure: str
    amount: Decimal | None
    currency: str
    days: int | None
    repetition: int
    outcome: Literal["", "imposed", "milder", "none"]
    opened_at: datetime
    version: int


class SanctionOut(SanctionRow):
    """`from_on` and `until_on`: the days of a suspension, both included; in force once final."""

    dispute: UUID | None
    accuser: UUID | None
    grounds: str
    answer_by: datetime | None
    answer: str
    answered_at: datetime | None
    decided_measure: str
    decided_amount: Decimal | None
    from_on: date | None
    until_on: date | None
    reason: str
    decided_by: UUID | None
    decided_at: datetime | None
    appeal_until: datetime | None
    appeal_grounds: str
    appealed_at: datetime | None
    final_reason: str
    final_at: datetime | None
    files: list[FileOut]


class SanctionIn(In):
    """`duty`: a duty to tell the holder that was missed; who, by which rule and what happened may then be left out."""

    staff: UUID | None = None
    code: Annotated[str, Field(max_length=60)] = ""
    grounds: Prose = ""
    dispute: UUID | None = None
    duty: UUID | None = None


class SanctionAnswerIn(In):
    answer: Prose


class SanctionAppealIn(In):
    grounds: Prose


class DecisionIn(In):
    """`measure` for `milder` and where the rule leaves it to the head; `amount`, `days`, `from_on` with it."""

    outcome: Literal["imposed", "milder", "none"]
    reason: Annotated[str, Field(min_length=1, max_length=2000)]
    measure: Measure | Literal[""] = ""
    amount: Annotated[Decimal, Field(gt=0, max_digits=14, decimal_places=2)] | None = None
    days: Annotated[int, Field(ge=1, le=366)] | None = None
    from_on: date | None = None


class FinalDecisionIn(DecisionIn):
    outcome: Literal["stands", "milder", "none"]  # type: ignore[assignment]


def _row(row: Sanction) -> dict[str, Any]:
    plain = (
        "state",
        "code",
        "article",
        "measure",
        "amount",
        "currency",
        "days",
        "repetition",
        "outcome",
        "version",
    )
    return {name: getattr(row, name) for name in plain} | {
        "uid": row.case.uid,
        "number": row.case.number,
        "staff": row.staff.uid,
        "opened_at": row.case.opened_at,
    }


def _shown(request: ApiRequest, uid: UUID) -> SanctionOut:
    row = one(Sanction.objects.visible_to(request.actor).select_related(*RELATED), case__uid=uid)
    plain = (
        "grounds", "answer_by", "answer", "answered_at", "decided_measure", "decided_amount", "from_on", "until_on",
        "reason", "decided_at", "appeal_until", "appeal_grounds", "appealed_at", "final_reason", "final_at",
    )  # fmt: skip
    return SanctionOut(
        **_row(row),
        **{name: getattr(row, name) for name in plain},
        dispute=row.dispute.case.uid if row.dispute else None,
        accuser=row.accuser.uid if row.accuser else None,
        decided_by=row.decided_by.uid if row.decided_by else None,
        files=[FileOut.model_validate(file) for file in row.case.attachments.order_by("pk")],
    )


class SanctionsIn(Window):
    state: Annotated[str, Field(max_length=12)] = ""


@read(router, "/sanctions", out=Page[SanctionRow], permission="sanction.view")
def list_sanctions(request: ApiRequest, narrow: Query[SanctionsIn]) -> Page[SanctionRow]:
    """Sanctions that concern one, or that one may decide or oversee; newest first."""
    rows = Sanction.objects.visible_to(request.actor).select_related("case", "staff")
    if narrow.state:
        rows = rows.filter(state=narrow.state)
    return page(request, rows, narrow, lambda row: SanctionRow(**_row(row)), ("-case_id",))


@read(router, "/sanctions/{uid}", out=SanctionOut, permission="sanction.view")
def get_sanction(request: ApiRequest, uid: UUID) -> SanctionOut:
    return _shown(request, uid)


@write(router, "/sanctions", out=SanctionOut, permission="sanction.propose", status=201)
def propose_sanction(request: ApiRequest, sanction: SanctionIn) -> SanctionOut:
    """Propose one of the policy's sanctions; the person is heard first, somebody else decides."""
    made = actions.propose_sanction(
        actor=request.actor,
        at=request.at,
        staff=sanction.staff,
        code=sanction.code,
        grounds=sanction.grounds,
        dispute_uid=sanction.dispute,
        duty_uid=sanction.duty,
    )
    return _shown(request, made.case.uid)


@write(router, "/sanctions/{uid}/answer", out=SanctionOut, permission="sanction.view")
def answer_sanction(request: ApiRequest, uid: UUID, given: SanctionAnswerIn) -> SanctionOut:
    """The answer of the person concerned."""
    actions.answer_sanction(actor=request.actor, at=request.at, sanction_uid=uid, answer=given.answer)
    return _shown(request, uid)


@write(router, "/sanctions/{uid}/files", out=FileOut, permission="sanction.view", status=201)
def add_sanction_file(request: ApiRequest, uid: UUID, file: File[UploadedFile]) -> Attachment:
    """A file by the person concerned or by who proposed it."""
    if (file.size or 0) > settings.ATTACHMENT_LIMIT:
        raise refuse("attachment.too_large", limit=settings.ATTACHMENT_LIMIT >> 20)
    given = actions.File(file.name or "file", file.read())
    return actions.attach_to_sanction(actor=request.actor, at=request.at, sanction_uid=uid, file=given)


@write(router, "/sanctions/{uid}/decide", out=SanctionOut, permission="sanction.decide", versioned=True)
def decide_sanction(request: ApiRequest, uid: UUID, decision: DecisionIn) -> SanctionOut:
    """Impose, impose something milder, or nothing."""
    actions.decide_sanction(
        actor=request.actor,
        at=request.at,
        sanction_uid=uid,
        version=expected_version(request),
        **decision.model_dump(),
    )
    return _shown(request, uid)


@write(router, "/sanctions/{uid}/appeal", out=SanctionOut, permission="sanction.view")
def appeal_sanction(request: ApiRequest, uid: UUID, given: SanctionAppealIn) -> SanctionOut:
    actions.appeal_sanction(actor=request.actor, at=request.at, sanction_uid=uid, grounds=given.grounds)
    return _shown(request, uid)


@write(router, "/sanctions/{uid}/final", out=SanctionOut, permission="sanction.decide", versioned=True)
def settle_sanction_appeal(request: ApiRequest, uid: UUID, decision: FinalDecisionIn) -> SanctionOut:
    """The general manager's answer to the appeal."""
    actions.settle_sanction_appeal(
        actor=request.actor,
        at=request.at,
        sanction_uid=uid,
        version=expected_version(request),
        **decision.model_dump(),
    )
    return _shown(request, uid)
