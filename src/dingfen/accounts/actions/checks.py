"""What several actions check before they change anything."""

from __future__ import annotations

import datetime as dt
from typing import Any

from dingfen.accounts import access
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Role, RoleGrant, Staff, Unit
from dingfen.problems import Problem, conflict, invalid, missing


def fault(field: str, code: str, **params: Any) -> Problem:
    """One fault of input."""
    return invalid({field: [(code, params)]})


def managed(actor: Actor, staff: Staff) -> Staff:
    """The row, locked, when the actor may manage it. Raises 404 for another company's, 403 without the right."""
    if staff.company_id != actor.company_id and not actor.is_system:
        raise missing()
    unit = staff.unit or staff.company
    access.require(actor, "staff.manage", path=unit.path if unit else None)
    return locked(staff)


def locked(staff: Staff) -> Staff:
    """The row as it is now, held until the transaction ends."""
    return Staff.objects.select_for_update(of=("self",)).select_related("unit", "company").get(pk=staff.pk)


def own_unit(actor: Actor, unit: Unit) -> Unit:
    """The unit, when it belongs to the actor's company and is in use."""
    if unit.company_id != actor.company_id and not actor.is_system:
        raise missing()
    if not unit.active:
        raise fault("unit", "unit.closed", unit=unit.name)
    return unit


def keeps_an_administrator(company: Unit, staff: Staff, day: dt.date) -> None:
    """Refuse what would leave a company without an administrator."""
    others = RoleGrant.objects.filter(
        role=Role.ADMINISTRATOR,
        unit__company=company,
        staff__in=Staff.objects.working(day),
    ).exclude(staff=staff)
    if not others.filter(ends_on=None).exists() and staff.grants.filter(role=Role.ADMINISTRATOR).exists():
        raise conflict("staff.last_administrator", name=staff.name)
