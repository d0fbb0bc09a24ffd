"""Change requests of a complaint, and disputes between customers."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from dingfen.api.complaint_rows import Opener, uid
from dingfen.api.complaint_schemas import BecauseIn, Currency, SaidIn, Via
from dingfen.api.complaints import act
from dingfen.api.frame import ApiRequest, In, Out, Router, read, write
from dingfen.api.ownership_schemas import Prose
from dingfen.complaints.actions import between, changing
from dingfen.complaints.actions.handling import seen
from dingfen.complaints.models import Between, ChangeRequest, Complaint, Hearing, Side
from dingfen.parties.sealing import sealers
from dingfen.problems import missing

router = Router(tags=["complaints"])
HANDLE, VIEW = "complaint.handle", "complaint.view"
Long = Annotated[str, Field(min_length=1, max_length=4000)]
Numbers = Annotated[list[Literal[1, 2]], Field(max_length=2)]


class ChangeIn(In):
    what: Annotated[str, Field(min_length=1, max_length=2000)]
    why: Annotated[str, Field(max_length=2000)] = ""
    via: Via = "phone"


class EffectIn(In):
    """What it means, in words, for the schedule in days and for the price; negative: sooner, cheaper."""

    effect: Annotated[str, Field(min_length=1, max_length=2000)]
    days: Annotated[int, Field(ge=-3650, le=3650)] | None = None
    price: Annotated[Decimal, Field(max_digits=15, decimal_places=2)] | None = None
    currency: Currency = "CNY"


class ReviewIn(In):
    """The review meeting."""

    held_at: AwareDatetime
    present: Annotated[str, Field(min_length=1, max_length=500)]
    minutes: Long


class VerdictIn(BecauseIn):
    approve: bool


class AgreementIn(In):
    """The supplementary agreement; what it says becomes a promise of `staff`, the caller when left out."""

    terms: Long
    signed_at: AwareDatetime
    deliver_by: AwareDatetime
    staff: UUID | None = None


class ChangeOut(Out):
    uid: UUID
    mark: int
    state: str
    what: str
    why: str
    via: str
    asked_at: datetime
    decide_by: datetime | None
    effect: str
    days: int | None
    price: Decimal | None
    currency: str
    assessed_by: UUID | None
    met_at: datetime | None
    present: str
    minutes: str
    decided_at: datetime | None
    decided_by: UUID | None
    reason: str
    signed_at: datetime | None
    terms: str
    promise: UUID | None
    article: str


class OtherSideIn(In):
    """The other customer: a card, or a name and number."""

    customer_uid: UUID | None = None
    name: Annotated[str, Field(max_length=80)] = ""
    phone: Annotated[str, Field(max_length=40)] = ""


class HeardIn(In):
    """`declined`: they do not wish to be heard."""

    account: Annotated[str, Field(max_length=8000)] = ""
    wish: Annotated[str, Field(max_length=2000)] = ""
    declined: bool = False


class JointMinutesIn(In):
    place: Prose = ""
    mediator: Prose = ""
    present: Prose = ""
    first: Prose = ""
    second: Prose = ""
    common: Prose = ""
    open_points: Prose = ""
    agreed_points: Prose = ""


class HearingIn(In):
    """`present`, `signed`: numbers of the sides, 1 for who complained."""

    held_at: AwareDatetime
    present: Numbers
    signed: Numbers = []
    no_interest: bool = False
    minutes: JointMinutesIn


class CauseIn(In):
    cause: Literal["interest", "authority", "person"]
    grounds: Long


class EndBetweenIn(In):
    outcome: Literal["agreed", "parted", "none"]
    terms: Long


class SideOut(Out):
    uid: UUID
    number: int
    customer: UUID | None
    masked_name: str
    name: str
    phone: str
    account: str
    wish: str
    heard_at: datetime | None
    declined: bool


class HearingOut(Out):
    uid: UUID
    at: datetime
    present: list[int]
    signed: list[int]
    no_interest: bool
    minutes: dict[str, str]


class BetweenOut(Out):
    """Both sides, the hearings, what it comes from and how it ended."""

    complaint: UUID
    sides: list[SideOut]
    hearings: list[HearingOut]
    cause: str
    grounds: str
    outcome: str
    terms: str
    ended_at: datetime | None


def _change(row: ChangeRequest) -> ChangeOut:
    names = ("uid", "mark", "state", "via", "asked_at", "decide_by", "days", "price", "currency", "met_at",
             "decided_at", "signed_at", "article")  # fmt: skip
    opener = Opener(row.complaint)
    return ChangeOut(
        **{name: getattr(row, name) for name in names},
        assessed_by=uid(row.assessed_by),
        decided_by=uid(row.decided_by),
        promise=uid(row.promise),
        **opener.texts(row.sealed, "what", "why", "effect", "present", "minutes", "reason", "terms"),
    )


@read(router, "/complaints/{uid}/changes", out=list[ChangeOut], permission=VIEW)
def list_changes(request: ApiRequest, uid: UUID) -> list[ChangeOut]:
    """The change requests of a complaint, oldest first."""
    rows = seen(request.actor, uid).changes.select_related(
        "complaint__case", "assessed_by", "decided_by", "promise"
    )
    return [_change(row) for row in rows]


@write(router, "/complaints/{uid}/changes", out=ChangeOut, permission=HANDLE, status=201)
def ask_change(request: ApiRequest, uid: UUID, change: ChangeIn) -> ChangeOut:
    """The customer asks for a change; the time to decide runs."""
    return _change(changing.ask_change(**act(request), case_uid=uid, **change.model_dump()))


@write(router, "/changes/{uid}/assess", out=ChangeOut, permission=HANDLE)
def assess_change(request: ApiRequest, uid: UUID, effect: EffectIn) -> ChangeOut:
    """Say what it means for schedule and price."""
    return _change(changing.assess_change(**act(request), change_uid=uid, **effect.model_dump()))


@write(router, "/changes/{uid}/review", out=ChangeOut, permission=HANDLE)
def note_change_review(request: ApiRequest, uid: UUID, review: ReviewIn) -> ChangeOut:
    """Minutes of the review meeting."""
    return _change(changing.note_review(**act(request), change_uid=uid, **review.model_dump()))


@write(router, "/changes/{uid}/decide", out=ChangeOut, permission=VIEW)
def decide_change(request: ApiRequest, uid: UUID, verdict: VerdictIn) -> ChangeOut:
    """Approve or refuse it, with the reason; not who assessed it."""
    return _change(changing.decide_change(**act(request), change_uid=uid, **verdict.model_dump()))


@write(router, "/changes/{uid}/agreement", out=ChangeOut, permission=HANDLE)
def sign_change(request: ApiRequest, uid: UUID, agreement: AgreementIn) -> ChangeOut:
    """The supplementary agreement is signed."""
    return _change(changing.sign_change(**act(request), change_uid=uid, **agreement.model_dump()))


@write(router, "/changes/{uid}/withdraw", out=ChangeOut, permission=HANDLE)
def withdraw_change(request: ApiRequest, uid: UUID, withdrawal: SaidIn) -> ChangeOut:
    """The customer does not go on with it."""
    return _change(changing.withdraw_change(**act(request), change_uid=uid, said=withdrawal.said))


def _between(complaint: Complaint) -> BetweenOut:
    found = Between.objects.filter(complaint=complaint).first()
    if found is None:
        raise missing()
    opener, sides = Opener(complaint), list(complaint.sides.select_related("customer"))
    keys = sealers(side.uid for side in sides)
    return BetweenOut(
        complaint=complaint.case.uid,
        sides=[_side(side, keys[side.uid].open(side.sealed) if side.uid in keys else {}) for side in sides],
        hearings=[_hearing(row, opener) for row in complaint.hearings.all()],
        cause=found.cause,
        outcome=found.outcome,
        ended_at=found.ended_at,
        **opener.texts(found.sealed, "grounds", "terms"),
    )


def _side(side: Side, words: dict[str, str]) -> SideOut:
    return SideOut(
        uid=side.uid,
        number=side.number,
        customer=uid(side.customer),
        masked_name=side.masked_name,
        heard_at=side.heard_at,
        declined=side.declined,
        **{name: words.get(name, "") for name in ("name", "phone", "account", "wish")},
    )


def _hearing(row: Hearing, opener: Opener) -> HearingOut:
    return HearingOut(
        uid=row.uid, at=row.at, present=row.present, signed=row.signed, no_interest=row.no_interest,
        minutes=opener.words(row.sealed),
    )  # fmt: skip


@read(router, "/complaints/{uid}/between", out=BetweenOut, permission=VIEW)
def get_between(request: ApiRequest, uid: UUID) -> BetweenOut:
    """A dispute between customers: both sides, hearings, cause, outcome; 404 where there is no other side."""
    return _between(seen(request.actor, uid))


@write(router, "/complaints/{uid}/between", out=BetweenOut, permission=HANDLE, status=201)
def name_other_side(request: ApiRequest, uid: UUID, other: OtherSideIn) -> BetweenOut:
    """It is about another customer: both are parties from now on, the complainant the first."""
    return _between(between.name_other_side(**act(request), case_uid=uid, **other.model_dump()))


class LinkIn(In):
    customer_uid: UUID


@write(router, "/sides/{uid}/customer", out=BetweenOut, permission=HANDLE)
def link_side(request: ApiRequest, uid: UUID, link: LinkIn) -> BetweenOut:
    """A side is this customer: it stands with their card."""
    side = between.link_side(**act(request), side_uid=uid, customer_uid=link.customer_uid)
    return _between(side.complaint)


@write(router, "/sides/{uid}/hear", out=BetweenOut, permission=HANDLE)
def hear_side(request: ApiRequest, uid: UUID, heard: HeardIn) -> BetweenOut:
    """What one side says and wants, by itself."""
    made = between.hear_side(**act(request), side_uid=uid, **heard.model_dump())
    return _between(made.complaint)


@write(router, "/complaints/{uid}/hearings", out=BetweenOut, permission=HANDLE, status=201)
def note_hearing(request: ApiRequest, uid: UUID, hearing: HearingIn) -> BetweenOut:
    """Minutes of a hearing of both together."""
    made = between.note_hearing(**act(request), case_uid=uid, **hearing.model_dump())
    return _between(made.complaint)


@write(router, "/complaints/{uid}/between/cause", out=BetweenOut, permission=HANDLE)
def find_between_cause(request: ApiRequest, uid: UUID, cause: CauseIn) -> BetweenOut:
    """What the quarrel comes from: interests, who has a say, or the persons."""
    made = between.find_cause(**act(request), case_uid=uid, **cause.model_dump())
    return _between(made.complaint)


@write(router, "/complaints/{uid}/between/end", out=BetweenOut, permission=HANDLE)
def end_between(request: ApiRequest, uid: UUID, end: EndBetweenIn) -> BetweenOut:
    """How it ends between them: agreed, parted, or no agreement."""
    made = between.end_between(**act(request), case_uid=uid, **end.model_dump())
    return _between(made.complaint)
