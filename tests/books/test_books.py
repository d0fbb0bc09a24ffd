"""Closing, reading and borrowing pages, by role and site."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from dingfen.accounts.books import book_of
from dingfen.accounts.models import Role, RoleGrant
from dingfen.accounts.units import add_unit
from dingfen.books import queries
from dingfen.books.actions import answer_borrowing, ask_to_borrow, close_page, end_due_borrowings, give_back
from dingfen.outbox.models import Delivery
from dingfen.problems import Problem
from dingfen.register import personal
from dingfen.register.models import Book, Borrowing, Entry, Page
from dingfen.register.verification import verify
from tests.cast import NOW, Cast, person
from tests.register.test_append import visit

DAY = dt.date(2026, 11, 18)
HOUR = dt.timedelta(hours=1)
REASON = "核对十一月到店客户"


@pytest.fixture
def book(cast: Cast) -> Book:
    """The book of the cast's site with one entry; north is another site of the company."""
    book = book_of(cast.east, at=NOW)
    visit(book)
    return book


@pytest.fixture
def page(book: Book) -> Page:
    return Page.objects.select_related("book").get(book=book, day=DAY)


@pytest.fixture
def north(cast: Cast, book: Book) -> Page:
    """Today's page of another site, whose head is Meng."""
    site = add_unit(cast.company, "site", "城北展厅", "CDN", time_zone="Asia/Shanghai")
    person("meng", "孟可", site, Role.HEAD, site)
    other = book_of(site, at=NOW)
    visit(other)
    return Page.objects.select_related("book").get(book=other, day=DAY)


def meng(cast: Cast):  # type: ignore[no-untyped-def]
    from dingfen.accounts.actor import actor_for
    from dingfen.accounts.models import Staff

    return actor_for(Staff.objects.get(username="meng"), NOW)


def asked(cast: Cast, north: Page, hours: int = 2) -> Borrowing:
    return ask_to_borrow(actor=cast.actor("lin"), at=NOW, page=north, reason=REASON, hours=hours)


def test_own_site_is_read_by_role_and_no_other(cast: Cast, page: Page, north: Page) -> None:
    for name in ("lin", "xu", "jiang", "shen", "chen"):
        assert list(queries.readable_books(cast.actor(name))) == [page.book]
    for name in ("fang", "zhou"):
        assert {page.book, north.book} <= set(queries.readable_books(cast.actor(name)))
    for name in ("tang", "admin", "stranger"):
        assert not set(queries.readable_books(cast.actor(name))) & {page.book, north.book}


def test_the_book_of_the_company_is_read_by_who_looks_after_all_of_it(cast: Cast) -> None:
    own = book_of(cast.company, at=NOW)
    assert own in queries.readable_books(cast.actor("zhou"))
    assert own not in queries.readable_books(cast.actor("lin"))


def test_another_company_has_no_books_here(cast: Cast, page: Page) -> None:
    stranger = cast.actor("stranger")
    assert page.book not in queries.company_books(stranger)
    with pytest.raises(Problem, match="not_visible"):
        queries.company_page(stranger, "CDE", DAY)
    with pytest.raises(Problem, match="not_visible"):
        ask_to_borrow(actor=stranger, at=NOW, page=page, reason=REASON, hours=2)
    with pytest.raises(Problem, match="not_visible"):
        close_page(actor=stranger, at=NOW, page=page)


def test_a_page_is_closed_by_its_reception_or_its_heads(cast: Cast, page: Page) -> None:
    with pytest.raises(Problem, match=r"role\.needed"):
        close_page(actor=cast.actor("lin"), at=NOW, page=page)
    assert close_page(actor=cast.actor("shen"), at=NOW, page=page).state == "closed"
    with pytest.raises(Problem, match=r"page\.closed"):
        close_page(actor=cast.actor("jiang"), at=NOW, page=page)


def test_the_head_of_another_site_closes_nothing_here(cast: Cast, page: Page, north: Page) -> None:
    with pytest.raises(Problem, match=r"role\.elsewhere"):
        close_page(actor=meng(cast), at=NOW, page=page)


def test_a_page_that_has_not_begun_is_not_closed(cast: Cast, page: Page) -> None:
    with pytest.raises(Problem, match=r"page\.ahead"):
        close_page(actor=cast.actor("shen"), at=NOW - 24 * HOUR, page=page)


def test_borrowing_is_asked_lent_read_and_ends_by_itself(cast: Cast, north: Page) -> None:
    lin = cast.actor("lin")
    assert not queries.may_read(lin, north, NOW)
    borrowing = asked(cast, north)
    assert not queries.may_read(lin, north, NOW)
    lent = answer_borrowing(actor=meng(cast), at=NOW, uid=borrowing.uid, lend=True)
    assert lent.until == NOW + 2 * HOUR
    assert queries.may_read(lin, north, NOW + HOUR)
    assert queries.visible_entries(lin, NOW + HOUR).filter(page=north).count() == 2 + 2
    assert not queries.may_read(lin, north, NOW + 2 * HOUR)
    assert not queries.may_read(cast.actor("xu"), north, NOW + HOUR)

    assert end_due_borrowings(NOW + HOUR) == 0
    assert end_due_borrowings(NOW + 2 * HOUR) == 1
    assert end_due_borrowings(NOW + 2 * HOUR) == 0
    kinds = list(
        Entry.objects.filter(subject_type="borrowing").order_by("seq").values_list("kind", flat=True)
    )
    assert kinds == ["borrowing.asked", "borrowing.lent", "borrowing.ended"]
    assert verify().holds


