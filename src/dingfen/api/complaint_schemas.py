"""What the operations on complaints take. Moments carry their zone; sums are text or numbers, as 600.50."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from dingfen.api.complaint_people import ComplainantIn, RepresentativeIn
from dingfen.api.frame import In, Window
from dingfen.api.ownership_schemas import Prose, Short

Words = Annotated[str, Field(max_length=20_000)]
Line = Annotated[str, Field(max_length=200)]
Code = Annotated[str, Field(max_length=60)]
Money = Annotated[Decimal, Field(ge=0, max_digits=15, decimal_places=2)]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$")]
Via = Literal[
    "phone", "counter", "letter", "mail", "web", "chat", "social", "wechat", "wecom", "dingtalk", "feishu",
    "sms", "authority", "api",
]  # fmt: skip
Score = Annotated[int, Field(ge=1, le=5)]


class ReferenceIn(In):
    """Its number with somebody else: a hotline, an authority, a court."""

    body: Annotated[str, Field(min_length=1, max_length=40)]
    number: Annotated[str, Field(min_length=1, max_length=80)]


class ComplaintIn(In):
    """`text` is kept word for word. `key`: what your system calls the message; brought twice it is one complaint.

    `unit`: none is the caller's own. `stated`: what is told at once, such as injury or danger.
    `product`: product or service complained of, with the number of the order, contract or account. `take`: an agent who
    receives it handles it.
    """

    text: Annotated[str, Field(min_length=1, max_length=20_000)]
    channel: Via = "api"
    subject: Annotated[str, Field(max_length=300)] = ""
    key: Annotated[str, Field(max_length=250)] = ""
    unit: UUID | None = None
    complainant: ComplainantIn | None = None
    customer_uid: UUID | None = None
    representatives: Annotated[list[RepresentativeIn], Field(max_length=50)] = []
    people: Annotated[int, Field(ge=1, le=9999)] = 1
    remedy: Annotated[str, Field(max_length=2000)] = ""
    product: Code = ""
    order_number: Line = ""
    done_at_once: Annotated[str, Field(max_length=2000)] = ""
    amount: Money | None = None
    currency: Currency = "CNY"
    said_at: AwareDatetime | None = None
    occurred_at: AwareDatetime | None = None
    place: Short = ""
    recording: Short = ""
    external: Annotated[list[ReferenceIn], Field(max_length=20)] = []
    language: Literal["zh-hans", "en"] = "zh-hans"
    complained_of: Annotated[list[UUID], Field(max_length=20)] = []
    vulnerable: bool = False
    stated: Annotated[dict[str, bool], Field(max_length=40)] = {}
    take: bool = True


class ComplaintsIn(Window):
    """`state`, `channel`, `level`: several with commas. `mine`: handle, free or received. `words`: full text."""

    state: Annotated[str, Field(max_length=160)] = ""
    channel: Annotated[str, Field(max_length=160)] = ""
    level: Annotated[str, Field(max_length=160)] = ""
    klass: Code = ""
    product: Code = ""
    open: bool | None = None
    late: bool | None = None
    vulnerable: bool | None = None
    mine: Literal["", "handle", "free", "received"] = ""
    label: Annotated[str, Field(max_length=30)] = ""
    snoozed: bool | None = None
    handler: UUID | None = None
    unit: UUID | None = None
    customer: UUID | None = None
    received_from: AwareDatetime | None = None
    received_before: AwareDatetime | None = None
    words: Annotated[str, Field(max_length=200)] = ""
    sort: Literal["-received", "received", "-registered", "registered"] = "-registered"


class AssignIn(In):
    staff: UUID
    reason: Annotated[str, Field(max_length=300)] = ""


class AssessIn(In):
    """Empty axes take what the rules suggest; below that a reason is needed. `stated`: facts a person states."""

    klass: Annotated[str, Field(min_length=1, max_length=60)]
    level: Annotated[str, Field(max_length=20)] = ""
    urgency: Annotated[str, Field(max_length=20)] = ""
    sensitivity: Annotated[list[Annotated[str, Field(max_length=60)]], Field(max_length=20)] = []
    vulnerable: bool | None = None
    stated: Annotated[dict[str, bool], Field(max_length=40)] = {}
    amount: Money | None = None
    reason: Prose = ""


class CustomerLinkIn(In):
    customer: UUID


class OtherIn(In):
    """Another complaint."""

    other: UUID


class IntoIn(In):
    into: UUID
    reason: Prose = ""


class ColleagueIn(In):
    staff: UUID


class PersonIn(In):
    staff: UUID
    part: Literal["investigator", "co_worker"] = "investigator"


class InterestIn(In):
    """`relation`: one the rules bar (named, relative, reports_to_named, sold, decided_before), or other."""

    conflicted: bool
    relation: Annotated[str, Field(max_length=20)] = ""
    text: Annotated[str, Field(max_length=2000)] = ""


class NoteTextIn(In):
    text: Annotated[str, Field(min_length=1, max_length=4000)]


class BecauseIn(In):
    reason: Annotated[str, Field(min_length=1, max_length=4000)]


class ComplaintLessonIn(In):
    """Without an article: about the rules at large."""

    text: str = Field(max_length=2000)
    article: str = Field(default="", max_length=40)


class HoldIn(BecauseIn):
    on: bool


class MessageIn(In):
    """A further message of the customer. `key`: what your system calls it."""

    channel: Via
    text: Annotated[str, Field(min_length=1, max_length=20_000)]
    subject: Annotated[str, Field(max_length=300)] = ""
    key: Annotated[str, Field(max_length=250)] = ""
    said_at: AwareDatetime | None = None


class ReplyIn(In):
    """`progress`: it tells how the matter stands. By phone or at the counter, `text` is what was said. `seen`: how many
    messages the thread had for the writer; where a colleague has answered since, it is refused and nothing is sent."""

    channel: Via
    text: Annotated[str, Field(min_length=1, max_length=20_000)]
    subject: Annotated[str, Field(max_length=300)] = ""
    progress: bool = False
    seen: Annotated[int, Field(ge=0, le=1_000_000)] | None = None


class PutRightIn(In):
    text: Annotated[str, Field(min_length=1, max_length=20_000)]


class IssueIn(In):
    title: Annotated[str, Field(min_length=1, max_length=120)]
    told: Prose = ""
    klass: Code = ""


class FindIn(In):
    finding: Literal["upheld", "partly_upheld", "not_upheld", "cannot_be_established"]
    facts: Annotated[str, Field(min_length=1, max_length=8000)]
    grounds: Prose = ""
    unit: UUID | None = None
    staff: UUID | None = None


class HowIn(In):
    how: Annotated[str, Field(min_length=1, max_length=4000)]


class SaidIn(In):
    """In the customer's words, as far as known."""

    said: Annotated[str, Field(min_length=1, max_length=4000)]


