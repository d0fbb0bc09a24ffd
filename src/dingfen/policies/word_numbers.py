"""The numbers that Word shows before paragraphs of a list: they are not in the text, but in its numbering part.

Office Open XML, ECMA-376 part 1, 17.9 (numbering).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn

DIGITS = "零一二三四五六七八九"


def chinese(value: int) -> str:
    """1 → 一, 10 → 十, 21 → 二十一, 105 → 一百零五; up to 999."""
    hundreds, rest = divmod(value, 100)
    tens, ones = divmod(rest, 10)
    text = f"{DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += "十" if tens == 1 and not hundreds else f"{DIGITS[tens]}十"
    elif hundreds and ones:
        text += "零"
    return text + (DIGITS[ones] if ones else "") or DIGITS[0]


def _letter(value: int) -> str:
    return chr(ord("a") + (value - 1) % 26)


def _circled(value: int) -> str:
    return chr(0x2460 + value - 1) if 1 <= value <= 20 else f"({value})"


FORMATS: dict[str, Callable[[int], str]] = {
    "chineseCounting": chinese,
    "chineseCountingThousand": chinese,
    "japaneseCounting": chinese,
    "ideographDigital": chinese,
    "lowerLetter": _letter,
    "upperLetter": lambda value: _letter(value).upper(),
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "bullet": lambda value: "",
}


class Numbers:
    """Counts through a document; ask for each paragraph in order."""

    def __init__(self, document: Any) -> None:
        self._levels: dict[str, dict[int, tuple[str, str, int]]] = {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        self._abstract: dict[str, str] = {}
        if all(relation.reltype != RELATIONSHIP_TYPE.NUMBERING for relation in document.part.rels.values()):
            return  # a document without lists has no such part
        root = document.part.numbering_part.element
        for abstract in root.findall(qn("w:abstractNum")):
            self._levels[abstract.get(qn("w:abstractNumId"))] = dict(
                map(_level, abstract.findall(qn("w:lvl")))
            )
        for number in root.findall(qn("w:num")):
            reference = number.find(qn("w:abstractNumId"))
            if reference is not None:
                self._abstract[number.get(qn("w:numId"))] = reference.get(qn("w:val"))

    def before(self, paragraph: Any) -> str:
        """What Word shows before this paragraph: `第三条`, `（一）`, `1.`; empty where it has no number."""
        place = _place(paragraph)
        if place is None or place[0] not in self._abstract:
            return ""
        numbering, level = place
        levels = self._levels.get(self._abstract[numbering], {})
        if level not in levels:
            return ""
        counts = self._counts[self._abstract[numbering]]
        counts[level] = counts.get(level, levels[level][2] - 1) + 1
        for deeper in [one for one in counts if one > level]:
            del counts[deeper]
        return re.sub(
            r"%(\d)", lambda match: self._shown(levels, counts, int(match[1]) - 1), levels[level][1]
        )

    @staticmethod
    def _shown(levels: dict[int, tuple[str, str, int]], counts: dict[int, int], level: int) -> str:
        style, _, start = levels.get(level, ("decimal", "", 1))
        return FORMATS.get(style, str)(counts.get(level, start))


def _level(element: Any) -> tuple[int, tuple[str, str, int]]:
    def value(name: str, default: str) -> str:
        child = element.find(qn(name))
        return default if child is None else str(child.get(qn("w:val")))

    text = "" if value("w:numFmt", "decimal") == "bullet" else value("w:lvlText", "")
    return int(element.get(qn("w:ilvl"))), (value("w:numFmt", "decimal"), text, int(value("w:start", "1")))


def _place(paragraph: Any) -> tuple[str, int] | None:
    """The list and level of a paragraph, its own or its style's."""
    owners = [paragraph._p.pPr, *(style.element.pPr for style in _styles(paragraph.style))]
    for properties in owners:
        number = None if properties is None else properties.numPr
        if number is not None and number.numId is not None:
            level = number.ilvl.val if number.ilvl is not None else 0
            return (str(number.numId.val), int(level)) if number.numId.val else None
    return None


def _styles(style: Any) -> list[Any]:
    found: list[Any] = []
    while style is not None and len(found) < 10:
        found.append(style)
        style = style.base_style
    return found
