"""Who may see which hold, deal and dispute (decision 1: never across companies)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce

from dingfen.accounts import access
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Role
from dingfen.accounts.units import units_below
from dingfen.cases.presence import Sight

if TYPE_CHECKING:
    from dingfen.ownership.holding_rows import TellDuty  # noqa: F401
    from dingfen.ownership.matches.rows import MatchDecision, MatchJob, MatchReview  # noqa: F401
    from dingfen.ownership.models import Deal, Dispute, Registration  # noqa: F401
    from dingfen.ownership.sanction_rows import Sanction  # noqa: F401

M = TypeVar("M", bound=models.Model)
WHOLE = (Role.GENERAL_MANAGER, Role.COMPLIANCE)


def below(field: str, paths: tuple[str, ...]) -> Q:
    """The unit at `field` lies under one of these paths; matches nothing without paths."""
    condition = Q(pk__in=[])
    for path in paths:
        condition |= Q(**{f"{field}__path__startswith": path})
    return condition


def held_below(paths: tuple[str, ...]) -> Q:
    """`below` for the unit of a hold. The units are asked first: knowing how few they are, the database takes
    the index of the unit, also within an "or"; a subquery it takes for long and reads the company instead.
    """
    return Q(unit_id__in=units_below(paths))


def units_headed(actor: Actor) -> tuple[int, ...]:
    """What `Registration.objects.visible_to` looks up, for who keeps its statement."""
    return units_below(actor.paths(Role.HEAD))


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def visible_to(
        self, actor: Actor, *, pool: bool = True, headed: tuple[int, ...] | None = None
    ) -> RegistrationQuerySet:
        """Those that concern one, and those one works on beside the holder.

        `pool=False` for who asks about holds in force anyway: the database then looks at one's own alone.
        `headed`: `units_headed` of the actor, where they are known already.
        """
        return self._seen(actor, pool=pool, co_working=True, headed=headed)

    def concerning(self, actor: Actor) -> RegistrationQuerySet:
        """One's own, those of units one heads, the pool for who may take; the company for its overseers."""
        return self._seen(actor, pool=True, co_working=False)

    def _seen(
        self, actor: Actor, *, pool: bool, co_working: bool, headed: tuple[int, ...] | None = None
    ) -> RegistrationQuerySet:
        from dingfen.ownership.co_worker_rows import CoWorker

        mine = self.filter(company_id=actor.company_id)
        if actor.is_system or actor.paths(*WHOLE):
            return mine
        seen = Q(holder_id=actor.staff_id)
        seen |= Q(unit_id__in=units_headed(actor) if headed is None else headed)
        if pool and actor.has(Role.SALESPERSON):
            seen |= Q(state__in=("pooled", "cooling"))
        if co_working and actor.staff_id is not None:
            beside = CoWorker.objects.at_work().filter(staff_id=actor.staff_id)
            seen |= Q(pk__in=beside.values("registration_id"))
        return mine.filter(seen)


class MatchReviewQuerySet(models.QuerySet["MatchReview"]):
    def visible_to(self, actor: Actor) -> MatchReviewQuerySet:
        """Those of units where one may merge; the company for its overseers."""
        mine = self.filter(customer__company_id=actor.company_id)
        if actor.is_system or actor.paths(*WHOLE):
            return mine
        paths = actor.paths(Role.HEAD, Role.ADMINISTRATOR)
        loose = Q(registration=None) & below("customer__unit", paths)
        return mine.filter(below("registration__unit", paths) | loose)

    def with_leading(self) -> models.QuerySet[Any]:
        """`mine` and `theirs`: the ids that both customers count as now."""
        return self.annotate(
            mine=Coalesce(F("customer__merged_into_id"), F("customer_id")),
            theirs=Coalesce(F("other__merged_into_id"), F("other_id")),
        )


class MatchDecisionQuerySet(models.QuerySet["MatchDecision"]):
    def visible_to(self, actor: Actor) -> MatchDecisionQuerySet:
        """One's own; the company's for its overseers and administrators."""
        mine = self.filter(company_id=actor.company_id)
        if actor.is_system or actor.paths(*WHOLE, Role.ADMINISTRATOR):
            return mine
        return mine.filter(made_by_id=actor.staff_id)