class AskIn(In):
    staff: UUID
    question: Annotated[str, Field(min_length=1, max_length=4000)]
    due_at: AwareDatetime
    kind: Literal["statement", "task"] = "statement"
    issue_uid: UUID | None = None


class TextIn(In):
    text: Annotated[str, Field(min_length=1, max_length=8000)]


class ThingIn(In):
    """A thing kept at a place."""

    kind: Literal["document", "photo", "recording", "cctv", "object", "statement"]
    what: Annotated[str, Field(min_length=1, max_length=1000)]
    place: Annotated[str, Field(min_length=1, max_length=200)]
    issue_uid: UUID | None = None


class CustodyIn(In):
    """`to` for handed, `place` for moved."""

    act: Literal["handed", "copied", "moved", "returned"]
    to: UUID | None = None
    place: Short = ""
    purpose: Annotated[str, Field(max_length=300)] = ""


class ProposalIn(In):
    issues: Annotated[list[UUID], Field(min_length=1, max_length=40)]
    remedy: Annotated[str, Field(min_length=1, max_length=60)]
    what: Annotated[str, Field(min_length=1, max_length=2000)]
    deliver_by: AwareDatetime
    deliverer: UUID | None = None
    amount: Money | None = None
    currency: Currency = "CNY"
    pros: Annotated[list[Line], Field(max_length=8)] = []
    cons: Annotated[list[Line], Field(max_length=8)] = []


