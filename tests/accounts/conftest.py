"""Signing in for tests: a cheap hash, and one password for everybody."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from dingfen.accounts.models import Staff
from tests.cast import Cast

PASSWORD = "sieben-Wagen-9"
SignIn = Callable[..., Client]


@pytest.fixture(autouse=True)
def cheap_hash(settings: object) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]


@pytest.fixture
def passwords(cast: Cast) -> Cast:
    """The cast, able to sign in with PASSWORD."""
    for staff in vars(cast).values():
        if isinstance(staff, Staff):
            staff.set_password(PASSWORD)
            staff.save(update_fields=["password"])
    return cast


@pytest.fixture
def sign_in(passwords: Cast) -> SignIn:
    """`sign_in("lin")`: a browser in which that member of the cast has signed in."""

    def go(name: str, password: str = PASSWORD, **headers: str) -> Client:
        browser = Client(**headers)
        answer = browser.post("/accounts/login/", {"login": name, "password": password})
        assert answer.status_code == 302, answer.content.decode()[:2000]
        return browser

    return go
