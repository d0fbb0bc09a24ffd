"""The register through the API."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from dingfen.accounts.books import book_of
from dingfen.accounts.models import Role, Staff
from dingfen.accounts.units import add_unit
from dingfen.register.exportfile import Trust, verify_file, verify_proof
from dingfen.register.models import Book, Checkpoint, Entry, Look, Page
from dingfen.register.notes import VerifyKey
from dingfen.register.sealing import seal_page
from tests.api.conftest import Caller, token_for
from tests.cast import Cast, person
from tests.register.test_append import visit


@pytest.fixture
def now() -> dt.datetime:
    return timezone.now()


@pytest.fixture
def book(cast: Cast, now: dt.datetime) -> Book:
    yesterday = now - dt.timedelta(days=1)
    book = book_of(cast.east, at=yesterday)
    visit(book, yesterday)
    seal_page(page=Page.objects.select_related("book").earliest("day"), at=now)
    visit(book, now)
    return book


@pytest.fixture
def north(cast: Cast, book: Book, now: dt.datetime) -> Page:
    site = add_unit(cast.company, "site", "城北展厅", "CDN", time_zone="Asia/Shanghai")
    person("meng", "孟可", site, Role.HEAD, site)
    visit(book_of(site, at=now), now)
    return Page.objects.select_related("book").get(book__code="CDN")


def data(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.content
    return json.loads(answer.content)


def test_books_pages_and_entries_are_those_one_may_read(call: Any, book: Book, north: Page) -> None:
    lin = call("lin")
    books = {one["code"]: one["readable"] for one in data(lin("GET", "/register/books"))}
    assert books == {"CDE": True, "CDN": False}
    pages = data(lin("GET", "/register/pages"))["items"]
    assert [(one["book"], one["state"], one["lines"]) for one in pages] == [
        ("CDE", "open", 1),
        ("CDE", "sealed", 2),
    ]
    entries = data(lin("GET", "/register/entries"))["items"]
    assert {one["book"] for one in entries} == {"CDE"}
    assert len(data(call("zhou")("GET", "/register/entries"))["items"]) == Entry.objects.count()
    assert data(call("stranger")("GET", "/register/entries"))["items"] == []


def test_entries_are_narrowed_and_paged(call: Any, book: Book, now: dt.datetime) -> None:
    lin = call("lin")
    for _ in range(4):
        visit(book, now)
    first = data(lin("GET", "/register/entries?limit=3&kind=touch.recorded"))
    assert len(first["items"]) == 3
    second = data(lin("GET", first["next"].removeprefix("/api/v1")))
    places = [one["place"] for one in first["items"] + second["items"]]
    assert places == sorted(places, reverse=True) and len(places) == 6
    assert data(lin("GET", f"/register/entries?day={now:%Y}-01-01"))["items"] == []
    assert lin("GET", "/register/entries?day=never").status_code == 422


def test_an_entry_carries_the_bytes_that_were_hashed_and_its_proof(call: Any, book: Book) -> None:
    lin = call("lin")
    entry = Entry.objects.select_related("page__book").get(pk=1)
    shown = data(lin("GET", f"/register/entries/{entry.name}"))
    assert shown["body"].encode() == bytes(entry.body) and shown["leaf"] == bytes(entry.leaf).hex()
    assert Look.objects.filter(kind="register.entry", subject_uid=entry.uid).exists()
    proof = data(lin("GET", f"/register/entries/{entry.name}/proof"))
    assert proof["key"] == data(lin("GET", "/register/key"))["key"]
    assert verify_proof(proof["proof"], Trust(keys=[VerifyKey.parse(proof["key"])])).holds
    late = Entry.objects.select_related("page__book").latest("seq")
    assert data(lin("GET", f"/register/entries/{late.name}/proof"), 409)["code"] == "proof.too_early"
    assert lin("GET", "/register/entries/CDE-20200101-0001").status_code == 404
    assert call("stranger")("GET", f"/register/entries/{entry.name}").status_code == 404


def test_a_page_is_closed(call: Any, book: Book) -> None:
    page = Page.objects.latest("day")
    assert call("lin")("POST", f"/register/pages/{page.uid}/close").status_code == 403
    assert data(call("shen")("POST", f"/register/pages/{page.uid}/close"))["state"] == "closed"
    assert data(call("shen")("POST", f"/register/pages/{page.uid}/close"), 409)["code"] == "page.closed"
    assert call("stranger")("POST", f"/register/pages/{page.uid}/close").status_code in (403, 404)


def test_borrowing_goes_its_whole_way(call: Any, north: Page) -> None:
    lin = call("lin")
    meng = Caller(token_for(Staff.objects.get(username="meng"))[0])
    entry = north.entries.select_related("page__book").latest("seq")
    assert data(lin("GET", f"/register/entries/{entry.name}"), 403)["code"] == "page.borrow_first"
    wish = {"book": "CDN", "day": north.day.isoformat(), "reason": "核对到店客户", "hours": 2}
    assert (
        data(lin("POST", "/register/borrowings", wish | {"reason": "借"}), 422)["errors"][0]["field"]
        == "reason"
    )
    asked = data(lin("POST", "/register/borrowings", wish), 201)
    assert data(lin("POST", "/register/borrowings", wish), 409)["code"] == "borrowing.exists"
    path = f"/register/borrowings/{asked['uid']}"
    assert lin("POST", f"{path}/answer", {"lend": True}).status_code == 403
    assert data(meng("POST", f"{path}/answer", {"lend": True}))["state"] == "lent"
    assert lin("GET", f"/register/entries/{entry.name}").status_code == 200
    assert [one["state"] for one in data(lin("GET", "/register/borrowings"))["items"]] == ["lent"]
    assert data(lin("POST", f"{path}/end"))["state"] == "ended"
    assert lin("GET", f"/register/entries/{entry.name}").status_code == 403


def test_the_register_is_verified_also_against_a_kept_checkpoint(call: Any, book: Book) -> None:
    zhou = call("zhou")
    assert data(zhou("POST", "/register/verify", {}))["grade"] == "UNANCHORED"
    kept = data(zhou("GET", "/register/checkpoints"))["items"][0]["note"]
    verdict = data(zhou("POST", "/register/verify", {"kept": [kept]}))
    assert (verdict["grade"], verdict["kept"]) == ("WITNESSED", Checkpoint.objects.latest("size").size)
    assert data(zhou("POST", "/register/verify", {"kept": ["nothing"]}))["first_bad"]["code"] == "signature"
    for _ in range(3):
        zhou("POST", "/register/verify", {})
    assert zhou("POST", "/register/verify", {}).status_code == 429


def test_the_export_can_be_checked_offline(call: Any, book: Book, tmp_path: Path) -> None:
    assert call("lin")("POST", "/register/export", {}).status_code == 403
    answer = call("zhou")("POST", "/register/export", {})
    path = tmp_path / "register.jsonl"
    path.write_bytes(b"".join(answer.streaming_content))
    assert verify_file(path, Trust()).holds
    repeated = call("zhou")("POST", "/register/export", {}, Idempotency_Key="once")
    path.write_bytes(repeated.content)
    assert verify_file(path, Trust()).holds