class OfferIn(In):
    answer_by: AwareDatetime


class ChoiceIn(In):
    """The customer's answer. `text`: their counter-proposal, or what they said."""

    answer: Literal["accept", "decline", "counter"]
    via: Via
    text: Prose = ""


class ProofIn(In):
    """How one knows: a transfer number, a signature."""

    proof: Annotated[str, Field(min_length=1, max_length=1000)]


class PromiseIn(In):
    what: Annotated[str, Field(min_length=1, max_length=1000)]
    due_at: AwareDatetime
    staff: UUID | None = None


class StepIn(In):
    """`step`: one of the pack's ladder that is open."""

    step: Annotated[str, Field(min_length=1, max_length=60)]
    reason: Annotated[str, Field(min_length=1, max_length=4000)]
    body: Code = ""


class MinutesIn(In):
    place: Prose = ""
    mediator: Prose = ""
    present: Prose = ""
    ours: Prose = ""
    theirs: Prose = ""
    agreed_points: Prose = ""
    open_points: Prose = ""
    next: Prose = ""


class SessionIn(In):
    """`no_interest`: the mediator declared none and nobody objected."""

    held_at: AwareDatetime
    agreed: bool
    no_interest: bool = False
    read_back: bool = False
    signed: bool = False
    minutes: MinutesIn


class StepEndIn(In):
    outcome: Literal["agreed", "not_agreed", "decided", "withdrawn"]
    text: Annotated[str, Field(min_length=1, max_length=4000)]


class PauseIn(In):
    """`reason`: one the rules list for this clock; `proof`: what shows it."""

    reason: Annotated[str, Field(min_length=1, max_length=60)]
    proof: Annotated[str, Field(min_length=1, max_length=1000)]


class ApproveIn(In):
    approve: bool


class ToldIn(In):
    via: Via
    told_at: AwareDatetime | None = None


class CloseIn(In):
    """How and when the customer was told the result and thanked."""

    told: Annotated[str, Field(min_length=1, max_length=4000)]


class NotAcceptedIn(BecauseIn):
    """`elsewhere`: where else the customer can turn."""

    elsewhere: Annotated[str, Field(min_length=1, max_length=2000)]


class ReopenIn(BecauseIn):
    """`issues`: those concerned; all if none."""

    issues: Annotated[list[UUID], Field(max_length=40)] = []


class CallBackIn(In):
    """`fixed`: empty when the customer was not reached. How it was handled and what came of it, 1 to 5."""

    via: Via
    fixed: Literal["", "yes", "partly", "no"] = ""
    handling: Score | None = None
    outcome: Score | None = None
    text: Annotated[str, Field(max_length=2000)] = ""


class ActionIn(In):
    """`why`: the root cause; `what`: what is done about it; `check_at`: when its effect is looked at."""

    cause: Literal["people", "process", "product", "system", "supplier", "promise", "other"]
    why: Annotated[str, Field(min_length=1, max_length=2000)]
    what: Annotated[str, Field(min_length=1, max_length=2000)]
    owner: UUID
    due_at: AwareDatetime
    check_at: AwareDatetime


class ReportIn(In):
    report: Annotated[str, Field(min_length=1, max_length=2000)]


class CheckedIn(In):
    effective: bool
    found: Annotated[str, Field(min_length=1, max_length=2000)]


class ActionsIn(Window):
    """`state`: several with commas: open, to_check, effective, not_effective."""

    state: Annotated[str, Field(max_length=80)] = ""
    mine: bool = False
