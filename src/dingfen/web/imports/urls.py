"""Addresses of the import pages."""

from django.urls import path

from dingfen.web.imports import views
from dingfen.web.imports.listing import Imports

urlpatterns = [
    path("imports/", Imports.as_view(), name="imports"),
    path("imports/new/", views.new, name="import_new"),
    path("imports/<uuid:uid>/", views.job, name="import"),
    path("imports/<uuid:uid>/progress/", views.progress, name="import_progress"),
    path("imports/<uuid:uid>/map/", views.save_mapping, name="import_map"),
    path("imports/<uuid:uid>/mapping.yaml", views.mapping_file, name="import_mapping_file"),
    path("imports/<uuid:uid>/errors.csv", views.error_file, name="import_errors"),
    path("imports/<uuid:uid>/<str:act>/", views.act, name="import_act"),
]
