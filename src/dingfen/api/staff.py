"""Staff, roles, units, delegations and tokens."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from ninja import Query

from dingfen.accounts import actions
from dingfen.accounts.models import ApiToken, Delegation, RoleGrant, Staff, Unit
from dingfen.api.frame import ApiRequest, Page, Router, one, page, read, write
from dingfen.api.staff_schemas import (
    DelegationIn,
    DelegationOut,
    LeaverIn,
    MoveIn,
    RoleEndIn,
    RoleIn,
    RoleOut,
    StaffChange,
    StaffIn,
    StaffNarrow,
    StaffOut,
    TokenOut,
    UnitChange,
    UnitIn,
    UnitOut,
)

router = Router(tags=["staff"])


def _rows(request: ApiRequest) -> QuerySet[Staff]:
    grants = Prefetch("grants", RoleGrant.objects.select_related("unit").order_by("id"))
    rows = Staff.objects.visible_to(request.actor).select_related("unit", "company")
    return rows.prefetch_related(grants)


def _role(grant: RoleGrant) -> RoleOut:
    return RoleOut(
        uid=grant.uid,
        role=grant.role,
        unit=grant.unit.uid,
        starts_on=grant.starts_on,
        ends_on=grant.ends_on,
    )


def _staff(row: Staff) -> StaffOut:
    return StaffOut(
        uid=row.uid,
        username=row.username,
        name=row.name,
        latin_name=row.latin_name,
        unit=row.unit.uid if row.unit else None,
        active=row.is_active,
        left_on=row.left_on,
        roles=[_role(grant) for grant in row.grants.all()],
    )


def _unit(request: ApiRequest, uid: UUID) -> Unit:
    return one(Unit.objects.visible_to(request.actor).select_related("company"), uid=uid)


def _acting(request: ApiRequest) -> dict[str, Any]:
    return {"actor": request.actor, "at": request.at}


def _fresh(request: ApiRequest, uid: UUID) -> StaffOut:
    return _staff(one(_rows(request), uid=uid))


@read(router, "/staff", out=Page[StaffOut], permission="staff.view")
def list_staff(request: ApiRequest, narrow: Query[StaffNarrow]) -> Page[StaffOut]:
    """Colleagues of one's company, newest first."""
    rows = _rows(request)
    if narrow.unit is not None:
        rows = rows.filter(unit__path__startswith=_unit(request, narrow.unit).path)
    if narrow.q:
        rows = rows.filter(name__icontains=narrow.q)
    return page(request, rows, narrow, _staff)


@read(router, "/staff/{uid}", out=StaffOut, permission="staff.view")
def staff(request: ApiRequest, uid: UUID) -> StaffOut:
    return _fresh(request, uid)


@write(router, "/staff", out=StaffOut, permission="staff.manage", status=201)
def add_staff(request: ApiRequest, person: StaffIn) -> StaffOut:
    """Add a person. A password is given on the page, so that it is seen by one person only."""
    unit = _unit(request, person.unit)
    row = actions.add_staff(**_acting(request), unit=unit, **person.model_dump(exclude={"unit"}))
    return _fresh(request, row.uid)


@write(router, "/staff/{uid}", out=StaffOut, permission="staff.manage", method="PATCH")
def change_staff(request: ApiRequest, uid: UUID, change: StaffChange) -> StaffOut:
    given = change.model_dump(exclude_unset=True)
    if (unit := given.pop("unit", None)) is not None:
        given["unit"] = _unit(request, unit)
    actions.change_staff(**_acting(request), staff=one(_rows(request), uid=uid), **given)
    return _fresh(request, uid)


@write(router, "/staff/{uid}/close", out=StaffOut, permission="staff.manage")
def close_account(request: ApiRequest, uid: UUID) -> StaffOut:
    actions.deactivate_staff(**_acting(request), staff=one(_rows(request), uid=uid))
    return _fresh(request, uid)


@write(router, "/staff/{uid}/open", out=StaffOut, permission="staff.manage")
def open_account(request: ApiRequest, uid: UUID) -> StaffOut:
    actions.reactivate_staff(**_acting(request), staff=one(_rows(request), uid=uid))
    return _fresh(request, uid)


@write(router, "/staff/{uid}/leave", out=StaffOut, permission="staff.manage")
def record_leaver(request: ApiRequest, uid: UUID, leaver: LeaverIn) -> StaffOut:
    """Record the last day of work; roles, delegations and tokens end with it."""
    actions.record_leaver(**_acting(request), staff=one(_rows(request), uid=uid), left_on=leaver.left_on)
    return _fresh(request, uid)


@write(router, "/staff/{uid}/roles", out=RoleOut, permission="staff.manage", status=201)
def grant_role(request: ApiRequest, uid: UUID, role: RoleIn) -> RoleOut:
    given = role.model_dump(exclude={"unit"})
    unit = _unit(request, role.unit)
    return _role(
        actions.grant_role(**_acting(request), staff=one(_rows(request), uid=uid), unit=unit, **given)
    )


