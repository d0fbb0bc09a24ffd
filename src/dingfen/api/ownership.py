"""Conflict check, holds, the pool and deals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from ninja import Query

from dingfen.accounts.models import Unit
from dingfen.api.chosen import chosen
from dingfen.api.frame import ApiRequest, Page, Router, expected_version, page, read, write
from dingfen.api.ownership_schemas import (
    CandidateOut,
    CheckIn,
    CheckOut,
    DealIn,
    DealOut,
    DealsIn,
    DeliveryIn,
    HoldingsIn,
    NotifyIn,
    PoolIn,
    RegistrationIn,
    RegistrationOut,
    RelatedOut,
    ReleaseIn,
    TenureOut,
    TransferIn,
    UnitBriefOut,
    VoidIn,
)
from dingfen.ownership import actions, queries
from dingfen.ownership.models import IN_POOL, Deal, Registration
from dingfen.ownership.owners import tenures
from dingfen.ownership.visibility import signed_by
from dingfen.parties.details import Details
from dingfen.parties.models import Customer
from dingfen.problems import invalid, missing

router = Router(tags=["ownership"])


# The conflict check.


def _unit(unit: Unit | None) -> UnitBriefOut | None:
    return UnitBriefOut.model_validate(unit) if unit is not None else None


def _candidate(one: queries.Candidate) -> CandidateOut:
    return CandidateOut(
        sure=one.sure,
        reasons=list(one.reasons),
        state=one.state,
        unit=_unit(one.unit),
        until=one.until,
        customer=one.customer.uid if one.customer else None,
    )


@read(router, "/conflict-check", out=CheckOut, permission="conflict.check", method="POST")
def check_conflict(request: ApiRequest, asked: CheckIn) -> CheckOut:
    """Does anyone hold this customer? At most 60 an hour and person; each is logged. Changes nothing."""
    answer = queries.check_conflict(actor=request.actor, at=request.at, **asked.model_dump())
    return CheckOut(
        answer=answer.answer,
        sure=answer.sure,
        until=answer.until,
        unit=_unit(answer.unit),
        reasons=list(answer.reasons),
        article=answer.article,
        version=answer.version,
        customer=answer.customer.uid if answer.customer else None,
        candidates=[_candidate(one) for one in answer.candidates],
        related=[
            RelatedOut(
                reads=one.words, unit=UnitBriefOut.model_validate(one.unit), until=one.until, mine=one.mine
            )
            for one in answer.related
        ],
    )


# Holds.


def held_out(row: Registration) -> RegistrationOut:
    """A hold as the API tells it; `row` with customer, holder and unit."""
    return RegistrationOut(
        uid=row.uid,
        customer=row.customer.uid,
        customer_number=row.customer.number,
        masked_name=row.customer.masked_name,
        scope=row.scope,
        holder=row.holder.uid,
        holder_name=row.holder.name,
        unit=row.unit.uid,
        state=row.state,
        registered_at=row.registered_at,
        protected_until=row.protected_until,
        follow_up_due=row.follow_up_due,
        last_effective_at=row.last_effective_at,
        ended_at=row.ended_at,
        end_reason=row.end_reason,
        channel=row.channel,
        stage=row.stage,
        stage_at=row.stage_at,
        renewals=row.renewals,
        agreed=row.agreed,
        version=row.version,
    )


def _holds(request: ApiRequest) -> QuerySet[Registration]:
    return Registration.objects.visible_to(request.actor).select_related("customer", "holder", "unit")


@write(
    router, "/registrations", out=RegistrationOut, permission="customer.register", status=201, prepares=True
)
def register_customer(request: ApiRequest, registration: RegistrationIn) -> Callable[[], RegistrationOut]:
    """Register a customer; 409 `registration.held` when somebody else holds it, with unit and date alone."""
    details = None
    if (registration.customer is None) == (registration.customer_uid is None):
        raise invalid({"customer": [("required", {})]})
    if registration.customer is not None:
        given: dict[str, Any] = registration.customer.model_dump(exclude={"unit", "confirm_possible"})
        lists = {name: tuple(value) for name, value in given.items() if isinstance(value, list)}
        details = Details(**{**given, **lists})
    register = actions.prepare_registration(
        actor=request.actor,
        at=request.at,
        details=details,
        customer_uid=registration.customer_uid,
        scope=registration.scope,
        holder=registration.holder,
        occurred_at=registration.occurred_at,
        confirm_possible=registration.confirm_possible,
        reason=registration.reason,
        channel=registration.channel,
        introduced_by=registration.introduced_by,
    )
    return lambda: held_out(register())


@read(router, "/registrations", out=Page[RegistrationOut], permission="customer.view")
def list_registrations(request: ApiRequest, narrow: Query[HoldingsIn]) -> Page[RegistrationOut]:
    """Holds one may see, newest first."""
    rows = _holds(request).exclude(state__in=IN_POOL)
    states = chosen(narrow.state, Registration.State.values)
    if states:
        rows = rows.filter(state__in=states)
    if narrow.mine:
        rows = rows.filter(holder_id=request.actor.staff_id)
    return page(request, rows, narrow, held_out)


@read(router, "/pool", out=Page[RegistrationOut], permission="customer.view")
def list_pool(request: ApiRequest, narrow: Query[PoolIn]) -> Page[RegistrationOut]:
    """Customers that can be taken, newest first."""
    rows = _holds(request).filter(state__in=IN_POOL, customer__erased_at=None)
    if states := chosen(narrow.state, IN_POOL):
        rows = rows.filter(state__in=states)
    if grades := chosen(narrow.grade, Customer.Grade.values, "grade"):
        rows = rows.filter(customer__grade__in=grades)
    if narrow.scope:
        rows = rows.filter(scope__icontains=narrow.scope)
    if narrow.days:
        rows = rows.filter(queries.in_pool_for(narrow.days, request.at))
    return page(request, rows, narrow, held_out)


def _opened(request: ApiRequest, uid: UUID) -> Registration:
    """One hold, opened: those of the pool are counted (`pool.looks`)."""
    found = _holds(request).filter(uid=uid).first()
    if found is None:
        raise missing()
    actions.look_in_pool(actor=request.actor, at=request.at, registration=found)
    return found


@read(router, "/registrations/{uid}", out=RegistrationOut, permission="customer.view")
def get_registration(request: ApiRequest, uid: UUID) -> RegistrationOut:
    return held_out(_opened(request, uid))


@read(router, "/registrations/{uid}/holders", out=list[TenureOut], permission="customer.view")
def list_holders(request: ApiRequest, uid: UUID) -> list[TenureOut]:
    """Who held this customer in this scope, oldest first, as the register tells it."""
    found = _opened(request, uid)
    return [
        TenureOut(
            staff=one.staff,
            scope=one.scope,
            began_at=one.began_at,
            how=one.how,
            by=one.by,
            entry=one.entry.name,
            ended_at=one.ended_at,
            ended_how=one.ended_how,
            article=one.article,
            end_entry=one.end_entry.name if one.end_entry else "",
        )
        for one in tenures(found.customer, found.scope)
    ]


@write(
    router,
    "/registrations/{uid}/release",
    out=RegistrationOut,
    permission="registration.release",
    versioned=True,
)
def release_registration(request: ApiRequest, uid: UUID, release: ReleaseIn) -> RegistrationOut:
    """Give a customer up; colleagues can take it at once."""
    return held_out(
        actions.release(
            actor=request.actor,
            at=request.at,
            registration_uid=uid,
            reason=release.reason,
            version=expected_version(request),
        )
    )


@write(
    router,
    "/registrations/{uid}/transfer",
    out=RegistrationOut,
    permission="registration.transfer",
    versioned=True,
)
def transfer_registration(request: ApiRequest, uid: UUID, transfer: TransferIn) -> RegistrationOut:
    """Give a hold to another salesperson; the answer is the new hold."""
    return held_out(
        actions.transfer(
            actor=request.actor,
            at=request.at,
            registration_uid=uid,
            to=transfer.to,
            reason=transfer.reason,
            version=expected_version(request),
        )
    )


@write(router, "/registrations/{uid}/void", out=RegistrationOut, permission="registration.void")
def void_registration(request: ApiRequest, uid: UUID, void: VoidIn) -> RegistrationOut:
    """Take a false or incomplete registration out; its entry stays."""
    return held_out(
        actions.void(actor=request.actor, at=request.at, registration_uid=uid, reason=void.reason)
    )


@write(router, "/registrations/{uid}/take", out=RegistrationOut, permission="pool.take")
def take_registration(request: ApiRequest, uid: UUID) -> RegistrationOut:
    """Take a customer from the pool; 409 `pool.taken` for who comes second."""
    return held_out(actions.take(actor=request.actor, at=request.at, registration_uid=uid))


@write(router, "/registrations/{uid}/assign", out=RegistrationOut, permission="registration.transfer")
def assign_registration(request: ApiRequest, uid: UUID, assign: TransferIn) -> RegistrationOut:
    """Give a customer in the pool to a salesperson of a unit one leads."""
    return held_out(
        actions.assign(
            actor=request.actor, at=request.at, registration_uid=uid, to=assign.to, reason=assign.reason
        )
    )


@write(router, "/holder-notices", out=None, permission="touch.record")
def notify_holder(request: ApiRequest, notice: NotifyIn) -> None:
    """Tell the holder that one serves their customer."""
    actions.notify_holder(
        actor=request.actor, at=request.at, customer_uid=notice.customer_uid, scope=notice.scope
    )


# Deals.


def _deal(row: Deal) -> DealOut:
    dispute = next(iter(row.disputes.all()), None)
    return DealOut(
        uid=row.uid,
        customer=row.customer.uid,
        scope=row.scope,
        signer=row.signer.uid,
        co_signers=[staff.uid for staff in row.co_signers.all()],
        won=row.won,
        signed_at=row.signed_at,
        delivered_at=row.delivered_at,
        quantity=row.quantity,
        amount=row.amount,
        currency=row.currency,
        reference=row.reference,
        dispute=dispute.case.uid if dispute else None,
    )


@write(router, "/deals", out=DealOut, permission="deal.record", status=201)
def record_deal(request: ApiRequest, deal: DealIn) -> DealOut:
    """Record a deal; `dispute` names the dispute that opened because somebody else held the customer."""
    return _deal(actions.record_deal(actor=request.actor, at=request.at, **deal.model_dump()))


def _deals(request: ApiRequest) -> QuerySet[Deal]:
    return (
        Deal.objects.visible_to(request.actor)
        .select_related("customer", "signer")
        .prefetch_related("co_signers", "disputes__case")
    )


@read(router, "/deals", out=Page[DealOut], permission="customer.view")
def list_deals(request: ApiRequest, narrow: Query[DealsIn]) -> Page[DealOut]:
    """Deals one may see, newest first."""
    rows = _deals(request)
    if narrow.won is not None:
        rows = rows.filter(won=narrow.won)
    if narrow.delivered is not None:
        rows = rows.filter(delivered_at__isnull=not narrow.delivered)
    if narrow.mine:
        rows = rows.filter(signed_by(request.actor.staff_id))
    if narrow.signed_from:
        rows = rows.filter(signed_at__gte=narrow.signed_from)
    if narrow.signed_before:
        rows = rows.filter(signed_at__lt=narrow.signed_before)
    return page(request, rows, narrow, _deal)


@read(router, "/deals/{uid}", out=DealOut, permission="customer.view")
def get_deal(request: ApiRequest, uid: UUID) -> DealOut:
    found = _deals(request).filter(uid=uid).first()
    if found is None:
        raise missing()
    return _deal(found)


@write(router, "/deals/{uid}/delivery", out=DealOut, permission="deal.record")
def record_delivery(request: ApiRequest, uid: UUID, delivery: DeliveryIn) -> DealOut:
    """The goods were handed over."""
    return _deal(
        actions.record_delivery(
            actor=request.actor, at=request.at, deal_uid=uid, delivered_at=delivery.delivered_at
        )
    )


@write(router, "/deals/{uid}/void", out=DealOut, permission="deal.void")
def void_deal(request: ApiRequest, uid: UUID, told: VoidIn) -> DealOut:
    """A deal entered by mistake: it counts as never signed, and the hold goes on without it."""
    return _deal(actions.void_deal(actor=request.actor, at=request.at, deal_uid=uid, reason=told.reason))
