"""What the operations on holds, deals and disputes take and give."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from dingfen.api.customer_schemas import CustomerIn
from dingfen.api.frame import In, Out, Window

Short = Annotated[str, Field(max_length=200)]
Scope = Annotated[str, Field(max_length=80)]
Prose = Annotated[str, Field(max_length=4000)]
State = Literal[
    "held",
    "lapsing",
    "disputed",
    "lapsed",
    "pooled",
    "cooling",
    "transferred",
    "won",
    "lost",
    "void",
    "with_head",
]
DisputeState = Literal[
    "raised",
    "evidence",
    "awaiting_ruling",
    "awaiting_joint",
    "ruled",
    "appealed",
    "final",
    "agreed",
    "withdrawn",
]


class CheckIn(In):
    """What is known of the customer; one field is enough. `scope`: product or project, where holds go by it."""

    name: Short = ""
    company_name: Short = ""
    phone: Short = ""
    email: Short = ""
    wechat: Short = ""
    plate: Short = ""
    vin: Short = ""
    credit_code: Short = ""
    scope: Scope = ""


class UnitBriefOut(Out):
    uid: UUID
    name: str
    name_en: str
    extension: str


class CandidateOut(Out):
    """`customer` only where the caller may know which it is (one's own, or held by nobody)."""

    sure: int
    reasons: list[str]
    state: Literal["mine", "held", "pool", "free"]
    unit: UnitBriefOut | None
    until: datetime | None
    customer: UUID | None


class RelatedOut(Out):
    """Somebody related to whom was asked for, and held. Never the same party; `reads` says what they are."""

    reads: str
    unit: UnitBriefOut
    until: datetime | None
    mine: bool


class CheckOut(Out):
    """`held` tells unit and date and nothing of the customer."""

    answer: Literal["free", "held", "possible", "mine"]
    sure: int
    until: datetime | None
    unit: UnitBriefOut | None
    reasons: list[str]
    article: str
    version: str
    customer: UUID | None
    candidates: list[CandidateOut]
    related: list[RelatedOut]


class NewCustomerIn(CustomerIn):
    """As when adding a customer; `confirm_possible` and `unit` are told beside it."""


class RegistrationIn(In):
    """A new `customer`, or `customer_uid` of a known one. `holder`: who will hold, if not the caller.

    `channel`: how the customer came; left out, the first touch of the day says so. `introduced_by`: the earlier
    customer who brought this one.
    """

    customer: NewCustomerIn | None = None
    customer_uid: UUID | None = None
    scope: Scope = ""
    holder: UUID | None = None
    occurred_at: AwareDatetime | None = None
    confirm_possible: bool = False
    reason: Short = ""
    channel: Literal["", "walk_in", "incoming_call", "online", "referral", "broker", "event"] = ""
    introduced_by: UUID | None = None


class RegistrationOut(Out):
    uid: UUID
    customer: UUID
    customer_number: str
    masked_name: str
    scope: str
    holder: UUID
    holder_name: str
    unit: UUID
    state: State
    registered_at: datetime
    protected_until: datetime | None
    follow_up_due: datetime | None
    last_effective_at: datetime | None
    ended_at: datetime | None
    end_reason: str
    channel: str
    stage: str
    stage_at: datetime | None
    renewals: list[datetime]
    agreed: Literal["", "open", "given"]
    version: int


class HoldingsIn(Window):
    """`state`: several with commas. `mine`: one's own holds only."""

    state: Annotated[str, Field(max_length=120)] = ""
    mine: bool = False


class ReleaseIn(In):
    reason: Annotated[str, Field(min_length=4, max_length=200)]


class VoidIn(In):
    reason: Annotated[str, Field(min_length=1, max_length=200)]


class TransferIn(In):
    to: UUID
    reason: Annotated[str, Field(min_length=1, max_length=200)]


class TenureOut(Out):
    """One person's time with a customer; `entry` and `end_entry` name the entries that prove it."""

    staff: UUID
    scope: str
    began_at: datetime
    how: Literal["registered", "taken", "assigned", "transferred", "handed_over", "ruled"]
    by: UUID
    entry: str
    ended_at: datetime | None
    ended_how: str
    article: str
    end_entry: str


class NotifyIn(In):
    customer_uid: UUID
    scope: Scope = ""


class DealIn(In):
    """`signer`: the caller when not given; `co_signers` share with the signer."""

    customer_uid: UUID
    scope: Scope = ""
    signer: UUID | None = None
    co_signers: Annotated[list[UUID], Field(max_length=20)] = []
    signed_at: AwareDatetime | None = None
    won: bool = True
    quantity: Annotated[int, Field(ge=1, le=100_000)] = 1
    amount: Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)] | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "CNY"
    reference: Annotated[str, Field(max_length=40)] = ""


