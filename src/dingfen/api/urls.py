"""Addresses of the API, its document and health."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.utils.module_loading import import_string
from django.views.decorators.csrf import csrf_exempt

from dingfen.api import health


def later(view: str) -> Callable[..., HttpResponseBase]:
    """A view that is loaded when it is first called: a start and the pages need nothing of what the API needs."""

    @csrf_exempt  # a session's CSRF token is checked in auth.py
    def run(request: HttpRequest, **given: Any) -> HttpResponseBase:
        answer: HttpResponseBase = import_string(view)(request, **given)
        return answer

    return run


# any character, line feeds too: whatever is asked for under /api/ is answered by the API
operation = re_path(r"^(?P<address>[\s\S]*)\Z", later("dingfen.api.app.v1"), name="operation")
urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("metrics", health.metrics, name="metrics"),
    path("api/docs", later("dingfen.api.docs.docs"), name="api-docs"),
    path("api/v1/openapi.json", later("dingfen.api.app.openapi"), name="openapi"),
    path("api/v1/", include(([operation], "api"))),
    re_path(r"^api(?:/[\s\S]*)?\Z", later("dingfen.api.app.elsewhere"), name="api-unknown"),
]
