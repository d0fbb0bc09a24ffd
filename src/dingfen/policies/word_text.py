"""The lines of a Word file as its reader sees them: numbers of lists, tables by tabs, changes as if accepted."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from docx import Document
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph

from dingfen.policies.word_numbers import Numbers

TEXT, TAB, BREAKS = qn("w:t"), qn("w:tab"), {qn("w:br"), qn("w:cr")}
GONE = {qn("w:del"), qn("w:moveFrom")}  # what a tracked change took away


def lines_of(data: bytes) -> list[str]:
    """The paragraphs and rows of a .docx file in order. Whatever is wrong with it is raised by the reader."""
    document = Document(io.BytesIO(data))
    numbers = Numbers(document)
    lines: list[str] = []
    for block in _blocks(document.element.body, document):
        if isinstance(block, Table):
            lines += _rows(block)
        else:
            lines.append(numbers.before(block) + text_of(block._p))
    return lines


def _blocks(parent: Any, document: Any) -> Iterator[Paragraph | Table]:
    """Paragraphs and tables, also those in content controls."""
    for child in parent.iterchildren():
        if child.tag == qn("w:p"):
            yield Paragraph(child, document)
        elif child.tag == qn("w:tbl"):
            yield Table(child, document)
        elif child.tag == qn("w:sdt") and (inner := child.find(qn("w:sdtContent"))) is not None:
            yield from _blocks(inner, document)


def text_of(element: Any) -> str:
    """The text of a paragraph with what tracked changes added, without what they took away."""
    found: list[str] = []
    for node in element.iterchildren():
        if node.tag == TEXT:
            found.append(node.text or "")
        elif node.tag == TAB and element.tag == qn("w:r"):
            found.append("\t")
        elif node.tag in BREAKS:
            found.append("\n")
        elif node.tag not in GONE:
            found.append(text_of(node))
    return "".join(found)


def _rows(table: Table) -> Iterator[str]:
    """A row on a line. Merged cells count once: to the right empty, downwards only where they hold no number."""
    above: list[Any] = []
    for row in table.rows:
        cells = [cell._tc for cell in row.cells]
        texts = []
        for place, cell in enumerate(cells):
            text = " ".join(" ".join(map(text_of, cell.findall(qn("w:p")))).split())
            repeated = place > 0 and cell is cells[place - 1]
            told = place < len(above) and cell is above[place] and any(map(str.isdigit, text))
            texts.append("" if repeated or told else text)
        above = cells
        yield "\t".join(texts)
