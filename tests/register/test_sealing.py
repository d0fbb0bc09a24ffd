"""Pages are closed by people, sealed after the site's midnight, and signed for."""

from __future__ import annotations

import datetime as dt
import stat
import uuid

import pytest
from django.db import DatabaseError, connection, transaction

from dingfen import keys
from dingfen.accounts.books import book_of
from dingfen.problems import Problem
from dingfen.register import looks, notes, outside, signing, triggers
from dingfen.register.bodies import Body
from dingfen.register.models import Book, Checkpoint, Cosignature, Entry, Head, Page, Witness
from dingfen.register.sealing import close_page, seal_due_pages, seal_page, sign_checkpoint
from dingfen.register.verification import verify
from tests.cast import NOW, Cast
from tests.register.test_append import CUSTOMER, visit

EVENING = NOW + dt.timedelta(hours=10)
NEXT_DAY = NOW + dt.timedelta(hours=15)


@pytest.fixture
def book(cast: Cast) -> Book:
    return book_of(cast.east, at=NOW)


def page(book: Book) -> Page:
    return Page.objects.get(book=book, day=dt.date(2026, 11, 18))


def test_closing_writes_an_entry_and_happens_once(book: Book) -> None:
    visit(book)
    closed = close_page(page=page(book), actor_id=CUSTOMER, at=EVENING)
    assert (closed.state, closed.closed_at, closed.closed_by) == ("closed", EVENING, CUSTOMER)
    last = Entry.objects.latest("seq")
    assert (last.kind, Body.decode(bytes(last.body)).facts["count"]) == ("page.closed", 2)
    with pytest.raises(Problem, match=r"page\.closed"):
        close_page(page=page(book), actor_id=CUSTOMER, at=EVENING)


def test_a_page_is_not_sealed_before_midnight_of_its_site(book: Book) -> None:
    just_before = dt.datetime(2026, 11, 18, 15, 59, tzinfo=dt.UTC)
    with pytest.raises(Problem, match=r"page\.not_over"):
        seal_page(page=page(book), at=just_before)
    assert seal_due_pages(just_before) == 0
    assert seal_due_pages(just_before + dt.timedelta(minutes=1)) == 1


def test_the_seal_is_the_last_entry_of_its_page_and_counts_it(book: Book) -> None:
    visit(book)
    checkpoint = seal_page(page=page(book), at=NEXT_DAY)
    seal = Entry.objects.latest("seq")
    facts = Body.decode(bytes(seal.body)).facts
    assert (seal.page, seal.number, page(book).state, page(book).lines) == (page(book), 3, "sealed", 2)
    assert {name: facts[name] for name in ("book", "day", "first", "last", "count")} == {
        "book": "CDE",
        "day": "2026-11-18",
        "first": 0,
        "last": 1,
        "count": 2,
    }
    read, signers = notes.open_checkpoint(checkpoint.note, [signing.log_key()])
    assert (read.size, read.root, len(signers)) == (3, bytes(Head.objects.get().root), 1)


def test_sealing_twice_is_sealing_once(book: Book) -> None:
    first = seal_page(page=page(book), at=NEXT_DAY)
    assert seal_page(page=page(book), at=NEXT_DAY) == first
    assert Entry.objects.filter(kind="page.sealed").count() == 1


def test_seals_cover_the_access_log_once_and_without_gaps(book: Book, cast: Cast) -> None:
    for number in range(3):
        looks.record_look(
            at=NOW, actor_id=CUSTOMER, company=cast.company.uid, kind="check", detail={"n": number}
        )
    seal_page(page=page(book), at=NEXT_DAY)
    looks.record_look(at=NEXT_DAY, actor_id=CUSTOMER, company=cast.company.uid, kind="check")
    visit(book, NEXT_DAY)
    seal_due_pages(NEXT_DAY + dt.timedelta(days=1))
    counts = [
        Body.decode(bytes(raw)).facts["looks"]["count"]
        for raw in Entry.objects.filter(kind="page.sealed").order_by("seq").values_list("body", flat=True)
    ]
    assert counts == [3, 1]
    assert verify().holds


def test_a_checkpoint_of_an_unchanged_tree_is_the_same_one(book: Book) -> None:
    assert sign_checkpoint(NOW) == sign_checkpoint(NEXT_DAY)
    assert Checkpoint.objects.count() == 1


def test_checkpoints_are_kept_outside_the_database(
    book: Book, django_capture_on_commit_callbacks: object
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        checkpoint = sign_checkpoint(NOW)
    assert checkpoint.note in {note for _size, note in outside.read()}
    assert outside.keep() == 0


def test_a_torn_line_outside_is_read_over_and_not_glued_to_the_next(book: Book) -> None:
    sign_checkpoint(NOW)
    outside.path().parent.mkdir(parents=True, exist_ok=True)
    with outside.path().open("a") as file:
        file.write('{"size": 3, "no')
    assert outside.keep() == 1
    assert Checkpoint.objects.get().note in {note for _size, note in outside.read()}


def test_the_signing_key_lies_beside_the_database_for_its_owner_only(db: None) -> None:
    assert signing.log_key() == signing.signing_key().verify_key
    file = keys.home() / "keys" / "seal.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("table", triggers.APPEND_ONLY)
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE"])
def test_what_only_grows_refuses_change(book: Book, cast: Cast, table: str, verb: str) -> None:
    looks.record_look(at=NOW, actor_id=CUSTOMER, company=cast.company.uid, kind="check")
    visit(book)
    checkpoint = sign_checkpoint(NOW)
    witness = Witness.objects.create(name="w", vkey="w", added_at=NOW, next_at=NOW)
    Cosignature.objects.create(checkpoint=checkpoint, witness=witness, line="x", at=NOW)
    column = {"register_node": "hash", "register_checkpoint": "note", "register_cosignature": "line"}.get(
        table, "kind"
    )
    statement = f"UPDATE {table} SET {column} = {column}" if verb == "UPDATE" else f"DELETE FROM {table}"
    with (
        pytest.raises(DatabaseError, match="only grows"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        assert cursor.fetchone()[0] > 0


def test_missing_triggers_are_found_out(book: Book) -> None:
    assert triggers.missing(connection) == []
    triggers.drop(connection)
    assert len(triggers.missing(connection)) >= 8
    assert "triggers" in verify().remarks
    triggers.create(connection)
    assert triggers.missing(connection) == []


def test_an_entry_of_an_unknown_subject_type_is_kept_as_it_is(book: Book) -> None:
    entry = visit(book, subject=("staff", uuid.UUID(int=7)))
    assert (entry.subject_type, entry.subject_uid) == ("staff", uuid.UUID(int=7))
