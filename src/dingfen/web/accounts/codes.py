"""One-time codes at sign-in: as few guesses as with the password, counted in the same place."""

from __future__ import annotations

from typing import Any

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import ngettext

from dingfen.accounts import limits, lockout
from dingfen.web.accounts.adapters import locked


class Counted:
    """Counts a try before the code is compared; a right code clears the count."""

    user: Any

    def clean_code(self) -> str:
        key = lockout.code_key(self.user.pk)
        allowance = limits.hit(key, lockout.TRIES, lockout.WAIT, timezone.now(), slide=True)
        if not allowance.allowed:
            raise locked()
        try:
            code: str = super().clean_code()  # type: ignore[misc]
        except ValidationError:
            if not allowance.left:
                raise locked() from None
            text = ngettext(
                "Wrong code; %(left)s try left.", "Wrong code; %(left)s tries left.", allowance.left
            )
            raise ValidationError(text % {"left": allowance.left}, code="wrong") from None
        limits.clear(key)
        return code


class SignInCodeForm(Counted, AuthenticateForm):
    pass


class ConfirmCodeForm(Counted, ReauthenticateForm):
    pass
