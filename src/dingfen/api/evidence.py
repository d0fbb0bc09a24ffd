"""Evidence of a dispute: entries, papers and files put forward, objections, more time; files to open."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from ninja import File, Form, Query
from ninja.files import UploadedFile
from pydantic import AwareDatetime, Field

from dingfen.api.dispute_schemas import ExhibitIn
from dingfen.api.frame import ApiRequest, In, Out, Router, one, read, write
from dingfen.cases import attachments
from dingfen.cases.attachments import content_of
from dingfen.ownership import actions, sanctions, signals, supposing
from dingfen.ownership.models import Dispute, Evidence, Objection

router = Router(tags=["disputes"])
RELATED = ("case__customer", "case__unit__company", "case__company", "registration", "deal", "policy")
Reason = Annotated[str, Field(min_length=1, max_length=2000)]


class FileOut(Out):
    """`sha256` stands in the register too; `name` is empty and the content gone once erased."""

    uid: UUID
    name: str
    content_type: str
    size: int
    sha256: str
    scanned: bool
    erased_at: datetime | None


class ObjectionOut(Out):
    uid: UUID
    by: UUID
    at: datetime
    reason: str


class ExhibitOut(Out):
    """A piece of evidence; withdrawn ones stay in the list. `late`: after the evidence was closed."""

    uid: UUID
    claim: UUID
    kind: str
    entry_seq: int | None
    note: str
    file: FileOut | None
    late: bool
    added_at: datetime
    withdrawn_at: datetime | None
    objections: list[ObjectionOut]


class ExhibitsIn(In):
    evidence: Annotated[list[ExhibitIn], Field(min_length=1, max_length=50)]


class ObjectionIn(In):
    reason: Reason


class ExtensionIn(In):
    """`claim`: whose time; none for all who have not answered."""

    until: AwareDatetime
    reason: Reason
    claim: UUID | None = None


class ExtendedOut(Out):
    """Until when a claimant may answer."""

    claim: UUID
    answer_by: datetime | None
    answered_at: datetime | None
    late: bool


def _objection(row: Objection) -> ObjectionOut:
    return ObjectionOut(uid=row.uid, by=row.by.uid, at=row.at, reason=row.reason)


def _exhibit(row: Evidence) -> ExhibitOut:
    return ExhibitOut(
        uid=row.uid,
        claim=row.claim.uid,
        kind=row.kind,
        entry_seq=row.entry_seq,
        note=row.note,
        file=FileOut.model_validate(row.attachment) if row.attachment else None,
        late=row.late,
        added_at=row.added_at,
        withdrawn_at=row.withdrawn_at,
        objections=[_objection(one_) for one_ in row.objections.all()],
    )


@read(router, "/disputes/{uid}/evidence", out=list[ExhibitOut], permission="dispute.view")
def list_evidence(request: ApiRequest, uid: UUID) -> list[ExhibitOut]:
    """What has been put forward, oldest first. What the register proves is in the facts of the dispute."""
    dispute = one(Dispute.objects.visible_to(request.actor), case__uid=uid)
    rows = Evidence.objects.filter(claim__dispute=dispute).select_related("claim", "attachment")
    return [_exhibit(row) for row in rows.prefetch_related("objections__by").order_by("pk")]


@write(router, "/disputes/{uid}/evidence", out=list[ExhibitOut], permission="dispute.claim", status=201)
def add_evidence(request: ApiRequest, uid: UUID, given: ExhibitsIn) -> list[ExhibitOut]:
    """Put entries and papers forward for one's own claim, until the ruling."""
    exhibits = [actions.Exhibit(each.kind, each.entry_seq, each.note) for each in given.evidence]
    rows = actions.add_evidence(actor=request.actor, at=request.at, dispute_uid=uid, exhibits=exhibits)
    return [_exhibit(row) for row in rows]


@write(router, "/disputes/{uid}/files", out=ExhibitOut, permission="dispute.claim", status=201)
def add_evidence_file(
    request: ApiRequest,
    uid: UUID,
    file: File[UploadedFile],
    note: Annotated[str, Form(max_length=500)] = "",
) -> ExhibitOut:
    """Attach one file to one's own claim. Its type is found in its content."""
    given = actions.File(file.name or "file", content_of(file), note)
    return _exhibit(actions.add_file(actor=request.actor, at=request.at, dispute_uid=uid, file=given))


