"""Calling the platforms: their addresses, their access tokens, and what they say when something is wrong."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlencode

import orjson
from django.conf import settings

from dingfen import calls
from dingfen.channels import accounts
from dingfen.channels.models import Account

_tokens: dict[tuple[str, int], tuple[str, float]] = {}
_lock = threading.Lock()
_EARLY = 300.0


class PlatformFault(OSError):
    """The platform refused or answered something else than it promises."""


def post(account: Account, official: str, path: str, body: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """POST JSON to a platform; `query` and `headers` in `more`. Raises `PlatformFault`, `calls.CallFailed`."""
    headers = {"Content-Type": "application/json; charset=utf-8", **more.get("headers", {})}
    url = _url(account, official, path, more.get("query"))
    return _read(calls.post(url, orjson.dumps(body), headers=headers, own_network=_inside(account)))


def get(account: Account, official: str, path: str, query: Mapping[str, str]) -> dict[str, Any]:
    """GET JSON from a platform. Raises like `post`."""
    return _read(calls.get(_url(account, official, path, query), own_network=_inside(account)))


def content(account: Account, official: str, path: str, *, query: Mapping[str, str], **more: Any) -> bytes:
    """GET a file from a platform, not larger than an attachment may be; JSON instead of it says why not.

    Raises like `post`, and `calls.TooLong`.
    """
    url = _url(account, official, path, query)
    return _content(account, url, more.get("headers"))


def content_at(account: Account, url: str) -> bytes:
    """GET a file from the address a platform gave for it. Raises like `content`."""
    return _content(account, url, None)


def _content(account: Account, url: str, headers: Mapping[str, str] | None) -> bytes:
    answer = calls.get(url, headers=headers, own_network=_inside(account), limit=settings.ATTACHMENT_LIMIT)
    if answer.status >= 400 or answer.content_type == "application/json":
        _read(answer)
        raise PlatformFault(f"HTTP {answer.status}, no file")
    return answer.body


def to_robot(url: str, body: Mapping[str, Any], *, own_network: bool) -> dict[str, Any]:
    """POST to the address of a group's robot. Raises like `post`."""
    headers = {"Content-Type": "application/json; charset=utf-8"}
    return _read(calls.post(url, orjson.dumps(body), headers=headers, own_network=own_network))


@dataclass(frozen=True, slots=True)
class TokenDoor:
    """Where a platform gives access tokens, and in whose words: `names` of id, secret, token and lasting.

    `id_of`: the setting that holds the id. `asks`: GET with a query, or POST with a body.
    """

    official: str
    path: str
    id_of: str
    names: tuple[str, str, str, str]
    asks: Literal["get", "post"] = "post"


def token(account: Account, door: TokenDoor) -> str:
    """The account's access token, fetched anew five minutes before it ends or after the account was changed.

    Raises `PlatformFault` when the platform refuses id or secret, `calls.CallFailed`.
    """
    key = (str(account.uid), account.version)
    with _lock:
        known = _tokens.get(key)
    if known and known[1] > time.monotonic():
        return known[0]
    value, lasts = _fetched(account, door)
    with _lock:
        _tokens[key] = (value, time.monotonic() + max(lasts - _EARLY, 0))
    return value


def _fetched(account: Account, door: TokenDoor) -> tuple[str, float]:
    its_id, its_secret, its_token, its_lasting = door.names
    told = {
        its_id: str(account.settings.get(door.id_of, "")),
        its_secret: str(accounts.secret_of(account).get("app_secret", "")),
    }
    ask = get if door.asks == "get" else post
    said = ask(account, door.official, door.path, told)
    return str(said[its_token]), float(said.get(its_lasting, 7200))


def forget(account: Account) -> None:
    """Drop the token, after the platform has refused it."""
    with _lock:
        _tokens.pop((str(account.uid), account.version), None)


def _url(account: Account, official: str, path: str, query: Mapping[str, str] | None) -> str:
    base = str(account.settings.get("base") or official).rstrip("/")
    return f"{base}{path}" + (f"?{urlencode(query)}" if query else "")


def _inside(account: Account) -> bool:
    """Another address than the official one may stand on the own network: a private edition, a gateway."""
    return bool(account.settings.get("base"))


def _read(answer: calls.Answer) -> dict[str, Any]:
    try:
        said = orjson.loads(answer.body)
    except orjson.JSONDecodeError as error:
        raise PlatformFault(f"HTTP {answer.status}, no JSON") from error
    if not isinstance(said, dict):
        raise PlatformFault(f"HTTP {answer.status}")
    fault = said.get("errcode") or said.get("code") or (0 if answer.status < 400 else answer.status)
    if fault:
        raise PlatformFault(
            f"{fault}: {said.get('errmsg') or said.get('msg') or said.get('message') or ''}"[:300]
        )
    return said
