"""E-mail, WeChat, plate, VIN, credit code."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dingfen.matching.identifiers import (
    credit_check_character,
    credit_code,
    email,
    is_shared_mailbox,
    plate,
    vin,
    vin_check_digit,
    wechat,
)
from dingfen.matching.slips import Slip

Read = Callable[[str], str | Slip]
CODE = "91330106MA2B3C4D5"


@pytest.mark.parametrize(
    ("read", "typed", "value"),
    [
        (plate, "浙A·12345", "浙A12345"),
        (plate, "浙a 12345", "浙A12345"),
        (plate, "浙AD12345", "浙AD12345"),
        (plate, "浙A-1234O", "浙A12340"),
        (plate, "粤B12345D", "粤B12345D"),
        (plate, "京A1234警", "京A1234警"),
        (plate, "沪ADI2345", "沪AD12345"),
        (plate, "　浙Ａ１２３４５", "浙A12345"),
        (email, " Lin.KX@Example.COM ", "lin.kx@example.com"),
        (email, "lin@例子.中国", "lin@例子.中国"),
        (email, "mailto:lin+cars@example.com", "lin@example.com"),
        (email, "lin＠example。com", "lin@example.com"),
        (email, "l.in.kx@gmail.com", "linkx@gmail.com"),
        (wechat, "微信：Lin_KX66", "lin_kx66"),
        (wechat, "QQ:123456", "123456"),
        (vin, "LSVAA49J132047371", "LSVAA49J132047371"),
        (vin, "lsvaa49ji3204737I", "LSVAA49J132047371"),
    ],
)
def test_one_written_form(read: Read, typed: str, value: str) -> None:
    assert read(typed) == value
    assert read(value) == value


@pytest.mark.parametrize(
    ("read", "typed", "code"),
    [
        (plate, "浙12345", "plate.form"),
        (plate, "浙A1234567", "plate.form"),
        (plate, "", "plate.form"),
        (email, "lin.example.com", "email.form"),
        (email, "lin@example", "email.form"),
        (email, "@", "email.form"),
        (wechat, "林", "wechat.form"),
        (wechat, "a b", "wechat.form"),
        (vin, "LSVAA49J13204737", "vin.length"),
        (vin, "LSVAA49J13204737中", "vin.form"),
        (credit_code, CODE, "credit_code.length"),
        (credit_code, "中" * 18, "credit_code.form"),
    ],
)
def test_a_wrong_value_says_what_is_wrong(read: Read, typed: str, code: str) -> None:
    answer = read(typed)
    assert isinstance(answer, Slip)
    assert answer.code == code


def test_credit_code_needs_its_check_character() -> None:
    good = CODE + credit_check_character(CODE)
    assert credit_code(good.lower()) == good
    assert credit_code(f"{good[:6]} {good[6:]}") == good
    for place in range(17):
        wrong = good[:place] + ("3" if good[place] != "3" else "4") + good[place + 1 :]
        answer = credit_code(wrong)
        assert isinstance(answer, Slip)
        assert answer.code == "credit_code.check"


def test_vin_check_digit_of_the_published_examples() -> None:
    assert vin_check_digit("11111111111111111") == "1"
    assert vin_check_digit("1M8GDM9AXKP042788") == "X"


def test_mailboxes_of_a_firm_are_known() -> None:
    assert is_shared_mailbox("info@example.com")
    assert is_shared_mailbox("sales2@example.com")
    assert not is_shared_mailbox("lin@example.com")


@given(st.text(max_size=30))
def test_any_text_gives_a_value_that_reads_as_itself_or_a_slip(text: str) -> None:
    for read in (email, wechat, plate, vin, credit_code):
        value = read(text)
        if not isinstance(value, Slip):
            assert read(value) == value
