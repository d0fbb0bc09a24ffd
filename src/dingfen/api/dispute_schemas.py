"""What the operations on disputes take and give."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from dingfen.api.frame import In, Out, Window
from dingfen.api.ownership_schemas import CheckIn, Prose, Scope, Short

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


class TakeoverIn(In):
    """The colleague who speaks for the claim from now on."""

    to: UUID
    reason: Annotated[str, Field(min_length=4, max_length=200)]


class TakeoverOut(Out):
    """`earlier` made the claim, or spoke for it until `at`; `later` does since."""

    earlier: UUID
    later: UUID
    at: datetime


class ClaimOut(Out):
    uid: UUID
    claimant: UUID
    name: str
    unit: UUID
    made_at: datetime
    statement: str
    answered_at: datetime | None
    withdrawn_at: datetime | None
    taken_over: list[TakeoverOut]
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
