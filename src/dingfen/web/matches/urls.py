"""Addresses of possible matches, and the count beside their room."""

from __future__ import annotations

from django.urls import path

from dingfen.web.matches import model, views
from dingfen.web.matches.lists import Matches, to_check
from dingfen.web.navigation import counts

urlpatterns = [
    path("matches/", Matches.as_view(), name="matches"),
    path("matches/next/", views.next_one, name="match_next"),
    path("matches/groups/<uuid:uid>/", views.group, name="match_group"),
    path("matches/groups/<uuid:uid>/settle/", views.settle, name="match_settle"),
    path("matches/decisions/<uuid:uid>/undo/", views.undo, name="match_undo"),
    path("matches/many/", views.many, name="match_many"),
    path("matches/model/", model.page, name="match_model"),
    path("matches/model/switch/", model.switch, name="match_switch"),
    path("matches/model/thresholds/", model.thresholds, name="match_thresholds"),
    path("matches/jobs/", views.start_job, name="match_start"),
    path("matches/jobs/<uuid:uid>/", views.job, name="match_job"),
    path("matches/jobs/<uuid:uid>/stop/", views.stop_job, name="match_stop"),
]

counts("matches", to_check)
