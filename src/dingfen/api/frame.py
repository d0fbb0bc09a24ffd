"""The frame of every operation: `read` and `write` register a view with all that v1 promises.

    router = Router(tags=["customers"])

    @read(router, "/customers/{uid}", out=CustomerOut, permission="customer.view")
    def customer(request: ApiRequest, uid: UUID) -> CustomerOut: ...

    @write(router, "/customers", out=CustomerOut, permission="customer.register", status=201)
    def register_customer(request: ApiRequest, customer: CustomerIn) -> CustomerOut: ...

A view returns `out` (or what can be read as one), `None` for 204, or an HttpResponse. `request.actor` and
`request.at` are set. `permission` is asked of the token and the roles before the view runs (None: anyone
signed in); the action asks again with the unit of the thing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, partial, wraps
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from pydantic import TypeAdapter

from dingfen.accounts import access
from dingfen.api import idempotency
from dingfen.api.auth import ApiRequest, doors
from dingfen.api.declared import Declared, Router
from dingfen.api.paging import Page, Window, page
from dingfen.api.schemas import In, Out
from dingfen.problems import Problem, missing

__all__ = [
    "ApiRequest", "In", "Out", "Page", "Router", "Window", "expected_version", "one", "page", "read", "write",
]  # fmt: skip

Row = TypeVar("Row", bound=Model)
View = TypeVar("View", bound=Callable[..., Any])
READ_REFUSALS = (400, 401, 403, 404, 422, 429)
WRITE_REFUSALS = (400, 401, 403, 404, 409, 413, 422, 429)
KEY_PARAMETER = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$"},
    "description": "Makes a repeated request act once; the answer is kept 24 hours.",
}
MATCH_PARAMETER = {
    "in": "header",
    "name": "If-Match",
    "required": False,
    "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
    "description": "The version that is being changed, from the ETag.",
}
VERSION = re.compile(r'"?(\d{1,9})"?')


def read(
    router: Router,
    path: str,
    *,
    out: Any,
    permission: str | None,
    method: str = "GET",
    media_type: str = "",
) -> Callable[[View], View]:
    """Register a view that changes nothing; a POST where a query is too personal for an address."""
    return _register(
        router, method, path, out, permission, 200, READ_REFUSALS, writes=False, media_type=media_type
    )


def write(
    router: Router,
    path: str,
    *,
    out: Any,
    permission: str | None,
    method: str = "POST",
    status: int = 200,
    versioned: bool = False,
    media_type: str = "",
    prepares: bool = False,
) -> Callable[[View], View]:
    """Register a view that changes something, with idempotency keys. `versioned`: it takes If-Match.

    `prepares`: the view only gets ready, without a lock, and gives what is then called to do the work.
    """
    status = 204 if out is None else status
    return _register(
        router, method, path, out, permission, status, WRITE_REFUSALS, True, versioned, media_type, prepares
    )


def one(rows: QuerySet[Row], **by: Any) -> Row:
    """The row of what the actor may see. Raises Problem (404) when it isn't there."""
    found = rows.filter(**by).first()
    if found is None:
        raise missing()
    return found


def expected_version(request: ApiRequest) -> int | None:
    """The version in `If-Match`; None when not given. Raises Problem (400) for another form."""
    given = request.headers.get("If-Match")
    if given is None:
        return None
    match = VERSION.fullmatch(given.removeprefix("W/"))
    if match is None:
        raise Problem("version.form", 400)
    return int(match[1])


def _register(
    router: Router,
    method: str,
    path: str,
    out: Any,
    permission: str | None,
    status: int,
    refusals: tuple[int, ...],
    writes: bool,
    versioned: bool = False,
    media_type: str = "",
    prepares: bool = False,
) -> Callable[[View], View]:
    # ninja would build a model for each refusal of each operation; the document names them itself (api/app.py)
    extra: dict[str, Any] = {"x-permission": permission, "x-refusals": refusals}
    if media_type:
        extra["x-media-type"] = media_type
    if writes:
        extra["parameters"] = [KEY_PARAMETER, MATCH_PARAMETER] if versioned else [KEY_PARAMETER]
    if permission is not None and permission not in access.PERMISSIONS:
        raise KeyError(f"{path}: no permission {permission!r}")

    def decorate(view: View) -> View:
        @wraps(view)
        def run(request: ApiRequest, **given: Any) -> HttpResponseBase:
            key = idempotency.key_of(request) if writes else None
            work: Callable[[], Any] = partial(view, request, **given)
            if prepares:
                work = _prepared(work)
            if key is None:
                return _answer(work(), out, status)
            with transaction.atomic():
                claimed = idempotency.claim(request, key)
                if isinstance(claimed, HttpResponse):
                    return claimed
                answer = _answer(work(), out, status)
                if isinstance(answer, HttpResponse):
                    idempotency.store(claimed, answer)
                return answer

        settings = {
            "response": {status: out},
            "auth": doors(permission),
            "operation_id": view.__name__,
            "url_name": view.__name__,
            "openapi_extra": extra,
        }
        router.operations.append(Declared(method, path, run, settings))
        return view

    return decorate


def _prepared(ready: Callable[[], Callable[[], Any]]) -> Callable[[], Any]:
    """The work, once it is ready. A refusal waits until a kept answer has been looked for."""
    try:
        return ready()
    except Problem as problem:
        refusal = problem

    def refuse() -> Any:
        raise refusal

    return refuse


def _answer(result: Any, out: Any, status: int) -> HttpResponseBase:
    """The response for what a view returned, checked against its schema."""
    if isinstance(result, HttpResponseBase):
        return result
    if out is None:
        return HttpResponse(status=204)
    show = _adapter(out)
    shown = show.validate_python(result, from_attributes=True)
    answer = HttpResponse(show.dump_json(shown), status=status, content_type="application/json")
    version = getattr(shown, "version", None)
    if isinstance(version, int):
        answer["ETag"] = f'"{version}"'
    return answer


@cache
def _adapter(out: Any) -> TypeAdapter[Any]:
    return TypeAdapter(out)
