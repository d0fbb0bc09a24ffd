"""Who has stepped into whose claim (part of `models`): whoever claims now is `Claim.claimant`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models

from dingfen.accounts.models import Staff
from dingfen.database.models import Row

if TYPE_CHECKING:
    from dingfen.ownership.models import Claim, Dispute


class Takeover(Row):
    """A claim that went from one salesperson to a colleague, because the first leaves or is away."""

    claim = models.ForeignKey("ownership.Claim", models.PROTECT, related_name="takeovers")
    earlier = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    later = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=200)
    undone_at = models.DateTimeField(null=True, blank=True, help_text="the claim went back")


def chain(claim: Claim) -> list[Staff]:
    """Whose claim it was and is: who made it first, who claims now last."""
    return [*(one.earlier for one in standing(claim)), claim.claimant]


def standing(claim: Claim) -> list[Takeover]:
    """The take-overs that were not undone, oldest first."""
    return sorted((one for one in claim.takeovers.all() if one.undone_at is None), key=lambda one: one.pk)


def successors(dispute: Dispute) -> Mapping[str, Staff]:
    """Uid of everybody whose claim a colleague has taken over -> who claims in their place now."""
    rows = _of(dispute.claims.filter(withdrawn_at=None))
    return {str(one.earlier.uid): one.claim.claimant for one in rows}


def first_claimants(dispute: Dispute) -> Mapping[str, Staff]:
    """Uid of everybody who claims in somebody's place -> who made the claim: money and sanctions are theirs."""
    found: dict[str, Staff] = {}
    for one in _of(dispute.claims.all()):
        found.setdefault(str(one.claim.claimant.uid), one.earlier)
    return found


def concerned(dispute: Dispute, at: datetime) -> list[Staff]:
    """Who hears how a dispute goes on and ends: who claims, and whose claim a colleague has taken over, since money
    and sanctions stay theirs. Whoever has left the company hears nothing more.
    """
    claims = dispute.claims.all()
    stepped_back = Takeover.objects.filter(claim__in=claims, undone_at=None).values("earlier")
    now = Staff.objects.working(dispute.case.unit.day(at)).filter(
        models.Q(pk__in=claims.values("claimant")) | models.Q(pk__in=stepped_back)
    )
    return list(now.select_related("unit", "company").order_by("pk"))


def _of(claims: models.QuerySet[Claim]) -> Iterable[Takeover]:
    rows = Takeover.objects.filter(claim__in=claims, undone_at=None)
    return rows.select_related(
        "earlier__unit", "earlier__company", "claim__claimant__unit__company", "claim__claimant__company"
    ).order_by("pk")
