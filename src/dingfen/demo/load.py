"""Load the demo once into a fresh installation, whole or not at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from dingfen.accounts.models import Role, Unit
from dingfen.demo.life import Life
from dingfen.demo.organisation import PASSWORD, PEOPLE, build

SEED = 20260302
DAYS = 90


def once(say: Callable[[str], object] = lambda text: None, now: dt.datetime | None = None) -> bool:
    """Build the demo unless there is an organisation already; whether it was built."""
    if Unit.objects.exists():
        return False
    say("正在装入演示数据，约半分钟 · loading demo data, about half a minute …\n")
    with transaction.atomic():
        Life(build(), SEED, now or timezone.now(), DAYS).live()
    return True


def accounts() -> list[dict[str, str]]:
    """For the sign-in page: user name, name, Latin name, role and password of everybody."""
    return [
        {
            "username": username,
            "name": name,
            "latin": latin,
            "role": str(Role(roles[0][0]).label),
            "password": PASSWORD,
        }
        for username, name, latin, _unit, roles in PEOPLE
    ]


def sign_ins() -> list[str]:
    """Lines that tell how to sign in to the demo."""
    people = "  ".join(f"{username} {name}" for username, name, *_ in PEOPLE)
    return [f"演示账号 demo accounts: {people}", f"密码 password: {PASSWORD}"]
