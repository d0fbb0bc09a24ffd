"""Rule books: versions, their text with the rules beside it, and their life."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.urls import path, reverse
from django.utils.translation import gettext

from dingfen.accounts import access
from dingfen.accounts.actor import Actor
from dingfen.policies import reviewing
from dingfen.policies.models import PolicyVersion
from dingfen.policies.review_rows import Review
from dingfen.web.navigation import counts
from dingfen.web.policies import (
    backtests,
    consulting,
    differences,
    drafts,
    reviews,
    sources,
    trying,
    values,
    views,
)
from dingfen.web.subjects import Subject, shows

urlpatterns = [
    path("policies/", views.index, name="policies"),
    path("policies/propose/", views.propose, name="policy_propose"),
    path("policies/shipped/<slug:name>/", views.shipped_pack, name="policy_shipped"),
    path("policies/drafts/", drafts.index, name="policy_drafts"),
    path("policies/drafts/new/", drafts.new, name="policy_draft_new"),
    path("policies/drafts/<uuid:uid>/", drafts.detail, name="policy_draft"),
    path("policies/drafts/<uuid:uid>/settle/<int:number>/", drafts.settle, name="policy_draft_settle"),
    path("policies/drafts/<uuid:uid>/accept/", drafts.accept, name="policy_draft_accept"),
    path("policies/drafts/<uuid:uid>/ask/", drafts.ask, name="policy_draft_ask"),
    path("policies/drafts/<uuid:uid>/pack.zip", drafts.download, name="policy_draft_zip"),
    path("policies/backtests/<uuid:uid>/", backtests.detail, name="backtest"),
    path("policies/backtests/<uuid:uid>/stop/", backtests.stop, name="backtest_stop"),
    path("policies/<uuid:uid>/try/", trying.of_version, name="policy_try"),
    path("policies/sources/<uuid:uid>/try/", trying.of_source, name="policy_source_try"),
    path("policies/scenarios/", trying.make_scenario, name="policy_make_scenario"),
    path("policies/<uuid:uid>/backtest/", backtests.start, name="backtest_start"),
    path("policies/reviews/", reviews.Reviews.as_view(), name="policy_reviews"),
    path("policies/reviews/<uuid:uid>/", reviews.detail, name="policy_review"),
    path("policies/reviews/<uuid:uid>/settle/", reviews.settle, name="policy_review_settle"),
    path("policies/sources/", sources.index, name="policy_sources"),
    path("policies/sources/begin/", sources.begin, name="policy_source_begin"),
    path("policies/sources/<uuid:uid>/", sources.detail, name="policy_source"),
    path("policies/sources/<uuid:uid>/values/", values.values, name="policy_source_values"),
    path("policies/sources/<uuid:uid>/save/", sources.save, name="policy_source_save"),
    path("policies/sources/<uuid:uid>/complete/", sources.complete, name="policy_source_complete"),
    path("policies/sources/<uuid:uid>/check/", sources.check, name="policy_source_check"),
    path("policies/sources/<uuid:uid>/propose/", sources.propose, name="policy_source_propose"),
    path("policies/sources/<uuid:uid>/pack.zip", sources.download, name="policy_source_zip"),
    path("policies/<uuid:uid>/", views.detail, name="policy"),
    path("policies/<uuid:uid>/changes/", differences.differences, name="policy_changes"),
    path("policies/<uuid:uid>/rule-book.md", views.rule_book, name="policy_rule_book"),
    path("policies/<uuid:uid>/approve/", views.approve, name="policy_approve"),
    path("policies/<uuid:uid>/publish/", views.publish, name="policy_publish"),
    path("policies/<uuid:uid>/retract/", views.retract, name="policy_retract"),
    path("policies/<uuid:uid>/end/", views.end, name="policy_end"),
    path("policies/<uuid:uid>/consultation/", consulting.record, name="policy_consultation"),
    path("policies/consultations/<uuid:uid>/minutes/", consulting.minutes, name="policy_minutes"),
    path(
        "policies/consultations/<uuid:uid>/minutes/add/", consulting.minutes_later, name="policy_minutes_add"
    ),
    path("policies/<uuid:uid>/readers/", consulting.readers, name="policy_readers"),
    path("policies/<uuid:uid>/acknowledge/", views.acknowledge, name="policy_acknowledge"),
]


def reviews_shown(actor: Actor, uids: Sequence[UUID]) -> Mapping[UUID, Subject]:
    """Questions from cases, for those who may see them."""
    if not access.may(actor, reviewing.VIEW):
        return {}
    return {
        one.uid: Subject(
            label=gettext("Question from cases"),
            number=f"{one.pack} {one.article}".strip(),
            url=reverse("policy_review", args=[one.uid]),
            icon="gavel",
            stage=str(one.get_state_display()),
        )
        for one in Review.objects.filter(company_id=actor.company_id, uid__in=uids)
    }


def versions_shown(actor: Actor, uids: Sequence[UUID]) -> Mapping[UUID, Subject]:
    """Versions of the company's rule books."""
    if not access.may(actor, "policy.view"):
        return {}
    rows = PolicyVersion.objects.filter(company_id=actor.company_id, uid__in=uids).defer("document")
    return {
        one.uid: Subject(
            label=gettext("Rule book"),
            number=one.called,
            url=reverse("policy", args=[one.uid]),
            icon="gavel",
        )
        for one in rows
    }


shows("policy", versions_shown)
shows("review", reviews_shown)
counts("policies", reviews.waiting)
