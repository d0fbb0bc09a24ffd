"""The register through the browser's eyes: plain requests, as each role."""

from __future__ import annotations

import ast
import datetime as dt
import json
import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from dingfen.accounts.access import PERMISSIONS
from dingfen.accounts.books import book_of
from dingfen.accounts.models import Role, Staff
from dingfen.accounts.units import add_unit
from dingfen.outbox.events import EVENTS
from dingfen.register import triggers
from dingfen.register.exportfile import Trust, verify_file, verify_proof
from dingfen.register.kinds import KINDS
from dingfen.register.models import Book, Borrowing, Checkpoint, Entry, Look, Page
from dingfen.register.sealing import seal_page
from dingfen.register.signing import log_key
from tests.cast import Cast, person
from tests.register.test_append import visit

SOURCE = Path(__file__).resolve().parents[2] / "src" / "dingfen"


@pytest.fixture
def now() -> dt.datetime:
    """Pages take the time of the request, so the entries of these tests are of today."""
    return timezone.now()


@pytest.fixture
def book(cast: Cast, now: dt.datetime) -> Book:
    """Yesterday's page sealed, today's open with three entries."""
    yesterday = now - dt.timedelta(days=1)
    book = book_of(cast.east, at=yesterday)
    visit(book, yesterday, actor_id=cast.lin.uid)
    seal_page(page=Page.objects.select_related("book").earliest("day"), at=now)
    for _ in range(3):
        visit(book, now, actor_id=cast.lin.uid, personal={"note": "x"})
    return book


@pytest.fixture
def north(cast: Cast, book: Book, now: dt.datetime) -> Page:
    site = add_unit(cast.company, "site", "城北展厅", "CDN", time_zone="Asia/Shanghai")
    person("meng", "孟可", site, Role.HEAD, site)
    other = book_of(site, at=now)
    visit(other, now)
    return Page.objects.select_related("book").get(book=other)


