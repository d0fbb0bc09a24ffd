"""Letters as they really come: charsets, HTML only, files, automatic ones, reports."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dingfen.channels.mail.reading import Letter, read
from tests.channels.letters import bounce, letter, raw

LIMIT = 1 << 20


def of(content: bytes) -> Letter:
    return read(content, most_bytes=LIMIT)


@pytest.mark.parametrize("charset", ["utf-8", "gbk", "gb2312", "gb18030", "big5"])
def test_a_letter_in_the_charsets_of_china(charset: str) -> None:
    text = "洗車後前機蓋有劃痕" if charset == "big5" else "洗车后前机盖有一道划痕"
    found = of(raw(letter(text, charset=charset)))
    assert (found.text, found.sender, found.sender_name) == (text, "gao.min@mail.example", "高敏")
    assert found.subject == "洗车划痕"
    assert found.sent_at is not None and found.sent_at.isoformat() == "2026-11-18T01:30:00+00:00"


def test_a_charset_that_claims_less_than_it_uses() -> None:
    told = raw(letter("订单㎡与镕", charset="gb18030")).replace(b"gb18030", b"gb2312")
    assert of(told).text == "订单㎡与镕"


def test_raw_bytes_without_any_charset() -> None:
    content = "From: a@b.example\r\nSubject: 投诉\r\n\r\n电池坏了".encode("gb18030")
    assert (of(content).subject, of(content).text) == ("投诉", "电池坏了")


def test_html_only_becomes_words() -> None:
    html = (
        "<head><title>x</title><style>p{}</style></head><p>你好&nbsp;<b>世界</b></p><script>alert(1)</script>"
    )
    html += "<ul><li>一<li>二</ul>"
    found = of(raw(letter(html=html)))
    assert found.text == "你好 世界\n\n- 一\n- 二"


def test_the_plain_text_wins_over_html() -> None:
    both = letter("平文")
    both.add_alternative("<p>别的</p>", subtype="html")
    assert of(raw(both)).text == "平文"


def test_files_keep_their_chinese_names_and_large_ones_are_named() -> None:
    made = letter()
    made.add_attachment(b"\x89PNG small", maintype="image", subtype="png", filename="划痕照片.png")
    made.add_attachment(b"x" * (LIMIT + 1), maintype="video", subtype="mp4", filename="录像.mp4")
    found = of(raw(made))
    assert [(file.name, file.content) for file in found.files] == [("划痕照片.png", b"\x89PNG small")]
    assert found.left_out == ("录像.mp4",)


def test_a_letter_inside_a_letter_is_a_file_and_not_its_words() -> None:
    made = letter("见附件")
    made.add_attachment(letter("原信"))
    found = of(raw(made))
    assert found.text == "见附件"
    assert len(found.files) == 1 and b"one@mail.example" in found.files[0].content


def test_signs_that_hide_or_turn_text_are_taken_out() -> None:
    assert of(raw(letter("退款\u202e元001\u200b请\x00办"))).text == "退款元001请办"


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"Auto_Submitted": "auto-replied"}, "auto_reply"),
        ({"Auto_Submitted": "no"}, ""),
        ({"Precedence": "bulk"}, "bulk"),
        ({"X_Autoreply": "yes"}, "auto_reply"),
        ({"List_Id": "<news.example>"}, "bulk"),
        ({}, ""),
    ],
)
def test_automatic_letters_are_known(headers: dict[str, str], why: str) -> None:
    assert of(raw(letter(**headers))).automatic == why


def test_a_report_names_the_letter_it_speaks_of() -> None:
    found = of(bounce("<ours@yuanlan.example>"))
    assert found.bounce is not None
    assert (found.bounce.message_id, found.bounce.status, found.bounce.final) == (
        "<ours@yuanlan.example>",
        "5.1.1",
        True,
    )
    delayed = of(bounce("<ours@yuanlan.example>", status="4.4.1", action="delayed"))
    assert delayed.bounce is not None and not delayed.bounce.final


def test_the_thread_is_read_nearest_first() -> None:
    made = letter(In_Reply_To="<c@x>", References="<a@x> <b@x> <c@x>")
    assert of(raw(made)).thread == ("<c@x>", "<b@x>", "<a@x>")


def test_the_same_letter_by_another_way_has_the_same_fingerprint() -> None:
    one = raw(letter())
    assert of(one).fingerprint == of(b"Received: from elsewhere\r\nReturn-Path: <x@y>\r\n" + one).fingerprint
    assert of(one).fingerprint != of(raw(letter("另一件事"))).fingerprint


@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"]),
)
def test_no_bytes_stop_the_reader(content: bytes, before: bytes) -> None:
    found = of(before + content)
    assert "\x00" not in found.text + found.subject


@given(
    st.sampled_from(["From", "Subject", "Date", "Message-ID", "Content-Type", "References"]),
    st.binary(max_size=80),
)
def test_no_header_stops_the_reader(name: str, value: bytes) -> None:
    found = of(name.encode() + b": " + value.replace(b"\n", b" ").replace(b"\r", b" ") + b"\r\n\r\nx")
    found.text.encode()
    found.subject.encode()
