"""Every refusal and fault as problem+json (RFC 9457), in the caller's language, without internals."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any

import orjson
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja.errors import AuthenticationError, HttpError, ValidationError

from dingfen.problems import Problem, invalid, missing
from dingfen.wording import fault_text, problem_text

MEDIA_TYPE = "application/problem+json"
HEADERS = {401: {"WWW-Authenticate": 'Bearer realm="dingfen"'}, 503: {"Retry-After": "1"}}
PASSING = {"40001", "40P01", "55P03"}  # serialisation failure, deadlock, lock not available
log = logging.getLogger("dingfen.api")


def render(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The response for a problem."""
    text = problem_text(problem)
    body = {
        "type": f"/api/docs#problem-{problem.code}",
        "title": text.title,
        "status": problem.status,
        "detail": text.detail,
        "code": problem.code,
        "instance": request.path,
        "request_id": getattr(request, "request_id", ""),
        "params": problem.params,
        "errors": [
            {"field": field, "code": code, "detail": fault_text(code, params)}
            for field, faults in problem.errors.items()
            for code, params in faults
        ],
    }
    content = orjson.dumps(body, default=str)
    answer = HttpResponse(content, status=problem.status, content_type=MEDIA_TYPE)
    for name, value in HEADERS.get(problem.status, {}).items():
        answer[name] = value
    if "seconds" in problem.params:
        answer["Retry-After"] = str(problem.params["seconds"])
    return answer


def of_exception(request: HttpRequest, error: Exception) -> Problem:
    """The problem that stands for an exception; what nobody expected is logged under the request's number."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, Http404):
        return missing()
    if isinstance(error, ValidationError):
        return invalid(faults(error.errors))
    if isinstance(error, AuthenticationError):
        return Problem("sign_in.needed", 401)
    if isinstance(error, HttpError) and isinstance(error.__cause__, Problem):  # raised by the parser
        return error.__cause__
    if isinstance(error, HttpError) and error.status_code == 400:
        return Problem("body.unreadable", 400)
    if isinstance(error, OperationalError) and getattr(error.__cause__, "sqlstate", "") in PASSING:
        return Problem("busy", 503)
    if isinstance(error, OverflowError):  # a moment or number past what can be kept: 0001-01-01T00:00+14:00
        log.warning("too large at %s %s", request.method, request.path, exc_info=error)
        return invalid({})
    number = getattr(request, "request_id", "")
    log.error("fault %s at %s %s", number, request.method, request.path, exc_info=error)
    return Problem("fault", 500, {"id": number})


# fault of the schema -> our code, and the name of its limit
_LIMITS = {
    "string_too_short": ("field.short", "min_length"),
    "too_short": ("field.short", "min_length"),
    "string_too_long": ("field.long", "max_length"),
    "too_long": ("field.long", "max_length"),
    "greater_than_equal": ("field.small", "ge"),
    "greater_than": ("field.small", "gt"),
    "less_than_equal": ("field.large", "le"),
    "less_than": ("field.large", "lt"),
}
_CODES = {
    "missing": "field.missing",
    "extra_forbidden": "field.unknown",
    "timezone_aware": "field.zone",
    "datetime_past": "field.future",
    "date_past": "field.future",
}
_OURS = re.compile(r"[a-z_]+(\.[a-z_]+)+")


def faults(errors: list[dict[str, Any]]) -> dict[str, list[tuple[str, Mapping[str, Any]]]]:
    """The schema's findings by field; codes of our own (raised as PydanticCustomError) pass through."""
    found: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
    for error in errors:
        kind, given = str(error["type"]), error.get("ctx") or {}
        if kind in _LIMITS:
            code, name = _LIMITS[kind]
            params: Mapping[str, Any] = {"limit": given.get(name)}
        elif kind in {"literal_error", "enum"}:
            code, params = "field.choice", {"expected": str(given.get("expected", "")).replace("'", "")}
        elif kind in _CODES or _OURS.fullmatch(kind):
            code, params = _CODES.get(kind, kind), given
        elif kind.endswith(("_type", "_attributes_type")):
            code, params = "field.type", {"expected": kind.split("_")[0]}
        elif kind.endswith(("_parsing", "_from_date_parsing")) or kind.startswith("datetime_"):
            code, params = "field.format", {"expected": kind.split("_")[0]}
        else:
            code, params = "field.wrong", {}
        found.setdefault(_field(error["loc"]), []).append((code, params))
    return found


def _field(place: tuple[Any, ...]) -> str:
    """`("body", "customer", "contacts", 0, "phone")` → `contacts.0.phone`: source and parameter fall off."""
    steps = place[2:] if place[0] in {"body", "form"} and len(place) > 2 else place[1:]
    return ".".join(str(step) for step in steps) or str(place[0])
