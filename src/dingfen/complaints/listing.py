"""Parts of complaints listed over all of them."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from dingfen.accounts import access
from dingfen.accounts.actor import Actor
from dingfen.complaints.models import Action, Complaint


def corrective_actions(actor: Actor) -> QuerySet[Action]:
    """Corrective actions of the complaints an actor sees, and those they are responsible for."""
    own = Q(owner_id=actor.staff_id or 0)
    if access.may(actor, "complaint.view"):
        own |= Q(complaint__in=Complaint.objects.visible_to(actor).values("pk"))
    return Action.objects.filter(own, complaint__case__company_id=actor.company_id)
