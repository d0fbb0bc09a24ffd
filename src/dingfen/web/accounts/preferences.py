"""Language and theme, for everybody who reads a page."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from dingfen.accounts.actions.staff import THEMES
from dingfen.accounts.models import Staff
from dingfen.problems import invalid

YEAR = 365 * 24 * 3600


def back(request: HttpRequest) -> HttpResponse:
    """To the page one came from, if it is one of ours."""
    wanted = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return redirect(wanted if ours else "/")


def _choose(request: HttpRequest, field: str, allowed: tuple[str, ...], cookie: str) -> HttpResponse:
    """Keep a choice: with the account when signed in, and in a cookie for the page before sign-in."""
    value = request.POST.get(field, "")
    if value not in allowed:
        raise invalid({field: [("choice.unknown", {"value": value})]})
    if isinstance(request.user, Staff):
        Staff.objects.get_queryset().filter(pk=request.user.pk).update(**{field: value})
    answer = back(request)
    answer.set_cookie(cookie, value, max_age=YEAR, secure=settings.HTTPS, samesite="Lax", httponly=True)
    return answer


@require_POST
@login_not_required
def language(request: HttpRequest) -> HttpResponse:
    codes = tuple(code for code, _ in settings.LANGUAGES)
    return _choose(request, "language", codes, settings.LANGUAGE_COOKIE_NAME)


@require_POST
@login_not_required
def theme(request: HttpRequest) -> HttpResponse:
    return _choose(request, "theme", THEMES, "theme")
