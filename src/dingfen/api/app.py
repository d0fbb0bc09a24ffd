"""v1 put together: routers of the registry, parser, problems, and what wraps every request under /api/."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from functools import lru_cache, wraps
from http.client import responses
from typing import Any, cast

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver
from django.utils import timezone
from ninja import NinjaAPI, Router
from ninja.parser import Parser

from dingfen.accounts import log
from dingfen.api import problems, registry
from dingfen.api.schemas import ProblemOut
from dingfen.database.models import new_uid
from dingfen.problems import Problem, invalid

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
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


class Api(NinjaAPI):
    """NinjaAPI whose document names the refusals of each operation."""

    def get_openapi_schema(self, **options: Any) -> Any:
        document = super().get_openapi_schema(**options)
        for path in document["paths"].values():
            for operation in path.values():
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


def make_api(routers: Iterable[Router]) -> Api:
    """The API with these routers."""
    made = Api(
        title="Dingfen 定分",
        version="v1",
        description=DESCRIPTION,
        openapi_url=None,
        docs_url=None,
        urls_namespace="api",
        parser=StrictParser(),
    )
    for router in routers:
        made.add_router("", router)
    made.add_exception_handler(Exception, _answer_fault)
    for kind in [*made._exception_handlers]:
        if kind is not Exception:
            del made._exception_handlers[kind]
    return made


api = make_api(registry.routers())


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


def api_patterns(made: Api) -> list[URLPattern | URLResolver]:
    """ninja's addresses, each view framed."""
    patterns: list[URLPattern | URLResolver] = [*made.urls[0]]
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            pattern.callback = framed(pattern.callback)
    return patterns
