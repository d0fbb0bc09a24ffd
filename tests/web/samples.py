"""Sample objects for pages whose address names one, and readers who may open them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from dingfen.accounts.actor import actor_for, system_actor
from dingfen.accounts.models import Staff
from dingfen.matching import Record
from dingfen.ownership import actions
from dingfen.parties.details import Details
from dingfen.policies.actions import publish_shipped
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
DAY = dt.timedelta(days=1)
ADMINISTRATION = ("person", "person_add", "person_change", "unit", "unit_add", "units", "staff")


def make_samples(cast: Cast) -> dict[str, Any]:
    """Arguments by address, and `readers`: who opens a page that not everybody may (default: jiang)."""
    now = timezone.now()
    Staff.objects.update(password=make_password("sieben-Wagen-9", hasher="pbkdf2_sha256"))
    for number, hours in enumerate((-1, 3, 30, 80), start=1001):
        hold(cast, number, cast.jiang, dt.timedelta(hours=hours))
    hold(
        cast,
        1009,
        cast.jiang,
        dt.timedelta(hours=9),
        state="paused",
        paused_at=now,
        pause_reason="等待客户补充发票",
    )
    version = publish_shipped(
        actor=system_actor(cast.company), at=now - DAY, unit=cast.company, pack="auto-dealer"
    )
    registration = actions.register_customer(
        actor=actor_for(cast.lin, now),
        at=now,
        details=Details(
            name="陈立群", phones=("13812342046",), profile={"need": "公务用车", "budget": "30 万"}, grade="A"
        ),
    )
    dispute = actions.raise_dispute(
        actor=actor_for(cast.xu, now),
        at=now,
        record=Record(name="陈立群", phones=("13812342046",)),
        statement="11 月 17 日由我接待。",
    )
    return {
        "person": [cast.lin.uid],
        "person_change": [cast.lin.uid],
        "unit": [cast.east.uid],
        "unit_add": [cast.east.uid],
        "policy": [version.uid],
        "policy_rule_book": [version.uid],
        "customer": [registration.customer.uid],
        "holding": [registration.uid],
        "dispute": [dispute.case.uid],
        "readers": dict.fromkeys(ADMINISTRATION, "admin"),
    }
