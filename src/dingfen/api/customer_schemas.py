"""What the operations on customers take and give."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from dingfen.api.frame import In, Out, Window

Grade = Literal["", "H", "A", "B", "C"]
Kind = Literal["person", "company"]
Short = Annotated[str, Field(max_length=200)]
Name = Annotated[str, Field(max_length=80)]
Text = Annotated[str, Field(max_length=2000)]
Some = Annotated[list[Short], Field(max_length=20)]


class CustomerRow(Out):
    """A customer in a list: the number is masked, the name is there for who may see the customer."""

    uid: UUID
    number: str
    kind: Kind
    name: str
    masked_phone: str
    grade: str
    source: str
    unit: UUID
    created_at: datetime
    last_touch_at: datetime | None
    merged_into: UUID | None
    version: int


class IdentifierOut(Out):
    uid: UUID
    kind: str
    masked: str
    shared: bool
    void_reason: str


Chain = Literal["", "decider", "influencer", "user", "payer", "gatekeeper"]
RelationKind = Literal[
    "spouse", "parent", "household", "parent_company", "head_office", "firm_group", "introducer"
]


class CardOut(Out):
    """What the rules want on the card; all empty and 100 where none apply. `due`: still owed by then."""

    percent: int
    missing: list[str]
    article: str
    due: datetime | None
    late: bool


class ContactOut(Out):
    uid: UUID
    name: str
    title: str
    rank: int
    chain: Chain
    masked_phone: str


class CustomerOut(CustomerRow):
    """The customer card. `profile` holds what is known beside the name."""

    employer: str
    latin_name: str
    profile: dict[str, str]
    identifiers: list[IdentifierOut]
    contacts: list[ContactOut]
    card: CardOut


class CustomerIn(In):
    """`unit`: whose customer it becomes (default: one's own unit). A phone may hold several numbers."""

    name: Name
    kind: Kind = "person"
    employer: Name = ""
    contact_name: Name = ""
    latin_name: Name = ""
    phones: Some = []
    emails: Some = []
    wechats: Some = []
    plates: Some = []
    vins: Some = []
    credit_codes: Some = []
    grade: Grade = ""
    source: Literal["", "walk_in", "call", "web", "referral", "event", "other"] = ""
    profile: dict[str, Text] = {}
    unit: UUID | None = None
    confirm_possible: bool = False


class CorrectionIn(In):
    """Only what is given is changed. `profile` keys: need, budget, organisation, decision_process …"""

    name: Name | None = None
    employer: Name | None = None
    latin_name: Name | None = None
    grade: Grade | None = None
    source: Literal["", "walk_in", "call", "web", "referral", "event", "other"] | None = None
    profile: dict[str, Text] = {}


class IdentifierIn(In):
    kind: Literal["phone", "email", "wechat", "plate", "vin", "credit_code"]
    value: Short


class ContactIn(In):
    name: Name
    title: Annotated[str, Field(max_length=60)] = ""
    rank: Annotated[int, Field(ge=0, le=5)] = 0
    chain: Chain = ""
    phone: Short = ""


class ChainIn(In):
    """A contact's part in the decision; empty: not known."""

    chain: Chain


class ContactMoveIn(In):
    """The contact now works at the customer `to`."""

    to: UUID
    title: Annotated[str, Field(max_length=60)] = ""
    rank: Annotated[int, Field(ge=0, le=5)] = 0


class RelationIn(In):
    """The customer of the address is the spouse, parent, parent company … of `other`, or introduced it."""

    other: UUID
    kind: RelationKind
    starts_on: date | None = None


class EndIn(In):
    """Empty: over since today."""

    ends_on: date | None = None


class RelationOut(Out):
    """`reads`: what the other customer is to this one, in words."""

    uid: UUID
    kind: RelationKind
    one: UUID
    other: UUID
    reads: str
    starts_on: date | None
    ends_on: date | None


class ReasonIn(In):
    reason: Annotated[str, Field(min_length=1, max_length=200)]


class RevealIn(In):
    reason: Literal["contact", "dispute", "complaint", "correction", "authority"]


class RevealOut(Out):
    value: str


Met = Literal[
    "customer",
    "immediate_family",
    "spouse",
    "parent",
    "child",
    "relative",
    "companion",
    "contact",
    "other",
]


class TouchIn(In):
    """A touch. `notify_holder`: tell at once whoever holds the customer (A6).

    `asked_for`: the colleague the customer asked for by name, who is told of it.
    """

    kind: Literal["walk_in", "call", "outgoing", "visit", "message", "meeting"]
    occurred_at: AwareDatetime | None = None
    reached: bool = True
    met: Met = "customer"
    contact: UUID | None = None
    scope: Name = ""
    card: bool = False
    contact_rank: Annotated[int, Field(ge=0, le=5)] | None = None
    minutes: Annotated[int, Field(ge=0, le=1440)] | None = None
    note: Text = ""
    notify_holder: bool = False
    asked_for: UUID | None = None


class TouchCorrectionIn(In):
    """What is given replaces what the corrected touch said; the rest is taken over. `received_by`: who was there."""

    received_by: UUID | None = None
    occurred_at: AwareDatetime | None = None
    reached: bool | None = None
    met: Met | None = None
    minutes: Annotated[int, Field(ge=0, le=1440)] | None = None
    note: Text | None = None


class TouchOut(Out):
    uid: UUID
    kind: str
    staff: UUID
    staff_name: str
    unit: UUID
    occurred_at: datetime
    recorded_at: datetime
    reached: bool
    met: str
    contact: UUID | None
    scope: str
    facts: dict[str, Any]
    note: str
    corrects: UUID | None
    corrected: bool


class TouchesOut(Out):
    """`next`: give it as `before` to go on; null at the end."""

    items: list[TouchOut]
    next: UUID | None


class MergeIn(ReasonIn):
    """`gone`: the customer that counts as this one from now on."""

    gone: UUID


class MergeOut(Out):
    uid: UUID
    kept: UUID
    gone: UUID
    merged_at: datetime
    undone_at: datetime | None


class EraseIn(In):
    confirm_number: Annotated[str, Field(max_length=20)]
    reason: Literal["asked", "retention", "wrong"]


class SearchIn(In):
    """`before`: the `place` of the last hit, to go on."""

    q: Annotated[str, Field(min_length=1, max_length=100)]
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    before: Annotated[int, Field(ge=1, lt=2**62)] | None = None


class HitOut(Out):
    kind: str
    uid: UUID
    number: str
    title: str
    detail: str
    place: int


class Narrow(Window):
    """What part of the customers: `q` searches, `order` sorts."""

    q: Annotated[str, Field(max_length=100)] = ""
    kind: Kind | None = None
    grade: Grade | None = None
    touched_before: AwareDatetime | None = None
    order: Literal["newest", "oldest", "number"] = "newest"
