"""Levels and steps: what the order of articles says, not their words alone."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from dingfen.engine.draft.finding import Finding
from dingfen.engine.draft.numbering import Article

GRADING = re.compile(r"分类|分级|等级|级别|level|severity|class", re.IGNORECASE)
STEPS = re.compile(r"流程|步骤|程序|处置|处理措施|应急处理|响应|procedure|steps|process", re.IGNORECASE)
NAME = re.compile(r"\s*([㐀-鿿]{2,8}|[A-Za-z][A-Za-z ]{1,20}?)\s*(?:[:：]|$|\n)")
GRADED = re.compile(
    r"轻微|轻度|中度|重度|一般|简单|复杂|重要|疑难|较大|重大|特大|特别|严重|普通|紧急|危急|初级|中级|高级|minor|general|major|critical|severe",
    re.IGNORECASE,
)


_INLINE = re.compile(
    r"(?:分为|划分为|分成|分别为|包括)\s*[:：]?\s*([㐀-鿿ⅠⅡⅢⅣA-D（）()]{1,12}(?:[、，,/和及与][㐀-鿿ⅠⅡⅢⅣA-D（）()]{1,12}){1,4}?)\s*(?:[三四五两二3-5]?个?(?:等级|级别|级|类|档|个?层级)|[。；;\n]|$)"
    r"|\b(?:classified|graded|rated|ranked) (?:as|into) (\w+(?:, \w+)*,? (?:or|and) \w+)",
    re.IGNORECASE,
)
# a line of its own for each level: Ⅳ级（一般）事件：…, 一级（特别重大）：…, Level 1 (minor): …
_LINE = re.compile(
    r"^[ \t　]*(?:[ⅠⅡⅢⅣⅤ]|IV|I{1,3}|[一二三四五]|[1-5])\s*级\s*[(（:：]?\s*([㐀-鿿]{2,8}?)?(?:事件|投诉|冲突|纠纷)?[)）:：\s].*$"
    r"|^[ \t]*Level [1-5]\s*[(:]?\s*([A-Za-z ]{3,20}?)\s*[):].*$",
    re.MULTILINE,
)
_SPLIT = re.compile(r"[、，,/和及与]|\bor\b|\band\b")


def spoken(text: str) -> Iterator[Finding]:
    """Levels that a sentence lists (`分为轻微、一般、重大三级`) or that lines of one article name."""
    for match in _INLINE.finditer(text):
        names = [
            re.sub(r"[三四五两二3-5]个?$", "", name.strip(" 等级类档)）(（"))
            for name in _SPLIT.split(match[1] or match[2])
            if name.strip()
        ]
        tail = _common_tail(names)
        if len(names) > 1 and sum(bool(GRADED.match(name)) for name in names) > 1:
            values = tuple(name.removesuffix(tail) or name for name in names)
            yield Finding("levels", values, match[0], match.start(), match.end(), of=tail, confidence=0.85)
    lines = [match for match in _LINE.finditer(text) if match[1] or match[2]]
    if len(lines) > 1:
        values = tuple((match[1] or match[2]).strip() for match in lines)
        if sum(bool(GRADED.match(value)) for value in values) > 1:
            start, end = lines[0].start(), lines[-1].end()
            yield Finding("levels", values, "、".join(values), start, end, confidence=0.85)


def levels(articles: list[Article]) -> list[Finding]:
    """Levels that articles beside each other name, and the steps of a procedure in order."""
    found: list[Finding] = []
    for parent, children in _families(articles).items():
        above = _heading(articles, parent)
        names = [match[1] if (match := NAME.match(child.text)) else "" for child in children]
        if (
            GRADING.search(above)
            and len(children) > 1
            and sum(bool(GRADED.match(name)) for name in names) > 1
        ):
            found.append(_levels(children, names))
        elif STEPS.search(above):
            found.extend(
                Finding(
                    "step",
                    order,
                    child.text.split("。")[0][:120],
                    child.start,
                    child.end,
                    child.id,
                    confidence=0.7,
                )
                for order, child in enumerate(children, 1)
            )
    return found


def _levels(children: list[Article], names: list[str]) -> Finding:
    tail = _common_tail([name for name in names if name])
    values = tuple(name.removesuffix(tail) or name for name in names if name)
    first, last = children[0], children[-1]
    text = "、".join(values)
    return Finding("levels", values, text, first.start, last.end, first.id, of=tail, confidence=0.9)


def _common_tail(names: list[str]) -> str:
    """What all names end with: 轻微冲突, 一般冲突 → 冲突."""
    shortest = min(names, key=len)
    tails = (shortest[start:] for start in range(len(shortest)))
    return next((tail for tail in tails if all(name.endswith(tail) for name in names)), "")


def _families(articles: list[Article]) -> dict[str, list[Article]]:
    """Articles by the id above them, where there are at least two beside each other."""
    families: dict[str, list[Article]] = defaultdict(list)
    for article in articles:
        if "." in article.id:
            families[article.id.rpartition(".")[0]].append(article)
    return {parent: children for parent, children in families.items() if len(children) > 1}


def _heading(articles: list[Article], identity: str) -> str:
    return next((f"{one.heading} {one.text[:24]}" for one in articles if one.id == identity), "")
