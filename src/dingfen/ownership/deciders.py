"""Who rules on a dispute: the nearest heads, their deputies, the general manager; nobody in their own matter."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Delegation, Role, RoleGrant, Staff, Unit
from dingfen.ownership.claim_rows import Takeover
from dingfen.ownership.models import Dispute
from dingfen.policies.queries import path_prefixes
from dingfen.problems import refused


@dataclass(frozen=True, slots=True)
class Seat:
    """One place at the table: a unit's head, or the general manager (then `unit` is the company).

    `people` may fill it: who holds the role, or deputies named beforehand where those are parties.
    """

    unit: Unit
    role: str
    people: tuple[Staff, ...]
    deputies: tuple[tuple[Staff, int], ...] = ()

    def principal_of(self, staff_id: int | None) -> int | None:
        """For whom a deputy sits here; None for who sits in their own right."""
        return next((whose for deputy, whose in self.deputies if deputy.pk == staff_id), None)


def holders_of(role: str, unit: Unit, day: datetime | None = None) -> list[Staff]:
    """Who holds a role at the nearest level at or above a unit, in order of their ids."""
    grants = (
        RoleGrant.objects.filter(
            role=role, unit__path__in=path_prefixes(unit.path), staff__is_active=True, staff__left_on=None
        )
        .select_related("staff__unit", "staff__company", "unit")
        .order_by("staff_id")
    )
    if day is not None:
        grants = grants.filter(
            Q(starts_on=None) | Q(starts_on__lte=day.date()), Q(ends_on=None) | Q(ends_on__gte=day.date())
        )
    found = list(grants)
    nearest = max((len(grant.unit.path) for grant in found), default=0)
    return [grant.staff for grant in found if len(grant.unit.path) == nearest]


def heads_of(unit: Unit) -> list[Staff]:
    return holders_of(Role.HEAD, unit)


def seat_of(unit: Unit, role: str, parties: Collection[int], since: datetime, at: datetime) -> Seat | None:
    """The seat of a role over a unit; None when everyone who could fill it is a party."""
    own = holders_of(role, unit, at)
    free = [staff for staff in own if staff.pk not in parties]
    deputies: list[tuple[Staff, int]] = []
    for delegation in (
        Delegation.objects.filter(
            principal__in=[staff.pk for staff in own], starts_at__lte=at, ends_at__gt=at, revoked_at=None
        )
        .exclude(deputy__in=list(parties))
        .select_related("deputy__unit", "deputy__company")
        .order_by("pk")
    ):
        named_before = delegation.starts_at <= since
        if delegation.principal_id not in parties or named_before:
            deputies.append((delegation.deputy, delegation.principal_id))
    people = (*free, *(deputy for deputy, _ in deputies))
    return Seat(unit, role, people, tuple(deputies)) if people else None


def parties_of(dispute: Dispute) -> set[int]:
    """The people whose matter it is: nobody of them rules on it."""
    people = set(dispute.claims.values_list("claimant_id", flat=True))
    people.update(Takeover.objects.filter(claim__dispute=dispute).values_list("earlier_id", flat=True))
    if dispute.deal is not None:
        people.add(dispute.deal.signer_id)
        people.update(dispute.deal.co_signers.values_list("pk", flat=True))
    return people


def seats(dispute: Dispute, at: datetime) -> list[Seat]:
    """Who must say something before there is a first ruling.

    The heads of the units that decide; the general manager alone where the pack says so, where the heads
    did not agree, or where a head and all deputies are parties (decision 5).
    """
    parties = parties_of(dispute)
    if dispute.decider_mode != "general_manager":
        found = [
            seat_of(unit, Role.HEAD, parties, dispute.case.opened_at, at)
            for unit in dispute.decider_units.select_related("company").order_by("pk")
        ]
        if found and all(seat is not None for seat in found):
            return [seat for seat in found if seat is not None]
    top = general_manager(dispute, at)
    return [top] if top else []


def general_manager(dispute: Dispute, at: datetime) -> Seat | None:
    """The general manager's seat; a deputy named beforehand where the general manager is a party."""
    return seat_of(
        dispute.case.company, Role.GENERAL_MANAGER, parties_of(dispute), dispute.case.opened_at, at
    )


def seats_for(actor: Actor, dispute: Dispute, at: datetime) -> list[Seat]:
    """The seats this actor may fill. Raises `own_matter` (403) for a party, `dispute.not_decider` else."""
    parties = parties_of(dispute)
    if actor.staff_id in parties:
        raise refused("dispute.own_matter", who=", ".join(names(seats(dispute, at))))
    every = seats(dispute, at)
    mine = [seat for seat in every if any(staff.pk == actor.staff_id for staff in seat.people)]
    if not mine:
        raise refused("dispute.not_decider", who=", ".join(names(every)))
    return mine


def names(found: Collection[Seat]) -> list[str]:
    """The people who may rule, each once."""
    return list(dict.fromkeys(staff.name for seat in found for staff in seat.people))
