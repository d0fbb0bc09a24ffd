"""Who acts while someone is away."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q

from dingfen.accounts import access
from dingfen.accounts.actions.checks import fault, locked
from dingfen.accounts.actor import Actor, grants_in_force
from dingfen.accounts.log import record_staff
from dingfen.accounts.models import Delegation, Role, RoleGrant, Staff
from dingfen.problems import conflict, missing, refused

LONGEST = dt.timedelta(days=366)


@transaction.atomic
def delegate(
    *,
    actor: Actor,
    at: dt.datetime,
    principal: Staff,
    deputy: Staff,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    role: str = "",
    reason: str = "",
) -> Delegation:
    """Let `deputy` act for `principal` in one role, or in all of the principal's own when `role` is empty.

    By the principal, or by who manages staff over the principal's unit (sudden absence). Only a role the
    principal holds of their own at some time between the dates passes; what they hold as a deputy never
    does. At most a year; overlapping delegations to different deputies are allowed, each entry names who acted.
    """
    _may_arrange(actor, principal)
    if deputy.company_id != principal.company_id:
        raise missing()
    principal = locked(principal)
    if deputy.pk == principal.pk:
        raise fault("deputy", "delegation.self")
    unit = principal.unit or principal.company
    if unit is None or not Staff.objects.working(unit.day(at)).filter(pk=deputy.pk).exists():
        raise fault("deputy", "delegation.deputy_gone", name=deputy.name)
    starts_at = max(starts_at, at)
    if ends_at <= starts_at:
        raise fault("ends_at", "dates.order")
    if ends_at - starts_at > LONGEST:
        raise fault("ends_at", "delegation.too_long")
    _holds(principal, role, starts_at, ends_at)
    row = Delegation.objects.create(
        principal=principal,
        deputy=deputy,
        starts_at=starts_at,
        ends_at=ends_at,
        role=role,
        reason=reason.strip()[:200],
    )
    facts = {
        "delegation": row.uid,
        "deputy": deputy.uid,
        "role": role,
        "starts_at": starts_at,
        "ends_at": ends_at,
    }
    personal = {"reason": row.reason} if row.reason else None
    record_staff(actor=actor, at=at, kind="delegation.given", staff=principal, facts=facts, personal=personal)
    return row


@transaction.atomic
def revoke_delegation(*, actor: Actor, at: dt.datetime, delegation: Delegation) -> Delegation:
    """End a delegation at once: the principal takes it back, the deputy lays it down, or who manages staff."""
    if actor.staff_id != delegation.deputy_id:
        _may_arrange(actor, delegation.principal)
    row = (
        Delegation.objects.select_for_update(of=("self",))
        .select_related("principal__unit")
        .get(pk=delegation.pk)
    )
    if row.revoked_at or row.ends_at <= at:
        raise conflict("delegation.over")
    row.revoked_at = at
    row.save(update_fields=["revoked_at"])
    record_staff(
        actor=actor, at=at, kind="delegation.revoked", staff=row.principal, facts={"delegation": row.uid}
    )
    return row


def _may_arrange(actor: Actor, principal: Staff) -> None:
    if principal.company_id != actor.company_id and not actor.is_system:
        raise missing()
    if actor.scopes is not None:
        access.require(actor, "delegation.manage")
    unit = principal.unit or principal.company
    manages = access.may(actor, "staff.manage", unit.path if unit else None)
    if actor.staff_id != principal.pk and not manages:
        raise refused("delegation.not_yours", roles=[Role.ADMINISTRATOR.value])


def _holds(principal: Staff, role: str, starts_at: dt.datetime, ends_at: dt.datetime) -> None:
    if role and role not in Role.values:
        raise fault("role", "choice.unknown", value=role)
    held = RoleGrant.objects.filter(staff=principal).filter(
        Q(starts_on=None) | Q(starts_on__lte=ends_at.date()),
        Q(ends_on=None) | Q(ends_on__gte=starts_at.date()),
    )
    if role:
        held = held.filter(role=role)
    if not held.exists() and not grants_in_force(principal, starts_at).filter(role=role).exists():
        raise fault("role", "delegation.not_held", name=principal.name, role=role)
