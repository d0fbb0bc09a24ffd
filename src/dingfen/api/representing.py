"""Who speaks for a complainant: named, authority shown, ended; heirs after a death."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import File, Form, UploadedFile
from pydantic import Field

from dingfen.api.complaint_people import ComplainantIn, RepresentativeIn
from dingfen.api.complaints import act
from dingfen.api.customer_schemas import RevealIn
from dingfen.api.frame import ApiRequest, In, Out, Router, read, write
from dingfen.cases.attachments import content_of
from dingfen.complaints.actions import complainants, representing
from dingfen.complaints.actions.handling import seen, told_of
from dingfen.complaints.actions.intake import File as Given
from dingfen.complaints.models import Complaint
from dingfen.complaints.representing import addressee, meetings_of, speakers_of

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


class MeetingOut(Out):
    """A meeting of those who complain together. `speakers`: names of whom they chose; `attachment`: the signed list."""

    held_at: datetime
    present: int
    place: str
    speakers: list[str]
    minutes: str
    attachment: str


class MeetingIn(In):
    """`speakers`: numbers of representatives who speak for the group."""

    held_at: datetime
    present: Annotated[int, Field(ge=2, le=9999)]
    minutes: Annotated[str, Field(min_length=10, max_length=4000)]
    place: Annotated[str, Field(max_length=200)] = ""
    speakers: Annotated[list[Number], Field(max_length=5)] = []


class RepresentationOut(Out):
    """`letters_to`: whom letters go to now. `died_on`: of the complainant, empty while they live."""

    representatives: list[RepresentativeOut]
    meetings: list[MeetingOut]
    letters_to: AddresseeOut
    died_on: str
    people: int


class EndedIn(In):
    reason: Annotated[str, Field(min_length=4, max_length=400)]


class CorrectedIn(In):
    complainant: ComplainantIn
    reason: Annotated[str, Field(min_length=10, max_length=300)]
    version: Annotated[int, Field(ge=1)] | None = None


class RevealedOut(Out):
    complainant: dict[str, str]
    representatives: list[RepresentativeOut]


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


@write(router, "/complaints/{uid}/meetings", out=RepresentationOut, permission=RECEIVE, status=201)
def note_meeting(request: ApiRequest, uid: UUID, meeting: MeetingIn) -> RepresentationOut:
    """Those who complain together have met and chosen who speaks for them."""
    return _out(representing.note_meeting(**act(request), case_uid=uid, **meeting.model_dump()))


@write(router, "/complaints/{uid}/complainant", out=RevealedOut, permission="complaint.handle")
def correct_complainant(request: ApiRequest, uid: UUID, corrected: CorrectedIn) -> RevealedOut:
    """Put right who complains; fields left out stay, an empty one is taken out."""
    changes = corrected.complainant.model_dump(exclude_unset=True)
    given = corrected.model_dump(exclude={"complainant"})
    told = told_of(complainants.correct_complainant(**act(request), case_uid=uid, changes=changes, **given))
    return RevealedOut(complainant=told["complainant"], representatives=_named(told))


@write(router, "/complaints/{uid}/reveal", out=RevealedOut, permission="customer.reveal")
def reveal_complainant(request: ApiRequest, uid: UUID, looked: RevealIn) -> RevealedOut:
    """Who complains and who speaks for them, whole, with the number of the paper shown. The look is an entry."""
    told = complainants.reveal(**act(request), case_uid=uid, reason=looked.reason)
    return RevealedOut(complainant=told["complainant"], representatives=_named(told))


@write(router, "/complaints/{uid}/death", out=RepresentationOut, permission=RECEIVE, status=201)
def note_death(request: ApiRequest, uid: UUID, death: DeathIn) -> RepresentationOut:
    """The complainant has died: representatives by their authority end, heirs may be named."""
    return _out(representing.note_death(**act(request), case_uid=uid, **death.model_dump()))


def _named(told: Mapping[str, Any]) -> list[RepresentativeOut]:
    return [RepresentativeOut.model_validate(one) for one in speakers_of(told)]


def _out(complaint: Complaint) -> RepresentationOut:
    told = told_of(complaint)
    return RepresentationOut(
        representatives=_named(told),
        meetings=[MeetingOut.model_validate(one) for one in meetings_of(told)],
        letters_to=AddresseeOut(**addressee(told)), died_on=str(told.get("died_on", "")), people=complaint.people,
    )  # fmt: skip
