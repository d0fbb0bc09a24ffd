"""A token of each member of the cast, and a client that sends it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from dingfen.accounts.models import ApiToken, Staff
from tests.cast import Cast


def token_for(staff: Staff, *, scopes: tuple[str, ...] = ("*",), **given: Any) -> tuple[str, ApiToken]:
    """A token's text and row."""
    text = f"df_{staff.username}_{ApiToken.objects.count()}"
    row = ApiToken.objects.create(
        staff=staff,
        name="test",
        prefix=text[:8],
        digest=hashlib.sha256(text.encode()).digest(),
        scopes=list(scopes),
        **{"expires_at": timezone.now() + timedelta(days=1)} | given,
    )
    return text, row


class Caller:
    """Calls the API as one member of the cast."""

    def __init__(self, token: str | None, language: str = "en") -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = {"Accept-Language": language}
        if token is not None:
            self.headers["Authorization"] = f"Bearer {token}"

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.generic(  # type: ignore[return-value]
            method,
            f"/api/v1{path}",
            data=b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode(),
            content_type="application/json",
            headers=self.headers | names,
        )


@pytest.fixture
def call(cast: Cast) -> Callable[..., Caller]:
    """`call("lin", scopes=…)` gives a caller with a fresh token."""

    def made(name: str, *, language: str = "en", **given: Any) -> Caller:
        return Caller(token_for(getattr(cast, name), **given)[0], language)

    return made
