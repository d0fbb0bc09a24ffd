"""Any text at all goes in; a whole PDF and a whole Word file come out, and the text stands in them as it was."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

import docx
import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dingfen.papers.model import (
    Break,
    Heading,
    Items,
    Language,
    Pairs,
    Paper,
    Para,
    Sign,
    Signatures,
    Table,
    chinese_day,
    clean,
)
from dingfen.papers.typeset import to_pdf
from dingfen.papers.word import to_docx

AT = dt.datetime(2026, 11, 24, 2, 5, tzinfo=dt.UTC)
MARKUP = "#let x = 1 *a* _b_ $c$ @d <e> `f` \\n = g \n- h // i /* j */ ]] }} &amp; <w:p/> {{ k }} ${l}"
RARE = "\U0001f600\U00020bb7\u9f98 a\u0301 \u202e\u05d0 \x00\x07\ud800\ufffe tab\tend"


def paper(text: str, language: Language = "zh") -> Paper:
    """A paper with the text in every place that takes one."""
    return Paper(
        language=language,
        name="paper",
        letterhead=text,
        title=text,
        number=text,
        mark=text,
        foot=(text, "核验码 7f3a 91c2"),
        made_at=AT,
        blocks=(
            Heading(text),
            Para(text, lead=text),
            Items((text, text)),
            Table((text, "乙"), ((text, "1"), ("合计", text)), (3, 1), sums=1, numbers=(1,)),
            Pairs(((text, text),)),
            Break(),
            Signatures((Sign(text, text, text, "签字："), Sign(text, text)), "二〇二六年", text),
        ),
    )


def pdf_text(content: bytes) -> str:
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)


def word_text(content: bytes) -> str:
    document: Any = docx.Document(io.BytesIO(content))
    parts = [document.element.body, document.sections[0].footer._element]
    return "".join(node.text or "" for part in parts for node in part.iter() if node.tag.endswith("}t"))


def bare(text: str) -> str:
    """Without blanks and the marks that only allow a break."""
    return re.sub(r"[\s\u200b]", "", text)


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=())), st.sampled_from(("zh", "en")))
def test_any_text_gives_whole_files(text: str, language: Language) -> None:
    pdf, word = to_pdf(paper(text, language)), to_docx(paper(text, language))
    assert len(pypdf.PdfReader(io.BytesIO(pdf)).pages) >= 1
    assert bare(clean(text)) in bare(word_text(word))


PLAIN = st.text(
    alphabet=st.sampled_from(
        "定分止争客户归属裁决林可欣第一条，。（）〔〕0123456789abcXYZ #$*_@<>[]{}\\&%\"'`~^"
    )
)


@settings(max_examples=40, deadline=None)
@given(PLAIN)
def test_the_text_stands_in_the_pdf_as_it_was(text: str) -> None:
    assert bare(text) in bare(pdf_text(to_pdf(paper(text))))


@pytest.mark.parametrize("text", [MARKUP, RARE, "长" * 3000, "w" * 800, "", " ", "\n\n", "a\r\nb\u2028c"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_odd_texts(text: str, language: Language) -> None:
    assert pypdf.PdfReader(io.BytesIO(to_pdf(paper(text, language)))).pages
    assert bare(clean(text)) in bare(word_text(to_docx(paper(text, language))))


def test_markup_is_never_read() -> None:
    """Typst would fail on most of it, and show less of the rest."""
    found = bare(pdf_text(to_pdf(paper(MARKUP))))
    for piece in ("#letx=1", "*a*_b_$c$@d<e>`f`", "&amp;<w:p/>{{k}}${l}"):
        assert piece in found


def test_the_same_paper_gives_the_same_bytes() -> None:
    assert to_pdf(paper("裁决书")) == to_pdf(paper("裁决书"))
    assert to_docx(paper("裁决书")) == to_docx(paper("裁决书"))


def test_pages_are_counted_and_rows_are_kept_whole() -> None:
    row = ("到访次数 " * 30, "+1")
    long = Paper(
        "zh", "x", "远澜汽车", "登记簿", "1", (Table(("规则", "分"), (row,) * 60, (5, 1)),), ("脚",), AT
    )
    pages = pypdf.PdfReader(io.BytesIO(to_pdf(long))).pages
    assert len(pages) > 4
    for number, page in enumerate(pages, 1):
        text = bare(page.extract_text())
        assert f"第{number}页，共{len(pages)}页" in text
        assert text.count("到访次数") % 30 == 0, "a row broke over two pages"
        assert "规则分" in text, "the head is not repeated"


def test_a_word_row_may_not_break_and_page_numbers_are_fields() -> None:
    document: Any = docx.Document(io.BytesIO(to_docx(paper("裁决"))))
    for row in document.tables[0].rows:
        assert row._tr.trPr.findall(f"{row._tr.trPr.tag[:-4]}cantSplit")
    foot = document.sections[0].footer._element.xml
    assert " PAGE " in foot and " NUMPAGES " in foot
    assert round(document.sections[0].page_width.mm), round(document.sections[0].left_margin.mm) == (210, 22)


@given(st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31)))
def test_days_in_chinese_numerals(day: dt.date) -> None:
    """Read back sign by sign."""
    digits = {sign: str(value) for value, sign in enumerate("〇一二三四五六七八九")}
    found = re.fullmatch("(....)年(.+)月(.+)日", chinese_day(day))
    assert found

    def number(text: str) -> int:
        tens, ten, ones = text.partition("十")
        return (
            (int(digits[tens]) if tens else 1) * 10 + int(digits.get(ones, 0)) if ten else int(digits[text])
        )

    year = int("".join(digits[sign] for sign in found[1]))
    assert (year, number(found[2]), number(found[3])) == (day.year, day.month, day.day)
