"""The handlers' desk: claim the next one, labels, snooze, several at once with undo, who is given what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.db import transaction
from pydantic import AwareDatetime, Field

from dingfen.api import complaint_rows
from dingfen.api import complaint_shapes as shapes
from dingfen.api.complaint_schemas import Money, ReferenceIn
from dingfen.api.complaints import act
from dingfen.api.frame import ApiRequest, In, Out, Router, expected_version, read, write
from dingfen.api.rows import BulkRowOut, RowsIn, refusal
from dingfen.complaints import grouping
from dingfen.complaints.actions import correcting, handling, separating
from dingfen.complaints.desk import aside, deeds, giving, labels, seats
from dingfen.complaints.models import Deed, Label
from dingfen.problems import Problem, invalid

router = Router(tags=["complaints"])
Brief = shapes.ComplaintRow
Names = Annotated[list[Annotated[str, Field(max_length=30)]], Field(max_length=12)]
Codes = Annotated[list[Annotated[str, Field(max_length=60)]], Field(max_length=100)]


class DeskReasonIn(In):
    reason: Annotated[str, Field(max_length=300)] = ""


class FactsIn(In):
    """Only what is given is changed; `occurred_at` and `amount` may be null."""

    received_at: AwareDatetime | None = None
    occurred_at: AwareDatetime | None = None
    amount: Money | None = None
    people: Annotated[int, Field(ge=1, le=9999)] = 1
    vulnerable: bool = False
    place: Annotated[str, Field(max_length=200)] = ""
    remedy: Annotated[str, Field(max_length=2000)] = ""
    product: Annotated[str, Field(max_length=60)] = ""
    order_number: Annotated[str, Field(max_length=200)] = ""
    done_at_once: Annotated[str, Field(max_length=2000)] = ""
    reason: Annotated[str, Field(min_length=10, max_length=300)]


class OutsideNumberOut(Out):
    body: str
    number: str


class SeparateIn(In):
    """The issues to take out; at least one stays."""

    issues: Annotated[list[UUID], Field(min_length=1, max_length=40)]
    reason: Annotated[str, Field(min_length=4, max_length=300)]


class SeatedOut(Out):
    """Who sits for a side; `staff` null where nobody is there, `instead_of`: for whom, away, they sit."""

    side: str
    staff: UUID | None
    instead_of: UUID | None


class LabelsIn(In):
    """Words to put on and to take off; a new word becomes a label of the company."""

    add: Names = []
    remove: Names = []


class LabelsOut(Out):
    added: list[str]
    removed: list[str]


class LabelOut(Out):
    uid: UUID
    name: str


class UntilIn(In):
    until: AwareDatetime


class AsideOut(Out):
    until: datetime


class BulkIn(RowsIn):
    """What is done to each. `staff` goes with assign, `add` and `remove` with label, `until` with snooze, `level`
    (and `reason`) with level, `told` with close."""

    do: Literal["take", "assign", "give_out", "label", "snooze", "level", "close"]
    staff: UUID | None = None
    add: Names = []
    remove: Names = []
    until: AwareDatetime | None = None
    level: Annotated[str, Field(max_length=20)] = ""
    reason: Annotated[str, Field(max_length=300)] = ""
    told: Annotated[str, Field(max_length=500)] = ""


class BulkDoneOut(Out):
    """`deed`: what was done, to be taken back within an hour; null where nothing was."""

    deed: UUID | None
    results: list[BulkRowOut]


class MacroStepOut(Out):
    """What became of one step that was to be taken back."""

    number: str
    do: str
    undone: bool
    code: str = ""
    detail: str = ""


class UndoneOut(Out):
    steps: list[MacroStepOut]


class SeatIn(In):
    """`room`: open complaints at most. Skills left empty mean everything. `receives`: is given any."""

    room: Annotated[int, Field(ge=1, le=500)] = 30
    classes: Codes = []
    languages: Codes = []
    channels: Codes = []
    receives: bool = True


class SeatOut(SeatIn):
    staff: UUID
    load: int = 0
    away: bool = False


class RoutingIn(In):
    automatic: bool


class RoutingOut(Out):
    unit: UUID
    automatic: bool


@write(router, "/complaint-desk/next", out=Brief, permission="complaint.take")
def claim_next_complaint(request: ApiRequest) -> Brief:
    """Take the most urgent free complaint that fits one's skills; two callers at once get two."""
    return complaint_rows.brief(giving.claim_next(**act(request)))


