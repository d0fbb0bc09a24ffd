"""Odd input on a real complaint, by every operation and every form of its page: refused in words, never a fault."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import timedelta
from html.parser import HTMLParser
from random import Random
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from dingfen.complaints.actions import issues, proposing
from tests.accounts.test_matrix import operations, sign_in, table
from tests.complaints.conftest import Desk
from tests.complaints.test_pages import enter, now_desk

__all__ = ["now_desk"]
pytestmark = pytest.mark.django_db
ODD: tuple[Any, ...] = (
    "", " ", "\0", "𠀀张", "x" * 5000, "9999-12-31T23:59:59+14:00", "0001-01-01T00:00", "²", "-1", "1e400", "NaN",
    "9" * 400,
    "01991f00-0000-7000-8000-000000000009", None, True, -1, 10**30, 0.1, [], [None], {}, {"a": 1}, "\ud800",
)  # fmt: skip
EVERY = bool(os.environ.get("ODD_EVERY"))
"""Each field with each odd value takes minutes: by hand. Else a few, drawn by the same seed."""


class Forms(HTMLParser):
    """The forms of a page: where each goes, and its fields with what they hold."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append((own.get("action", "") if own.get("method") == "post" else "", {}))
        elif self.found and tag in ("input", "select", "textarea", "button") and own.get("name"):
            self.found[-1][1].setdefault(own["name"], own.get("value", "") or "先写十个字以上的话")


TEXTS = [one for one in ODD if isinstance(one, str)][:-1]
"""Without the half of a sign: no form can send one."""


def drawn(key: str, known: Sequence[Any], most: int = 1) -> Sequence[Any]:
    return known if EVERY else Random(key).sample(known, min(most, len(known)))


def rich(desk: Desk) -> Any:
    """A complaint with an issue and a proposal."""
    got = desk.call(product="远山 X5", people=3, amount="900").complaint
    issue = desk.act("chen", issues.list_issue, case_uid=got.case.uid, title="晚交车")
    desk.act(
        "chen",
        issues.find,
        issue_uid=issue.uid,
        finding="upheld",
        facts="晚交 6 天，有交接单",
        grounds="合同第 3 条",
    )
    desk.act(
        "chen", proposing.propose, case_uid=got.case.uid, issues=[issue.uid], remedy="explain", what="当面致歉",
        amount="", deliver_by=desk.now + timedelta(days=3), deliverer=desk.cast.lin.uid, pros=["快"], cons=[],
    )  # fmt: skip
    return got.case.uid


def test_every_operation_of_a_complaint(now_desk: Desk) -> None:
    uid, browser, faults = rich(now_desk), Client(raise_request_exception=False), []
    headers = sign_in(browser, now_desk.cast.chen, api=True)
    rows = table()["api"]
    known = [
        one for one in sorted(rows) if "/complaints/{uid}/" in one and isinstance(rows[one].get("data"), dict)
    ]
    for name in drawn("operations", known, 20):
        row = rows[name]
        address = operations()[name].format(**{"number": 1, **row.get("with", {}), "uid": uid})
        for field in drawn(name, list(row["data"])):
            for odd in drawn(f"{name} {field}", ODD):
                body = json.dumps({**row["data"], field: odd})
                with transaction.atomic():
                    got = browser.generic(name.split()[0], address, body, "application/json", **headers)
                    transaction.set_rollback(True)
                if got.status_code >= 500:
                    faults.append((name, field, odd))
    assert not faults


def test_every_form_of_its_page(now_desk: Desk) -> None:
    uid, faults = rich(now_desk), []
    client = enter(now_desk, "chen")
    client.raise_request_exception = False
    page, forms = client.get(reverse("complaint", args=[uid])).content.decode(), Forms()
    forms.feed(page)
    sent = {action.partition("#")[0]: fields for action, fields in forms.found if str(uid) in action}
    assert len(sent) > 20
    for address in drawn("forms", list(sent), 10):
        fields = sent[address]
        for field in drawn(address.replace(str(uid), ""), list(fields)):
            for odd in drawn(f"{address} {field}".replace(str(uid), ""), TEXTS):
                with transaction.atomic():
                    got = client.post(address, {**fields, field: odd})
                    transaction.set_rollback(True)
                if got.status_code >= 500:
                    faults.append((address, field, odd))
    assert not faults
