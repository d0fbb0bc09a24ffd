"""Staff, units and delegations through the API."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from dingfen.accounts import actions
from dingfen.accounts.models import Staff, Unit
from tests.cast import Cast

pytestmark = pytest.mark.django_db


class Caller:
    """Calls v1 with a token of one of the cast."""

    def __init__(self, cast: Cast, name: str) -> None:
        at = dt.datetime.now(dt.UTC)
        _, secret = actions.make_token(
            actor=cast.actor(name, at), at=at, name="t", scopes=["*"], expires_at=at + dt.timedelta(days=1)
        )
        self.client = Client(HTTP_AUTHORIZATION=f"Bearer {secret}", HTTP_ACCEPT_LANGUAGE="en")

    def __call__(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
        call = getattr(self.client, method)
        answer = (
            call(f"/api/v1{path}", body, content_type="application/json")
            if body is not None
            else call(f"/api/v1{path}")
        )
        return answer.status_code, answer.json()


def test_a_person_comes_and_goes(cast: Cast) -> None:
    admin = Caller(cast, "admin")
    status, made = admin("post", "/staff", {"username": "qiao", "name": "乔安", "unit": str(cast.east.uid)})
    assert (status, made["active"], made["roles"]) == (201, True, [])
    uid = made["uid"]
    role = {"role": "salesperson", "unit": str(cast.east.uid)}
    assert admin("post", f"/staff/{uid}/roles", role)[0] == 201
    status, changed = admin("patch", f"/staff/{uid}", {"latin_name": "Qiao An"})
    assert (changed["name"], changed["latin_name"]) == ("乔安", "Qiao An")
    status, gone = admin("post", f"/staff/{uid}/leave", {"left_on": "2026-01-31"})
    assert (status, gone["active"], gone["left_on"]) == (200, False, "2026-01-31")
    assert [one["username"] for one in admin("get", "/staff?q=乔")[1]["items"]] == ["qiao"]


def test_faults_come_by_field(cast: Cast) -> None:
    body = {"username": "lin", "name": "乔安", "unit": str(cast.east.uid)}
    status, problem = Caller(cast, "admin")("post", "/staff", body)
    assert status == 422
    assert problem["errors"][0]["field"] == "username"
    assert "in use" in problem["errors"][0]["detail"]


def test_units_grow_and_move(cast: Cast) -> None:
    admin = Caller(cast, "admin")
    body = {"parent": str(cast.site.uid), "kind": "team", "name": "三组", "code": "DK3"}
    status, made = admin("post", "/units", body)
    assert status == 201
    admin("post", f"/units/{made['uid']}/move", {"parent": str(cast.east.uid)})
    assert Unit.objects.get(code="DK3").parent == cast.east
    assert admin("patch", f"/units/{made['uid']}", {"name_en": "Third"})[1]["name"] == "三组"


def test_a_deputy_is_named_and_let_go(cast: Cast) -> None:
    head = Caller(cast, "jiang")
    now = dt.datetime.now(dt.UTC)
    body = {
        "principal": str(cast.jiang.uid),
        "deputy": str(cast.gu.uid),
        "starts_at": now.isoformat(),
        "ends_at": (now + dt.timedelta(days=3)).isoformat(),
        "role": "head",
    }
    status, made = head("post", "/delegations", body)
    assert status == 201
    assert [one["uid"] for one in Caller(cast, "lin")("get", "/delegations")[1]] == [made["uid"]]
    assert Caller(cast, "stranger")("get", "/delegations")[1] == []
    assert head("post", f"/delegations/{made['uid']}/revoke")[1]["revoked_at"] is not None


def test_a_person_with_a_duty_outstanding_is_not_let_in_by_session(cast: Cast) -> None:
    browser = Client()
    cast.lin.set_password("sieben-Wagen-9")
    cast.lin.save()
    browser.post("/accounts/login/", {"login": "lin", "password": "sieben-Wagen-9"})
    assert browser.get("/api/v1/me").status_code == 200
    Staff.objects.filter(pk=cast.lin.pk).update(must_change_password=True)
    assert browser.get("/api/v1/me").status_code == 401
