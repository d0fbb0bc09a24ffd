"""Rule books: versions, their text with the rules beside it, and their life."""

from django.urls import path

from dingfen.web.policies import backtests, drafts, views

urlpatterns = [
    path("policies/", views.index, name="policies"),
    path("policies/propose/", views.propose, name="policy_propose"),
    path("policies/drafts/", drafts.index, name="policy_drafts"),
    path("policies/drafts/new/", drafts.new, name="policy_draft_new"),
    path("policies/drafts/<uuid:uid>/", drafts.detail, name="policy_draft"),
    path("policies/drafts/<uuid:uid>/settle/<int:number>/", drafts.settle, name="policy_draft_settle"),
    path("policies/drafts/<uuid:uid>/accept/", drafts.accept, name="policy_draft_accept"),
    path("policies/drafts/<uuid:uid>/pack.zip", drafts.download, name="policy_draft_zip"),
    path("policies/backtests/<uuid:uid>/", backtests.detail, name="backtest"),
    path("policies/backtests/<uuid:uid>/stop/", backtests.stop, name="backtest_stop"),
    path("policies/<uuid:uid>/backtest/", backtests.start, name="backtest_start"),
    path("policies/<uuid:uid>/", views.detail, name="policy"),
    path("policies/<uuid:uid>/rule-book.md", views.rule_book, name="policy_rule_book"),
    path("policies/<uuid:uid>/approve/", views.approve, name="policy_approve"),
    path("policies/<uuid:uid>/publish/", views.publish, name="policy_publish"),
    path("policies/<uuid:uid>/retract/", views.retract, name="policy_retract"),
    path("policies/<uuid:uid>/acknowledge/", views.acknowledge, name="policy_acknowledge"),
]
