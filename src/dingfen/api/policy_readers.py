"""Consultation of staff on a version of the rules, and who has read it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from ninja import File, Query
from ninja.files import UploadedFile
from pydantic import Field

from dingfen.accounts.models import Staff
from dingfen.api.frame import ApiRequest, In, Out, Page, Router, Window, one, page, read, write
from dingfen.engine.publication import bearings, needs_consultation
from dingfen.policies import consulting, reading
from dingfen.policies.consultation_rows import Consultation
from dingfen.policies.models import PolicyVersion
from dingfen.policies.queries import pack_of

router = Router(tags=["policies"])
Form = Literal["congress", "all_staff", "union", "representatives", "comments"]


class ObjectionBody(In):
    text: str = Field(max_length=consulting.LONGEST)
    by: str = Field(default="", max_length=200)
    answer: str = Field(max_length=consulting.LONGEST)
    taken_up: bool = False


class ConsultationIn(In):
    """`held_on`: a day that is not to come. `participants`: who took part, in words."""

    held_on: date
    form: Form
    participants: str = Field(max_length=consulting.LONGEST)
    objections: list[ObjectionBody] = Field(default=[], max_length=consulting.MOST_OBJECTIONS)


class ConsultationOut(Out):
    """`minutes`: name of the file, empty when there is none; `sha256` of it stands in the register too."""

    uid: UUID
    held_on: date
    form: str
    participants: str
    objections: list[dict[str, Any]]
    minutes: str
    sha256: str
    made_at: datetime


class ConsultationsOut(Out):
    """`needed`: whether a version may not be published without one; `bears_on`: why."""

    needed: bool
    bears_on: list[str]
    consultations: list[ConsultationOut]


class ReaderOut(Out):
    """`confirmed_at`: null for who has not confirmed."""

    staff: UUID
    name: str
    employee_number: str
    unit: UUID | None
    confirmed_at: datetime | None


class ReadersIn(Window):
    state: Literal["", "read", "unread"] = ""


def _version(request: ApiRequest, uid: UUID) -> PolicyVersion:
    return one(PolicyVersion.objects.filter(company_id=request.actor.company_id), uid=uid)


def _shown(row: Consultation) -> ConsultationOut:
    return ConsultationOut(
        uid=row.uid,
        held_on=row.held_on,
        form=row.form,
        participants=row.participants,
        objections=row.objections,
        minutes=row.name,
        sha256=row.sha256,
        made_at=row.made_at,
    )


@read(router, "/policies/{uid}/consultations", out=ConsultationsOut, permission="policy.view")
def list_consultations(request: ApiRequest, uid: UUID) -> ConsultationsOut:
    """What staff were consulted on, with objections and answers."""
    version = _version(request, uid)
    pack = pack_of(version)
    return ConsultationsOut(
        needed=needs_consultation(pack),
        bears_on=list(bearings(pack)),
        consultations=[_shown(row) for row in version.consultations.all()],
    )


@write(router, "/policies/{uid}/consultations", out=ConsultationOut, permission="policy.publish", status=201)
def add_consultation(request: ApiRequest, uid: UUID, given: ConsultationIn) -> ConsultationOut:
    """Put a consultation on record; it is not changed afterwards."""
    return _shown(
        consulting.record_consultation(
            actor=request.actor,
            at=request.at,
            version_uid=uid,
            held_on=given.held_on,
            form=given.form,
            participants=given.participants,
            objections=[consulting.Objection(o.text, o.by, o.answer, o.taken_up) for o in given.objections],
        )
    )


@write(
    router,
    "/policy-consultations/{uid}/minutes",
    out=ConsultationOut,
    permission="policy.publish",
    status=201,
)
def add_minutes(request: ApiRequest, uid: UUID, file: File[UploadedFile]) -> ConsultationOut:
    """The minutes as a file, once. Its type is found in its content."""
    given = consulting.Minutes(file.name or "minutes", file.read())
    return _shown(
        consulting.add_minutes(actor=request.actor, at=request.at, consultation_uid=uid, minutes=given)
    )


@read(
    router,
    "/policy-consultations/{uid}/minutes",
    out=str,
    permission="policy.view",
    media_type="application/octet-stream",
)
def open_minutes(request: ApiRequest, uid: UUID) -> HttpResponse:
    """The minutes as they came."""
    row, content = consulting.minutes_of(request.actor, uid)
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(True, row.name) or "attachment"
    return response


@read(router, "/policies/{uid}/readers", out=Page[ReaderOut], permission="policy.review")
def list_readers(request: ApiRequest, uid: UUID, window: Query[ReadersIn]) -> Page[ReaderOut]:
    """Everybody a version applies to, and when they confirmed having read it."""
    people = reading.readers(_version(request, uid))
    if window.state:
        unread = window.state == "unread"
        people = people.filter(confirmed_at__isnull=unread)
    return page(request, people.order_by("-pk"), window, _reader)


def _reader(person: Staff) -> ReaderOut:
    return ReaderOut(
        staff=person.uid,
        name=person.name,
        employee_number=person.employee_number,
        unit=person.unit.uid if person.unit else None,
        confirmed_at=getattr(person, "confirmed_at", None),
    )
