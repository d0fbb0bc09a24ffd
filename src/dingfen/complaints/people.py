"""Who is responsible for a unit's complaints: its agents, its heads, the general manager."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from dingfen.accounts.models import Role, RoleGrant, Staff, Unit
from dingfen.cases.models import Case, CasePerson


def holding(unit: Unit, role: str, at: datetime, without: Collection[int] = ()) -> list[Staff]:
    """Those who hold a role over a unit, by the nearest unit upwards where somebody does."""
    ids = [int(part) for part in unit.path.strip("/").split("/")]
    day = unit.day(at)
    grants = (
        RoleGrant.objects.filter(
            Q(starts_on=None) | Q(starts_on__lte=day),
            Q(ends_on=None) | Q(ends_on__gte=day),
            role=role,
            unit_id__in=ids,
            staff__in=Staff.objects.working(day),
        )
        .exclude(staff_id__in=without)
        .select_related("staff__unit", "staff__company", "unit")
        .order_by("staff_id")
    )
    found = list(grants)
    nearest = max((len(grant.unit.path) for grant in found), default=0)
    return [grant.staff for grant in found if len(grant.unit.path) == nearest]


def kept_out(case: Case) -> set[int]:
    """Ids of those complained of, and of those who stepped aside."""
    parts = (CasePerson.Part.COMPLAINED_OF, CasePerson.Part.ASIDE)
    return set(case.people.filter(part__in=parts, ended_at=None).values_list("staff_id", flat=True))


def above(case: Case, at: datetime) -> list[Staff]:
    """Whom a complaint goes up to: the heads of its unit, then the general manager; never who is kept out."""
    out = kept_out(case)
    return holding(case.unit, Role.HEAD, at, out) or holding(case.unit, Role.GENERAL_MANAGER, at, out)


def desk(case: Case, at: datetime) -> list[Staff]:
    """Who may take a new complaint: the unit's agents, its heads where it has none."""
    return holding(case.unit, Role.AGENT, at, kept_out(case)) or above(case, at)