@write(router, "/evidence/{uid}/withdraw", out=ExhibitOut, permission="dispute.claim")
def withdraw_evidence(request: ApiRequest, uid: UUID) -> ExhibitOut:
    """Take back what one has put forward; it stays visible."""
    return _exhibit(actions.withdraw_evidence(actor=request.actor, at=request.at, evidence_uid=uid))


@write(router, "/evidence/{uid}/objections", out=ObjectionOut, permission="dispute.claim", status=201)
def object_to_evidence(request: ApiRequest, uid: UUID, objection: ObjectionIn) -> ObjectionOut:
    """Say what speaks against another claimant's evidence."""
    made = actions.object_to(actor=request.actor, at=request.at, evidence_uid=uid, reason=objection.reason)
    return _objection(made)


@write(router, "/disputes/{uid}/extension", out=list[ExtendedOut], permission="dispute.rule")
def extend_answer_time(request: ApiRequest, uid: UUID, extension: ExtensionIn) -> list[ExtendedOut]:
    """More time to answer, given by who decides, with a reason."""
    dispute = actions.extend(
        actor=request.actor,
        at=request.at,
        dispute_uid=uid,
        until=extension.until,
        reason=extension.reason,
        claim_uid=extension.claim,
    )
    claims = dispute.claims.filter(withdrawn_at=None).order_by("pk")
    return [
        ExtendedOut(claim=row.uid, answer_by=row.answer_by, answered_at=row.answered_at, late=row.late)
        for row in claims
    ]


class SignalOut(Out):
    """A pattern in what a claimant entered. `people` of `staff` in the company show one like it."""

    code: str
    staff: UUID
    count: int
    first: datetime
    last: datetime
    entries: list[int]
    others: list[UUID]
    params: dict[str, int]
    people: int
    of: int
    article: str | None


@read(router, "/disputes/{uid}/signals", out=list[SignalOut], permission="dispute.view")
def list_signals(request: ApiRequest, uid: UUID) -> list[SignalOut]:
    """Signals about the claimants, for who decides and compliance; they change no points."""
    dispute = one(Dispute.objects.visible_to(request.actor).select_related(*RELATED), case__uid=uid)
    return [
        SignalOut(
            code=row.signal.code,
            staff=UUID(row.signal.staff),
            count=row.signal.count,
            first=row.signal.first,
            last=row.signal.last,
            entries=[*row.signal.entries],
            others=[UUID(other) for other in row.signal.others],
            params=dict(row.signal.params),
            people=row.people,
            of=row.staff,
            article=row.limit.article,
        )
        for row in signals.signals_for(request.actor, dispute, request.at)
    ]


class SupposedOut(Out):
    """`proposed`: what the rules would propose then; `changed`: whether holder or shares would differ."""

    fact: str
    staff: UUID
    value: bool | int | float
    before: bool | int | float | None
    changed: bool
    proposed: dict[str, Any]


class SupposeIn(In):
    fact: Annotated[str, Field(max_length=60)]
    staff: UUID
    value: Annotated[str, Field(max_length=12)]


@read(router, "/disputes/{uid}/what-if", out=SupposedOut, permission="dispute.view")
def suppose_fact(request: ApiRequest, uid: UUID, asked: Query[SupposeIn]) -> SupposedOut:
    """Compare again with one fact of one claim changed; nothing is kept."""
    dispute = one(Dispute.objects.visible_to(request.actor).select_related(*RELATED), case__uid=uid)
    found = supposing.suppose(dispute, fact=asked.fact, staff=str(asked.staff), value=asked.value)
    reads = sanctions.reader(request.actor, dispute, request.at)
    proposed = found.proposed | {
        "sanctions": [each for each in found.proposed["sanctions"] if reads(each["staff"])]
    }
    return SupposedOut(
        fact=found.fact, staff=asked.staff, value=found.value, before=found.before, changed=found.changed,
        proposed=proposed,
    )  # fmt: skip


@read(router, "/files/{uid}", out=str, permission=None, media_type="application/octet-stream")
def open_file(request: ApiRequest, uid: UUID) -> HttpResponse:
    """A file of a case as it came, for who may see the case; each opening is logged."""
    found = attachments.visible(request.actor, uid)
    content = attachments.opened(actor=request.actor, at=request.at, attachment=found)
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(True, found.name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response
