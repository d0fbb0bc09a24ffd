"""What a hold stands on: the stage of the sale, renewals, the confirmation the rules ask for."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from dingfen.api.frame import ApiRequest, In, Router, expected_version, write
from dingfen.api.ownership import held_out
from dingfen.api.ownership_schemas import RegistrationOut
from dingfen.ownership import actions

router = Router(tags=["ownership"])
Reason = Annotated[str, Field(max_length=200)]


class StageIn(In):
    stage: Literal["enquiry", "trial", "offer", "deposit", "approved"]


class RenewalIn(In):
    reason: Reason


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
