"""Addresses of reception."""

from __future__ import annotations

from django.urls import path

from dingfen.web.reception import desk, introducer, turns, views

urlpatterns = [
    path("reception/", views.index, name="reception"),
    path("reception/check/", views.check, name="reception_check"),
    path("reception/introducers/", introducer.find, name="reception_introducers"),
    path("reception/register/", views.register, name="reception_register"),
    path("reception/rotation/", desk.rotation, name="reception_rotation"),
    path("reception/turns/", turns.turns, name="reception_turns"),
    path("reception/turn/", desk.turn, name="reception_turn"),
    path("reception/late-calls/", desk.note_call, name="reception_late_call"),
    path("reception/late-calls/<uuid:uid>/void/", desk.void_call, name="reception_late_call_void"),
    path("reception/receive/", views.receive, name="reception_receive"),
]
