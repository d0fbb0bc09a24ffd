"""Addresses of the follow-ups."""

from __future__ import annotations

from django.urls import path

from dingfen.web.cadence import views
from dingfen.web.cadence.lists import FollowUps

urlpatterns = [
    path("follow-ups/", FollowUps.as_view(), name="follow_ups"),
    path("follow-ups/<uuid:uid>/", views.log, name="follow_up_log"),
    path("holdings/<uuid:uid>/next-step/", views.plan, name="holding_next_step"),
]