@write(router, "/complaints/{uid}/put-back", out=Brief, permission="complaint.handle")
def put_complaint_back(request: ApiRequest, uid: UUID, why: DeskReasonIn) -> Brief:
    """Nobody handles it any more; it waits for the desk again."""
    return complaint_rows.brief(handling.put_back(**act(request), case_uid=uid, reason=why.reason))


@write(router, "/complaints/{uid}/give-out", out=Brief, permission="complaint.assign")
def give_complaint_out(request: ApiRequest, uid: UUID) -> Brief:
    """Give a free one to whoever of the desk fits and carries least."""
    return complaint_rows.brief(giving.give_out(**act(request), case_uid=uid))


@write(router, "/complaints/{uid}/separate", out=Brief, permission="complaint.handle", status=201)
def separate_complaint(request: ApiRequest, uid: UUID, part: SeparateIn) -> Brief:
    """Make a complaint of its own of some issues; the new one is given back."""
    done = separating.separate(**act(request), case_uid=uid, issue_uids=part.issues, reason=part.reason)
    return complaint_rows.brief(done)


@write(router, "/complaints/{uid}/undo-separate", out=Brief, permission="complaint.handle")
def undo_separate_complaint(request: ApiRequest, uid: UUID) -> Brief:
    """Take that back, on the new one; the one it came from is given back."""
    return complaint_rows.brief(separating.undo_separate(**act(request), case_uid=uid))


@write(router, "/complaints/{uid}/group", out=list[SeatedOut], permission="complaint.handle")
def assemble_group(request: ApiRequest, uid: UUID) -> list[SeatedOut]:
    """Put together the investigation group that the rules foresee."""
    seated = grouping.assemble(**act(request), case_uid=uid)
    return [
        SeatedOut(
            side=one.side, staff=one.person.uid if one.person else None,
            instead_of=one.instead_of.uid if one.instead_of else None,
        )
        for one in seated
    ]  # fmt: skip


@write(router, "/complaints/{uid}/facts", out=Brief, permission="complaint.handle", versioned=True)
def correct_complaint_facts(request: ApiRequest, uid: UUID, facts: FactsIn) -> Brief:
    """Put facts right, as a new entry; it is graded and its clocks are counted anew."""
    changes = facts.model_dump(exclude_unset=True, exclude={"reason"})
    done = correcting.correct_facts(
        **act(request), case_uid=uid, changes=changes, reason=facts.reason, version=expected_version(request)
    )
    return complaint_rows.brief(done)


@write(
    router, "/complaints/{uid}/references", out=OutsideNumberOut, permission="complaint.handle", status=201
)
def add_complaint_reference(request: ApiRequest, uid: UUID, reference: ReferenceIn) -> OutsideNumberOut:
    """Note its number with somebody else."""
    row = correcting.add_reference(**act(request), case_uid=uid, body=reference.body, number=reference.number)
    return OutsideNumberOut(body=row.body, number=row.number)


@write(router, "/complaints/{uid}/labels", out=LabelsOut, permission="complaint.handle")
def label_complaint(request: ApiRequest, uid: UUID, given: LabelsIn) -> LabelsOut:
    """Put labels on and take others off; what really changed."""
    added, removed = labels.label(**act(request), case_uid=uid, add=given.add, remove=given.remove)
    return LabelsOut(added=added, removed=removed)


@read(router, "/complaint-desk/labels", out=list[LabelOut], permission="complaint.view")
def list_complaint_labels(request: ApiRequest) -> list[LabelOut]:
    """The labels of the company."""
    rows = Label.objects.filter(company_id=request.actor.company_id)
    return [LabelOut(uid=one.uid, name=one.name) for one in rows[:500]]


@write(router, "/complaints/{uid}/snooze", out=AsideOut, permission="complaint.view")
def snooze_complaint(request: ApiRequest, uid: UUID, when: UntilIn) -> AsideOut:
    """Set it aside: off one's own list until then, or until something happens to it. Clocks go on."""
    return AsideOut(until=aside.set_aside(**act(request), case_uid=uid, until=when.until).until)


