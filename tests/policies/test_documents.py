"""The text of files as people have them: encodings, Word with automatic numbers, PDF, damaged files."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from dingfen.cli.main import main
from dingfen.policies import documents
from dingfen.policies.documents import Unreadable, text_of
from dingfen.policies.word_numbers import chinese


def test_encodings() -> None:
    for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
        assert text_of("客户登记办法".encode(encoding), "rule.txt") == "客户登记办法"


def word(*paragraphs: tuple[str, int | None]) -> bytes:
    """A Word file whose numbers stand in the numbering part: 第一条 at level 0, （一） at level 1."""
    document = Document()
    root = document.part.numbering_part.element
    abstract = OxmlElement("w:abstractNum")
    abstract.set(qn("w:abstractNumId"), "77")
    for level, text in enumerate(("第%1条 ", "（%2）")):
        element = OxmlElement("w:lvl")
        element.set(qn("w:ilvl"), str(level))
        for name, value in (("w:start", "1"), ("w:numFmt", "chineseCounting"), ("w:lvlText", text)):
            child = OxmlElement(name)
            child.set(qn("w:val"), value)
            element.append(child)
        abstract.append(element)
    root.insert(0, abstract)
    number = OxmlElement("w:num")
    number.set(qn("w:numId"), "78")
    reference = OxmlElement("w:abstractNumId")
    reference.set(qn("w:val"), "77")
    number.append(reference)
    root.append(number)
    for text, level in paragraphs:
        paragraph = document.add_paragraph(text)
        if level is not None:
            properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
            properties.get_or_add_ilvl().val = level
            properties.get_or_add_numId().val = 78
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def test_word_numbers_are_read() -> None:
    data = word(("客户办法", None), ("登记", 0), ("当日", 1), ("改正", 1), ("跟进", 0), ("每三天", 1))
    assert text_of(data, "rule.docx").splitlines() == [
        "客户办法", "第一条 登记", "（一）当日", "（二）改正", "第二条 跟进", "（一）每三天",
    ]  # fmt: skip
    assert [chinese(value) for value in (1, 10, 11, 20, 105, 110)] == [
        "一",
        "十",
        "十一",
        "二十",
        "一百零五",
        "一百一十",
    ]


def test_tables_controls_and_tracked_changes_are_read_as_shown() -> None:
    document = Document()
    document.add_paragraph("三天内")._p.append(changed("w:ins", "w:t", "答复"))
    document.paragraphs[0]._p.append(changed("w:del", "w:delText", "登记"))
    control, content = OxmlElement("w:sdt"), OxmlElement("w:sdtContent")
    control.append(content)
    content.append(document.add_paragraph("附则")._p)
    document.element.body.insert(1, control)
    table = document.add_table(rows=3, cols=3)
    for row, texts in enumerate((("级别", "时限", "罚款"), ("A类", "24\n小时", "50元"), ("", "", ""))):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    table.cell(1, 2).merge(table.cell(2, 2))
    table.cell(2, 0).merge(table.cell(2, 1)).text = "其他"
    stream = io.BytesIO()
    document.save(stream)
    assert text_of(stream.getvalue(), "a.docx").splitlines() == [
        "三天内答复", "附则", "级别\t时限\t罚款", "A类\t24 小时\t50元", "其他\t\t",
    ]  # fmt: skip


def changed(kind: str, text: str, words: str) -> Any:
    outer, run, inner = OxmlElement(kind), OxmlElement("w:r"), OxmlElement(text)
    inner.text = words
    run.append(inner)
    outer.append(run)
    return outer


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"x", "rule.doc", "suffix"),
        (b"not a zip", "rule.docx", "damaged"),
        (b"%PDF-1.4 broken", "rule.pdf", "damaged"),
        (b"  \n", "rule.txt", "no_text"),
        (b"x" * (20 * 1024 * 1024 + 1), "rule.txt", "too_large"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, name: str, code: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        text_of(data, name)
    assert refusal.value.code == code


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "办法.docx"
    source.write_bytes(word(("H级客户每隔两天跟进一次。", 0), ("不得隐瞒归属人。", 0)))
    out = tmp_path / "pack"
    assert main(["policy", "draft", str(source), "--out", str(out), "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert {"id", "path", "heading", "text", "start", "end"} == set(printed["articles"][0])
    wanted = {
        "kind",
        "value",
        "unit",
        "of",
        "grade",
        "inclusive",
        "text",
        "article",
        "start",
        "end",
        "confidence",
        "proposal",
    }
    assert wanted <= set(printed["findings"][0])
    assert ("frequency", "P2D", "H") in [
        (one["kind"], one["value"], one["grade"]) for one in printed["findings"]
    ]
    assert (out / "articles.yaml").read_text(encoding="utf-8").count("ART-") == 2
    assert 'grade == "H"' in (out / "proposals.yaml").read_text(encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["policy", "draft", str(source), "--out", str(out)])
    assert main(["policy", "draft", str(tmp_path / "none.txt")]) == 2


def test_what_no_database_keeps_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    assert text_of("登\0记 15 天".encode(), "a.txt") == "登记 15 天"
    with pytest.raises(Unreadable):
        text_of(b"\0 \0", "a.txt")
    monkeypatch.setitem(documents.READERS, ".pdf", lambda data, name: "half \ud83d of a sign")
    assert text_of(b"%PDF", "a.pdf") == "half ? of a sign"
