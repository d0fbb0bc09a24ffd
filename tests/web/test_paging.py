"""Paging by key against the slow obvious way: sort everything, cut it into pages."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any

import pytest
from django.db.models import QuerySet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dingfen.parties.models import Customer
from dingfen.web.lists.paging import Column, chunks, read_key, take
from tests.cast import NOW, Cast
from tests.web.conftest import customer

LAST_TOUCH = Column("last_touch", "", sort="last_touch_at", nullable=True)
NUMBER = Column("grade", "", sort="grade")
hours = st.one_of(st.none(), st.integers(0, 4))
shape = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def make(cast: Cast, touched: list[int | None]) -> QuerySet[Customer]:
    Customer.objects.all().delete()
    for number, hour in enumerate(touched):
        at = None if hour is None else NOW + dt.timedelta(hours=hour)
        customer(cast, number, last_touch_at=at, grade="HABC"[(hour or 0) % 4])
    return Customer.objects.filter(company=cast.company)


def obvious(rows: QuerySet[Customer], field: str, down: bool) -> list[int]:
    """Ids sorted by value then id, both in the same direction; without a value last."""
    full = sorted(
        ((getattr(row, field), row.pk) for row in rows if getattr(row, field) is not None), reverse=down
    )
    none = sorted((row.pk for row in rows if getattr(row, field) is None), reverse=down)
    return [pk for _, pk in full] + none


@shape
@given(
    touched=st.lists(hours, max_size=14), limit=st.integers(1, 5), down=st.booleans(), nullable=st.booleans()
)
def test_pages_forth_and_back_are_the_whole_list(
    cast: Cast, touched: list[int | None], limit: int, down: bool, nullable: bool
) -> None:
    column, field = (LAST_TOUCH, "last_touch_at") if nullable else (NUMBER, "grade")
    rows = make(cast, touched)
    expected = obvious(rows, field, down)
    pages: list[Any] = []
    key = ""
    while True:
        found = take(rows, column, down, limit, after=key)
        pages.append(found)
        key = found.after
        if not key:
            break
    assert [row.pk for page in pages for row in page.rows] == expected
    assert not pages[0].before
    for earlier, later in pairwise(pages):
        back = take(rows, column, down, limit, before=later.before)
        assert [row.pk for row in back.rows] == [row.pk for row in earlier.rows]
    assert [row.pk for part in chunks(rows, column, down, size=limit) for row in part] == expected


def test_a_page_begins_where_its_key_says_though_rows_come_and_go(cast: Cast) -> None:
    rows = make(cast, [1, 2, 3, 4, 0])
    first = take(rows, LAST_TOUCH, False, 2)
    first.rows[-1].delete()
    customer(cast, 99, last_touch_at=NOW)
    second = take(rows, LAST_TOUCH, False, 2, after=first.after)
    assert [row.last_touch_at for row in second.rows] == [NOW + dt.timedelta(hours=h) for h in (2, 3)]


@pytest.mark.parametrize("key", ["x", "e30", "WzEsMl0", "bnVsbA", "W10", "WyJ4Iiwi"])
def test_a_key_that_is_none_is_refused(key: str) -> None:
    with pytest.raises(ValueError):
        read_key(key, Customer, LAST_TOUCH)


def test_a_deep_page_looks_at_no_more_rows_than_the_first(cast: Cast) -> None:
    rows = make(cast, [n % 5 for n in range(40)])
    key = ""
    for _ in range(3):
        key = take(rows, LAST_TOUCH, True, 10, after=key).after
    plan = rows.filter(last_touch_at__lte=NOW).order_by("-last_touch_at", "-pk").explain()
    assert "TEMP B-TREE" not in plan
    assert "customer_last_touch" in plan or "Index" in plan