class MatchJobQuerySet(models.QuerySet["MatchJob"]):
    def visible_to(self, actor: Actor) -> MatchJobQuerySet:
        """The company's: they name nobody."""
        return self.filter(company_id=actor.company_id)


def signed_by(staff_id: int | None) -> Q:
    """Deals somebody has signed, alone or with others."""
    from dingfen.ownership.models import Deal

    shared = Deal.co_signers.through.objects.filter(staff_id=staff_id or 0)
    return Q(signer_id=staff_id) | Q(pk__in=shared.values("deal_id"))


class DealQuerySet(models.QuerySet["Deal"]):
    def visible_to(self, actor: Actor) -> DealQuerySet:
        """One's own, alone or shared, those of units one heads; the company for its overseers."""
        mine = self.filter(company_id=actor.company_id, voided_at=None)
        if actor.is_system or actor.paths(*WHOLE):
            return mine
        return mine.filter(signed_by(actor.staff_id) | below("unit", actor.paths(Role.HEAD)))


class DisputeQuerySet(models.QuerySet["Dispute"]):
    def visible_to(self, actor: Actor) -> DisputeQuerySet:
        """Who claims, or did until a colleague took over, heads of the units that claim, the company's overseers."""
        mine = self.filter(case__company_id=actor.company_id)
        if actor.is_system or actor.paths(*WHOLE):
            return mine
        from dingfen.ownership.models import Claim

        heads = actor.paths(Role.HEAD)
        claims = Claim.objects.filter(dispute=OuterRef("pk")).filter(
            Q(claimant_id=actor.staff_id) | Q(takeovers__earlier_id=actor.staff_id) | below("unit", heads)
        )
        return mine.filter(Exists(claims))


class SanctionQuerySet(models.QuerySet["Sanction"]):
    def visible_to(self, actor: Actor) -> SanctionQuerySet:
        """The person concerned, who proposed it, heads over the person's unit, and the overseers: nobody else."""
        mine = self.filter(case__company_id=actor.company_id)
        if actor.is_system or actor.paths(*WHOLE):
            return mine
        own = Q(staff_id=actor.staff_id) | Q(accuser_id=actor.staff_id)
        return mine.filter(own | below("case__unit", actor.paths(Role.HEAD)))


def files_of_sanctions(actor: Actor) -> models.QuerySet[Any]:
    """The cases of sanctions whose files an actor may open."""
    from dingfen.ownership.sanction_rows import Sanction

    return Sanction.objects.visible_to(actor).values("case_id")


class TellDutyQuerySet(models.QuerySet["TellDuty"]):
    def visible_to(self, actor: Actor) -> TellDutyQuerySet:
        """Who owes it, whom it is owed, the heads of both; the company for its overseers."""
        mine = self.filter(registration__company_id=actor.company_id)
        if actor.is_system or actor.paths(*WHOLE):
            return mine
        heads = actor.paths(Role.HEAD)
        seen = Q(receiver_id=actor.staff_id) | Q(holder_id=actor.staff_id)
        return mine.filter(seen | below("unit", heads) | below("registration__unit", heads))


def files_of_disputes(actor: Actor) -> models.QuerySet[Any]:
    """The cases whose files an actor may open: those of the disputes they see."""
    from dingfen.ownership.models import Dispute

    if not access.may(actor, "dispute.view"):
        return Dispute.objects.none().values("case_id")
    return Dispute.objects.visible_to(actor).values("case_id")


def claims_in(actor: Actor, uid: UUID) -> bool:
    """Whether the actor claims, or claimed, in the dispute of this case."""
    from dingfen.ownership.models import Claim

    own = Q(claimant_id=actor.staff_id) | Q(takeovers__earlier_id=actor.staff_id)
    return Claim.objects.filter(own, dispute__case__uid=uid).exists()


def _disputes(actor: Actor) -> models.QuerySet[Any]:
    from dingfen.ownership.models import Dispute

    return Dispute.objects.visible_to(actor)


# Who decides is not to be watched by those it is decided about.
sight_of_disputes = Sight(_disputes, "case__uid", apart=claims_in)
