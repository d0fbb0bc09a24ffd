"""Customers through the API: everything the pages do, and nothing of others'."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse

from dingfen.parties.models import Customer
from dingfen.register.models import Entry
from tests.api.conftest import Caller
from tests.cast import Cast

Call = Callable[..., Caller]
NEW = {"name": "温思远", "phones": ["136 1234 5678"], "profile": {"need": "七座车"}, "grade": "A"}


def body(response: HttpResponse, status: int = 200) -> Any:
    assert response.status_code == status, response.content.decode()
    return json.loads(response.content) if response.content else None


@pytest.fixture
def made(call: Call) -> dict[str, Any]:
    added: dict[str, Any] = body(call("lin")("POST", "/customers", NEW), 201)
    return added


def test_a_customer_is_added_read_corrected_and_found(call: Call, made: dict[str, Any]) -> None:
    lin = call("lin")
    assert (made["name"], made["masked_phone"], made["profile"]) == (
        "温思远",
        "136****5678",
        {"need": "七座车"},
    )
    assert b"13612345678" not in lin("GET", f"/customers/{made['uid']}").content
    changed = lin(
        "PATCH", f"/customers/{made['uid']}", {"grade": "H", "profile": {"budget": "30 万"}}, If_Match='"1"'
    )
    assert body(changed)["profile"] == {"need": "七座车", "budget": "30 万"}
    assert changed["ETag"] == '"2"'
    late = lin("PATCH", f"/customers/{made['uid']}", {"grade": "A"}, If_Match='"1"')
    assert body(late, 409)["code"] == "version.stale"
    (hit,) = body(lin("POST", "/search", {"q": "5678"}))
    assert (hit["kind"], hit["number"], hit["title"]) == ("customer", "K-000001", "温思远")


def test_a_wrong_field_is_named(call: Call) -> None:
    problem = body(call("lin")("POST", "/customers", {"name": "温思远", "phones": ["1361234567"]}), 422)
    assert [(one["field"], one["code"]) for one in problem["errors"]] == [("phones", "phone.mobile_length")]


def test_the_same_customer_twice_is_refused(call: Call, made: dict[str, Any]) -> None:
    assert body(call("xu")("POST", "/customers", NEW), 409)["code"] == "customer.exists"
    assert Customer.objects.count() == 1


def test_a_moment_before_all_time_is_no_fault_of_ours(call: Call) -> None:
    early = call("lin")("GET", "/customers?touched_before=0001-01-01T00:00:00%2B14:00")
    if connection.vendor == "postgresql":  # knows the year before the first
        assert body(early)["items"] == []
    else:
        assert body(early, 422)["code"] == "input.invalid"


def test_lists_page_narrow_and_show_only_ones_own(call: Call, cast: Cast) -> None:
    lin = call("lin")
    for n in range(5):
        body(
            lin("POST", "/customers", {"name": f"温思{'远近高低平'[n]}", "grade": "H" if n % 2 else "B"}), 201
        )
    first = body(lin("GET", "/customers?limit=3"))
    assert [row["number"] for row in first["items"]] == ["K-000005", "K-000004", "K-000003"]
    rest = body(lin("GET", first["next"].removeprefix("/api/v1")))
    assert [row["number"] for row in rest["items"]] == ["K-000002", "K-000001"]
    assert rest["next"] is None
    assert len(body(lin("GET", "/customers?grade=H"))["items"]) == 2
    assert len(body(lin("GET", "/customers?q=思低"))["items"]) == 1
    assert body(call("xu")("GET", "/customers"))["items"] == []
    assert len(body(call("jiang")("GET", "/customers"))["items"]) == 5
    assert body(call("stranger")("GET", "/customers"))["items"] == []


@pytest.mark.parametrize(
    ("method", "path", "given"),
    [
        ("GET", "", None),
        ("PATCH", "", {"grade": "A"}),
        ("GET", "/touches", None),
        ("POST", "/identifiers", {"kind": "phone", "value": "13900001111"}),
        ("POST", "/contacts", {"name": "邵庭"}),
        ("POST", "/touches", {"kind": "call"}),
    ],
)
def test_another_companys_customer_does_not_exist(
    call: Call, made: dict[str, Any], method: str, path: str, given: Any
) -> None:
    answer = call("stranger")(method, f"/customers/{made['uid']}{path}", given)
    assert body(answer, 404)["code"] == "not_visible"


def test_identifiers_contacts_reveal(call: Call, made: dict[str, Any]) -> None:
    lin, uid = call("lin"), made["uid"]
    plate = body(lin("POST", f"/customers/{uid}/identifiers", {"kind": "plate", "value": "浙a·12345"}), 201)
    assert (plate["kind"], plate["masked"]) == ("plate", "浙A**345")
    contact = body(
        lin("POST", f"/customers/{uid}/contacts", {"name": "邵庭", "rank": 3, "phone": "13777778888"}), 201
    )
    shown = body(lin("POST", f"/customers/{uid}/reveal/{plate['uid']}", {"reason": "contact"}))
    assert shown == {"value": "浙A12345"}
    assert (
        body(lin("POST", f"/customers/{uid}/reveal/{contact['uid']}", {"reason": "contact"}))["value"]
        == "+8613777778888"
    )
    assert body(lin("POST", f"/customers/{uid}/reveal/{plate['uid']}", {"reason": "curious"}), 422)
    assert Entry.objects.filter(kind="data.revealed").count() == 2
    body(lin("POST", f"/customers/{uid}/identifiers/{plate['uid']}/void", {"reason": "已换车"}))
    body(lin("POST", f"/customers/{uid}/contacts/{contact['uid']}/void", {"reason": "离职"}), 204)
    card = body(lin("GET", f"/customers/{uid}"))
    assert card["contacts"] == []
    assert [row["void_reason"] for row in card["identifiers"]] == ["", "已换车"]


def test_touches_are_recorded_listed_and_corrected(call: Call, made: dict[str, Any]) -> None:
    lin, path = call("lin"), f"/customers/{made['uid']}/touches"
    first = body(lin("POST", path, {"kind": "visit", "note": "看车", "minutes": 30}), 201)
    second = body(lin("POST", f"/touches/{first['uid']}/correct", {"minutes": 45}), 201)
    assert (second["corrects"], second["facts"]) == (first["uid"], {"minutes": 45})
    lines = body(lin("GET", f"{path}?limit=1"))
    assert [one["uid"] for one in lines["items"]] == [second["uid"]]
    rest = body(lin("GET", f"{path}?before={lines['next']}"))
    assert [(one["uid"], one["corrected"], one["note"]) for one in rest["items"]] == [
        (first["uid"], True, "看车")
    ]
    late = body(lin("POST", path, {"kind": "call", "occurred_at": "2090-01-01T00:00:00Z"}), 422)
    assert late["errors"][0]["field"] == "occurred_at"


def test_merge_undo_and_erase(call: Call, made: dict[str, Any]) -> None:
    other = body(call("lin")("POST", "/customers", {"name": "文思远", "phones": ["13900001111"]}), 201)
    jiang, path = call("jiang"), f"/customers/{made['uid']}"
    assert call("lin")("POST", f"{path}/merge", {"gone": other["uid"], "reason": "同一人"}).status_code == 403
    merged = body(jiang("POST", f"{path}/merge", {"gone": other["uid"], "reason": "同一人"}), 201)
    assert len(body(jiang("GET", f"{path}"))["identifiers"]) == 2
    assert len(body(jiang("GET", "/customers"))["items"]) == 1
    assert body(jiang("POST", f"/merges/{merged['uid']}/undo"))["undone_at"]
    given = {"confirm_number": made["number"], "reason": "asked"}
    assert jiang("POST", f"{path}/erase", given).status_code == 403
    body(call("zhou")("POST", f"{path}/erase", given), 204)
    assert jiang("GET", path).status_code == 404


def test_a_token_without_the_scope_is_refused(call: Call, made: dict[str, Any]) -> None:
    reader = call("lin", scopes=("customer.view",))
    assert reader("GET", f"/customers/{made['uid']}").status_code == 200
    assert body(reader("POST", "/customers", NEW), 403)["code"] == "token.scope"


def test_a_repeated_request_adds_once(call: Call) -> None:
    lin = call("lin")
    answers = [lin("POST", "/customers", NEW, Idempotency_Key="a1") for _ in range(2)]
    assert body(answers[0], 201) == body(answers[1], 201)
    assert Customer.objects.count() == 1