@write(router, "/complaints/{uid}/wake", out=Brief, permission="complaint.view")
def wake_complaint(request: ApiRequest, uid: UUID) -> Brief:
    """Take it back onto one's list."""
    return complaint_rows.brief(aside.bring_back(**act(request), case_uid=uid))


@write(router, "/complaint-desk/bulk", out=BulkDoneOut, permission="complaint.view")
def do_to_complaints(request: ApiRequest, bulk: BulkIn) -> BulkDoneOut:
    """Do one thing to several complaints; each has its own result, and what was done can be taken back."""
    step = _step(request, bulk)
    results, steps = list[BulkRowOut](), list[deeds.Step]()
    for uid in bulk.items:
        try:
            with transaction.atomic():
                steps.append(step(uid))
            results.append(BulkRowOut(uid=uid, done=True))
        except Problem as problem:
            results.append(BulkRowOut(uid=uid, done=False, **refusal(problem)))
    deed = deeds.keep(**act(request), kind=Deed.Kind.BULK, name=bulk.do, steps=steps) if steps else None
    return BulkDoneOut(deed=deed.uid if deed else None, results=results)


def _step(request: ApiRequest, bulk: BulkIn) -> Callable[[UUID], deeds.Step]:
    who = act(request)
    if bulk.do == "snooze":
        if bulk.until is None:
            raise invalid({"until": [("required", {})]})
        until = bulk.until
        return lambda uid: deeds.snooze(**who, case_uid=uid, until=until)
    plain: dict[str, Callable[[UUID], Any]] = {
        "take": lambda uid: deeds.take(**who, case_uid=uid),
        "assign": lambda uid: deeds.assign(**who, case_uid=uid, staff=bulk.staff, reason=bulk.reason),
        "give_out": lambda uid: deeds.give_out(**who, case_uid=uid),
        "label": lambda uid: deeds.label(**who, case_uid=uid, add=bulk.add, remove=bulk.remove),
        "level": lambda uid: deeds.grade(**who, case_uid=uid, level=bulk.level, reason=bulk.reason),
        "close": lambda uid: deeds.close(**who, case_uid=uid, told=bulk.told),
    }
    return plain[bulk.do]


@write(router, "/complaint-desk/deeds/{uid}/undo", out=UndoneOut, permission="complaint.view")
def undo_complaint_deed(request: ApiRequest, uid: UUID) -> UndoneOut:
    """Take back what one did at once, the last step first; what stays says why."""
    found = deeds.undo(**act(request), deed_uid=uid)
    steps = [
        MacroStepOut(
            number=one.number,
            do=one.do,
            undone=one.problem is None,
            **(refusal(one.problem) if one.problem else {}),
        )
        for one in found
    ]
    return UndoneOut(steps=steps)


@read(router, "/complaint-desk/seats", out=list[SeatOut], permission=seats.PERMISSION)
def list_complaint_seats(request: ApiRequest) -> list[SeatOut]:
    """Who at the desk is given what, how much each carries, who is away."""
    return [
        _seat(one.seat, one.staff.uid, one.load, one.away)
        for one in seats.overview(request.actor, request.at)
    ]


def _seat(seat: Any, staff: UUID, load: int = 0, away: bool = False) -> SeatOut:
    names = ("room", "classes", "languages", "channels", "receives")
    return SeatOut(staff=staff, load=load, away=away, **{name: getattr(seat, name) for name in names})


@write(router, "/complaint-desk/seats/{staff}", out=SeatOut, permission=seats.PERMISSION, method="PUT")
def set_complaint_seat(request: ApiRequest, staff: UUID, seat: SeatIn) -> SeatOut:
    """Settle what somebody is given."""
    return _seat(seats.set_seat(**act(request), staff_uid=staff, **seat.model_dump()), staff)


@write(router, "/complaint-desk/units/{unit}", out=RoutingOut, permission=seats.PERMISSION, method="PUT")
def set_complaint_routing(request: ApiRequest, unit: UUID, routing: RoutingIn) -> RoutingOut:
    """Say whether new complaints of a unit are given out by themselves."""
    row = seats.set_automatic(**act(request), unit_uid=unit, automatic=routing.automatic)
    return RoutingOut(unit=unit, automatic=row.automatic)
