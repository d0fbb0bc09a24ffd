"""Addresses of the figures."""

from django.urls import path

from dingfen.web.insight import views

urlpatterns = [
    path("insight/", views.index, name="insight"),
    path("insight/<slug:name>/", views.figure, name="insight_figure"),
]
