"""Who gets what at every address: each page and each API operation × each role, from matrix.yaml.

A page or operation that is not in the table fails here, and so does a row that leads nowhere. A failing row
prints what was answered, in the form of the table: read it, think whether it should be so, paste it.
Rows that need the same sample are asked about the same one: making it costs more than asking.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from dingfen.accounts.models import ApiToken, Staff
from dingfen.problems import Problem
from dingfen.web import errors
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
AT_ONCE = 16
KNOWN = {*CALLERS, "all", "method", "sample", "with", "query", "data"}


class Loader(yaml.CSafeLoader):
    """The quick reader, to which `on` and `12:30` are texts, as everywhere else here (YAML 1.2)."""


PLAIN = {"tag:yaml.org,2002:bool": "^(?:true|false)$", "tag:yaml.org,2002:int": "^[-+]?[0-9]+$"}
Loader.yaml_implicit_resolvers = {
    first: [(tag, re.compile(PLAIN[tag]) if tag in PLAIN else form) for tag, form in known]
    for first, known in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


@cache
def table() -> dict[str, dict[str, dict[str, Any]]]:
    text = Path(__file__).with_name("matrix.yaml").read_text(encoding="utf-8")
    loaded: dict[str, dict[str, dict[str, Any]]] = yaml.load(text, Loader=Loader)
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


def fault(cast: Cast, name: str, row: dict[str, Any], sample: dict[str, object], *, api: bool) -> str:
    """What is wrong with a row; empty where nothing is."""
    if unknown := row.keys() - KNOWN:
        return f"{name}: unknown words {sorted(unknown)}"
    filled = sample | row.get("with", {})
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
    return f"{name}: {wrong}; answered {json.dumps(shown).replace(chr(34), '')}" if wrong else ""


def groups() -> dict[str, list[tuple[str, str]]]:
    """Rows (part of the table, name) by the sample they need, so many at once."""
    by_sample: dict[str, list[tuple[str, str]]] = {}
    for part in ("pages", "api"):
        for name, row in sorted(table()[part].items()):
            by_sample.setdefault(row.get("sample", "none"), []).append((part, name))
    return {
        f"{sample}-{start // AT_ONCE + 1}": rows[start : start + AT_ONCE]
        for sample, rows in sorted(by_sample.items())
        for start in range(0, len(rows), AT_ONCE)
    }


def test_every_page_is_in_the_table() -> None:
    there, listed = set(names(get_resolver().url_patterns)), set(table()["pages"])
    assert not there - listed, f"not in matrix.yaml under pages: {sorted(there - listed)}"
    assert not listed - there, f"in matrix.yaml, but gone: {sorted(listed - there)}"


def test_every_operation_is_in_the_table() -> None:
    there, listed = set(operations()), set(table()["api"])
    assert not there - listed, f"not in matrix.yaml under api: {sorted(there - listed)}"
    assert not listed - there, f"in matrix.yaml, but gone: {sorted(listed - there)}"


@pytest.mark.parametrize("group", groups())
def test_rows(passwords: Cast, group: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(errors, "page", bare)
    rows = groups()[group]
    name = table()[rows[0][0]][rows[0][1]].get("sample")
    sample = SAMPLES[name](passwords) if name else {}
    faults = [fault(passwords, one, table()[part][one], sample, api=part == "api") for part, one in rows]
    assert not any(faults), "\n".join(filter(None, faults))


def bare(request: HttpRequest, problem: Problem, number: str = "") -> HttpResponse:
    """Only the status is asked for here; how a refusal looks is tried in tests/web/test_errors.py."""
    return HttpResponse(status=problem.status)
