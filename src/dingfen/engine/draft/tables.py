"""Rows of a table: what stands at the head of a column belongs to every cell below it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from dingfen.engine.draft import measures
from dingfen.engine.draft.finding import Finding
from dingfen.engine.draft.quantities import quantities

TAB = "\t"
MOST_ROWS = 300
# 时限（小时）, 罚款/元: the unit of a column of bare numbers
_UNIT = re.compile(
    r"[(（/]\s*(?:单位[:：]\s*)?(元|分|分钟|小时|个?工作日|天|日|周|个?月|年|[%％])\s*[)）]?\s*$"
)
_NUMBER = re.compile(r"\s*[+＋\-−－]?\d{1,6}(?:\.\d{1,2})?\s*(?:分|元)?\s*")
_MEASURES = {"sanction", "amount", "percentage", "points"}


@dataclass(frozen=True)
class Cell:
    """A cell with the head of its column; `start` and `end` in the text."""

    head: str
    text: str
    start: int
    end: int


def cells(text: str, start: int, end: int) -> Iterator[Cell]:
    """The cells of the rows in a part of a text that have a head above them."""
    at = text.rfind("\n", 0, start) + 1
    for line in text[at:end].split("\n"):
        heads = _heads(text, at, line) if TAB in line else []
        for head, cell in zip(heads, line.split(TAB), strict=False):
            if at >= start:
                yield Cell(head.strip(), cell, at, at + len(cell))
            at += len(cell) + 1
        if not heads:
            at += len(line) + 1


def _heads(text: str, at: int, line: str) -> list[str]:
    """The first of the lines above that have as many cells as this one; none for that line itself."""
    head, wide = "", line.count(TAB)
    for _ in range(MOST_ROWS):
        above = text.rfind("\n", 0, max(at - 1, 0)) + 1
        row = text[above : at - 1] if at else ""
        if row.count(TAB) != wide:
            break
        head, at = row, above
    return head.split(TAB) if head else []


def headed(found: Sequence[Finding], under: Sequence[Cell], offset: int) -> list[Finding]:
    """The findings with what the heads of the cells `under` them say; `offset`: where their text begins.

    初次, 再次, 三次及以上 give the repetition, 扣分 or 罚款（元） the unit of a bare number. Each is looked up by its
    place: a table of a long text has thousands of both.
    """
    starts = [cell.start - offset for cell in under]
    times = [measures.nth_before(cell.head, len(cell.head)) for cell in under]
    told, filled = [], set()
    for one in found:
        place = bisect_right(starts, one.start) - 1
        if place >= 0 and one.start + offset < under[place].end:
            filled.add(place)
            if times[place] and one.nth is None and one.kind in _MEASURES:
                one = replace(one, nth=times[place])
        told.append(one)
    for place, cell in enumerate(under):
        if place not in filled and not times[place] and _NUMBER.fullmatch(cell.text):
            told += _measured(cell, offset)
    return told


def _measured(cell: Cell, offset: int) -> Iterator[Finding]:
    """A bare number under the head that says what it counts."""
    unit, digits = _UNIT.search(cell.head), cell.text.strip().rstrip("分元")
    if re.search(r"扣分|加分|减分", cell.head):
        said = f"{re.search('[扣加减]', cell.head)[0]}{digits.lstrip('+＋-−－')}分"  # type: ignore[index]
    elif unit:
        said = (
            f"{cell.head[: unit.start()]}：{digits}{unit[1]}内"
            if unit[1] in _TIMES
            else f"{cell.head[: unit.start()]}{digits}{unit[1]}"
        )
    else:
        return
    start = cell.start + len(cell.text) - len(cell.text.lstrip()) - offset
    for one in quantities(said)[:1]:
        yield replace(one, text=cell.text.strip(), start=start, end=start + len(cell.text.strip()))


_TIMES = {"分钟", "小时", "工作日", "个工作日", "天", "日", "周", "月", "个月", "年"}
