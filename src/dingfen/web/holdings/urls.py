"""Addresses of holds and the pool, and how a hold is shown elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import QuerySet
from django.urls import path, reverse
from django.utils.translation import gettext

from dingfen.accounts.actor import Actor
from dingfen.database import kept
from dingfen.ownership.models import Registration
from dingfen.ownership.visibility import units_headed
from dingfen.parties.queries import names_by_id
from dingfen.web.holdings import naming, progress, views
from dingfen.web.holdings.lists import Holdings, Pool
from dingfen.web.subjects import Subject, shows

urlpatterns = [
    path("holdings/", Holdings.as_view(), name="holdings"),
    path("pool/", Pool.as_view(), name="pool"),
    path("holdings/<uuid:uid>/", views.detail, name="holding"),
    path("holdings/<uuid:uid>/release/", views.release, name="holding_release"),
    path("holdings/<uuid:uid>/transfer/", views.transfer, name="holding_transfer"),
    path("holdings/<uuid:uid>/void/", views.void, name="holding_void"),
    path("holdings/<uuid:uid>/take/", views.take, name="holding_take"),
    path("holdings/<uuid:uid>/assign/", views.assign, name="holding_assign"),
    path("holdings/<uuid:uid>/stage/", progress.stage, name="holding_stage"),
    path("holdings/<uuid:uid>/renew/", progress.renew, name="holding_renew"),
    path("holdings/<uuid:uid>/renewal/ask/", progress.ask_renewal, name="holding_renewal_ask"),
    path("holdings/<uuid:uid>/renewal/answer/", progress.answer_renewal, name="holding_renewal_answer"),
    path("holdings/<uuid:uid>/confirm/", progress.confirm, name="holding_confirm"),
    path("holdings/<uuid:uid>/pool/", progress.to_pool, name="holding_to_pool"),
    path("holdings/<uuid:uid>/co-workers/", naming.name, name="holding_co_worker"),
    path("holdings/<uuid:uid>/co-workers/<uuid:co_worker>/end/", naming.end, name="holding_co_worker_end"),
    path("holdings/<uuid:uid>/deal/", views.deal, name="holding_deal"),
]


def _shown(actor: Actor, headed: tuple[int, ...], uids: Sequence[UUID]) -> QuerySet[Registration]:
    found = (
        Registration.objects.visible_to(actor, headed=headed).filter(uid__in=uids).select_related("customer")
    )
    return found.only("uid", "state", "scope", "customer__number")


def holds_shown(actor: Actor, uids: Sequence[UUID]) -> Mapping[UUID, Subject]:
    found = kept.rows(_shown, actor, units_headed(actor), among=uids)
    names = names_by_id(actor, [held.customer_id for held in found])
    return {
        held.uid: Subject(
            label=gettext("Hold"),
            number=held.customer.number,
            url=reverse("holding", args=[held.uid]),
            icon="user-check",
            customer=names[held.customer_id],
            stage=str(held.get_state_display()),
            note=held.scope,
        )
        for held in found
    }


shows("registration", holds_shown)
