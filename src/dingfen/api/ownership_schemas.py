"""What the operations on holds and deals take and give."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal
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


class PoolIn(Window):
    """`state`, `grade`: several with commas. `scope`: part of its name. `days` in the pool: 0–7, 8–30, more."""

    state: Annotated[str, Field(max_length=60)] = ""
    grade: Annotated[str, Field(max_length=20)] = ""
    scope: Scope = ""
    days: Literal["", "7", "30", "more"] = ""


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


class DealsIn(Window):
    won: bool | None = None
    delivered: bool | None = None
    mine: bool = False
    signed_from: AwareDatetime | None = None
    signed_before: AwareDatetime | None = None


class DeliveryIn(In):
    delivered_at: AwareDatetime | None = None