def test_the_reason_lies_apart_from_the_entry(cast: Cast, north: Page) -> None:
    asked(cast, north)
    entry = Entry.objects.get(kind="borrowing.asked")
    assert REASON not in bytes(entry.body).decode()
    assert personal.read(entry) == {"reason": REASON}
    assert json.loads(bytes(entry.body))["facts"]["hours"] == 2


def test_head_and_borrower_are_told(cast: Cast, north: Page) -> None:
    borrowing = asked(cast, north)
    told = Delivery.objects.filter(event="page.borrow_asked")
    assert {"meng", "fang"} == set(told.values_list("recipient__username", flat=True))
    answer_borrowing(actor=meng(cast), at=NOW, uid=borrowing.uid, lend=False)
    assert set(Delivery.objects.filter(event="page.lent").values_list("recipient__username", flat=True)) == {
        "lin"
    }


def test_a_refused_request_can_be_made_again_and_an_open_one_not_twice(cast: Cast, north: Page) -> None:
    first = asked(cast, north)
    with pytest.raises(Problem, match=r"borrowing\.exists"):
        asked(cast, north)
    answer_borrowing(actor=meng(cast), at=NOW, uid=first.uid, lend=False)
    with pytest.raises(Problem, match=r"borrowing\.answered"):
        answer_borrowing(actor=meng(cast), at=NOW, uid=first.uid, lend=True)
    assert asked(cast, north).uid != first.uid


def test_one_that_has_run_out_makes_room_for_the_next(cast: Cast, north: Page) -> None:
    first = asked(cast, north)
    answer_borrowing(actor=meng(cast), at=NOW, uid=first.uid, lend=True)
    later = NOW + 3 * HOUR
    again = ask_to_borrow(actor=cast.actor("lin"), at=later, page=north, reason=REASON, hours=1)
    first.refresh_from_db()
    assert (first.state, again.state) == ("ended", "asked")


def test_nobody_lends_to_themselves_nor_through_a_deputy(cast: Cast, page: Page, north: Page) -> None:
    from dingfen.accounts.models import Delegation

    own = ask_to_borrow(actor=cast.actor("jiang"), at=NOW, page=north, reason=REASON, hours=1)
    RoleGrant.objects.create(staff=cast.jiang, role=Role.GENERAL_MANAGER, unit=cast.company)
    with pytest.raises(Problem, match="own_matter"):
        answer_borrowing(actor=cast.actor("jiang"), at=NOW, uid=own.uid, lend=True)
    Delegation.objects.create(principal=cast.jiang, deputy=cast.lin, starts_at=NOW - HOUR, ends_at=NOW + HOUR)
    with pytest.raises(Problem, match=r"role\.needed"):
        answer_borrowing(actor=cast.actor("lin"), at=NOW, uid=own.uid, lend=True)


def test_only_heads_of_that_site_lend(cast: Cast, north: Page) -> None:
    borrowing = asked(cast, north)
    with pytest.raises(Problem, match=r"role\.elsewhere"):
        answer_borrowing(actor=cast.actor("jiang"), at=NOW, uid=borrowing.uid, lend=True)
    with pytest.raises(Problem, match="not_visible"):
        answer_borrowing(actor=cast.actor("stranger"), at=NOW, uid=borrowing.uid, lend=True)
    assert answer_borrowing(actor=cast.actor("fang"), at=NOW, uid=borrowing.uid, lend=True).state == "lent"


def test_what_can_be_read_is_not_borrowed(cast: Cast, page: Page) -> None:
    with pytest.raises(Problem, match=r"borrowing\.needless"):
        ask_to_borrow(actor=cast.actor("lin"), at=NOW, page=page, reason=REASON, hours=1)


@pytest.mark.parametrize(
    ("reason", "hours", "field"),
    [("借", 2, "reason"), ("借" * 301, 2, "reason"), (REASON, 0, "hours"), (REASON, 73, "hours")],
)
def test_reason_and_hours_are_checked(cast: Cast, north: Page, reason: str, hours: int, field: str) -> None:
    with pytest.raises(Problem) as problem:
        ask_to_borrow(actor=cast.actor("lin"), at=NOW, page=north, reason=reason, hours=hours)
    assert list(problem.value.errors) == [field]
    assert not Borrowing.objects.exists()


def test_it_is_given_back_by_the_borrower_alone(cast: Cast, north: Page) -> None:
    borrowing = asked(cast, north)
    with pytest.raises(Problem, match=r"borrowing\.not_yours"):
        give_back(actor=cast.actor("xu"), at=NOW, uid=borrowing.uid)
    answer_borrowing(actor=meng(cast), at=NOW, uid=borrowing.uid, lend=True)
    give_back(actor=cast.actor("lin"), at=NOW + HOUR, uid=borrowing.uid)
    assert not queries.may_read(cast.actor("lin"), north, NOW + HOUR)
    with pytest.raises(Problem, match=r"borrowing\.ended"):
        give_back(actor=cast.actor("lin"), at=NOW + HOUR, uid=borrowing.uid)


def test_borrowings_are_seen_by_those_they_concern(cast: Cast, north: Page) -> None:
    borrowing = asked(cast, north)
    seen = {
        name
        for name in ("lin", "xu", "jiang", "fang", "zhou", "chen", "stranger")
        if borrowing in queries.visible_borrowings(cast.actor(name))
    }
    assert seen == {"lin", "fang", "zhou"}
    assert borrowing in queries.visible_borrowings(meng(cast))
