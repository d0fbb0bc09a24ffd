"""Search by what people remember: two characters, part of a name, a plate, the last four digits."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from dingfen.parties import search, tokens
from tests.cast import Cast
from tests.parties.conftest import Make


@pytest.fixture
def people(make: Make) -> None:
    make(
        "温思远", "13612345678", plates=("浙A·12345",), emails=("wen.sy@example.com",), wechats=("wsy_2020",)
    )
    make("欧阳静怡", "13900001111", employer="杭州青禾科技有限公司")
    make("衡川建筑工程有限公司", "0571-87654321", kind="company", contact_name="邵庭")
    make("Ålund Motors", "+46 8 123 456 70", kind="company", latin_name="Alund")


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("温思远", "温思远"), ("思远", "温思远"), ("温", "温思远"), ("远", "温思远"), ("5678", "温思远"),
        ("136 1234 5678", "温思远"), ("+8613612345678", "温思远"), ("１３６１２３４５６７８", "温思远"),
        ("1361234", "温思远"), ("浙A12345", "温思远"), ("浙A·123", "温思远"), ("浙a12", "温思远"), ("a12345", "温思远"),
        ("12345", "温思远"), ("wsy", "温思远"), ("wen.sy@example.com", "温思远"), ("K-000001", "温思远"),
        ("溫思遠", "温思远"), ("静怡", "欧阳静怡"), ("青禾", "欧阳静怡"), ("欧阳 1111", "欧阳静怡"),
        ("衡川", "衡川建筑工程有限公司"), ("建筑工程", "衡川建筑工程有限公司"), ("邵庭", "衡川建筑工程有限公司"),
        ("0571-87654321", "衡川建筑工程有限公司"), ("4321", "衡川建筑工程有限公司"), ("motors", "Ålund Motors"),
        ("alu mot", "Ålund Motors"),
    ],
)  # fmt: skip
def test_found_by_what_is_remembered(cast: Cast, typed: str, name: str) -> None:
    assert [hit.title for hit in search.search(cast.actor("jiang"), typed)] == [name]


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    "typed", ["思怡", "9999", "温思怡", "", "   ", "%", "'", '"', "* OR *", "NOT 温", "a\x00b", "🚗"]
)
def test_nothing_for_what_is_not_there_and_no_fault_for_any_text(cast: Cast, typed: str) -> None:
    assert search.search(cast.actor("jiang"), typed) == []


@pytest.mark.usefixtures("people")
def test_never_across_companies_and_only_what_one_may_see(cast: Cast) -> None:
    assert search.search(cast.actor("stranger"), "温思远") == []
    assert search.search(cast.actor("xu"), "温思远") == []  # lin's
    assert search.search(cast.actor("gu"), "温思远") == []  # head of the other team
    assert search.search(cast.actor("tang"), "温思远") == []  # policy owner
    for name in ("lin", "jiang", "shen", "chen", "fang", "zhou"):
        assert len(search.search(cast.actor(name), "温思远")) == 1


def test_newest_first_and_on_from_the_last(cast: Cast, make: Make) -> None:
    for n in range(7):
        make(f"温思远{n}")
    actor = cast.actor("lin")
    first = search.search(actor, "温思", limit=3)
    rest = search.search(actor, "温思", limit=9, before=first[-1].place)
    assert [hit.number for hit in first + rest] == [f"K-00000{n}" for n in range(7, 0, -1)]


def test_who_may_see_little_still_finds_it_behind_many(cast: Cast, make: Make) -> None:
    mine = make("温思远")
    for _ in range(70):
        make("温思远", by="xu", unit=cast.west)
    assert [hit.uid for hit in search.search(cast.actor("lin"), "温思远")] == [mine.uid]


def test_a_changed_record_is_found_by_its_new_words_only(cast: Cast, make: Make) -> None:
    customer = make("温思远")
    search.replace(search.Text("customer", customer.uid, customer.pk, cast.company.pk, "邵庭"))
    assert search.search(cast.actor("lin"), "温思远") == []
    assert len(search.search(cast.actor("lin"), "邵庭")) == 1
    search.remove([customer.uid])
    assert search.search(cast.actor("lin"), "邵庭") == []


@pytest.mark.usefixtures("people")
def test_sqlite_keeps_its_index_true() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL generates the column itself")
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO parties_search (parties_search, rank) VALUES ('integrity-check', 1)")


@given(st.text(st.sampled_from("温思远欧阳静怡杭州ab12 ·.-@"), min_size=1, max_size=14))
def test_a_text_is_found_by_itself(text: str) -> None:
    stored = set(tokens.pieces(text))
    for asked, start in tokens.query(text):
        assert any(word.startswith(asked) for word in stored) if start else asked in stored
