"""Addresses of the figures."""

from django.urls import path

from dingfen.web.insight import complaints, views

urlpatterns = [
    path("insight/", views.index, name="insight"),
    path("insight/complaints/", complaints.index, name="insight_complaints"),
    path("insight/<slug:name>/", views.figure, name="insight_figure"),
]
