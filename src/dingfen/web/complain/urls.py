"""Addresses of the public page."""

from django.urls import URLPattern, URLResolver, path

from dingfen.web.complain import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("complain/<slug:slug>/", views.complain, name="complain"),
    path("complain/<slug:slug>/follow/", views.follow, name="complain_follow"),
    path("complain/<slug:slug>/leave/", views.leave, name="complain_leave"),
]
