"""Who asks, when, in which language: on every request as `actor`, `at` and `theme`.

Pages are for people who are signed in, unless the view says `login_not_required`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone, translation

from dingfen.accounts import log
from dingfen.accounts.actor import Actor, actor_for
from dingfen.accounts.models import Role, Staff
from dingfen.problems import Problem

# the API and the health pages know callers by themselves
OWN_SIGN_IN = re.compile(r"/(api(/.*)?|healthz|metrics)")
SECOND_FACTOR_ROLES = frozenset({Role.HEAD, Role.GENERAL_MANAGER, Role.COMPLIANCE, Role.ADMINISTRATOR})
# what calls us there checks its own bytes, after it has made sure of the signature
UNREAD = re.compile(r"/(api|hooks|static)/")
THEMES = ("auto", "light", "dark")


def outstanding(request: HttpRequest, staff: Staff, actor: Actor) -> str:
    """What has to be done before anything else: the name of its page, or nothing."""
    if staff.must_change_password and staff.has_usable_password():
        return "account_change_password"
    if settings.REQUIRE_MFA and any(role in SECOND_FACTOR_ROLES for role, _ in actor.grants):
        used = request.session.get("account_authentication_methods", [])
        if not any(one.get("method") == "mfa" for one in used) and not is_mfa_enabled(staff):
            return "mfa_activate_totp"
    return ""


def with_nul(request: HttpRequest) -> bool:
    """Whether a field holds what no person types and no database keeps."""
    given = (request.GET, request.POST) if request.method == "POST" else (request.GET,)
    return any("\0" in text for data in given for name, texts in data.lists() for text in (name, *texts))


class ActorMiddleware:
    """Sets `request.actor` (None for nobody), `request.at`, `request.theme`; language and time zone in force."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        at = timezone.now()
        actor: Actor | None = None
        theme, todo = request.COOKIES.get("theme", ""), ""
        timezone.deactivate()
        staff = request.user
        if isinstance(staff, Staff):
            actor = actor_for(staff, at)
            todo = outstanding(request, staff, actor)
            theme = staff.theme
            translation.activate(staff.language)
            request.LANGUAGE_CODE = staff.language
            if unit := staff.unit or staff.company:
                timezone.activate(unit.zone)
        if todo and OWN_SIGN_IN.fullmatch(request.path):
            actor = None
        request.at, request.actor, request.todo = at, actor, todo  # type: ignore[attr-defined]
        request.theme = theme if theme in THEMES else "auto"  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        if not UNREAD.match(request.path) and with_nul(request):
            raise BadRequest("NUL in a field")
        if OWN_SIGN_IN.fullmatch(request.path) or not getattr(view, "login_required", True):
            return None
        if not request.user.is_authenticated:
            if request.path == "/":  # nothing was asked for: each starts where their work is
                return redirect(settings.LOGIN_URL)
            return redirect_to_login(request.get_full_path())
        todo: str = request.todo  # type: ignore[attr-defined]
        if todo and not request.path.startswith("/accounts/"):
            return redirect(todo)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """A refusal goes to the access log; its page is made elsewhere."""
        if isinstance(exception, Problem):
            log.note_refusal(request, exception)
