"""What each person settles for themselves: profile, security, deputies, tokens."""

from __future__ import annotations

import datetime as dt
import uuid

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from dingfen.accounts import access, actions
from dingfen.accounts.models import ApiToken, Delegation, Role
from dingfen.problems import missing
from dingfen.web.accounts.forms import DelegationForm, ProfileForm, TokenForm
from dingfen.web.accounts.people import tried
from dingfen.web.request import Request
from dingfen.web.toasts import toast


def index(request: Request) -> HttpResponse:
    """The settings: what can be set, by whom."""
    return render(request, "accounts/settings.html", {"manages": access.may(request.actor, "staff.manage")})


@require_http_methods(["GET", "POST"])
def profile(request: Request) -> HttpResponse:
    staff = request.user
    given = {"language": staff.language, "theme": staff.theme, "single_keys": staff.single_keys}
    form = ProfileForm(request.POST or None, initial=given)
    if (
        request.method == "POST"
        and form.is_valid()
        and tried(form, actions.change_profile, actor=request.actor, staff=staff, **form.cleaned_data)
    ):
        toast(request, gettext("Saved"))
        return redirect("profile")
    names = dict(_principals(request))
    roles = sorted(request.actor.own)
    context = {
        "form": form,
        "roles": [str(Role(role).label) for role, _ in roles],
        "acting": [(str(Role(role).label), names.get(who, "")) for role, _, who in request.actor.acting_for],
    }
    return render(request, "accounts/profile.html", context, status=422 if form.errors else 200)


def _principals(request: Request) -> list[tuple[int, str]]:
    rows = Delegation.objects.filter(deputy=request.user, revoked_at=None, ends_at__gt=request.at)
    return list(rows.values_list("principal_id", "principal__name"))


def security(request: Request) -> HttpResponse:
    factors = list(Authenticator.objects.filter(user=request.user))
    kinds = {factor.type for factor in factors}
    codes = next((one for one in factors if one.type == Authenticator.Type.RECOVERY_CODES), None)
    context = {
        "has_totp": Authenticator.Type.TOTP in kinds,
        "keys": [one for one in factors if one.type == Authenticator.Type.WEBAUTHN],
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else None,
        "sessions": UserSession.objects.filter(user=request.user).count(),
        "tokens": ApiToken.objects.filter(
            staff=request.user, revoked_at=None, expires_at__gt=request.at
        ).count(),
        "has_password": request.user.has_usable_password(),
    }
    return render(request, "accounts/security.html", context)


@require_http_methods(["GET", "POST"])
def deputies(request: Request) -> HttpResponse:
    """Who acts for me while I am away, and for whom I act."""
    staff = request.user
    form = DelegationForm(request.actor, staff, request.at, request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = {"actor": request.actor, "at": request.at, "principal": staff}
        if row := tried(form, actions.delegate, **values, **form.cleaned_data):
            toast(request, gettext("%(deputy)s acts for you") % {"deputy": row.deputy.name})
            return redirect("deputies")
    open_ones = Delegation.objects.filter(revoked_at=None, ends_at__gt=request.at).select_related(
        "principal__unit", "deputy__unit"
    )
    context = {
        "form": form,
        "given": open_ones.filter(principal=staff).order_by("starts_at"),
        "received": open_ones.filter(deputy=staff).order_by("starts_at"),
        "lends": bool(request.actor.own),
    }
    return render(request, "accounts/deputies.html", context, status=422 if form.errors else 200)


@require_POST
def revoke_deputy(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Take back what one lent, or lay down what one was lent."""
    rows = Delegation.objects.filter(uid=uid, principal__company_id=request.actor.company_id)
    row = rows.select_related("principal__unit", "principal__company").first()
    if row is None:
        raise missing()
    actions.revoke_delegation(actor=request.actor, at=request.at, delegation=row)
    toast(request, pgettext("toast", "Delegation revoked"))
    return redirect("deputies")


@never_cache
@require_http_methods(["GET", "POST"])
def tokens(request: Request) -> HttpResponse:
    """A new token's secret is on the one answer that made it, and nowhere else."""
    allowed = [scope for scope in access.PERMISSIONS if access.may(request.actor, scope)]
    form = TokenForm(allowed, request.POST or None)
    secret = ""
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        made = tried(
            form,
            actions.make_token,
            actor=request.actor,
            at=request.at,
            name=given["name"],
            scopes=given["scopes"],
            expires_at=request.at + dt.timedelta(days=given["days"]),
        )
        if made:
            secret, form = made[1], TokenForm(allowed)
    rows = ApiToken.objects.filter(staff=request.user).order_by("-id")
    context = {"form": form, "tokens": rows, "secret": secret}
    return render(request, "accounts/tokens.html", context, status=422 if form.errors else 200)


@require_POST
def retract_token(request: Request, uid: uuid.UUID) -> HttpResponse:
    rows = ApiToken.objects.filter(uid=uid, staff__company_id=request.actor.company_id)
    token = rows.select_related("staff__unit", "staff__company").first()
    if token is None:
        raise missing()
    actions.revoke_token(actor=request.actor, at=request.at, token=token)
    toast(request, gettext("Token %(name)s retracted") % {"name": token.name})
    if token.staff_id == request.actor.staff_id:
        return redirect("tokens")
    return redirect("person", token.staff.uid)
