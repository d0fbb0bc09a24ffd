"""Who may see which customer. Never across companies (decision 1), and no more than the work needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Role

if TYPE_CHECKING:
    from dingfen.parties.models import Customer  # noqa: F401

# States of a registration in which somebody holds the customer.
HOLDING = ("held", "lapsing", "disputed", "won")
WHOLE = (Role.GENERAL_MANAGER, Role.COMPLIANCE)
OF_UNITS = (Role.HEAD, Role.RECEPTIONIST, Role.AGENT)


class CustomerQuerySet(models.QuerySet["Customer"]):
    def visible_to(self, actor: Actor) -> CustomerQuerySet:
        """The company for its overseers; a unit's for its head, reception and service; else what one holds.

        Somebody who entered a customer sees it until somebody else holds it.
        """
        mine = self.filter(company_id=actor.company_id, erased_at=None, voided_at=None)
        if actor.is_system or actor.paths(*WHOLE):
            return mine
        seen = Q(pk__in=[])
        for path in actor.paths(*OF_UNITS):
            seen |= Q(unit__path__startswith=path)
        if actor.has(Role.SALESPERSON):
            seen |= self._held_by(actor.staff_id)
        return mine.filter(seen)

    def _held_by(self, staff_id: int | None) -> Q:
        from dingfen.parties.models import Customer

        active = {"registrations__state__in": HOLDING}
        held = Customer.objects.filter(registrations__holder_id=staff_id, **active).values("pk")
        lost = Customer.objects.filter(created_by_id=staff_id, **active).exclude(
            registrations__holder_id=staff_id
        )
        return Q(pk__in=held) | (Q(created_by_id=staff_id) & ~Q(pk__in=lost.values("pk")))

    def leading(self) -> CustomerQuerySet:
        """Without those that count as another one (merged)."""
        return self.filter(merged_into=None)
