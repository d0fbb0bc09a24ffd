"""What a conflict check finds in spite of how things were typed."""

from __future__ import annotations

import pytest

from dingfen.matching import Record, compare, keys, tail_keys
from dingfen.ownership.queries import check_conflict
from tests.ownership.conftest import House


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ({"phone": "17951 138 1234 2046"}, "held"),
        ({"phone": "2046", "name": "陈先生"}, "possible"),
        ({"phone": "2046"}, "possible"),
        ({"phone": "2047", "name": "陈先生"}, "free"),
        ({"phone": "13812342047", "name": "陈立群"}, "possible"),
        ({"phone": "13812342046", "name": "Chen Liqun"}, "held"),
        ({"phone": "１３８１２３４２０４６", "name": "陳立群"}, "held"),
    ],
)
def test_the_customer_is_found(dealer: House, asked: dict[str, str], answer: str) -> None:
    dealer.register("lin")
    found = check_conflict(actor=dealer.cast.actor("xu", dealer.now), at=dealer.now, **asked)
    assert found.answer == answer


HOME = "浙江省杭州市西湖区文三路88号2栋301室"
AGREE = [
    (
        Record(name="林晓溪", address=HOME),
        Record(name="林晓溪", address="杭州市西湖区文三路88号"),
        "same",
    ),
    (Record(name="林晓溪", address=HOME), Record(name="王立", address="杭州市西湖区文三路66号"), "none"),
    (
        Record(kind="company", company="杭州青禾木科技有限公司"),
        Record(kind="company", company="杭州青苗木科技有限公司"),
        "none",
    ),
]


@pytest.mark.parametrize(("a", "b", "answer"), AGREE)
def test_an_address_speaks_for_and_against(a: Record, b: Record, answer: str) -> None:
    assert compare(a, b).answer == answer
    assert compare(b, a) == compare(a, b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (AGREE[0][0], AGREE[0][1]),  # the house
        (AGREE[2][0], AGREE[2][1]),  # one character of the brand
        (Record(name="扬晓溪", address=HOME), Record(name="杨晓溪", address="杭州市滨江区江南大道1号")),
        (Record(name="林晓溪", phones=("13612345678",)), Record(tails=("5678",))),
    ],
)
def test_slips_share_a_key(a: Record, b: Record) -> None:
    stored = {key[:2] for key in (*keys(a), *tail_keys(a))}
    assert stored & {key[:2] for key in keys(b)}


def test_keys_are_few() -> None:
    whole = Record(
        kind="company",
        name="林晓溪",
        company="杭州青禾木科技有限公司",
        phones=("13612345678", "0571-87654321"),
        emails=("lin@example.com",),
        wechats=("lin_xiaoxi",),
        plates=("浙A12345",),
        vins=("LSVAA49J132047371",),
        address=HOME,
    )
    assert len(keys(whole)) <= 22


def test_four_digits_ask_and_never_decide() -> None:
    answer = compare(
        Record(tails=("5678",), name="林晓溪", wechats=("lin_xiaoxi",)),
        Record(phones=("13612345678",), name="林晓溪", wechats=("lin_xiaoxi",)),
    )
    assert answer.answer == "possible"
