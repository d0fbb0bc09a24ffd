"""Where allauth asks us: who may sign in, how often, and how secrets are kept."""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from dingfen import keys
from dingfen.accounts import actions, lockout
from dingfen.accounts.actor import actor_for
from dingfen.accounts.backend import has_left
from dingfen.accounts.limits import Allowance
from dingfen.accounts.models import Role, Staff


def locked() -> ValidationError:
    return ValidationError(gettext("Locked for 15 minutes."), code="locked")


def wrong_password(left: int) -> ValidationError:
    """Says nothing of whether the account exists."""
    text = ngettext(
        "Wrong account or password; %(left)s try left.",
        "Wrong account or password; %(left)s tries left.",
        left,
    )
    return ValidationError(text % {"left": left}, code="wrong") if left else locked()


class AccountAdapter(DefaultAccountAdapter):
    """Password sign-in, with failures counted in the database."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        login = str(credentials.get("username") or credentials.get("email") or "")
        self._key = lockout.account_key(login)
        self._address = self.get_client_ip(request)
        self._allowance: Allowance = lockout.attempt(self._key, self._address, timezone.now())
        if not self._allowance.allowed:
            raise locked()
        return super().authenticate(request, **credentials)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Counted in `authenticate` already."""

    def _rollback_login_failed_rl_usage(self) -> None:
        lockout.succeeded(self._key, self._address)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        raise wrong_password(self._allowance.left)

    def pre_login(self, request: HttpRequest, user: Any, **more: Any) -> HttpResponse | None:
        answer: HttpResponse | None = super().pre_login(request, user, **more)
        if answer is None and has_left(user):
            answer = self.respond_user_inactive(request, user)
        return answer

    def set_password(self, user: Any, password: str) -> None:
        super().set_password(user, password)
        at = timezone.now()
        actions.note_password_change(actor=actor_for(user, at), at=at, staff=user)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Who receives customers starts at the reception; everybody else with their work."""
        staff = request.user
        receives = isinstance(staff, Staff) and actor_for(staff, timezone.now()).has(Role.RECEPTIONIST)
        return reverse("reception") if receives else str(settings.LOGIN_REDIRECT_URL)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return str(settings.LOGIN_REDIRECT_URL)


class SocialAdapter(DefaultSocialAccountAdapter):
    """Sign-in through the company's own directory (OpenID Connect): known staff only, nobody is added."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Join a first sign-in to the account with the same verified e-mail or employee number."""
        if request.user.is_authenticated:
            raise ImmediateHttpResponse(redirect(settings.LOGIN_REDIRECT_URL))
        if sociallogin.is_existing:
            return
        staff = self._known(sociallogin)
        if staff is None:
            answer = render(request, "socialaccount/unknown.html", status=403)
            raise ImmediateHttpResponse(answer)
        sociallogin.connect(request, staff)

    def _known(self, sociallogin: SocialLogin) -> Staff | None:
        """The one account meant; None when there is none, or more than one could be."""
        claims: dict[str, Any] = {}
        for part in ("id_token", "userinfo"):
            claims |= sociallogin.account.extra_data.get(part) or {}
        number = str(claims.get(settings.OIDC_NUMBER_CLAIM) or "") if settings.OIDC_NUMBER_CLAIM else ""
        staff = Staff.objects.get_queryset().filter(is_active=True)
        if number:
            found = list(staff.filter(employee_number=number)[:2])
        elif claims.get("email") and claims.get("email_verified") is True:
            found = list(staff.filter(email__iexact=claims["email"])[:2])
        else:
            found = []
        return found[0] if len(found) == 1 else None


def _cipher() -> AESGCM:
    derived = HKDF(SHA256(), 32, salt=None, info=b"dingfen second factor").derive(keys.key("master"))
    return AESGCM(derived)


class MfaAdapter(DefaultMFAAdapter):
    """Second factors: secrets are sealed with the installation's master key."""

    def get_totp_issuer(self) -> str:
        return "Dingfen"

    def encrypt(self, text: str) -> str:
        nonce = os.urandom(12)
        return b64encode(nonce + _cipher().encrypt(nonce, text.encode(), b"")).decode()

    def decrypt(self, encrypted_text: str) -> str:
        raw = b64decode(encrypted_text)
        return _cipher().decrypt(raw[:12], raw[12:], b"").decode()
