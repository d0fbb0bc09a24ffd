"""Sample objects for pages whose address names one, and readers who may open them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from dingfen.accounts.models import Staff
from tests.cast import Cast
from tests.web.conftest import hold

# parts of pages, fetched by htmx; pages of allauth that want a key, a code or a provider at hand
LEFT_OUT = {
    "palette",
    "api-unknown",
    "mfa_deactivate_totp",
    "mfa_download_recovery_codes",
    "mfa_edit_webauthn",
    "mfa_remove_webauthn",
    "mfa_view_recovery_codes",
    "openid_connect_callback",
    "openid_connect_login",
    "socialaccount_login_error",
}
ADMINISTRATION = ("person", "person_add", "person_change", "unit", "unit_add", "units", "staff")


def make_samples(cast: Cast) -> dict[str, Any]:
    """Arguments by address, and `readers`: who opens a page that not everybody may (default: jiang)."""
    now = timezone.now()
    Staff.objects.update(password=make_password("sieben-Wagen-9", hasher="pbkdf2_sha256"))
    for number, hours in enumerate((-1, 3, 30, 80), start=1):
        hold(cast, number, cast.jiang, dt.timedelta(hours=hours))
    hold(
        cast, 9, cast.jiang, dt.timedelta(hours=9), state="paused", paused_at=now, pause_reason="等待客户补充发票"
    )
    return {"readers": {}}
