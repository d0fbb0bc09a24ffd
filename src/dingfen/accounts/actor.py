"""Who acts: carried through every action, so that access, the register and figures agree on it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q

from dingfen.accounts.models import Delegation, RoleGrant, Staff, Unit

SYSTEM_UID = uuid.UUID(int=0)


@dataclass(frozen=True, slots=True)
class Actor:
    """A member of staff with the roles in force, or the system itself within one company.

    `grants` are (role, unit path) pairs, own ones and those held for principals whose deputy this is
    (`acting_for` maps such a pair to the principal). `scopes` limits an API token; None means no limit.
    """

    uid: uuid.UUID
    staff_id: int | None
    name: str
    company_id: int | None
    unit_id: int | None
    unit_path: str
    grants: frozenset[tuple[str, str]]
    acting_for: tuple[tuple[str, str, int], ...] = ()
    channel: str = "web"
    scopes: frozenset[str] | None = None

    @property
    def is_system(self) -> bool:
        return self.staff_id is None

    def has(self, role: str, path: str | None = None) -> bool:
        """Whether the role covers the unit at `path` (any unit when None)."""
        return any(held == role and (path is None or path.startswith(over)) for held, over in self.grants)

    def paths(self, *roles: str) -> tuple[str, ...]:
        """Paths of the units over which any of these roles is held, shortest first."""
        return tuple(sorted({over for held, over in self.grants if held in roles}))

    def via(self, channel: str, scopes: frozenset[str] | None = None) -> Actor:
        return replace(self, channel=channel, scopes=scopes)


def _grants(staff_id: int, at: datetime) -> set[tuple[str, str]]:
    day = at.date()
    rows = RoleGrant.objects.filter(
        Q(starts_on=None) | Q(starts_on__lte=day), Q(ends_on=None) | Q(ends_on__gte=day), staff_id=staff_id
    )
    return set(rows.values_list("role", "unit__path"))


def actor_for(staff: Staff, at: datetime, channel: str = "web") -> Actor:
    """The actor for a signed-in member of staff, with roles and delegations in force at `at`."""
    grants = _grants(staff.pk, at)
    acting: list[tuple[str, str, int]] = []
    deputed = Delegation.objects.filter(deputy=staff, starts_at__lte=at, ends_at__gt=at, revoked_at=None)
    for principal in deputed.values_list("principal_id", flat=True):
        for role, path in _grants(principal, at):
            acting.append((role, path, principal))
            grants.add((role, path))
    return Actor(
        uid=staff.uid,
        staff_id=staff.pk,
        name=staff.name,
        company_id=staff.company_id,
        unit_id=staff.unit_id,
        unit_path=staff.unit.path if staff.unit else "",
        grants=frozenset(grants),
        acting_for=tuple(acting),
        channel=channel,
    )


def system_actor(company: Unit | None, channel: str = "worker") -> Actor:
    """The system, when a clock or an import acts and no person does."""
    return Actor(
        uid=SYSTEM_UID,
        staff_id=None,
        name="system",
        company_id=company.pk if company else None,
        unit_id=None,
        unit_path=company.path if company else "",
        grants=frozenset(),
        channel=channel,
    )
