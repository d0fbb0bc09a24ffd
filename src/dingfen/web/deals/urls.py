"""Addresses of deals, and how a deal is shown elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.urls import path, reverse
from django.utils.translation import gettext

from dingfen.accounts.actor import Actor
from dingfen.ownership.models import Deal
from dingfen.parties.queries import names_by_id
from dingfen.web.deals import views
from dingfen.web.deals.lists import Deals
from dingfen.web.subjects import Subject, shows

urlpatterns = [
    path("deals/", Deals.as_view(), name="deals"),
    path("deals/new/", views.new, name="deal_new"),
    path("deals/<uuid:uid>/", views.detail, name="deal"),
    path("deals/<uuid:uid>/delivered/", views.delivered, name="deal_delivered"),
    path("deals/<uuid:uid>/void/", views.void, name="deal_void"),
]


def deals_shown(actor: Actor, uids: Sequence[UUID]) -> Mapping[UUID, Subject]:
    found = list(Deal.objects.visible_to(actor).filter(uid__in=uids).select_related("customer"))
    names = names_by_id(actor, [one.customer_id for one in found])
    return {
        one.uid: Subject(
            label=gettext("Deal"),
            number=one.reference or one.customer.number,
            url=reverse("deal", args=[one.uid]),
            icon="file-text",
            customer=names[one.customer_id],
            note=one.scope,
        )
        for one in found
    }


shows("deal", deals_shown)
