"""Addresses of the API, its document and health."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from dingfen.api import app, docs, health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("metrics", health.metrics, name="metrics"),
    path("api/docs", docs.docs, name="api-docs"),
    path("api/v1/openapi.json", app.openapi, name="openapi"),
    path("api/v1/", include((app.api_patterns(app.api), "api"))),
    re_path(r"^api(?:/.*)?$", app.framed(app.unknown), name="api-unknown"),
]
