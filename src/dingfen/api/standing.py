"""What a hold stands on: the stage of the sale, renewals, the confirmation the rules ask for."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from dingfen.api.frame import ApiRequest, In, Out, Router, expected_version, read, write
from dingfen.api.ownership import held_out
from dingfen.api.ownership_schemas import RegistrationOut
from dingfen.ownership import actions
from dingfen.ownership.models import Registration
from dingfen.ownership.renewal_rows import RenewalRequest
from dingfen.problems import missing

router = Router(tags=["ownership"])
Reason = Annotated[str, Field(max_length=200)]


class StageIn(In):
    stage: Literal["enquiry", "trial", "offer", "deposit", "approved"]


class RenewalIn(In):
    reason: Reason


class RenewalAnswerIn(In):
    """`reason`: needed to refuse."""

    grant: bool
    reason: Reason = ""


class RenewalRequestOut(Out):
    """`answer_by`: the time to answer, never after the end of the protection."""

    uid: UUID
    registration: UUID
    asked_by: UUID
    asked_at: datetime
    reason: str
    answer_by: datetime
    state: Literal["open", "granted", "refused"]
    answered_at: datetime | None
    answer: str


class ConfirmationIn(In):
    """`reason`: needed to refuse."""

    agree: bool
    reason: Reason = ""


class ToPoolIn(In):
    reason: Reason


@write(
    router,
    "/registrations/{uid}/stage",
    out=RegistrationOut,
    permission="registration.progress",
    versioned=True,
)
def reach_stage(request: ApiRequest, uid: UUID, reached: StageIn) -> RegistrationOut:
    """The sale has reached a stage; where the rules ask for it, the protection follows."""
    return held_out(
        actions.reach_stage(
            actor=request.actor,
            at=request.at,
            registration_uid=uid,
            stage=reached.stage,
            version=expected_version(request),
        )
    )


@write(
    router, "/registrations/{uid}/renew", out=RegistrationOut, permission="registration.agree", versioned=True
)
def renew_protection(request: ApiRequest, uid: UUID, renewal: RenewalIn) -> RegistrationOut:
    """Renew the protection, as often as the rules allow and by whom they name."""
    return held_out(
        actions.renew_protection(
            actor=request.actor,
            at=request.at,
            registration_uid=uid,
            reason=renewal.reason,
            version=expected_version(request),
        )
    )


@write(
    router,
    "/registrations/{uid}/renewal-request",
    out=RenewalRequestOut,
    permission="registration.progress",
    status=201,
)
def ask_renewal(request: ApiRequest, uid: UUID, renewal: RenewalIn) -> RenewalRequestOut:
    """Ask for one's own protection to be renewed; whom the rules name grants or refuses it."""
    return _asked(
        actions.ask_renewal(actor=request.actor, at=request.at, registration_uid=uid, reason=renewal.reason)
    )


@read(
    router,
    "/registrations/{uid}/renewal-requests",
    out=list[RenewalRequestOut],
    permission="customer.view",
)
def list_renewal_requests(request: ApiRequest, uid: UUID) -> list[RenewalRequestOut]:
    """The renewals asked for of a hold one sees, newest first."""
    held = Registration.objects.visible_to(request.actor).filter(uid=uid).first()
    if held is None:
        raise missing()
    rows = held.renewal_requests.select_related("registration", "asked_by").order_by("-pk")
    return [_asked(row) for row in rows]


@write(router, "/registrations/{uid}/renewal-answer", out=RegistrationOut, permission="registration.agree")
def answer_renewal(request: ApiRequest, uid: UUID, said: RenewalAnswerIn) -> RegistrationOut:
    """Grant the renewal that the holder has asked for, or refuse it with a reason."""
    return held_out(
        actions.answer_renewal(
            actor=request.actor, at=request.at, registration_uid=uid, grant=said.grant, reason=said.reason
        )
    )


def _asked(row: RenewalRequest) -> RenewalRequestOut:
    return RenewalRequestOut(
        uid=row.uid,
        registration=row.registration.uid,
        asked_by=row.asked_by.uid,
        asked_at=row.asked_at,
        reason=row.reason,
        answer_by=row.answer_by,
        state=row.state,
        answered_at=row.answered_at,
        answer=row.answer,
    )


@write(router, "/registrations/{uid}/confirm", out=RegistrationOut, permission="registration.agree")
def confirm_registration(request: ApiRequest, uid: UUID, said: ConfirmationIn) -> RegistrationOut:
    """Confirm a registration the rules want confirmed, or refuse it: then it counts as never made."""
    return held_out(
        actions.confirm_registration(
            actor=request.actor, at=request.at, registration_uid=uid, agree=said.agree, reason=said.reason
        )
    )


@write(router, "/registrations/{uid}/pool", out=RegistrationOut, permission="registration.transfer")
def open_to_all(request: ApiRequest, uid: UUID, opened: ToPoolIn) -> RegistrationOut:
    """Give a customer that lapsed to the heads to the pool."""
    return held_out(
        actions.open_to_all(actor=request.actor, at=request.at, registration_uid=uid, reason=opened.reason)
    )
