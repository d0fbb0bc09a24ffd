"""Addresses of the public page."""

from django.urls import URLPattern, URLResolver, path

from dingfen.web.complain import answering, confirming, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("complain/<slug:slug>/", views.complain, name="complain"),
    path("complain/<slug:slug>/helped/<uuid:uid>/", views.helped, name="complain_helped"),
    path("complain/<slug:slug>/follow/", views.follow, name="complain_follow"),
    path("complain/<slug:slug>/follow/proposal/<int:mark>/", answering.proposal, name="complain_proposal"),
    path("complain/<slug:slug>/follow/confirm/", confirming.confirm, name="complain_confirm"),
    path("complain/<slug:slug>/follow/survey/", answering.survey, name="complain_survey"),
    path("complain/<slug:slug>/follow/withdraw/", answering.withdraw, name="complain_withdraw"),
    path("complain/<slug:slug>/leave/", views.leave, name="complain_leave"),
]