class DealOut(Out):
    uid: UUID
    customer: UUID
    scope: str
    signer: UUID
    co_signers: list[UUID]
    won: bool
    signed_at: datetime
    delivered_at: datetime | None
    quantity: int
    amount: Decimal | None
    currency: str
    reference: str
    dispute: UUID | None


class DeliveryIn(In):
    delivered_at: AwareDatetime | None = None


class DisputeIn(In):
    """Name the thing by `deal`, by `customer_uid`, or by what was typed into the conflict check."""

    deal: UUID | None = None
    customer_uid: UUID | None = None
    check: CheckIn | None = None
    scope: Scope = ""
    claimant: UUID | None = None
    statement: Prose = ""


class DisputesIn(Window):
    """`state`: several with commas."""

    state: Annotated[str, Field(max_length=160)] = ""


class EvidenceOut(Out):
    kind: str
    entry_seq: int | None
    note: str


class ClaimOut(Out):
    uid: UUID
    claimant: UUID
    name: str
    unit: UUID
    made_at: datetime
    statement: str
    answered_at: datetime | None
    withdrawn_at: datetime | None
    evidence: list[EvidenceOut]


class DisputeRow(Out):
    uid: UUID
    number: str
    state: DisputeState
    origin: str
    customer: UUID
    masked_name: str
    scope: str
    deal: UUID | None
    registration: UUID | None
    opened_at: datetime
    closed_at: datetime | None
    decider_mode: str
    version: int


class ShareOut(Out):
    """`share` in hundredths of a per cent."""

    staff: UUID
    share: int


class EffectOut(Out):
    uid: UUID
    kind: str
    code: str
    article: str
    staff: UUID
    amount: Decimal | None
    currency: str
    share: Decimal | None
    measure: str
    state: Literal["pending", "due", "done", "reversed"]
    due_at: datetime | None
    done_at: datetime | None


class RulingOut(Out):
    """`replayed`: decided anew on the stored facts and policy, not one byte differs."""

    uid: UUID
    number: str
    stage: Literal["first", "final"]
    outcome: Literal["award", "split", "stands", "changed", "sent_back"]
    as_proposed: bool
    holder: UUID | None
    split: list[ShareOut]
    reason: str
    given_at: datetime
    appeal_until: datetime | None
    pack_digest: str
    entry_seq: int | None
    effects: list[EffectOut]
    replayed: bool


class DisputeOut(DisputeRow):
    """`proposed` is the proposal as the engine gave it, with its reasons; null before the evidence is closed."""

    claims: list[ClaimOut]
    proposed_at: datetime | None
    proposed: dict[str, Any] | None
    facts: dict[str, Any] | None
    rulings: list[RulingOut]
    may_rule: list[str]


class ClaimIn(In):
    statement: Prose = ""


class ExhibitIn(In):
    """An entry of the register by its `entry_seq`, or a `note` on a paper."""

    kind: Annotated[str, Field(pattern=r"^[a-z_]{1,24}$")] = "note"
    entry_seq: Annotated[int, Field(ge=0, lt=1 << 62)] | None = None
    note: Short = ""


class NoteIn(In):
    text: Annotated[str, Field(min_length=1, max_length=4000)]


class LessonIn(In):
    """`article`: one of the rule book that judges the case; empty: none of them covers it."""

    text: Annotated[str, Field(min_length=10, max_length=2000)]
    article: Annotated[str, Field(max_length=40)] = ""


class NoteOut(Out):
    uid: UUID
    author: UUID
    at: datetime
    text: str


class AnswerIn(In):
    statement: Annotated[str, Field(min_length=1, max_length=4000)]
    evidence: Annotated[list[ExhibitIn], Field(max_length=50)] = []


class ShareIn(In):
    """`share` in per cent."""

    staff: UUID
    share: Annotated[Decimal, Field(ge=0, le=100, decimal_places=2)]


class TermsIn(In):
    """Who holds, and the split (empty: all to the holder)."""

    holder: UUID
    split: Annotated[list[ShareIn], Field(max_length=20)] = []


class ConfirmIn(In):
    note: Annotated[str, Field(max_length=2000)] = ""


class OtherwiseIn(TermsIn):
    reason: Annotated[str, Field(min_length=1, max_length=2000)]


class FindingIn(In):
    """`claim`: whose claim it is about; none for the case."""

    fact: Annotated[str, Field(max_length=60)]
    value: bool | int | float
    reason: Annotated[str, Field(min_length=1, max_length=2000)]
    claim: UUID | None = None


class AppealIn(In):
    grounds: Annotated[str, Field(min_length=1, max_length=4000)]


class FinalIn(In):
    """`holder` and `split` only with `changed`."""

    outcome: Literal["stands", "changed", "sent_back"]
    reason: Annotated[str, Field(min_length=1, max_length=4000)]
    holder: UUID | None = None
    split: Annotated[list[ShareIn], Field(max_length=20)] = []
