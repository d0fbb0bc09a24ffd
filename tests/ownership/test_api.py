"""The room over the API: what pages do, with tokens, problems and versions."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from dingfen.accounts.actor import system_actor
from dingfen.api.models import IdempotencyKey
from dingfen.policies.actions import publish_shipped
from dingfen.policies.models import PolicyVersion
from tests.api.conftest import Caller, call  # noqa: F401
from tests.cast import Cast

CUSTOMER = {
    "name": "陈立群",
    "phones": ["13812342046"],
    "grade": "A",
    "profile": {"need": "公务用车", "budget": "30 万"},
}


@pytest.fixture
def rules(cast: Cast) -> None:
    publish_shipped(
        actor=system_actor(cast.company), at=timezone.now(), unit=cast.company, pack="auto-dealer"
    )


def data(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.content.decode()
    return json.loads(answer.content) if answer.content else None


def test_a_whole_dispute_over_the_api(call: Callable[..., Caller], rules: None, cast: Cast) -> None:  # noqa: F811
    lin, xu, jiang, gu, fang = (call(who) for who in ("lin", "xu", "jiang", "gu", "fang"))
    held = data(lin("POST", "/registrations", {"customer": CUSTOMER}), 201)
    assert held["state"] == "held"
    check = data(xu("POST", "/conflict-check", {"phone": "13812342046"}))
    assert (check["answer"], check["customer"], check["unit"]["name"]) == ("held", None, "大客户一组")
    refused = data(xu("POST", "/registrations", {"customer": CUSTOMER}), 409)
    assert refused["code"] == "registration.held"
    assert "陈立群" not in json.dumps(refused, ensure_ascii=False)
    assert xu("GET", f"/registrations/{held['uid']}").status_code == 404
    assert len(data(lin("GET", "/registrations?mine=true"))["items"]) == 1

    deal = data(
        xu("POST", "/deals", {"customer_uid": held["customer"], "quantity": 6, "amount": "1200000.00"}), 201
    )
    uid = deal["dispute"]
    for caller, text in ((lin, "登记在先，持续跟进。"), (xu, "客户到店由我接待。")):
        shown = data(caller("POST", f"/disputes/{uid}/answer", {"statement": text}))
    assert shown["state"] == "awaiting_ruling"
    assert set(shown["may_rule"]) == {"姜若琳", "顾怀远"}
    assert shown["proposed"]["holder"] == str(cast.lin.uid)
    first = data(jiang("POST", f"/disputes/{uid}/confirm", {}, If_Match=f'"{shown["version"]}"'))
    assert first["state"] == "awaiting_joint"
    stale = data(gu("POST", f"/disputes/{uid}/confirm", {}, If_Match=f'"{shown["version"]}"'), 409)
    assert stale["code"] == "version.stale"
    ruled = data(gu("POST", f"/disputes/{uid}/confirm", {"note": "同意"}))
    assert ruled["state"] == "ruled"
    assert ruled["rulings"][0]["replayed"] is True
    data(xu("POST", f"/disputes/{uid}/appeal", {"grounds": "客户指名由我接待，登记簿可证。"}))
    final = data(
        fang(
            "POST",
            f"/disputes/{uid}/final-ruling",
            {
                "outcome": "changed",
                "reason": "经查双方均有贡献，改为分成。",
                "holder": str(cast.lin.uid),
                "split": [
                    {"staff": str(cast.lin.uid), "share": 70},
                    {"staff": str(cast.xu.uid), "share": 30},
                ],
            },
        )
    )
    assert final["state"] == "final"
    assert {effect["state"] for effect in final["rulings"][0]["effects"]} == {"reversed"}
    assert sum(share["share"] for share in final["rulings"][1]["split"]) == 10_000


def test_one_key_registers_once(call: Callable[..., Caller], rules: None) -> None:  # noqa: F811
    lin = call("lin")
    first = data(lin("POST", "/registrations", {"customer": CUSTOMER}, Idempotency_Key="reg-1"), 201)
    again = data(lin("POST", "/registrations", {"customer": CUSTOMER}, Idempotency_Key="reg-1"), 201)
    assert first == again


def test_the_kept_answer_comes_before_a_refusal_to_get_ready(
    call: Callable[..., Caller],  # noqa: F811
    rules: None,
) -> None:
    lin = call("lin")
    first = data(lin("POST", "/registrations", {"customer": CUSTOMER}, Idempotency_Key="reg-2"), 201)
    PolicyVersion.objects.update(state="retracted")  # without rules nobody registers
    data(lin("POST", "/registrations", {"customer": CUSTOMER}, Idempotency_Key="reg-3"), 409)
    again = data(lin("POST", "/registrations", {"customer": CUSTOMER}, Idempotency_Key="reg-2"), 201)
    assert first == again
    assert not IdempotencyKey.objects.filter(key="reg-3").exists()


def test_the_pool_and_its_refusals(call: Callable[..., Caller], rules: None) -> None:  # noqa: F811
    lin, xu = call("lin"), call("xu")
    held = data(lin("POST", "/registrations", {"customer": CUSTOMER}), 201)
    data(lin("POST", f"/registrations/{held['uid']}/release", {"reason": "换到别的同事负责，客户同意"}))
    assert [row["uid"] for row in data(xu("GET", "/pool"))["items"]] == [held["uid"]]
    assert data(lin("POST", f"/registrations/{held['uid']}/take"), 409)["code"] == "pool.cool_down"
    assert data(xu("POST", f"/registrations/{held['uid']}/take"))["state"] == "held"
    assert data(xu("GET", "/registrations?state=nonsense"), 422)["code"] == "input.invalid"


def test_a_token_without_the_scope_is_refused(call: Callable[..., Caller], rules: None) -> None:  # noqa: F811
    narrow = call("lin", scopes=("conflict.check",))
    assert data(narrow("POST", "/conflict-check", {"phone": "13812342046"}))["answer"] == "free"
    assert data(narrow("POST", "/registrations", {"customer": CUSTOMER}), 403)["code"] == "token.scope"


def test_the_pool_is_narrowed_as_on_its_page(call: Callable[..., Caller], rules: None) -> None:  # noqa: F811
    lin, xu = call("lin"), call("xu")
    held = data(lin("POST", "/registrations", {"customer": CUSTOMER}), 201)
    data(lin("POST", f"/registrations/{held['uid']}/release", {"reason": "客户改由外地办理"}))
    found = {
        query: len(data(xu("GET", f"/pool?{query}"))["items"])
        for query in (
            "grade=A",
            "grade=B,C",
            "days=7",
            "days=30",
            "state=cooling",
            "state=pooled",
            "scope=Nova",
        )
    }
    assert found == {
        "grade=A": 1, "grade=B,C": 0, "days=7": 1, "days=30": 0, "state=cooling": 1, "state=pooled": 0,
        "scope=Nova": 0,
    }  # fmt: skip
    assert data(xu("GET", "/pool?grade=Z"), 422)["errors"][0]["field"] == "grade"


def test_channel_stage_and_who_was_asked_for(
    call: Callable[..., Caller],  # noqa: F811
    rules: None,
    cast: Cast,
) -> None:
    lin, xu = call("lin"), call("xu")
    held = data(lin("POST", "/registrations", {"customer": CUSTOMER, "channel": "event"}), 201)
    assert (held["channel"], held["stage"], held["renewals"], held["agreed"]) == ("event", "", [], "")
    staged = data(lin("POST", f"/registrations/{held['uid']}/stage", {"stage": "deposit"}))
    assert staged["stage"] == "deposit" and staged["stage_at"]
    touch = {"kind": "walk_in", "asked_for": str(cast.xu.uid), "met": "spouse"}
    told = data(lin("POST", f"/customers/{held['customer']}/touches", touch), 201)
    assert (told["facts"]["asked_for"], told["met"]) == (str(cast.xu.uid), "spouse")
    fixed = data(lin("POST", f"/touches/{told['uid']}/correct", {"received_by": str(cast.xu.uid)}), 201)
    assert fixed["staff"] == str(cast.xu.uid)
    second = {**CUSTOMER, "name": "苏婉", "phones": ["13955550002"]}
    other = {"customer": second, "introduced_by": held["customer"]}
    assert data(xu("POST", "/registrations", other), 201)["channel"] == "referral"
