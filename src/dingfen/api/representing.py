"""Who speaks for a complainant: named, authority shown, ended; heirs after a death."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from ninja import File, Form, UploadedFile
from pydantic import Field

from dingfen.api.complaint_people import RepresentativeIn
from dingfen.api.complaints import act
from dingfen.api.frame import ApiRequest, In, Out, Router, read, write
from dingfen.cases.attachments import content_of
from dingfen.complaints.actions import representing
from dingfen.complaints.actions.handling import seen, told_of
from dingfen.complaints.actions.intake import File as Given
from dingfen.complaints.models import Complaint
from dingfen.complaints.representing import addressee, speakers_of

router = Router(tags=["complaints"])
RECEIVE, VIEW = representing.PERMISSION, "complaint.view"
Number = Annotated[int, Field(ge=1, le=1000)]


class RepresentativeOut(Out):
    """`number` names them in this complaint. `proven`: their authority was shown; `attachment`: the paper."""

    number: int
    name: str
    basis: str
    phone: str
    email: str
    proof: str
    proven: bool
    attachment: str
    ended: str


class AddresseeOut(Out):
    name: str = ""
    phone: str = ""
    email: str = ""


class RepresentationOut(Out):
    """`letters_to`: whom letters go to now. `died_on`: of the complainant, empty while they live."""

    representatives: list[RepresentativeOut]
    letters_to: AddresseeOut
    died_on: str
    people: int


class EndedIn(In):
    reason: Annotated[str, Field(min_length=4, max_length=400)]


class DeathIn(In):
    died_on: date
    proof: Annotated[str, Field(min_length=4, max_length=400)]


@read(router, "/complaints/{uid}/representatives", out=RepresentationOut, permission=VIEW)
def list_representatives(request: ApiRequest, uid: UUID) -> RepresentationOut:
    """Who speaks or spoke for the complainant, and whom letters go to."""
    return _out(seen(request.actor, uid))


@write(router, "/complaints/{uid}/representatives", out=RepresentationOut, permission=RECEIVE, status=201)
def name_representative(
    request: ApiRequest, uid: UUID, representative: RepresentativeIn
) -> RepresentationOut:
    """Somebody speaks for the complainant; at most five for a group. An heir needs the death noted before."""
    return _out(representing.name_representative(**act(request), case_uid=uid, **representative.model_dump()))


@write(
    router, "/complaints/{uid}/representatives/{number}/authority", out=RepresentationOut, permission=RECEIVE
)
def show_authority(
    request: ApiRequest, uid: UUID, number: Number, file: File[UploadedFile], proof: Form[str] = ""
) -> RepresentationOut:
    """The power of attorney or proof of succession as a file; from then on letters go to them."""
    given = Given(file.name or "file", content_of(file))
    return _out(
        representing.show_authority(**act(request), case_uid=uid, number=number, file=given, proof=proof)
    )


@write(router, "/complaints/{uid}/representatives/{number}/end", out=RepresentationOut, permission=RECEIVE)
def end_representation(request: ApiRequest, uid: UUID, number: Number, ended: EndedIn) -> RepresentationOut:
    """They speak no more."""
    return _out(
        representing.end_representation(**act(request), case_uid=uid, number=number, reason=ended.reason)
    )


@write(router, "/complaints/{uid}/death", out=RepresentationOut, permission=RECEIVE, status=201)
def note_death(request: ApiRequest, uid: UUID, death: DeathIn) -> RepresentationOut:
    """The complainant has died: representatives by their authority end, heirs may be named."""
    return _out(representing.note_death(**act(request), case_uid=uid, **death.model_dump()))


def _out(complaint: Complaint) -> RepresentationOut:
    told = told_of(complaint)
    return RepresentationOut(
        representatives=[RepresentativeOut.model_validate(one) for one in speakers_of(told)],
        letters_to=AddresseeOut(**addressee(told)), died_on=str(told.get("died_on", "")), people=complaint.people,
    )  # fmt: skip
