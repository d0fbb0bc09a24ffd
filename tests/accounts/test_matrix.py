"""Who gets what at every address: each page and each API operation × each role, from matrix.yaml.

A page or operation that is not in the table fails here, and so does a row that leads nowhere. A failing row
prints what was answered, in the form of the table: read it, think whether it should be so, paste it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from ruamel.yaml import YAML

from dingfen.accounts.models import ApiToken, Staff
from tests.accounts.samples import SAMPLES
from tests.cast import Cast

pytestmark = pytest.mark.django_db

WHO = {
    "receptionist": "shen",
    "salesperson": "lin",
    "agent": "chen",
    "head": "jiang",
    "general_manager": "fang",
    "compliance": "zhou",
    "policy_owner": "tang",
    "administrator": "admin",
    "stranger": "stranger",
}
CALLERS = ("anonymous", *WHO)
# the decisions are pure code, tried in full on SQLite; on PostgreSQL it is the questions to the database that count
FEW = ("salesperson", "general_manager", "administrator", "stranger")
KNOWN = {*CALLERS, "all", "method", "sample", "with", "query", "data"}


@cache
def table() -> dict[str, dict[str, dict[str, Any]]]:
    loaded: dict[str, dict[str, dict[str, Any]]] = YAML(typ="safe").load(
        Path(__file__).with_name("matrix.yaml").read_text(encoding="utf-8")
    )
    return loaded


def names(patterns: list[URLPattern | URLResolver], inside: str = "") -> Iterator[str]:
    """Every named address, the operations of the API left out: they are in the document."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace != "api":
                yield from names(pattern.url_patterns, inside)
        else:
            assert pattern.name, f"an address without a name: {pattern.pattern}"
            yield pattern.name


@cache
def operations() -> dict[str, str]:
    """`POST /customers/{uid}/touches` → its address."""
    from dingfen.api.app import document

    found = {}
    for path, methods in json.loads(document())["paths"].items():
        for method in methods:
            found[f"{method.upper()} {path.removeprefix('/api/v1')}"] = path
    return found


def expected(row: dict[str, Any], who: str, nobody: int) -> int:
    if who == "anonymous":
        return int(row.get(who, nobody))
    return int(row.get(who, row.get("all", 0)))


def answer(staff: Staff | None, address: str, row: dict[str, Any], method: str, api: bool) -> int:
    """The status that this caller gets; what the call did is undone."""
    browser = Client(raise_request_exception=False, HTTP_ACCEPT_LANGUAGE="en")
    with transaction.atomic():
        headers = sign_in(browser, staff, api)
        data = row.get("data") or {}
        if api or method not in ("GET", "POST"):
            status = browser.generic(
                method, address, json.dumps(data) if method != "GET" else "", "application/json", **headers
            ).status_code
        else:
            status = (browser.post if method == "POST" else browser.get)(address, data).status_code
        transaction.set_rollback(True)
    return status


def sign_in(browser: Client, staff: Staff | None, api: bool) -> dict[str, str]:
    if staff is None:
        return {}
    if api:
        secret = f"df_matrix_{staff.pk}"
        ApiToken.objects.create(
            staff=staff,
            name="matrix",
            prefix="df_m",
            digest=hashlib.sha256(secret.encode()).digest(),
            scopes=["*"],
            expires_at=timezone.now() + dt.timedelta(hours=1),
        )
        return {"HTTP_AUTHORIZATION": f"Bearer {secret}", "HTTP_IDEMPOTENCY_KEY": f"matrix-{staff.pk}-0001"}
    session = SessionStore()
    session[SESSION_KEY] = str(staff.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = staff.get_session_auth_hash()
    session.save()
    browser.cookies[settings.SESSION_COOKIE_NAME] = session.session_key or ""
    return {}


def check(cast: Cast, name: str, row: dict[str, Any], *, api: bool) -> None:
    assert not row.keys() - KNOWN, f"{name}: unknown words {sorted(row.keys() - KNOWN)}"
    filled = SAMPLES[row["sample"]](cast) if "sample" in row else {}
    filled |= row.get("with", {})
    address = operations()[name].format(**filled) if api else reverse(name, kwargs=filled or None)
    if "query" in row:
        address += f"?{row['query']}"
    method = name.split()[0] if api else row.get("method", "GET")
    nobody = 401 if api else 302
    got = {
        who: answer(getattr(cast, WHO[who]) if who in WHO else None, address, row, method, api)
        for who in (FEW if connection.vendor == "postgresql" else CALLERS)
    }
    wrong = {who: status for who, status in got.items() if status != expected(row, who, nobody)}
    common = max(set(got.values()), key=list(got.values()).count)
    shown = {"all": common} | {
        who: status for who, status in got.items() if status != (nobody if who == "anonymous" else common)
    }
    assert not wrong, f"{name}: {wrong}; answered {json.dumps(shown).replace(chr(34), '')}"


def test_every_page_is_in_the_table() -> None:
    there, listed = set(names(get_resolver().url_patterns)), set(table()["pages"])
    assert not there - listed, f"not in matrix.yaml under pages: {sorted(there - listed)}"
    assert not listed - there, f"in matrix.yaml, but gone: {sorted(listed - there)}"


def test_every_operation_is_in_the_table() -> None:
    there, listed = set(operations()), set(table()["api"])
    assert not there - listed, f"not in matrix.yaml under api: {sorted(there - listed)}"
    assert not listed - there, f"in matrix.yaml, but gone: {sorted(listed - there)}"


@pytest.mark.parametrize("name", sorted(table()["pages"]))
def test_page(passwords: Cast, name: str) -> None:
    check(passwords, name, table()["pages"][name], api=False)


@pytest.mark.parametrize("name", sorted(table()["api"]))
def test_operation(cast: Cast, name: str) -> None:
    check(cast, name, table()["api"][name], api=True)
