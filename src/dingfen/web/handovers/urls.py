"""Addresses of hand-overs, and how one is shown elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.urls import path, reverse
from django.utils.translation import gettext

from dingfen.accounts.actor import Actor
from dingfen.ownership.handover.models import Handover
from dingfen.web.handovers import views
from dingfen.web.handovers.lists import Handovers
from dingfen.web.subjects import Subject, shows

urlpatterns = [
    path("handovers/", Handovers.as_view(), name="handovers"),
    path("handovers/new/", views.new, name="handover_new"),
    path("handovers/<uuid:uid>/", views.detail, name="handover"),
    path("handovers/<uuid:uid>/progress/", views.progress, name="handover_progress"),
    path("handovers/<uuid:uid>/items/", views.change, name="handover_items"),
    path("handovers/<uuid:uid>/start/", views.start, name="handover_start"),
    path("handovers/<uuid:uid>/undo/", views.undo, name="handover_undo"),
    path("handovers/<uuid:uid>/drop/", views.drop, name="handover_drop"),
    path("handovers/<uuid:uid>/close/", views.close, name="handover_close"),
]


def handovers_shown(actor: Actor, uids: Sequence[UUID]) -> Mapping[UUID, Subject]:
    rows = Handover.objects.visible_to(actor).filter(uid__in=uids).select_related("person")
    return {
        row.uid: Subject(
            label=gettext("Hand-over"),
            number=row.person.name,
            url=reverse("handover", args=[row.uid]),
            icon="user-share",
            stage=str(row.get_state_display()),
        )
        for row in rows
    }


shows("handover", handovers_shown)
