"""Roles are granted over a unit and end; a grant is never edited into another."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from dingfen.accounts import access
from dingfen.accounts.actions.checks import fault, keeps_an_administrator, managed, own_unit
from dingfen.accounts.actor import Actor
from dingfen.accounts.log import record_staff
from dingfen.accounts.models import Role, RoleGrant, Staff, Unit
from dingfen.problems import conflict, missing


@transaction.atomic
def grant_role(
    *,
    actor: Actor,
    at: dt.datetime,
    staff: Staff,
    role: str,
    unit: Unit,
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
) -> RoleGrant:
    """Give a role over a unit and everything below it, from day to day (both included).

    The same role over the same unit again renews it. Nobody grants to themselves, and nobody beyond the
    unit over which they manage staff.
    """
    staff = managed(actor, staff)
    if staff.pk == actor.staff_id:
        raise conflict("role.own")
    if unit.company_id != staff.company_id:
        raise missing()
    own_unit(actor, unit)
    access.require(actor, "staff.manage", path=unit.path)
    if role not in Role.values:
        raise fault("role", "choice.unknown", value=role)
    if starts_on and ends_on and ends_on < starts_on:
        raise fault("ends_on", "dates.order")
    if staff.left_on and (ends_on is None or ends_on > staff.left_on):
        raise fault("ends_on", "role.after_leaving", day=staff.left_on)
    grant, _ = RoleGrant.objects.update_or_create(
        staff=staff, role=role, unit=unit, defaults={"starts_on": starts_on, "ends_on": ends_on}
    )
    facts = {"role": role, "unit": unit.uid, "starts_on": starts_on, "ends_on": ends_on}
    record_staff(actor=actor, at=at, kind="role.granted", staff=staff, facts=facts)
    return grant


@transaction.atomic
def end_role(*, actor: Actor, at: dt.datetime, grant: RoleGrant, ends_on: dt.date | None = None) -> RoleGrant:
    """End a role after `ends_on`; at once (as of yesterday) when it is not given."""
    staff = managed(actor, grant.staff)
    if staff.pk == actor.staff_id:
        raise conflict("role.own")
    unit = grant.unit
    today = (staff.unit or unit).day(at)
    if grant.role == Role.ADMINISTRATOR and staff.company:
        keeps_an_administrator(staff.company, staff, today)
    grant = RoleGrant.objects.select_for_update().get(pk=grant.pk)
    grant.ends_on = ends_on or today - dt.timedelta(days=1)
    grant.save(update_fields=["ends_on"])
    facts = {"role": grant.role, "unit": unit.uid, "ends_on": grant.ends_on}
    record_staff(actor=actor, at=at, kind="role.ended", staff=staff, facts=facts)
    return grant
