"""Who may see which customer. Never across companies (decision 1), and no more than the work needs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Role
from dingfen.accounts.units import units_below

if TYPE_CHECKING:
    from dingfen.parties.models import Customer

# States of a registration in which somebody holds the customer.
HOLDING = ("held", "lapsing", "disputed", "won")
WHOLE = (Role.GENERAL_MANAGER, Role.COMPLIANCE)
BESIDE = (Role.HEAD, Role.AGENT)  # who may be named a co-worker, salespeople apart
OF_UNITS = (Role.HEAD, Role.RECEPTIONIST, Role.AGENT)


class CustomerQuerySet(models.QuerySet["Customer"]):
    def visible_to(
        self,
        actor: Actor,
        among: Sequence[int] | None = None,
        *,
        co_working: bool = True,
        listed: bool = False,
    ) -> CustomerQuerySet:
        """The company for its overseers; a unit's for its head, reception and service; else what one holds.

        Somebody who entered a customer sees it until somebody else holds it. `among`: only those of these ids,
        so that nobody's thousand holds are gone through to show a page of them. `co_working`: with those one
        works on beside the holder, who are seen and not changed. `listed`: for who reads them all in order; what
        decides on the index (which units, whether one works beside anybody) is then looked up first.
        """
        mine = self.filter(company_id=actor.company_id, erased_at=None, voided_at=None)
        if among is not None:
            mine = mine.filter(pk__in=among)
        if actor.is_system or actor.paths(*WHOLE):
            return mine
        seen = _of_units(actor.paths(*OF_UNITS), listed)
        if actor.has(Role.SALESPERSON):
            seen |= Q(pk__in=self._own(actor.staff_id, among, co_working))
        elif co_working and actor.paths(*BESIDE):
            beside = self._beside(actor.staff_id, among)
            if not listed or beside.exists():
                seen |= Q(pk__in=beside)
        return mine.filter(seen) if seen else mine.none()

    def _own(
        self, staff_id: int | None, among: Sequence[int] | None, co_working: bool
    ) -> models.QuerySet[Customer, int]:
        """Ids of the customers somebody holds, or entered while nobody else holds them.

        One subquery over two short lists: an OR of conditions would walk the whole table.
        """
        from dingfen.parties.models import Customer

        holds = _holds(among)
        held = holds.filter(holder_id=staff_id, state__in=HOLDING).values_list("customer_id", flat=True)
        others = _holds(None).filter(customer_id=OuterRef("pk"), state__in=HOLDING)
        entered: models.QuerySet[Customer] = models.QuerySet(Customer).filter(
            ~Exists(others), created_by_id=staff_id
        )
        if among is not None:
            entered = entered.filter(pk__in=among)
        every = [entered.values_list("pk", flat=True)]
        if co_working:
            every.append(self._beside(staff_id, among))
        return held.union(*every)

    def _beside(self, staff_id: int | None, among: Sequence[int] | None) -> models.QuerySet[Customer, int]:
        """Ids of the customers on which somebody works beside the holder."""
        beside = _holds(among).filter(co_workers__staff_id=staff_id or 0, co_workers__ended_at=None)
        return beside.values_list("customer_id", flat=True)

    def leading(self) -> CustomerQuerySet:
        """Without those that count as another one (merged)."""
        return self.filter(merged_into=None)


def _of_units(paths: tuple[str, ...], listed: bool) -> Q:
    if listed and paths:
        return Q(unit_id__in=units_below(paths))
    return reduce(or_, (Q(unit__path__startswith=path) for path in paths), Q())


def _holds(among: Sequence[int] | None) -> models.QuerySet[Any]:
    """Registrations, those of some customers; by the relation, since `ownership` stands above this package.

    Asked for by themselves: through the customer each would be looked up once more.
    """
    holds: models.QuerySet[Any] = models.QuerySet(_registration())
    return holds if among is None else holds.filter(customer_id__in=among)


def _registration() -> type[models.Model]:
    from dingfen.parties.models import Customer

    found: type[models.Model] = Customer._meta.get_field("registrations").related_model
    return found
