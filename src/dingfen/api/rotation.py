"""Rotation and reception: who receives next, and entering whoever came."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Query
from pydantic import AwareDatetime, Field

from dingfen.accounts.models import Unit
from dingfen.api.frame import ApiRequest, In, Out, Router, read, write
from dingfen.api.ownership_schemas import NewCustomerIn
from dingfen.ownership.rotation import actions, late, queries
from dingfen.ownership.rotation import tally as tallying
from dingfen.ownership.rotation.models import LateCall, TurnEvent
from dingfen.ownership.rotation.receiving import receive_new
from dingfen.parties.details import Details
from dingfen.problems import missing

router = Router(tags=["reception"])

Uid = UUID | None
Kind = Literal[
    "checked_in", "checked_out", "received", "returning", "duty", "finished", "skipped", "returned", "handed",
    "taken_back",
]  # fmt: skip
Reason = Literal["", "delivery", "visit", "meeting", "break", "asked_for", "language", "next_busy", "other"]


class PersonOut(Out):
    uid: UUID
    name: str
    latin_name: str


class PlaceOut(Out):
    """One place in the order. `owed`: a turn came while away or busy and is to be made up."""

    staff: PersonOut
    number: int
    status: Literal["waiting", "receiving", "away"]
    since: datetime | None
    checked_in_at: datetime
    new_customers: int
    owed: bool
    doing: str
    reason: str
    until: datetime | None


class TurnOut(Out):
    """An event of the day. `taken_back_by`: the event that corrected it."""

    uid: UUID
    number: int
    kind: Kind
    staff: PersonOut
    to: PersonOut | None
    by: PersonOut | None
    at: datetime
    reason: Reason
    until: datetime | None
    takes_back: UUID | None


class RotationOut(Out):
    """Today's order at one's site. `why` says why `next` is next; `passed` are before them, busy or away."""

    site: UUID
    day: date
    next: PersonOut | None
    why: Literal["only_free", "handed", "return_turn", "fewest_new", "first_in", "next_in_order"] | None
    passed: list[PersonOut]
    article: str
    version: str
    places: list[PlaceOut]
    absent: list[PersonOut]
    events: list[TurnOut]


class TurnIn(In):
    """What happens. `staff`: whom it is about, oneself when not given; for a reception, the next in order.

    `expected`: who was shown as next; when the turn has moved on, 409 `rotation.moved`. `to`: for `handed`.
    """

    kind: Literal[
        "checked_in", "checked_out", "received", "returning", "duty", "finished", "skipped", "returned", "handed"
    ]  # fmt: skip
    staff: Uid = None
    expected: Uid = None
    to: Uid = None
    reason: Reason = ""
    until: AwareDatetime | None = None


class ReceptionIn(In):
    """Somebody has come or called. `receiver`: the next in order when not given. `occurred_at`: for what
    happened earlier, such as a call of last evening; it uses no turn. `late_call`: a call noted then. What the
    rules want beside the name may follow until the day ends.
    """

    customer: NewCustomerIn
    kind: Literal["walk_in", "call"] = "walk_in"
    scope: Annotated[str, Field(max_length=80)] = ""
    receiver: Uid = None
    expected: Uid = None
    turn_reason: Reason = ""
    confirm_possible: bool = False
    reason: Annotated[str, Field(max_length=200)] = ""
    channel: Literal["", "walk_in", "incoming_call", "online", "referral", "broker", "event"] = ""
    introduced_by: Uid = None
    asked_for: Uid = None
    note: Annotated[str, Field(max_length=2000)] = ""
    occurred_at: AwareDatetime | None = None
    late_call: Uid = None


class LateCallIn(In):
    """A call taken after closing, now when not said; by oneself unless `staff` says who took it."""

    taken_at: AwareDatetime | None = None
    staff: Uid = None


class LateCallOut(Out):
    """`enter_by`: until when it still counts as entered the same day."""

    uid: UUID
    staff: PersonOut
    taken_at: datetime
    enter_by: datetime


class WhyIn(In):
    reason: Annotated[str, Field(min_length=1, max_length=200)]


class ReceptionOut(Out):
    """`turn` is null where the rules have no rotation, or nobody has checked in."""

    registration: UUID
    customer: UUID
    customer_number: str
    touch: UUID
    receiver: PersonOut
    turn: UUID | None


def _person(staff: Any) -> PersonOut | None:
    return PersonOut.model_validate(staff) if staff is not None else None


def _someone(staff: Any) -> PersonOut:
    return PersonOut.model_validate(staff)


def _site(request: ApiRequest) -> Unit:
    """The caller's own site. Raises `rotation.no_site` (404)."""
    site = queries.site_of_actor(request.actor)
    if site is None:
        raise missing("rotation.no_site")
    return site


def _turn(event: TurnEvent) -> TurnOut:
    return TurnOut(
        uid=event.uid,
        number=event.number,
        kind=event.kind,
        staff=_someone(event.staff),
        to=_person(event.to),
        by=_person(event.by),
        at=event.at,
        reason=event.reason,
        until=event.until,
        takes_back=event.takes_back.uid if event.takes_back else None,
    )


@read(router, "/rotation", out=RotationOut, permission="conflict.check")
def rotation(request: ApiRequest) -> RotationOut:
    """Today's order of turns at one's own site, and all that happened in it."""
    board = queries.board(_site(request), request.at)
    if board is None:
        raise missing("rotation.none")
    return RotationOut(
        site=board.site.uid,
        day=board.day,
        next=_person(board.next),
        why=board.order.why,
        passed=[_someone(one) for one in board.passed],
        article=board.rule.article,
        version=board.rules.version.version,
        places=[
            PlaceOut(
                staff=_someone(board.people[place.who]),
                number=place.number,
                status=place.status,
                since=place.since,
                checked_in_at=place.checked_in_at,
                new_customers=place.new,
                owed=place.owed,
                doing=place.doing,
                reason=place.reason,
                until=place.until,
            )
            for place in board.order.places
        ],
        absent=[_someone(one) for one in board.absent],
        events=[_turn(event) for event in board.events],
    )


