"""The short way in for programs: a request that carries a token needs no session, no form and no page.

What the other middlewares would do for it is done here: the language of the answer and its protecting headers.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch, URLResolver, get_resolver
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

PREFIX = "/api/v1/"
HEADERS = {
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


class TokenDoor:
    """Leads a call with a token straight to its view. Stands before the session in `MIDDLEWARE`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.META.get("HTTP_AUTHORIZATION", "")
        if given[:7].lower() != "bearer " or not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        timezone.deactivate()
        language = translation.get_language_from_request(request)
        translation.activate(language)
        match = request.resolver_match = _match(get_resolver(), request.path_info)
        answer: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
        for name, value in HEADERS.items():
            answer.headers.setdefault(name, value)
        answer.headers.setdefault("Content-Language", language)
        if not answer.streaming and not answer.has_header("Content-Length"):
            answer.headers["Content-Length"] = str(len(answer.content))  # type: ignore[attr-defined]
        patch_vary_headers(answer, ["Accept-Language"])
        return answer


@lru_cache(maxsize=1024)
def _match(resolver: URLResolver, path: str) -> ResolverMatch:
    """What answers this address. `api-unknown` takes what no other does, so there always is one."""
    return resolver.resolve(path)
