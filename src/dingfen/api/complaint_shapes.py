"""What the operations on complaints give: the row of the queue and the parts of a record."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from dingfen.api.evidence import FileOut
from dingfen.api.frame import Out


class DueOut(Out):
    """A deadline; `kind` names the event that ends it. `moved`: why and by whom its date was changed."""

    uid: UUID
    kind: str
    state: str
    started_at: datetime
    deadline: datetime
    ended_at: datetime | None
    article: str
    responsible: UUID | None
    pause_reason: str
    may_pause_for: list[str] = []
    moved: list[MovedOut] = []


class MovedOut(Out):
    at: datetime
    kind: str
    actor_uid: UUID
    reason: str
    deadline: datetime


class ComplaintRow(Out):
    """`due`: the next deadline of the complaint itself."""

    uid: UUID
    number: str
    state: str
    channel: str
    received_at: datetime
    recorded_at: datetime
    closed_at: datetime | None
    masked_name: str
    masked_phone: str
    contact: str
    customer: UUID | None
    unit: UUID
    handler: UUID | None
    klass: str
    level: str
    urgency: str
    sensitivity: list[str]
    vulnerable: bool
    product: str
    amount: Decimal | None
    currency: str
    reopened: int
    merged_into: UUID | None
    held_at: datetime | None
    version: int
    due: DueOut | None = None


class LikelyOut(Out):
    """Another complaint of the same customer. `kind`: duplicate (open, in like words), repeat (closed, in like
    words) or earlier (another matter); `alike`: 0 to 1."""

    uid: UUID
    number: str
    state: str
    kind: str
    alike: float


class PossibleOut(Out):
    """A customer it may belong to; a person links it. `sure`: 0 to 1."""

    uid: UUID
    masked_name: str
    sure: float
    reasons: list[str]


class IntakeOut(ComplaintRow):
    """`created` is false when the message had come before. `possible`: where the matcher is not sure."""

    created: bool
    message: UUID
    likely: list[LikelyOut]
    possible: list[PossibleOut]


class IssueOut(Out):
    uid: UUID
    number: int
    state: str
    title: str
    told: str
    klass: str
    finding: str
    facts: str
    grounds: str
    ended: str
    responsible_unit: UUID | None
    responsible: UUID | None
    listed_at: datetime
    found_at: datetime | None
    found_by: UUID | None
    ended_at: datetime | None


class MessageOut(Out):
    """`direction`: in, out or correction (`corrects` names the one put right, which stays)."""

    uid: UUID
    direction: str
    channel: str
    at: datetime
    recorded_at: datetime
    author: UUID | None
    subject: str
    text: str
    corrects: UUID | None
    sent_state: str
    files: list[FileOut]


class InternalNoteOut(Out):
    uid: UUID
    author: UUID
    at: datetime
    text: str


class InquiryOut(Out):
    """`complaint` is null for who is asked but does not see it."""

    uid: UUID
    complaint: UUID | None
    issue: UUID | None
    kind: str
    state: str
    asked: UUID
    asked_by: UUID
    asked_at: datetime
    due_at: datetime
    answered_at: datetime | None
    question: str
    answer: str


class CustodyOut(Out):
    act: str
    at: datetime
    by: UUID
    to: UUID | None
    place: str
    purpose: str


class ThingOut(Out):
    """A piece of evidence with its custody log."""

    uid: UUID
    issue: UUID | None
    kind: str
    what: str
    place: str
    file: FileOut | None
    collected_at: datetime
    collected_by: UUID
    custody: list[CustodyOut]


class InvolvedOut(Out):
    staff: UUID
    name: str
    part: str
    added_at: datetime


class InterestOut(Out):
    staff: UUID
    at: datetime
    conflicted: bool
    relation: str


class ProposalOut(Out):
    """`mark`: its number before the customer. `approver`: the lowest role that may approve."""

    uid: UUID
    mark: int
    issues: list[UUID]
    remedy: str
    what: str
    pros: list[str]
    cons: list[str]
    amount: Decimal | None
    currency: str
    deliver_by: datetime
    deliverer: UUID
    state: str
    approver: str
    four_eyes: bool
    article: str
    proposed_by: UUID
    proposed_at: datetime
    approved_by: UUID | None
    approved_at: datetime | None
    offered_at: datetime | None
    answer_by: datetime | None
    answered_at: datetime | None
    answered_via: str
    answer: str
    sent_back: str
    delivered_at: datetime | None
    proof: str


class PromiseOut(Out):
    uid: UUID
    proposal: UUID | None
    staff: UUID
    what: str
    made_at: datetime
    due_at: datetime
    state: str
    ended_at: datetime | None
    proof: str


class StretchOut(Out):
    """A pause, or an extension asked for. It counts in figures only when the customer was told."""

    uid: UUID
    clock: UUID
    kind: str
    reason: str
    at: datetime
    by: UUID
    approved_by: UUID | None
    approved_at: datetime | None
    refused_at: datetime | None
    old_deadline: datetime
    new_deadline: datetime | None
    until: datetime | None
    ended_at: datetime | None
    told_at: datetime | None
    told_via: str
    article: str
    proof: str


class StepOut(Out):
    """A step of the pack's ladder as it stands. `why` it is not open; `missing`: what is."""

    id: str
    title: dict[str, str]
    kind: str
    state: str
    why: str
    missing: list[str]
    until: datetime | None
    answer_by: datetime | None
    bodies: list[dict[str, str]]
    papers: list[dict[str, str]]
    article: str


class SessionOut(Out):
    uid: UUID
    at: datetime
    agreed: bool
    signed: bool
    read_back: bool
    no_interest: bool
    minutes: dict[str, str]


class TakenOut(Out):
    """A step of the ladder that was taken."""

    uid: UUID
    step: str
    kind: str
    body: str
    reason: str
    started_at: datetime
    started_by: UUID | None
    answer_by: datetime | None
    ended_at: datetime | None
    outcome: str
    text: str
    article: str
    sessions: list[SessionOut]


class CallBackOut(Out):
    uid: UUID
    via: str
    at: datetime
    by: UUID | None
    fixed: str
    handling: int | None
    outcome: int | None
    text: str


class ActionOut(Out):
    """A corrective action. `complaint` is null for who is responsible for it but does not see that."""

    uid: UUID
    number: str
    complaint: UUID | None
    cause: str
    why: str
    what: str
    owner: UUID
    state: str
    due_at: datetime
    check_at: datetime
    added_at: datetime
    added_by: UUID
    done_at: datetime | None
    report: str
    checked_at: datetime | None
    checked_by: UUID | None
    found: str