@write(router, "/roles/{uid}/end", out=RoleOut, permission="staff.manage")
def end_role(request: ApiRequest, uid: UUID, end: RoleEndIn) -> RoleOut:
    """End a role after a day; at once when none is given."""
    grants = RoleGrant.objects.filter(staff__company_id=request.actor.company_id)
    grant = one(grants.select_related("staff", "unit"), uid=uid)
    return _role(actions.end_role(**_acting(request), grant=grant, ends_on=end.ends_on))


def _unit_out(unit: Unit) -> UnitOut:
    return UnitOut(
        uid=unit.uid,
        kind=unit.kind,
        name=unit.name,
        name_en=unit.name_en,
        code=unit.code,
        path=unit.path,
        parent=unit.parent.uid if unit.parent else None,
        time_zone=unit.time_zone,
        extension=unit.extension,
        latitude=unit.latitude,
        longitude=unit.longitude,
        active=unit.active,
    )


@read(router, "/units", out=list[UnitOut], permission="staff.view")
def units(request: ApiRequest) -> list[UnitOut]:
    """The tree, parents first."""
    rows = Unit.objects.visible_to(request.actor).select_related("parent")
    return [_unit_out(unit) for unit in rows.order_by("path")]


@write(router, "/units", out=UnitOut, permission="staff.manage", status=201)
def add_unit(request: ApiRequest, unit: UnitIn) -> UnitOut:
    parent = _unit(request, unit.parent)
    given = unit.model_dump(exclude={"parent"})
    return _unit_out(actions.create_unit(**_acting(request), parent=parent, **given))


@write(router, "/units/{uid}", out=UnitOut, permission="staff.manage", method="PATCH")
def rename_unit(request: ApiRequest, uid: UUID, change: UnitChange) -> UnitOut:
    unit = _unit(request, uid)
    now = {key: getattr(unit, key) for key in ("name", "name_en", "extension", "latitude", "longitude")}
    given = now | change.model_dump(exclude_unset=True)
    return _unit_out(actions.rename_unit(**_acting(request), unit=unit, **given))


@write(router, "/units/{uid}/move", out=UnitOut, permission="staff.manage")
def move_unit(request: ApiRequest, uid: UUID, move: MoveIn) -> UnitOut:
    parent = _unit(request, move.parent)
    return _unit_out(actions.move_unit(**_acting(request), unit=_unit(request, uid), parent=parent))


@write(router, "/units/{uid}/close", out=UnitOut, permission="staff.manage")
def close_unit(request: ApiRequest, uid: UUID) -> UnitOut:
    return _unit_out(actions.close_unit(**_acting(request), unit=_unit(request, uid)))


def _delegations(request: ApiRequest) -> QuerySet[Delegation]:
    rows = Delegation.objects.filter(principal__company_id=request.actor.company_id)
    return rows.select_related("principal__unit", "principal__company", "deputy")


def _delegation(row: Delegation) -> DelegationOut:
    return DelegationOut(
        uid=row.uid,
        principal=row.principal.uid,
        deputy=row.deputy.uid,
        role=row.role,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        revoked_at=row.revoked_at,
    )


@read(router, "/delegations", out=list[DelegationOut], permission="staff.view")
def delegations(request: ApiRequest) -> list[DelegationOut]:
    """Who acts for whom, now or later."""
    rows = _delegations(request).filter(revoked_at=None, ends_at__gt=request.at)
    return [_delegation(row) for row in rows.order_by("starts_at", "id")]


@write(router, "/delegations", out=DelegationOut, permission="delegation.manage", status=201)
def add_delegation(request: ApiRequest, delegation: DelegationIn) -> DelegationOut:
    """Let a colleague act for a person: for oneself, or for others with staff.manage."""
    people = _rows(request)
    given = delegation.model_dump(exclude={"principal", "deputy"})
    row = actions.delegate(
        **_acting(request),
        principal=one(people, uid=delegation.principal),
        deputy=one(people, uid=delegation.deputy),
        **given,
    )
    return _delegation(row)


@write(router, "/delegations/{uid}/revoke", out=DelegationOut, permission="delegation.manage")
def revoke_delegation(request: ApiRequest, uid: UUID) -> DelegationOut:
    row = one(_delegations(request), uid=uid)
    return _delegation(actions.revoke_delegation(**_acting(request), delegation=row))


@read(router, "/tokens", out=list[TokenOut], permission="token.manage")
def tokens(request: ApiRequest) -> list[TokenOut]:
    """One's own tokens, newest first. A token is made on the page, by a person."""
    rows = ApiToken.objects.filter(staff__uid=request.actor.uid).order_by("-id")
    return [TokenOut.model_validate(row, from_attributes=True) for row in rows]


@write(router, "/tokens/{uid}/retract", out=TokenOut, permission="token.manage")
def retract_token(request: ApiRequest, uid: UUID) -> TokenOut:
    rows = ApiToken.objects.filter(staff__company_id=request.actor.company_id)
    token = one(rows.select_related("staff__unit", "staff__company"), uid=uid)
    row = actions.revoke_token(**_acting(request), token=token)
    return TokenOut.model_validate(row, from_attributes=True)
