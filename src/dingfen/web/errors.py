"""Problems and faults as pages or parts of pages, in both languages, never with anything of the inside.

`PageMiddleware` turns a Problem raised by a view into its page (or, for htmx, into the part that takes the
place of what was asked for), carries toasts to swapped parts, and sends a signed-out reader to sign in.
"""

from __future__ import annotations

import logging
import secrets
import sys
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers

from dingfen.problems import Problem, missing
from dingfen.web import toasts
from dingfen.wording import field_errors, problem_text

log = logging.getLogger("dingfen.web")
ICONS = {
    400: {"icon": "alert-circle"},
    403: {"icon": "lock"},
    404: {"icon": "search"},
    409: {"icon": "users"},
    413: {"icon": "file-text"},
    429: {"icon": "clock"},
    500: {"icon": "alert-triangle"},
}


def is_part(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of a page (not for a whole one it has boosted)."""
    htmx = getattr(request, "htmx", None)
    return htmx is not None and bool(htmx) and not htmx.history_restore_request


def page(request: HttpRequest, problem: Problem, number: str = "") -> HttpResponse:
    """A problem in its place: a part for htmx, else a page within the frame the reader has."""
    context = {
        "text": problem_text(problem),
        "status": problem.status,
        "errors": field_errors(problem),
        "number": number,
        **ICONS.get(problem.status, ICONS[400]),
    }
    if is_part(request):
        name = "web/parts/problem.html"
    elif number or getattr(request, "actor", None) is None:
        name = "web/errors/bare.html"  # leans on nothing that may be broken
    else:
        name = "web/errors/problem.html"
    return HttpResponse(render_to_string(name, context, request), status=problem.status)


def into_form(problem: Problem, form: BaseForm) -> None:
    """Put the faults of a problem beneath the fields of a form; what has no field stands above."""
    for name, texts in field_errors(problem).items():
        for text in texts:
            form.add_error(name if name in form.fields else None, text)
    if not problem.errors:
        form.add_error(None, str(problem_text(problem)))


class PageMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not getattr(request, "htmx", None):
            return response
        patch_vary_headers(response, ["HX-Request"])
        location = response.get("Location", "")
        if location.startswith(settings.LOGIN_URL):
            signed_out = HttpResponse(status=204)
            signed_out["HX-Redirect"] = location
            return signed_out
        if response.status_code < 300 and "HX-Redirect" not in response:
            toasts.attach(request, response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Problem) and not request.path.startswith("/api/"):
            return page(request, exception)
        return None


# ---------- handlers named in dingfen.urls and in the settings ----------


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    too_large = type(exception).__name__ == "RequestDataTooBig"
    return page(request, Problem("request.too_large", 413) if too_large else Problem("request.bad", 400))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, Problem("forbidden", 403))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, missing())


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's secret is gone or another's (CSRF)."""
    return page(request, Problem("request.stale", 403))


def fault(request: HttpRequest, *args: Any) -> HttpResponse:
    """Something broke: a number the reader can give to the administrator, who finds it in the log."""
    number = f"E-{secrets.token_hex(4).upper()}"
    log.error("fault %s at %s", number, request.path, exc_info=sys.exc_info())
    code = "server.fault_reading" if request.method in {"GET", "HEAD"} else "server.fault"
    return page(request, Problem(code, 500, {"number": number}), number)
