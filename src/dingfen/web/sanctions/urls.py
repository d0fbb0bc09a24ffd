"""Addresses of sanctions, and how they are shown elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.urls import path, reverse
from django.utils.translation import gettext

from dingfen.accounts.actor import Actor
from dingfen.ownership.sanction_rows import Sanction
from dingfen.web.sanctions import views
from dingfen.web.sanctions.lists import Sanctions
from dingfen.web.subjects import Subject, shows

urlpatterns = [
    path("sanctions/", Sanctions.as_view(), name="sanctions"),
    path("sanctions/new/", views.new, name="sanction_new"),
    path("sanctions/<uuid:uid>/", views.detail, name="sanction"),
    path("sanctions/<uuid:uid>/answer/", views.answer, name="sanction_answer"),
    path("sanctions/<uuid:uid>/decide/", views.decide, name="sanction_decide"),
    path("sanctions/<uuid:uid>/appeal/", views.appeal, name="sanction_appeal"),
    path("sanctions/<uuid:uid>/final/", views.final, name="sanction_final"),
]


def sanctions_shown(actor: Actor, uids: Sequence[UUID]) -> Mapping[UUID, Subject]:
    rows = Sanction.objects.visible_to(actor).filter(case__uid__in=uids).select_related("case")
    return {
        row.case.uid: Subject(
            label=gettext("Sanction"),
            number=row.case.number,
            url=reverse("sanction", args=[row.case.uid]),
            icon="gavel",
            customer="",
            stage=str(row.get_state_display()),
        )
        for row in rows
    }


shows("sanction", sanctions_shown)
