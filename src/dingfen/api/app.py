"""v1 put together: routers of the registry, parser, problems, and what wraps every request under /api/."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from functools import lru_cache, wraps
from http.client import responses
from typing import Any, Protocol, cast

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, URLResolver, path
from django.urls.resolvers import RegexPattern
from django.utils import timezone
from ninja import NinjaAPI
from ninja.parser import Parser

from dingfen.accounts import log
from dingfen.api import problems, registry
from dingfen.api.declared import Router, addresses
from dingfen.api.schemas import ProblemOut
from dingfen.database.models import new_uid
from dingfen.problems import Problem, invalid

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
PREFIX = "/api/v1/"
BODY_LIMIT = 1024 * 1024
REFERENCE = "#/components/schemas/{model}"
DESCRIPTION = (
    "Everything a page of Dingfen can do. Sign in with an API token. Writes take an Idempotency-Key; "
    "lists are paged by `limit` and `after`; faults are problem+json in the language of Accept-Language."
)


class StrictParser(Parser):
    """JSON in UTF-8: no NaN, no lone surrogates, no NUL, which PostgreSQL cannot store."""

    def parse_body(self, request: HttpRequest) -> Any:
        kind = request.content_type or ""
        if kind != "application/json" and not kind.endswith("+json"):
            raise Problem("body.type", 415, {"accepted": "application/json"})
        value = orjson.loads(request.body)
        if b"\\u0000" in request.body and "\\u0000" in json.dumps(value).replace("\\\\", ""):
            raise invalid({"body": [("field.nul", {})]})
        return value


class Rooms(Protocol):
    def __call__(self, word: str | None = None) -> Sequence[Router]:
        """The routers whose addresses begin with this word, or all of them."""


class Api(NinjaAPI):
    """NinjaAPI that loads its rooms when they are called, and all of them for the document."""

    def __init__(self, rooms: Rooms, **settings: Any) -> None:
        super().__init__(**settings)
        self.rooms = rooms
        self.room = lru_cache(maxsize=256)(self._room)

    def _room(self, word: str) -> URLResolver:
        """The addresses that begin with this word."""
        found = addresses(self, self.rooms(word)).items()
        patterns = [path(address.lstrip("/"), view, name=view.name) for address, view in found]
        return URLResolver(RegexPattern(""), patterns, app_name="api", namespace="api")

    def answer(self, request: HttpRequest, address: str) -> HttpResponseBase:
        """What the address gives. Raises Problem (404) when there is no such address."""
        try:
            match = request.resolver_match = self.room(address.partition("/")[0]).resolve(address)
        except Resolver404:
            raise Problem("address.unknown", 404) from None
        answer: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
        return answer

    def get_openapi_schema(self, *, path_prefix: str | None = PREFIX, **options: Any) -> Any:
        if self._bound_routers_cache is None:
            for router in self.rooms():
                self.add_router("", router.of_ninja())
        document = super().get_openapi_schema(path_prefix=path_prefix, **options)
        for operations in document["paths"].values():
            for operation in operations.values():
                other = operation.pop("x-media-type", "")
                for answer in operation["responses"].values():
                    content = answer.get("content", {})
                    if other:
                        content[other] = content.pop("application/json")
                refusals = operation.pop("x-refusals", ())
                operation["responses"] |= {status: _refusal(status) for status in refusals}
        problem = ProblemOut.model_json_schema(ref_template=REFERENCE)
        document["components"]["schemas"] |= {**problem.pop("$defs"), "ProblemOut": problem}
        return document


def _refusal(status: int) -> dict[str, Any]:
    shape = {"$ref": REFERENCE.format(model="ProblemOut")}
    return {"description": responses[status], "content": {problems.MEDIA_TYPE: {"schema": shape}}}


def _answer_fault(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    problem = problems.of_exception(request, cast(Exception, error))
    log.note_refusal(request, problem)
    return problems.render(request, problem)


def make_api(rooms: Rooms) -> Api:
    """The API of these rooms."""
    made = Api(
        rooms,
        title="Dingfen 定分",
        version="v1",
        description=DESCRIPTION,
        openapi_url=None,
        docs_url=None,
        urls_namespace="api",
        parser=StrictParser(),
    )
    made.add_exception_handler(Exception, _answer_fault)
    for kind in [*made._exception_handlers]:
        if kind is not Exception:
            del made._exception_handlers[kind]
    return made


api = make_api(registry.routers)


@lru_cache(maxsize=1)
def document() -> bytes:
    """The OpenAPI 3.1 document."""
    return orjson.dumps(api.get_openapi_schema(), default=str, option=orjson.OPT_NON_STR_KEYS)


def openapi(request: HttpRequest) -> HttpResponse:
    """`/api/v1/openapi.json`"""
    return HttpResponse(document(), content_type="application/json")


def unknown(request: HttpRequest, **_: Any) -> HttpResponse:
    """Any other address under /api/."""
    return problems.render(request, Problem("address.unknown", 404))


def framed(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Number and time the request, bound its size, and answer every fault as a problem."""

    @wraps(view)
    def run(request: Any, *args: Any, **given: Any) -> HttpResponseBase:
        asked = request.headers.get("X-Request-ID", "")
        request.request_id = asked if REQUEST_ID.fullmatch(asked) else new_uid().hex
        request.at = timezone.now()
        try:
            _within_limits(request)
            answer = view(request, *args, **given)
        except Exception as error:
            answer = problems.render(request, problems.of_exception(request, error))
        if answer.status_code == 405 and answer.get("Content-Type") != problems.MEDIA_TYPE:
            allowed = answer["Allow"]
            answer = problems.render(request, Problem("method.not_allowed", 405, {"allowed": allowed}))
            answer["Allow"] = allowed
        answer["X-Request-ID"] = request.request_id
        answer["Cache-Control"] = "no-store"
        return answer

    run.csrf_exempt = True  # type: ignore[attr-defined]  # a session's CSRF token is checked in auth.py
    return run


def _within_limits(request: HttpRequest) -> None:
    """Refuse a body over 1 MB (uploads: over the upload limit), and NUL in an address."""
    upload = request.content_type == "multipart/form-data"
    limit = settings.UPLOAD_LIMIT if upload else BODY_LIMIT
    if int(request.META.get("CONTENT_LENGTH") or 0) > limit:
        raise Problem("body.too_large", 413, {"limit": limit // (1024 * 1024)})
    if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
        raise invalid({"query": [("field.nul", {})]})


v1 = framed(api.answer)
elsewhere = framed(unknown)
