"""The frame: who gets in, what a problem looks like, paging, versions, idempotency."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from dingfen.accounts.models import Unit
from dingfen.api import idempotency, registry
from dingfen.api.limits import Bucket
from dingfen.api.models import IdempotencyKey
from dingfen.api.schemas import In, Out
from tests.api.conftest import Caller, token_for
from tests.cast import Cast

pytestmark = pytest.mark.urls("tests.api.sample")
Call = Callable[..., Caller]
PROBLEM = "application/problem+json"


def check_problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert (answer.status_code, answer["Content-Type"]) == (status, PROBLEM), answer.content
    found: dict[str, Any] = answer.json()
    assert (found["status"], found["code"]) == (status, code)
    assert found["title"] and found["detail"] and found["request_id"] == answer["X-Request-ID"]
    assert "%(" not in found["title"] + found["detail"]
    return found


def test_only_a_live_token_of_someone_who_works_here_gets_in(cast: Cast) -> None:
    past = timezone.now() - timedelta(minutes=1)
    check_problem(Caller(None)("GET", "/units"), 401, "sign_in.needed")
    refused = Caller("df_nothing")("GET", "/units")
    check_problem(refused, 401, "token.unknown")
    assert refused["WWW-Authenticate"].startswith("Bearer")
    for given in ({"expires_at": past}, {"revoked_at": past}):
        check_problem(Caller(token_for(cast.lin, **given)[0])("GET", "/units"), 401, "token.unknown")
    text, _ = token_for(cast.lin)
    assert Caller(text)("GET", "/units").status_code == 200
    cast.lin.left_on = past.date() - timedelta(days=1)
    cast.lin.save()
    check_problem(Caller(text)("GET", "/units"), 401, "token.unknown")


def test_use_of_a_token_is_noted_at_most_once_an_hour(cast: Cast) -> None:
    text, row = token_for(cast.lin)
    Caller(text)("GET", "/units")
    row.refresh_from_db()
    first = row.last_used_at
    assert first is not None
    Caller(text)("GET", "/units")
    row.refresh_from_db()
    assert row.last_used_at == first


def test_a_scope_limits_the_token_and_a_role_the_person(cast: Cast, call: Call) -> None:
    problem = check_problem(
        call("admin", scopes=("staff.view",))("POST", "/units", {"name": "三组"}), 403, "token.scope"
    )
    assert problem["params"] == {"permission": "staff.manage"}
    check_problem(call("lin")("POST", "/units", {"name": "三组"}), 403, "role.needed")
    assert call("admin", scopes=("staff.manage",))("POST", "/units", {"name": "三组"}).status_code == 201


def test_a_session_needs_its_csrf_token_to_write(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.admin, backend=settings.AUTHENTICATION_BACKENDS[0])
    assert client.get("/api/v1/units").status_code == 200
    send = {"data": '{"name": "三组"}', "content_type": "application/json"}
    check_problem(client.post("/api/v1/units", **send), 403, "csrf.failed")
    client.cookies["csrftoken"] = "a" * 32
    allowed = client.post("/api/v1/units", headers={"X-CSRFToken": "a" * 32}, **send)
    assert allowed.status_code == 201


def test_what_is_not_there_and_methods_that_are_not(call: Call) -> None:
    lin = call("lin")
    check_problem(lin("GET", f"/units/{uuid.uuid4()}"), 404, "not_visible")
    check_problem(lin("GET", "/nothing/here"), 404, "address.unknown")
    answer = lin("DELETE", "/units")
    assert "GET" in check_problem(answer, 405, "method.not_allowed")["detail"]
    assert set(answer["Allow"].replace(" ", "").split(",")) == {"GET", "POST"}


def test_faults_of_input_are_named_by_field(call: Call) -> None:
    admin = call("admin")
    problem = check_problem(admin("POST", "/units", {"nam": "x"}), 422, "input.invalid")
    assert {(fault["field"], fault["code"]) for fault in problem["errors"]} == {
        ("name", "field.missing"),
        ("nam", "field.unknown"),
    }
    long = admin("POST", "/units", {"name": "组" * 21, "since": "2026-11-01T08:00:00"})
    codes = {fault["field"]: fault for fault in check_problem(long, 422, "input.invalid")["errors"]}
    assert codes["name"]["detail"] == "At most 20 characters or items."
    assert codes["since"]["code"] == "field.zone"
    check_problem(admin("POST", "/units", b"{"), 400, "body.unreadable")
    check_problem(admin("POST", "/units", b'{"name": "\xff"}'), 400, "body.unreadable")
    check_problem(admin("POST", "/units", {"name": "a\0b"}), 422, "input.invalid")
    assert admin("POST", "/units", {"name": "a\\u0000b"}).status_code == 201  # a backslash, no NUL
    check_problem(admin("GET", "/units?kind=%00"), 422, "input.invalid")
    check_problem(admin("GET", "/units?limit=0"), 422, "input.invalid")


def test_a_body_over_the_limit_is_refused_before_it_is_read(call: Call) -> None:
    check_problem(call("admin")("POST", "/units", b" " * 1_100_000), 413, "body.too_large")


def test_a_fault_gives_a_number_and_nothing_of_the_inside(cast: Cast, call: Call) -> None:
    answer = call("admin")("PATCH", f"/units/{cast.east.uid}", {"name": "崩"})
    problem = check_problem(answer, 500, "fault")
    assert problem["request_id"] in problem["detail"]
    assert b"secret" not in answer.content


def test_problems_speak_the_callers_language(call: Call) -> None:
    assert call("lin", language="zh-hans")("GET", "/nothing").json()["detail"] == "此地址没有内容。"
    assert (
        call("lin", language="en")("GET", "/nothing").json()["detail"] == "There is nothing at this address."
    )


def test_pages_hold_every_row_once_in_order_while_rows_are_added(cast: Cast, call: Call) -> None:
    lin = call("lin")
    wanted = [str(uid) for uid in Unit.objects.filter(company=cast.company).order_by("kind", "-id")
              .values_list("uid", flat=True)]  # fmt: skip
    seen, link = [], "/api/v1/units?limit=1"
    while link:
        answer = lin("GET", link.removeprefix("/api/v1")).json()
        seen += [item["uid"] for item in answer["items"]]
        link = answer["next"]
        Unit.objects.create(kind="company", name="新", code=f"N{len(seen)}", path=f"n{len(seen)}",
                            company=cast.company)  # fmt: skip
    assert seen == wanted
    check_problem(lin("GET", "/units?after=bm9uc2Vuc2U"), 422, "input.invalid")
    check_problem(lin("GET", "/units?after=WyJhIiwgOTIyMzM3MjAzNjg1NDc3NTgwOF0"), 422, "input.invalid")
    assert "kind=team" in lin("GET", "/units?limit=1&kind=team").json()["next"]


def test_a_version_guards_against_overwriting(cast: Cast, call: Call) -> None:
    admin, path = call("admin"), f"/units/{cast.east.uid}"
    etag = admin("GET", path)["ETag"]
    assert etag == '"1"'
    assert admin("PATCH", path, {"name": "一组"}, If_Match=etag)["ETag"] == '"2"'
    check_problem(admin("PATCH", path, {"name": "二组"}, If_Match=etag), 409, "version.old")
    check_problem(admin("PATCH", path, {"name": "二组"}, If_Match="x"), 400, "version.form")


def test_the_same_key_acts_once_and_gives_the_same_answer(call: Call) -> None:
    admin = call("admin")
    first = admin("POST", "/units", {"name": "三组"}, Idempotency_Key="k1")
    again = admin("POST", "/units", {"name": "三组"}, Idempotency_Key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert (first.content, first["ETag"]) == (again.content, again["ETag"])
    assert (first.get("Idempotency-Replayed"), again["Idempotency-Replayed"]) == (None, "true")
    assert Unit.objects.filter(name="三组").count() == 1
    check_problem(admin("POST", "/units", {"name": "四组"}, Idempotency_Key="k1"), 422, "idempotency.other")
    check_problem(admin("POST", "/units", {"name": "四组"}, Idempotency_Key="中"), 400, "idempotency.form")
    assert call("admin")("POST", "/units", {"name": "三组"}, Idempotency_Key="k1").status_code == 201
    assert Unit.objects.filter(name="三组").count() == 2  # another token, another key


def test_what_failed_leaves_no_claim_and_no_row(cast: Cast, call: Call) -> None:
    admin, path = call("admin"), f"/units/{cast.east.uid}"
    check_problem(admin("PATCH", path, {"name": "坏"}, Idempotency_Key="k2"), 409, "unit.refused")
    cast.east.refresh_from_db()
    assert (cast.east.name, IdempotencyKey.objects.count()) == ("大客户一组", 0)


def test_a_key_is_forgotten_after_24_hours(call: Call) -> None:
    admin = call("admin")
    admin("POST", "/units", {"name": "三组"}, Idempotency_Key="k1")
    yesterday = timezone.now() - timedelta(hours=24, minutes=1)
    IdempotencyKey.objects.update(made_at=yesterday)
    assert admin("POST", "/units", {"name": "四组"}, Idempotency_Key="k1").status_code == 201
    assert IdempotencyKey.objects.count() == 1
    idempotency.sweep(timezone.now() + timedelta(hours=25))
    assert IdempotencyKey.objects.count() == 0


def test_a_bucket_empties_and_says_how_long_to_wait() -> None:
    bucket = Bucket(per_minute=3)
    assert [bucket.take("a") for _ in range(3)] == [0, 0, 0]
    assert 1 <= bucket.take("a") <= 21
    assert bucket.take("b") == 0


def test_no_two_schemas_share_a_name() -> None:
    """In the document the second of a name would stand for the first."""
    registry.routers()
    found: list[type[Out] | type[In]] = [Out, In]
    for one in found:
        found.extend(each for each in one.__subclasses__() if each.__module__.startswith("dingfen."))
    names = [one.__name__ for one in set(found)]
    assert sorted(names) == sorted(set(names))


def test_every_room_stands_beside_the_first_words_of_its_addresses() -> None:
    """A room is loaded by that word: one that is not listed would not be found."""
    for module, words in registry.ROOMS.items():
        operations = import_module(module).router.operations
        assert sorted({one.path.split("/")[1] for one in operations}) == words.split(), module
    names = [one.view.__name__ for router in registry.routers() for one in router.operations]
    assert len(names) == len(set(names)), "two operations of one name"


NOT_AT_THE_START = (
    "ninja", "numpy", "openpyxl", "docx", "jinja2", "PIL", "filetype", "dingfen.engine.draft",
)  # fmt: skip


def test_a_start_and_the_pages_need_nothing_of_the_api() -> None:
    """What a start loads is waited for and kept by every process."""
    code = (
        "import sys, django; django.setup(); from django.urls import get_resolver;"
        "[getattr(one, 'url_patterns', 0) for one in get_resolver().url_patterns];"
        f"print([one for one in {NOT_AT_THE_START} if one in sys.modules])"
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "dingfen.settings"}
    found = subprocess.run(
        [sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True
    )
    assert found.stdout.strip() == "[]"
