"""What the operations give of a complaint as a whole: its record and its history."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from dingfen.api.complaint_shapes import (
    ActionOut,
    CallBackOut,
    ComplaintRow,
    DueOut,
    InquiryOut,
    InterestOut,
    InternalNoteOut,
    InvolvedOut,
    IssueOut,
    LikelyOut,
    MessageOut,
    PromiseOut,
    ProposalOut,
    StepOut,
    StretchOut,
    TakenOut,
    ThingOut,
)
from dingfen.api.frame import Out


class ReferenceOut(Out):
    body: str
    number: str


class LinkOut(Out):
    """`kind`: repeat, related, came_from."""

    kind: str
    uid: UUID
    number: str


class GradeOut(Out):
    """What the rules suggest; `could_be`: what a fact not known yet could raise it to."""

    level: str
    urgency: str
    sensitivity: list[str]
    articles: list[str]
    could_be: str


class MergedOut(Out):
    """A complaint that went on in this one, with what was said in it."""

    uid: UUID
    number: str
    messages: list[MessageOut]


class ComplaintOut(ComplaintRow):
    """The whole record. Words are empty once the customer was erased."""

    occurred_at: datetime | None
    receiver: UUID | None
    complainant: dict[str, str]
    representatives: list[dict[str, str]]
    people: int
    remedy: str
    place: str
    recording: str
    order_number: str
    done_at_once: str
    language: str
    stated: dict[str, bool]
    hold_reason: str
    retain_until: date | None
    first_answer_at: datetime | None
    decided_at: datetime | None
    policy: str
    suggested: GradeOut | None
    references: list[ReferenceOut]
    links: list[LinkOut]
    likely: list[LikelyOut]
    involved: list[InvolvedOut]
    interests: list[InterestOut]
    issues: list[IssueOut]
    messages: list[MessageOut]
    merged: list[MergedOut]
    notes: list[InternalNoteOut]
    clocks: list[DueOut]
    stretches: list[StretchOut]
    inquiries: list[InquiryOut]
    evidence: list[ThingOut]
    proposals: list[ProposalOut]
    promises: list[PromiseOut]
    steps: list[StepOut]
    ladder: list[TakenOut]
    call_backs: list[CallBackOut]
    corrective_actions: list[ActionOut]


class DoneOut(Out):
    """One thing that happened to a complaint; `entry`: its name in the register, where it can be proved."""

    entry: str
    kind: str
    actor: UUID
    occurred_at: datetime
    recorded_at: datetime
    facts: dict[str, Any]
