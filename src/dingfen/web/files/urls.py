"""Addresses of files."""

from django.urls import path

from dingfen.web.files import views

urlpatterns = [
    path("files/<uuid:uid>/", views.download, name="file"),
    path("files/<uuid:uid>/preview/", views.preview, name="file_preview"),
]
