"""Entries stand in one order, numbered by page, and hash as they are stored."""

from __future__ import annotations

import datetime as dt
import uuid
from types import SimpleNamespace

import pytest
from django.db import transaction

from dingfen.accounts.books import book_of
from dingfen.problems import Problem
from dingfen.register import personal, tree
from dingfen.register.append import append
from dingfen.register.bodies import Body, commitment, padded
from dingfen.register.models import Book, Entry, Head, Page, PersonalDatum
from tests.cast import NOW, Cast

CUSTOMER = uuid.UUID("0192f000-0000-7000-8000-000000000001")


@pytest.fixture
def book(cast: Cast) -> Book:
    return book_of(cast.east, at=NOW)


def visit(book: Book, at: dt.datetime = NOW, **more: object) -> Entry:
    facts = {"channel": "walk_in", "reached": True}
    return append(
        **{  # type: ignore[arg-type]
            "book": book,
            "kind": "touch.recorded",
            "actor_id": CUSTOMER,
            "occurred_at": at,
            "recorded_at": at,
            "subject": ("customer", CUSTOMER),
            "facts": facts,
            **more,
        }
    )


def test_entries_are_numbered_by_page_and_named(book: Book) -> None:
    first, second = visit(book), visit(book)
    next_day = visit(book, NOW + dt.timedelta(days=1))
    assert [one.name for one in (first, second, next_day)] == [
        "CDE-20261118-0002",
        "CDE-20261118-0003",
        "CDE-20261119-0001",
    ]
    assert second.short == "1118-003"
    assert [one.seq for one in Entry.objects.order_by("seq")] == [0, 1, 2, 3]
    assert Page.objects.get(day=dt.date(2026, 11, 18)).count == 3


def test_the_page_is_the_day_of_the_site(book: Book) -> None:
    late = dt.datetime(2026, 11, 18, 16, 30, tzinfo=dt.UTC)  # 00:30 of the 19th in Shanghai
    assert visit(book, late).page.day == dt.date(2026, 11, 19)


def test_stored_bytes_say_what_the_columns_say_and_give_the_root(book: Book) -> None:
    visit(book, policy=("auto-dealer", "1.0", "ab" * 32), imported=True)
    edge = tree.CompactRange()
    for entry in Entry.objects.order_by("seq"):
        body = Body.decode(bytes(entry.body))
        assert (body.uid, body.index, body.number) == (str(entry.uid), entry.seq, entry.number)
        assert tree.leaf_hash(bytes(entry.body)) == bytes(entry.leaf)
        edge, _ = edge.append(bytes(entry.leaf))
    head = Head.objects.get()
    assert (head.size, bytes(head.root), bytes(head.peaks)) == (2, edge.root(), edge.to_bytes())
    assert body.imported and body.policy == ("auto-dealer", "1.0", "ab" * 32)


def test_what_is_stored_cannot_be_told_from_what_was_returned(book: Book) -> None:
    made = visit(book)
    stored = Entry.objects.get(pk=made.pk)
    for field in Entry._meta.concrete_fields:
        value = getattr(stored, field.attname)
        assert (bytes(value) if isinstance(value, memoryview) else value) == getattr(made, field.attname)


def test_a_correction_names_what_it_corrects(book: Book) -> None:
    wrong = visit(book)
    right = visit(book, kind="touch.corrected", corrects=wrong)
    assert list(wrong.corrections.all()) == [right]
    assert Body.decode(right.body).corrects == wrong.seq


def test_personal_data_lies_apart_under_a_commitment(book: Book) -> None:
    entry = visit(book, personal={"note": "问了三号车"})
    datum = PersonalDatum.objects.get()
    assert "三号车" not in bytes(entry.body).decode()
    assert "三号车".encode() not in bytes(datum.payload)
    assert personal.read(entry) == {"note": "问了三号车"}
    filled = padded('{"note":"问了三号车"}'.encode())
    assert Body.decode(entry.body).personal == (
        str(CUSTOMER),
        commitment(filled, bytes(datum.salt), entry.seq),
    )


def test_nothing_is_written_outside_a_transaction(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dingfen.register.append.connection", SimpleNamespace(in_atomic_block=False))
    with pytest.raises(RuntimeError, match="transaction"):
        visit(book)


def test_an_action_that_fails_leaves_no_entry_and_no_gap(book: Book) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        visit(book)
        raise ZeroDivisionError
    assert visit(book).seq == 1
    assert Head.objects.get().size == 2


def test_a_closed_page_refuses_the_reception_and_nothing_else(book: Book) -> None:
    visit(book)
    Page.objects.update(state=Page.State.CLOSED)
    assert visit(book).number == 3
    with pytest.raises(Problem) as refusal:
        visit(book, reception=True)
    assert (refusal.value.code, refusal.value.status) == ("page.closed", 409)


def test_an_entry_that_comes_after_the_seal_goes_on_the_next_page(book: Book) -> None:
    visit(book)
    sealed_at = dt.datetime(2026, 11, 18, 16, 5, tzinfo=dt.UTC)
    Page.objects.update(state=Page.State.SEALED, sealed_at=sealed_at)
    late = visit(book)
    assert (late.page.day, late.recorded_at, late.occurred_at) == (dt.date(2026, 11, 19), sealed_at, NOW)


def test_two_companies_with_one_code_have_two_books(cast: Cast) -> None:
    from dingfen.accounts.units import add_unit

    twin = add_unit(cast.other_company, "site", "城东", "CDE", time_zone="Asia/Shanghai")
    assert [book_of(cast.site, at=NOW).code, book_of(twin, at=NOW).code] == ["CDE", "XHCDE"]


def test_a_unit_without_a_site_writes_in_the_book_of_its_company(cast: Cast) -> None:
    assert book_of(cast.company, at=NOW).code == "YL"
    assert book_of(cast.west, at=NOW) == book_of(cast.site, at=NOW)