class TallyIn(In):
    """`site`: one's own where left out."""

    weeks: Literal[4, 8, 13] = 4
    site: Uid = None


class TallyRow(Out):
    """Turns of one person. `out_of_turn` of `received`; `by_week`: `received` by week, the first week first."""

    staff: PersonOut
    days: int
    received: int
    out_of_turn: int
    returning: int
    duty: int
    skipped: int
    handed: int
    by_week: list[int]


class TallyOut(Out):
    """`weeks`: the Mondays the weeks begin with, in the days of the site."""

    site: UUID
    weeks: list[date]
    rows: list[TallyRow]


@read(router, "/rotation/tally", out=TallyOut, permission="conflict.check")
def rotation_tally(request: ApiRequest, asked: Query[TallyIn]) -> TallyOut:
    """How the turns of a site fell over the last weeks; what was taken back does not count."""
    offered = tallying.sites(request.actor)
    site = next((one for one in offered if asked.site in (None, one.uid)), None)
    if site is None:
        raise missing()
    starts = tallying.mondays(site, request.at, asked.weeks)
    return TallyOut(site=site.uid, weeks=starts, rows=[_tally(one) for one in tallying.tally(site, starts)])


def _tally(one: tallying.Tally) -> TallyRow:
    kinds = ("received", "returning", "duty", "skipped", "handed")
    return TallyRow(
        staff=_someone(one.staff),
        days=one.days,
        out_of_turn=one.out_of_turn,
        by_week=one.by_week,
        **{kind: one.counts[kind] for kind in kinds},
    )


@write(router, "/rotation/turns", out=TurnOut, permission="rotation.take_part", status=201)
def add_turn(request: ApiRequest, turn: TurnIn) -> TurnOut:
    """Check in or out, be skipped or come back, receive, end a reception, hand a turn on."""
    who: dict[str, Any] = {"actor": request.actor, "at": request.at, "staff_uid": turn.staff}
    if turn.kind in ("received", "returning", "duty"):
        return _turn(actions.give(**who, kind=turn.kind, expected=turn.expected, reason=turn.reason))
    if turn.kind == "skipped":
        return _turn(actions.skip(**who, reason=turn.reason, until=turn.until))
    if turn.kind == "handed":
        return _turn(actions.hand_on(**who, to=turn.to))
    plain = {
        "checked_in": actions.check_in,
        "checked_out": actions.check_out,
        "finished": actions.finish,
        "returned": actions.come_back,
    }
    return _turn(plain[turn.kind](**who))


@write(router, "/rotation/turns/{uid}/take-back", out=TurnOut, permission="rotation.take_part", status=201)
def take_turn_back(request: ApiRequest, uid: UUID) -> TurnOut:
    """Correct a slip of today by a new event that names it; only the latest that stands of a person."""
    return _turn(actions.take_back(actor=request.actor, at=request.at, event_uid=uid))


@write(router, "/receptions", out=ReceptionOut, permission="customer.register", status=201)
def receive(request: ApiRequest, reception: ReceptionIn) -> ReceptionOut:
    """Enter a new walk-in or call: hold, touch and turn in one step. Held by another: 409 as when registering."""
    given = reception.customer.model_dump(exclude={"unit", "confirm_possible"})
    lists = {name: tuple(value) for name, value in given.items() if isinstance(value, list)}
    done = receive_new(
        actor=request.actor,
        at=request.at,
        details=Details(**{**given, **lists}),
        kind=reception.kind,
        scope=reception.scope,
        receiver_uid=reception.receiver,
        expected=reception.expected,
        turn_reason=reception.turn_reason,
        confirm_possible=reception.confirm_possible or reception.customer.confirm_possible,
        reason=reception.reason,
        note=reception.note,
        occurred_at=reception.occurred_at,
        late_call=reception.late_call,
        channel=reception.channel,
        introduced_by=reception.introduced_by,
        asked_for=reception.asked_for,
    )
    return ReceptionOut(
        registration=done.registration.uid,
        customer=done.registration.customer.uid,
        customer_number=done.registration.customer.number,
        touch=done.touch.uid,
        receiver=_someone(done.touch.staff),
        turn=done.turn.uid if done.turn else None,
    )


def _call(call: LateCall) -> LateCallOut:
    return LateCallOut(
        uid=call.uid, staff=_someone(call.staff), taken_at=call.taken_at, enter_by=call.enter_by
    )


@read(router, "/late-calls", out=list[LateCallOut], permission="rotation.take_part")
def late_calls(request: ApiRequest) -> list[LateCallOut]:
    """Calls of one's site taken after closing and still to be entered, oldest first."""
    return [_call(one) for one in late.open_calls(_site(request), request.at)]


@write(router, "/late-calls", out=LateCallOut, permission="rotation.take_part", status=201)
def note_late_call(request: ApiRequest, call: LateCallIn) -> LateCallOut:
    """Note a call taken after closing, to be entered first the next morning. Names nobody."""
    return _call(
        late.note_call(actor=request.actor, at=request.at, taken_at=call.taken_at, staff_uid=call.staff)
    )


@write(router, "/late-calls/{uid}/void", out=LateCallOut, permission="rotation.take_part")
def void_late_call(request: ApiRequest, uid: UUID, why: WhyIn) -> LateCallOut:
    """There is nothing to enter, such as a wrong number."""
    return _call(late.void_call(actor=request.actor, at=request.at, uid=uid, reason=why.reason))