def signed_in(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def today(book: Book) -> Page:
    return Page.objects.select_related("book").filter(book=book).latest("day")


def address(page: Page, rest: str = "") -> str:
    return f"/register/{page.book.code}/{page.day.isoformat()}/{rest}"


def test_the_register_lists_the_pages_one_may_read(cast: Cast, book: Book, north: Page) -> None:
    seen = signed_in(cast.lin).get("/register/").content.decode()
    assert address(today(book)) in seen
    assert seen.count("已封存") >= 1
    listed = re.findall(r'class="ttl" href="(/register/[^"]+)"', seen)
    assert listed == [address(page) for page in Page.objects.filter(book=book).order_by("-day")]
    assert "城北展厅" in seen  # to be borrowed
    everything = signed_in(cast.zhou).get("/register/").content.decode()
    assert address(north) in everything


def test_who_has_no_part_in_it_is_refused(cast: Cast, book: Book) -> None:
    assert signed_in(cast.tang).get("/register/").status_code == 403
    assert Client().get("/register/").status_code == 302


def test_a_page_shows_its_entries_and_logs_the_look(cast: Cast, book: Book) -> None:
    page = today(book)
    answer = signed_in(cast.lin).get(address(page))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert [entry.short in text for entry in page.entries.select_related("page__book")] == [True] * 3
    assert "林可欣" in text
    look = Look.objects.get(kind="register.page")
    assert (look.actor_uid, look.subject_uid) == (cast.lin.uid, page.uid)


def test_a_page_takes_few_queries_however_many_entries(
    cast: Cast, book: Book, now: dt.datetime, django_assert_max_num_queries: object
) -> None:
    for _ in range(30):
        visit(book, now)
    client = signed_in(cast.lin)
    with django_assert_max_num_queries(40):  # type: ignore[operator]
        client.get(address(today(book)))


@pytest.mark.parametrize(
    "path", ["/register/NONE/2026-11-18/", "/register/CDE/2020-01-01/", "/register/CDE/2026-13-01/"]
)
def test_a_page_that_is_not_there_is_not_found(cast: Cast, book: Book, path: str) -> None:
    assert signed_in(cast.lin).get(path).status_code == 404


def test_another_company_finds_nothing(cast: Cast, book: Book) -> None:
    client = signed_in(cast.stranger)
    entry = Entry.objects.select_related("page__book").latest("seq")
    for path in (
        address(today(book)),
        f"/register/entries/{entry.name}/",
        f"/register/entries/{entry.name}/proof/",
    ):
        assert client.get(path).status_code == 404
    assert client.post(address(today(book), "close/")).status_code == 404
    assert client.get(f"/register/find/?q={entry.name}").status_code == 404


def test_another_sites_page_is_borrowed_through_the_pages(cast: Cast, north: Page) -> None:
    lin, meng = signed_in(cast.lin), signed_in(Staff.objects.get(username="meng"))
    offer = lin.get(address(north))
    assert offer.status_code == 403 and "孟可" in offer.content.decode()
    entry = north.entries.select_related("page__book").earliest("seq")
    assert lin.get(f"/register/entries/{entry.name}/").status_code == 403
    assert lin.get(f"/register/entries/{entry.name}/proof/").status_code == 403

    wrong = lin.post(address(north, "borrow/"), {"reason": "借", "hours": 2})
    assert wrong.status_code == 422 and "至少" in wrong.content.decode()
    assert lin.post(address(north, "borrow/"), {"reason": "核对到店客户", "hours": 2}).status_code == 302
    asked = Borrowing.objects.get()
    assert "等待" in lin.get(address(north)).content.decode()

    waiting = meng.get("/register/borrowings/").content.decode()
    assert "核对到店客户" in waiting and f"/register/borrowings/{asked.uid}/answer/" in waiting
    assert lin.post(f"/register/borrowings/{asked.uid}/answer/", {"lend": "yes"}).status_code == 403
    assert meng.post(f"/register/borrowings/{asked.uid}/answer/", {"lend": "yes"}).status_code == 302
    assert lin.get(address(north)).status_code == 200
    assert "借阅至" in lin.get(address(north)).content.decode()

    assert lin.post(f"/register/borrowings/{asked.uid}/end/").status_code == 302
    assert lin.get(address(north)).status_code == 403


def test_a_refused_request_says_so(cast: Cast, north: Page) -> None:
    lin, meng = signed_in(cast.lin), signed_in(Staff.objects.get(username="meng"))
    lin.post(address(north, "borrow/"), {"reason": "核对到店客户", "hours": 2})
    meng.post(f"/register/borrowings/{Borrowing.objects.get().uid}/answer/", {"lend": "no"})
    assert "已拒绝" in lin.get("/register/borrowings/").content.decode()


def test_the_day_is_closed_by_who_may(cast: Cast, book: Book) -> None:
    page = today(book)
    assert "data-dialog" in signed_in(cast.shen).get(address(page)).content.decode()
    assert signed_in(cast.lin).post(address(page, "close/")).status_code == 403
    assert signed_in(cast.shen).post(address(page, "close/")).status_code == 302
    text = signed_in(cast.lin).get(address(page)).content.decode()
    assert "沈一诺" in text and 'data-dialog="close"' not in text
    assert signed_in(cast.shen).post(address(page, "close/")).status_code == 409
    assert signed_in(cast.shen).get(address(page, "close/")).status_code == 405


def test_an_entry_is_shown_verified_and_proved(cast: Cast, book: Book, tmp_path: Path) -> None:
    client = signed_in(cast.lin)
    entry = Entry.objects.select_related("page__book").get(pk=1)
    text = client.get(f"/register/entries/{entry.name}/").content.decode()
    assert entry.name in text and bytes(entry.leaf).hex() in text and "林可欣" in text
    verdict = client.post(f"/register/entries/{entry.name}/verify/").content.decode()
    assert "核验通过" in verdict
    part = client.post(f"/register/entries/{entry.name}/verify/", headers={"HX-Request": "true"})
    assert "核验通过" in part.content.decode() and "<html" not in part.content.decode()
    proof = client.get(f"/register/entries/{entry.name}/proof/")
    assert proof["Content-Disposition"].endswith('.tlog-proof"')
    assert verify_proof(proof.content.decode(), Trust(keys=[log_key()])).holds
    assert Look.objects.filter(kind="register.entry", subject_uid=entry.uid).count() == 1


def test_an_entry_that_was_tampered_with_is_said_to_be_so(cast: Cast, book: Book) -> None:
    entry = Entry.objects.select_related("page__book").get(pk=1)
    triggers.drop(__import__("django.db").db.connection)
    Entry.objects.filter(pk=1).update(body=bytes(entry.body).replace(b"walk_in", b"walk_im"))
    client = signed_in(cast.lin)
    assert "核验不通过" in client.post(f"/register/entries/{entry.name}/verify/").content.decode()
    assert "核验不通过" in client.post("/register/verify/").content.decode()


def test_an_entry_no_checkpoint_covers_waits_for_one(cast: Cast, book: Book) -> None:
    entry = Entry.objects.select_related("page__book").latest("seq")
    client = signed_in(cast.lin)
    assert "尚无封存摘要" in client.get(f"/register/entries/{entry.name}/").content.decode()
    assert client.post(f"/register/entries/{entry.name}/verify/").status_code == 409
    assert client.get(f"/register/entries/{entry.name}/proof/").status_code == 409


def test_an_entry_is_found_by_its_number(cast: Cast, book: Book) -> None:
    entry = Entry.objects.select_related("page__book").latest("seq")
    client = signed_in(cast.lin)
    assert client.get(f"/register/find/?q={entry.name.lower()}")["Location"].endswith(f"{entry.name}/")
    assert client.get("/register/find/?q=CDE-20200101-0001").status_code == 404


def test_a_correction_and_what_it_corrects_point_at_each_other(
    cast: Cast, book: Book, now: dt.datetime
) -> None:
    wrong = visit(book, now)
    right = visit(book, now, kind="touch.corrected", corrects=wrong)
    client = signed_in(cast.lin)
    assert (
        f"/register/entries/{right.name}/" in client.get(f"/register/entries/{wrong.name}/").content.decode()
    )
    assert (
        f"/register/entries/{wrong.name}/" in client.get(f"/register/entries/{right.name}/").content.decode()
    )


def test_the_whole_register_is_verified_in_both_languages_and_not_too_often(cast: Cast, book: Book) -> None:
    client = signed_in(cast.zhou)
    assert "核验通过" in client.post("/register/verify/").content.decode()
    Staff.objects.filter(pk=cast.zhou.pk).update(language="en")
    text = client.post("/register/verify/").content.decode()
    assert "Verified: entries 1 to" in text and "Unanchored" in text
    for _ in range(4):
        client.post("/register/verify/")
    assert client.post("/register/verify/").status_code == 429


def test_a_checkpoint_is_handed_out_as_text(cast: Cast, book: Book) -> None:
    one = Checkpoint.objects.get()
    client = signed_in(cast.lin)
    assert f"/register/checkpoints/{one.size}/" in client.get("/register/checkpoints/").content.decode()
    assert client.get(f"/register/checkpoints/{one.size}/").content.decode() == one.note
    assert client.get("/register/checkpoints/999/").status_code == 404


def test_the_export_is_for_who_may_and_shows_no_other_company(
    cast: Cast, book: Book, now: dt.datetime, tmp_path: Path
) -> None:
    other = book_of(cast.other_company, at=now)
    visit(other, now)
    assert signed_in(cast.lin).post("/register/export/").status_code == 403
    answer = signed_in(cast.zhou).post("/register/export/", {"personal": "yes"})
    path = tmp_path / "register.jsonl"
    path.write_bytes(b"".join(answer.streaming_content))  # type: ignore[attr-defined, arg-type]
    verdict = verify_file(path, Trust(keys=[log_key()]))
    assert verdict.holds and verdict.withheld == 2
    text = path.read_text()
    assert f'"{other.code}"' not in text
    assert sum(json.loads(line)["type"] == "personal" for line in text.splitlines()) == 3
    assert Entry.objects.latest("seq").kind == "register.exported"


# kinds of looks, which go to the access log
LOOKS = {"register.page", "register.entry", "customer.viewed"}
WRITERS = {"actions.py", "undoing.py", "bulk.py"}


def other_codes() -> set[str]:
    """Dotted codes that are no kinds: permissions, events, words of refusals and clocks."""
    known = set(PERMISSIONS) | set(EVENTS)
    for app in apps.get_app_configs():
        if app.name.startswith("dingfen.") and find_spec(f"{app.name}.texts"):
            texts = import_module(f"{app.name}.texts")
            known = known.union(*(getattr(texts, name, {}) for name in ("PROBLEMS", "FAULTS", "CLOCKS")))
    return known


def test_every_kind_that_is_written_has_its_words() -> None:
    files = [
        path
        for path in SOURCE.rglob("*.py")
        for parts in [path.relative_to(SOURCE).parts]
        if "migrations" not in parts
        and (parts[0] in {"register", "books"} or "actions" in parts or path.name in WRITERS)
    ]
    written = {
        node.value
        for path in files
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    families = {kind.split(".")[0] for kind in KINDS}
    kinds = {
        text for text in written if re.fullmatch(r"[a-z]+\.[a-z_]+", text) and text.split(".")[0] in families
    }
    assert "touch.recorded" in kinds
    assert kinds - other_codes() <= set(KINDS) | LOOKS
