"""Who may see which complaint (B10): its handlers, unit heads, the overseers; never who is complained of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from dingfen.accounts import access
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Role, Unit
from dingfen.cases.models import CasePerson

if TYPE_CHECKING:
    from dingfen.complaints.models import Complaint, Inquiry  # noqa: F401

WHOLE = (Role.GENERAL_MANAGER, Role.COMPLIANCE)
OF_UNITS = (Role.HEAD, Role.AGENT)
Part = CasePerson.Part


class ComplaintQuerySet(models.QuerySet["Complaint"]):
    def visible_to(self, actor: Actor) -> ComplaintQuerySet:
        """The company for its overseers, a unit's for its head and its agents, else where one has a part.

        Who received one goes on seeing it. Whoever is complained of in it, or stepped aside, sees none of it,
        whatever else they are.
        """
        mine = self.filter(case__company_id=actor.company_id)
        if actor.is_system:
            return mine
        parts = CasePerson.objects.filter(
            case=OuterRef("case_id"), staff_id=actor.staff_id or 0, ended_at=None
        )
        seen = mine.filter(~Exists(parts.filter(part__in=(Part.COMPLAINED_OF, Part.ASIDE))))
        if actor.paths(*WHOLE):
            return seen
        units = below_units(actor.paths(*OF_UNITS))
        own = Q(handler_id=actor.staff_id) | Q(receiver_id=actor.staff_id)
        taking_part = Exists(parts)
        return seen.filter(units | own | taking_part)


def files_of_complaints(actor: Actor) -> models.QuerySet[Any]:
    """The cases whose files an actor may open: those of the complaints they see."""
    from dingfen.complaints.models import Complaint

    if not access.may(actor, "complaint.view"):
        return Complaint.objects.none().values("case_id")
    return Complaint.objects.visible_to(actor).values("case_id")


def below_units(paths: tuple[str, ...]) -> Q:
    """The complaint belongs to a unit under one of these paths; matches nothing without paths."""
    found = Q(pk__in=[])
    for path in paths:
        found |= Q(case__unit__in=Unit.objects.filter(path__startswith=path).values("pk"))
    return found


class InquiryQuerySet(models.QuerySet["Inquiry"]):
    def visible_to(self, actor: Actor) -> InquiryQuerySet:
        """Whoever is asked, and those who see the complaint."""
        from dingfen.complaints.models import Complaint

        mine = self.filter(complaint__case__company_id=actor.company_id)
        if actor.is_system:
            return mine
        seen = Complaint.objects.visible_to(actor).values("pk")
        return mine.filter(Q(asked_id=actor.staff_id) | Q(complaint__in=seen))
