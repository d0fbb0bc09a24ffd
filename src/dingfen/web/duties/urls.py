"""Addresses of prior communication, and how a duty is shown elsewhere."""

from __future__ import annotations

from django.urls import path

from dingfen.web.duties import views
from dingfen.web.duties.lists import Duties, to_tell
from dingfen.web.duties.shown import duties_shown
from dingfen.web.navigation import counts
from dingfen.web.subjects import shows

urlpatterns = [
    path("duties/", Duties.as_view(), name="duties"),
    path("duties/<uuid:uid>/", views.detail, name="duty"),
    path("duties/<uuid:uid>/tell/", views.tell, name="duty_tell"),
    path("duties/<uuid:uid>/note/", views.note, name="duty_note"),
    path("duties/<uuid:uid>/answer/", views.answer, name="duty_answer"),
]

shows("duty", duties_shown)
counts("duties", to_tell)
