"""Parts of complaints listed over all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.db.models import Q, QuerySet

from dingfen.accounts import access
from dingfen.accounts.actor import Actor
from dingfen.complaints.models import Action, Complaint
from dingfen.database import kept

LATEST, MOST_PRODUCTS = 500, 60


def corrective_actions(actor: Actor) -> QuerySet[Action]:
    """Corrective actions of the complaints an actor sees, and those they are responsible for."""
    own = Q(owner_id=actor.staff_id or 0)
    if access.may(actor, "complaint.view"):
        own |= Q(complaint__in=Complaint.objects.visible_to(actor).values("pk"))
    return Action.objects.filter(own, complaint__case__company_id=actor.company_id)


def products_of(actor: Actor) -> list[str]:
    """The products the latest complaints one may see are about, the most frequent first: to choose from."""
    rows = Complaint.objects.visible_to(actor).exclude(product="")
    latest = rows.order_by("-pk").values_list("product", flat=True)[:LATEST]
    return [product for product, _ in Counter(latest).most_common(MOST_PRODUCTS)]


def _merged(actor: Actor, ids: Sequence[int]) -> QuerySet[Complaint]:
    rows = Complaint.objects.visible_to(actor).filter(merged_into__in=ids)
    return rows.select_related("case").order_by("pk")


def merged_here(complaint: Complaint, actor: Actor) -> list[Complaint]:
    """The complaints that went on in this one, also by way of another, as far as the actor may see them."""
    found = kept.rows(_merged, actor, among=[complaint.pk])
    return [*found, *(deeper for one in found for deeper in merged_here(one, actor))]
