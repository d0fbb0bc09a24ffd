"""Addresses of reception."""

from __future__ import annotations

from django.urls import path

from dingfen.web.reception import views

urlpatterns = [
    path("reception/", views.index, name="reception"),
    path("reception/check/", views.check, name="reception_check"),
    path("reception/register/", views.register, name="reception_register"),
    path("reception/receive/", views.receive, name="reception_receive"),
]
