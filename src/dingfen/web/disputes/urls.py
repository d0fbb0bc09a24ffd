"""Addresses of disputes, and how they are shown elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.urls import path, reverse
from django.utils.translation import gettext

from dingfen.accounts.actor import Actor
from dingfen.ownership.models import Dispute, Effect
from dingfen.parties.queries import names_by_id
from dingfen.web.disputes import evidence, views
from dingfen.web.disputes.lists import Disputes, to_rule
from dingfen.web.navigation import counts
from dingfen.web.subjects import Subject, shows

urlpatterns = [
    path("disputes/", Disputes.as_view(), name="disputes"),
    path("disputes/raise/", views.raise_dispute, name="dispute_raise"),
    path("disputes/<uuid:uid>/", views.detail, name="dispute"),
    path("disputes/<uuid:uid>/answer/", evidence.answer, name="dispute_answer"),
    path("disputes/<uuid:uid>/evidence/", evidence.add, name="dispute_evidence"),
    path("disputes/<uuid:uid>/extend/", evidence.extend, name="dispute_extend"),
    path("evidence/<uuid:uid>/withdraw/", evidence.withdraw, name="evidence_withdraw"),
    path("evidence/<uuid:uid>/object/", evidence.object_to, name="evidence_object"),
    path("disputes/<uuid:uid>/claim/", views.claim, name="dispute_claim"),
    path("disputes/<uuid:uid>/hand-over/", views.hand_over, name="dispute_hand_over"),
    path("disputes/<uuid:uid>/withdraw/", views.withdraw, name="dispute_withdraw"),
    path("disputes/<uuid:uid>/agree/", views.agree, name="dispute_agree"),
    path("disputes/<uuid:uid>/rule/", views.rule, name="dispute_rule"),
    path("disputes/<uuid:uid>/find/", views.find, name="dispute_find"),
    path("disputes/<uuid:uid>/appeal/", views.appeal, name="dispute_appeal"),
    path("disputes/<uuid:uid>/final/", views.final, name="dispute_final"),
    path("disputes/<uuid:uid>/note/", views.note, name="dispute_note"),
    path("disputes/<uuid:uid>/lesson/", views.lesson, name="dispute_lesson"),
    path("disputes/<uuid:uid>/watch/", views.watch, name="dispute_watch"),
    path("effects/<uuid:uid>/done/", views.done, name="effect_done"),
]


def _subject(dispute: Dispute, names: Mapping[int, str]) -> Subject:
    return Subject(
        label=gettext("Dispute"),
        number=dispute.case.number,
        url=reverse("dispute", args=[dispute.case.uid]),
        icon="scale",
        customer=names.get(dispute.case.customer_id or 0, ""),
        stage=str(dispute.get_state_display()),
    )


def _names(actor: Actor, disputes: Sequence[Dispute]) -> Mapping[int, str]:
    return names_by_id(actor, [one.case.customer_id for one in disputes if one.case.customer_id])


def disputes_shown(actor: Actor, uids: Sequence[UUID]) -> Mapping[UUID, Subject]:
    found = Dispute.objects.visible_to(actor).select_related("case__customer").defer("facts", "proposed")
    rows = list(found.filter(case__uid__in=uids))
    names = _names(actor, rows)
    return {dispute.case.uid: _subject(dispute, names) for dispute in rows}


def effects_shown(actor: Actor, uids: Sequence[UUID]) -> Mapping[UUID, Subject]:
    found = list(
        Effect.objects.filter(
            uid__in=uids, ruling__dispute__in=Dispute.objects.visible_to(actor)
        ).select_related("ruling__dispute__case__customer")
    )
    names = _names(actor, [effect.ruling.dispute for effect in found])
    return {effect.uid: _subject(effect.ruling.dispute, names) for effect in found}


shows("dispute", disputes_shown)
shows("effect", effects_shown)
counts("disputes", to_rule)
