"""Who acts: carried through every action, so that access, the register and figures agree on it."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.db import connection
from django.db.models import Q, QuerySet

from dingfen.accounts.models import RoleGrant, Staff, Unit
from dingfen.database.rows import plain, run

SYSTEM_UID = uuid.UUID(int=0)


@dataclass(frozen=True, slots=True)
class Actor:
    """A member of staff with the roles in force, or the system itself within one company.

    `grants` are (role, unit path) pairs, own ones and those held for principals whose deputy this is;
    `acting_for` lists the latter as (role, unit path, principal's id), `own` the former. `scopes` limits an
    API token; None means no limit.
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
    company_uid: uuid.UUID | None = None
    own: frozenset[tuple[str, str]] = frozenset()
    staff: Staff | None = field(default=None, compare=False, repr=False)
    """The person's row with its unit, where this very request has read it to know the actor."""

    @property
    def is_system(self) -> bool:
        return self.staff_id is None

    def has(self, role: str, path: str | None = None) -> bool:
        """Whether the role covers the unit at `path` (any unit when None)."""
        return any(held == role and (path is None or path.startswith(over)) for held, over in self.grants)

    def paths(self, *roles: str) -> tuple[str, ...]:
        """Paths of the units over which any of these roles is held, shortest first."""
        return tuple(sorted({over for held, over in self.grants if held in roles}))

    def principals(self, roles: Collection[str], path: str | None = None) -> tuple[int, ...]:
        """Ids of the colleagues for whom this actor uses one of `roles` over `path`.

        Empty when an own role does it: then nobody is represented.
        """

        def covers(role: str, over: str) -> bool:
            return role in roles and (path is None or path.startswith(over))

        if any(covers(*grant) for grant in self.own):
            return ()
        return tuple(sorted({who for role, over, who in self.acting_for if covers(role, over)}))

    def without(self, staff_ids: Collection[int]) -> Actor:
        """The same actor less what these colleagues have lent: nobody is represented in their own matter."""
        lent = tuple(grant for grant in self.acting_for if grant[2] not in staff_ids)
        return replace(self, grants=self.own | {(role, over) for role, over, _ in lent}, acting_for=lent)

    def via(self, channel: str, scopes: frozenset[str] | None = None) -> Actor:
        return replace(self, channel=channel, scopes=scopes)


def grants_in_force(staff: Staff, at: datetime) -> QuerySet[RoleGrant]:
    """The person's own roles on the day of `at` (by their unit's clock)."""
    day = staff.unit.day(at) if staff.unit else at.date()
    return RoleGrant.objects.filter(
        Q(starts_on=None) | Q(starts_on__lte=day), Q(ends_on=None) | Q(ends_on__gte=day), staff=staff
    )


def held_by(staff_id: int, day: date, at: datetime) -> list[tuple[int, str, str]]:
    """(whose, role, unit path) of somebody on a day: own roles and lent ones, in one statement.

    Every request asks this, so it goes round the ORM's query building (measured: 2 ms).
    """
    on, moment = connection.ops.adapt_datefield_value(day), plain(at)
    return run(_HELD, [staff_id, on, on, staff_id, moment, moment, on, on, on])


_HELD = """
SELECT g.staff_id, g.role, u.path FROM accounts_rolegrant g JOIN accounts_unit u ON u.id = g.unit_id
WHERE g.staff_id = +%s
  AND (g.starts_on IS NULL OR g.starts_on <= %s) AND (g.ends_on IS NULL OR g.ends_on >= %s)
UNION
SELECT g.staff_id, g.role, u.path FROM accounts_delegation d
JOIN accounts_staff p ON p.id = d.principal_id
JOIN accounts_rolegrant g ON g.staff_id = d.principal_id AND (d.role = '' OR d.role = g.role)
JOIN accounts_unit u ON u.id = g.unit_id
WHERE d.deputy_id = +%s AND d.starts_at <= %s AND d.ends_at > %s AND d.revoked_at IS NULL
  AND p.is_active AND (p.left_on IS NULL OR p.left_on >= %s)
  AND (g.starts_on IS NULL OR g.starts_on <= %s) AND (g.ends_on IS NULL OR g.ends_on >= %s)
"""


def actor_for(staff: Staff, at: datetime, channel: str = "web") -> Actor:
    """The actor for a signed-in member of staff, with roles and delegations in force at `at`.

    One query, when `unit` and `company` of the staff are loaded.
    """
    held = held_by(staff.pk, staff.unit.day(at) if staff.unit else at.date(), at)
    own = frozenset((role, path) for whose, role, path in held if whose == staff.pk)
    lent = tuple(sorted((role, path, whose) for whose, role, path in held if whose != staff.pk))
    return Actor(
        uid=staff.uid,
        staff_id=staff.pk,
        name=staff.name,
        company_id=staff.company_id,
        unit_id=staff.unit_id,
        unit_path=staff.unit.path if staff.unit else "",
        grants=own | {(role, path) for role, path, _ in lent},
        acting_for=lent,
        channel=channel,
        company_uid=staff.company.uid if staff.company else None,
        own=own,
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
        company_uid=company.uid if company else None,
    )
