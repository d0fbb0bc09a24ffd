"""A paper as a Word document, built with python-docx. The same paper gives the same bytes."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from dingfen.papers.model import (
    Block,
    Break,
    Heading,
    Items,
    Pairs,
    Paper,
    Para,
    Signatures,
    Table,
    cleaned,
)

SERIF = ("Times New Roman", "宋体")
SANS = ("Arial", "黑体")
INDENT = 200  # hundredths of a character
PAGES = {"zh": ("第 ", " 页，共 ", " 页"), "en": ("Page ", " of ", "")}


def to_docx(paper: Paper) -> bytes:
    """The document, ready to be written on: page numbers are fields, rows don't break over pages."""
    made = io.BytesIO()
    _Writer(cleaned(paper)).document().save(made)
    return _same_bytes(made.getvalue())


def _same_bytes(packed: bytes) -> bytes:
    """The package again, without the clock times that zip notes for each part."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            part = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            part.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(part, old.read(name))
    return made.getvalue()


class _Writer:
    def __init__(self, paper: Paper) -> None:
        import docx  # half of a second: only who writes a paper waits for it

        self.paper, self.chinese = paper, paper.language == "zh"
        self.made: Any = docx.Document()

    def document(self) -> Any:
        paper = self.paper
        self._frame()
        self._line(paper.letterhead, align="center", rule=True)
        self._line(paper.title, size=18, align="center", face=SANS, before=12)
        self._line(paper.number, align="right")
        if paper.mark:
            self._line(paper.mark, size=10.5, align="right", face=SANS)
        for block in paper.blocks:
            self._block(block)
        return self.made

    def _frame(self) -> None:
        """Page, base style, foot, and what the file says of itself."""
        from docx.enum.text import WD_LINE_SPACING
        from docx.shared import Mm, Pt

        section = self.made.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(22)
        section.top_margin = section.bottom_margin = Mm(25)
        style = self.made.styles["Normal"]
        style.font.size = Pt(12)
        _face(style.element.get_or_add_rPr(), SERIF, self.paper.language)
        spacing = style.paragraph_format
        spacing.line_spacing_rule, spacing.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(21)
        spacing.space_before = spacing.space_after = Pt(0)
        self._foot(section.footer)
        about = self.made.core_properties
        at = self.paper.made_at.replace(tzinfo=None)
        about.title = f"{self.paper.title} {self.paper.number}"[:255]
        about.author = about.last_modified_by = self.paper.letterhead[:255]
        about.comments, about.language = "", "zh-CN" if self.chinese else "en-GB"
        about.created = about.modified = at

    def _foot(self, foot: Any) -> None:
        for text in self.paper.foot:
            self._line(text, size=9, where=foot, exactly=12, rule=text is self.paper.foot[0], above=True)
        first, between, last = PAGES[self.paper.language]
        numbers = self._line("", size=9, align="right", where=foot, exactly=12)
        for text, code in ((first, "PAGE"), (between, "NUMPAGES"), (last, "")):
            self._run(numbers, text, 9, SERIF)
            if code:
                _field(numbers, code, 9)
        spare = foot.paragraphs[0]._p
        spare.getparent().remove(spare)

    # ---------- the parts ----------

    def _block(self, block: Block) -> None:
        match block:
            case Heading():
                head = self._line(
                    block.text, face=SANS, size=12 if block.level == 1 else 11.5, before=8, after=3
                )
                head.paragraph_format.keep_with_next = True
            case Para():
                self._para(block)
            case Items():
                for number, text in enumerate(block.texts, 1):
                    self._item(number, text)
            case Table():
                self._table(block)
            case Pairs():
                self._pairs(block)
            case Signatures():
                self._signatures(block)
            case Break():
                self.made.add_page_break()

    def _para(self, block: Para) -> None:
        size = 10.5 if block.quiet else 12
        line = self._line("", size=size, indent=self.chinese, after=0 if self.chinese else 6)
        if block.lead:
            self._run(line, block.lead + " ", size, SANS)
        self._run(line, block.text, size, SERIF)

    def _item(self, number: int, text: str) -> None:
        from docx.shared import Pt

        line = self._line(f"{number}.\t{text}", after=0 if self.chinese else 3)
        layout = line.paragraph_format
        layout.left_indent, layout.first_line_indent = Pt(44 if self.chinese else 22), Pt(-20)
        layout.tab_stops.add_tab_stop(Pt(44 if self.chinese else 22))

    def _table(self, block: Table) -> None:
        table = self._grid(block.widths, "Table Grid")
        for place, row in enumerate((block.head, *block.rows)):
            loud = place == 0 or place > len(block.rows) - block.sums
            cells = self._row(table, head=place == 0)
            for column, text in enumerate(row):
                align = "right" if column in block.numbers and place else "left"
                self._cell(cells[column], text, SANS if loud else SERIF, align)
        self._line("", size=4, exactly=6)

    def _pairs(self, block: Pairs) -> None:
        table = self._grid((1, 4), None)
        for label, value in block.rows:
            cells = self._row(table)
            self._cell(cells[0], label, SANS)
            self._cell(cells[1], value, SERIF, size=12)

    def _signatures(self, block: Signatures) -> None:
        self._line("", exactly=18)
        columns = 2 if len(block.signers) > 1 else 1
        table = self._grid((1,) * 2, None)
        for start in range(0, len(block.signers), columns):
            cells = self._row(table)
            for place, sign in enumerate(block.signers[start : start + columns]):
                cell = cells[place if columns > 1 else 1]
                texts = [sign.place, sign.name, sign.note, (sign.line + "＿" * 10) if sign.line else ""]
                for number, text in enumerate(one for one in texts if one):
                    self._line(
                        text, where=cell, size=9.5 if text == sign.note else 12, reuse=number == 0, keep=True
                    )
        for text in (block.seal, block.day):
            if text:
                self._line(text, align="right", before=6, keep=text is not block.day)

    # ---------- the pieces ----------

    def _grid(self, widths: tuple[int, ...], style: str | None) -> Any:
        from docx.shared import Mm

        table = self.made.add_table(rows=0, cols=len(widths))
        table.autofit = False
        if style:
            table.style = style
        whole = sum(widths)
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(166 * width / whole)
        return table

    def _row(self, table: Any, head: bool = False) -> Any:
        row = table.add_row()
        for cell, column in zip(row.cells, table.columns, strict=True):
            cell.width = column.width
        of_row = row._tr.get_or_add_trPr()
        of_row.append(_element("w:cantSplit"))
        if head:
            of_row.append(_element("w:tblHeader"))
        return row.cells

    def _cell(
        self, cell: Any, text: str, face: tuple[str, str], align: str = "left", size: float = 10.5
    ) -> None:
        self._line(text, size=size, align=align, face=face, where=cell, exactly=17, reuse=True)

    def _line(
        self,
        text: str,
        *,
        size: float = 12,
        align: str = "left",
        face: tuple[str, str] = SERIF,
        where: Any = None,
        indent: bool = False,
        before: float = 0,
        after: float = 0,
        exactly: float = 0,
        rule: bool = False,
        above: bool = False,
        keep: bool = False,
        reuse: bool = False,
    ) -> Any:
        """A paragraph. `rule`: a line beneath it (or `above`); `exactly`: its line height in points."""
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.shared import Pt

        line = where.paragraphs[0] if reuse else (where or self.made).add_paragraph()
        layout = line.paragraph_format
        layout.alignment = getattr(WD_ALIGN_PARAGRAPH, align.upper())
        layout.space_before, layout.space_after = Pt(before), Pt(after)
        layout.keep_with_next = keep or None
        if exactly or size > 14:
            layout.line_spacing = Pt(exactly or size * 1.75)
        of_line = line._p.get_or_add_pPr()
        if indent:
            first = _element("w:ind", firstLineChars=INDENT, firstLine=int(size * 2 * 20))
            of_line.insert_element_before(first, "w:jc")
        if rule:
            edge = _element("w:pBdr")
            edge.append(
                _element("w:top" if above else "w:bottom", val="single", sz=4, space=2, color="000000")
            )
            of_line.insert_element_before(edge, "w:spacing", "w:ind", "w:jc")
        if text:
            self._run(line, text, size, face)
        return line

    def _run(self, line: Any, text: str, size: float, face: tuple[str, str]) -> None:
        from docx.shared import Pt

        run = line.add_run(text)
        run.font.size = Pt(size)
        _face(run._r.get_or_add_rPr(), face, self.paper.language)


def _element(name: str, **values: object) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = OxmlElement(name)
    for key, value in values.items():
        made.set(qn(f"w:{key}"), str(value))
    return made


def _face(properties: Any, face: tuple[str, str], language: str) -> None:
    """The typeface for Latin and for Chinese; quotation marks follow the paper's language."""
    from docx.oxml.ns import qn

    fonts = properties.get_or_add_rFonts()
    latin, chinese = face
    for key, name in (("ascii", latin), ("hAnsi", latin), ("eastAsia", chinese), ("cs", latin)):
        fonts.set(qn(f"w:{key}"), name)
    if language == "zh":
        fonts.set(qn("w:hint"), "eastAsia")


def _field(line: Any, code: str, size: float) -> None:
    """A number that Word counts: PAGE, NUMPAGES. Each piece in a run of its own, as Word writes it."""
    from docx.shared import Pt

    for kind in ("begin", "code", "separate", "shown", "end"):
        run = line.add_run()
        run.font.size = Pt(size)
        if kind == "shown":
            run.add_text("1")
        elif kind == "code":
            told = _element("w:instrText")
            told.text = f" {code} "
            run._r.append(told)
        else:
            run._r.append(_element("w:fldChar", fldCharType=kind))
