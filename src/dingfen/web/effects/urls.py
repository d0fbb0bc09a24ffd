"""Addresses of effects."""

from django.urls import path

from dingfen.web.effects import views
from dingfen.web.effects.lists import Effects

urlpatterns = [
    path("effects/", Effects.as_view(), name="effects"),
    path("effects/payroll/", views.payroll, name="payroll"),
]
