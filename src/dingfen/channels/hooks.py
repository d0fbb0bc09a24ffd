"""Calls of other systems to us: each channel checks the signature in its own way and says what to answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from dingfen.channels.models import Account
from dingfen.problems import Problem

WINDOW = timedelta(minutes=10)
LARGEST = 8 << 20


@dataclass(frozen=True, slots=True)
class Call:
    """One call: `headers` with small names, `query` the parameters of the address."""

    method: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    at: datetime

    def json(self) -> dict[str, Any]:
        """The body as a JSON object, without NUL, which no database keeps. Raises Problem `hook.form` (400)."""
        if b"\\u0000" in self.body:
            raise Problem("hook.form", 400)
        try:
            found = orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            raise Problem("hook.form", 400) from error
        if not isinstance(found, dict):
            raise Problem("hook.form", 400)
        return found


@dataclass(frozen=True, slots=True)
class Reply:
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"
    status: int = 200


Hook = Callable[[Account, Call], Reply]


def forged() -> Problem:
    """The signature does not fit: nothing is said of why (401)."""
    return Problem("hook.signature", 401)


def fresh(seconds: str, at: datetime, window: timedelta = WINDOW) -> None:
    """A call must be of now: an old one may be sent again by somebody else. Raises `hook.signature` (401)."""
    try:
        told = int(seconds)
    except ValueError as error:
        raise forged() from error
    if abs(at.timestamp() - told) > window.total_seconds():
        raise forged()


def as_json(told: Mapping[str, Any]) -> Reply:
    return Reply(orjson.dumps(told), "application/json")
