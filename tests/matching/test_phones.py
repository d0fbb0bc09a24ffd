"""Numbers as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dingfen.matching import parse_phones

MOBILE = "+8613612345678"
mobiles = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)


def numbers(text: str) -> list[str]:
    return [phone.number for phone in parse_phones(text)[0]]


@pytest.mark.parametrize(
    "typed",
    [
        "13612345678",
        "136 1234 5678",
        "136-1234-5678",
        "+86 136 1234 5678",
        "0086-13612345678",
        "8613612345678",
        "１３６１２３４５６７８",
        "（+86）136-1234-5678",
        "136\u200b1234\u200b5678",
        "l36I2345678",
        "手机：13612345678",
        "tel: +8613612345678",
        "136.1234.5678",
        "\t13612345678\n",
        "📱13612345678",
        "17951 13612345678",
        "12593-13612345678",
        "013612345678",
    ],
)
def test_one_mobile_in_every_dress(typed: str) -> None:
    assert parse_phones(typed)[0][0].number == MOBILE
    assert not parse_phones(typed)[1]


@pytest.mark.parametrize(
    ("typed", "number", "extension"),
    [
        ("0571-87654321", "+8657187654321", ""),
        ("(0571) 8765 4321", "+8657187654321", ""),
        ("0755-26012345-801", "+8675526012345", "801"),
        ("010-62345678转12", "+861062345678", "12"),
        ("021 6234 5678 ext. 9", "+862162345678", "9"),
        ("400-820-8820", "+864008208820", ""),
        ("0571/87654321", "+8657187654321", ""),
    ],
)
def test_desk_phones_keep_their_extension_apart(typed: str, number: str, extension: str) -> None:
    ((phone,), slips) = parse_phones(typed)
    assert (phone.number, phone.kind, phone.extension, slips) == (number, "landline", extension, ())


@pytest.mark.parametrize(
    "typed",
    [
        "13612345678/0571-87654321",
        "13612345678、0571-87654321",
        "13612345678 0571-87654321",
        "0571-87654321；13612345678",
        "13612345678 或 057187654321",
        "手机13612345678,座机0571-87654321",
    ],
)
def test_several_in_one_field(typed: str) -> None:
    assert sorted(numbers(typed)) == [MOBILE, "+8657187654321"]


@pytest.mark.parametrize(
    ("typed", "code", "params"),
    [
        ("1361234567", "phone.mobile_length", {"expected": 11, "found": 10}),
        ("136123456789", "phone.mobile_length", {"expected": 11, "found": 12}),
        ("+86 1361234567", "phone.mobile_length", {"expected": 11, "found": 10}),
        ("87654321", "phone.area_code", {}),
        ("010", "phone.invalid", {}),
        ("无", "phone.characters", {}),
        ("12345678901", "phone.invalid", {}),
        ("=1+1", "phone.characters", {}),
    ],
)
def test_a_wrong_number_says_what_is_wrong(typed: str, code: str, params: dict[str, int]) -> None:
    found, (slip,) = parse_phones(typed)
    assert (found, slip.code, dict(slip.params)) == ((), code, params)


def test_one_bad_part_does_not_lose_the_good_ones() -> None:
    found, slips = parse_phones("13612345678, 1361234567")
    assert [phone.number for phone in found] == [MOBILE]
    assert [slip.code for slip in slips] == ["phone.mobile_length"]


def test_foreign_numbers_need_their_plus() -> None:
    assert numbers("+1 650-253-0000") == ["+16502530000"]
    assert numbers("001 650 253 0000") == ["+16502530000"]
    assert numbers("+852 2345 6789") == ["+85223456789"]


@given(
    mobiles,
    st.sampled_from(["", "+86", "0086", "86", "+86 "]),
    st.sampled_from(["", " ", "-", "\u3000", "."]),
)
def test_every_dress_of_a_mobile_is_one_number(number: str, prefix: str, gap: str) -> None:
    assert numbers(f"{prefix}{number[:3]}{gap}{number[3:7]}{gap}{number[7:]}") == [f"+86{number}"]


@given(st.text(max_size=60))
def test_any_text_is_read_without_fault_and_a_found_number_reads_as_itself(text: str) -> None:
    for phone in parse_phones(text)[0]:
        assert numbers(phone.number) == [phone.number]
