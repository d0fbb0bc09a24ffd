"""Levels and steps: what the order of articles says, not their words alone."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from dingfen.engine.draft.finding import Finding
from dingfen.engine.draft.numbering import Article

GRADING = re.compile(r"分类|分级|等级|级别|level|severity|class|\btiers?\b", re.IGNORECASE)
STEPS = re.compile(r"流程|步骤|程序|处置|处理措施|应急处理|响应|procedure|steps|process", re.IGNORECASE)
NAME = re.compile(r"\s*([㐀-鿿]{2,8}|[A-Za-z][A-Za-z -]{1,20}?)\s*(?:[:：]|$|\n)")
GRADED = re.compile(
    r"特急|轻微|轻度|中度|重度|一般|简单|复杂|重要|疑难|较大|重大|特大|特别|严重|普通|紧急|危急|初级|中级|高级|minor|general|major|critical|severe|routine|serious|standard|high|medium|low",
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
_RANKED = re.compile(r"[A-EⅠⅡⅢⅣⅤ一二三四五]")  # 分为 A、B、C 三级
_RANK = r"(?:[ⅠⅡⅢⅣⅤ]|IV|I{1,3}|V|[一二三四五1-5])"
# each way of naming one level beside its rule; two of the same way and different names are levels
_NAMED: tuple[re.Pattern[str], ...] = (
    re.compile(rf"([㐀-鿿]{{2,6}}?)\s*[(（]\s*{_RANK}\s*级\s*[)）]"),  # 一般(Ⅲ级):…
    re.compile(rf"^[ \t　○●·•-]*({_RANK}级|[A-E]级)\s*[:：]", re.MULTILINE),  # 三级：…
    re.compile(
        r"\b(?:as|is|are|=|:)\s+((?:Level|Tier|Grade|Class|Category|Severity) [1-5A-E])\b|\b((?:Level|Tier|Grade|Class|Category|Severity) [1-5A-E])(?= (?:is|means|covers|:)|:)"
    ),
    re.compile(r"(?:\bas|,) (Level [1-5])\b"),
    # 年采购额 500 万元以上的为战略客户; 200 万以上的为 A 类
    re.compile(
        r"(?:[的者]|元|万|分|上|下|间|户)\s*[，,]?(?:为|是|属于?|列为|定为)\s*[“\"]?([A-E](?=\s*[类级])|[㐀-鿿]{1,4}(?:类|级)?客户|优秀|良好|合格|不合格|一般|较差|达标)"
    ),
    re.compile(r"([㐀-鿿]{2,4}(?:客户|投诉|事件|纠纷|冲突|工单))\s*(?:是?指|[:：]\s*指)"),
)
_LABELS = re.compile(r"^[ \t]*(?:[-*•○●·]\s*)?([A-Z][A-Za-z -]{2,24}|[㐀-鿿]{2,8}):\s", re.MULTILINE)
_TIERS = re.compile(
    r"^\s*(?:\S+ ){0,3}?\S{0,6}(?:Tiers|Levels|Classes|Grades|Categories|分类|分级|等级|级别)", re.IGNORECASE
)


def spoken(text: str) -> Iterator[Finding]:
    """Levels that a sentence lists (`分为轻微、一般、重大三级`) or that lines and clauses of an article name."""
    listed = list(_listed(text))
    yield from listed
    if not any(one.start <= 200 for one in listed):
        yield from _beside(text)


def _listed(text: str) -> Iterator[Finding]:
    for match in _INLINE.finditer(text):
        names = [
            re.sub(r"[三四五两二3-5]个?$", "", name.strip(" 等级类档)）(（"))
            for name in _SPLIT.split(match[1] or match[2])
            if name.strip()
        ]
        lettered = match[0].rstrip().endswith(("级", "类", "档", "等")) and all(map(_RANKED.fullmatch, names))
        if len(names) > 1 and (lettered or sum(bool(GRADED.match(name)) for name in names) > 1):
            yield _named(names, match[0], match.start(), match.end())


def _beside(text: str) -> Iterator[Finding]:
    """The first way of naming that fits: 一级（特别重大）：…, 一般(Ⅲ级)…较大(Ⅱ级), Level 1 … Level 2, 为重点客户."""
    lines = [match for match in _LINE.finditer(text) if match[1] or match[2]]
    if sum(bool(GRADED.match((match[1] or match[2]).strip())) for match in lines) > 1:
        yield _of_matches(lines)
        return
    for pattern in _NAMED:
        matches = list(pattern.finditer(text))
        if len({_name(match) for match in matches}) > 1:
            yield _of_matches(matches)
            return
    if _TIERS.match(text):
        matches = list(_LABELS.finditer(text))
        if 1 < len({_name(match) for match in matches}) <= 6:
            yield _of_matches(matches)


def _name(match: re.Match[str]) -> str:
    return next(group for group in match.groups() if group).strip()


def _of_matches(matches: list[re.Match[str]]) -> Finding:
    names = list(dict.fromkeys(_name(match) for match in matches))
    return _named(names, "、".join(names), matches[0].start(), matches[-1].end())


def _named(names: list[str], text: str, start: int, end: int) -> Finding:
    """重点客户, 普通客户 → (重点, 普通) of 客户; 一级, 二级 stay whole."""
    tail = _common_tail(names)
    tail = tail if len(tail) > 1 and not tail.endswith("级") else ""
    values = tuple(name.removesuffix(tail) or name for name in names)
    return Finding("levels", values, text, start, end, of=tail, confidence=0.85)


def levels(articles: list[Article]) -> list[Finding]:
    """Levels that articles beside each other name, and the steps of a procedure in order."""
    found: list[Finding] = []
    families = _families(articles)
    for parent, children in families.items():
        above = _heading(articles, parent)
        names = [match[1] if (match := NAME.match(child.text)) else "" for child in children]
        if (
            GRADING.search(above)
            and len(children) > 1
            and (sum(bool(GRADED.match(name)) for name in names) > 1 or (_TIERS.match(above) and all(names)))
        ):
            found.append(_levels(children, names))
        elif STEPS.search(above) and not GRADING.search(above):
            found.extend(_steps(children, families))
    return found


# conditions, bans and records among the articles of a chapter on procedure
_NO_STEP = re.compile(
    r"\s*(?:如(?!实)|若|凡|一旦|对于?|任何|严禁|禁止|不得|未|监控|档案|记录保存|if\b|where\b|no\b|records?\b)",
    re.IGNORECASE,
)


def _steps(children: list[Article], families: dict[str, list[Article]]) -> Iterator[Finding]:
    """What is done one after the other. An article that has such a list itself is no step, nor are its neighbours."""
    if any(child.id in families for child in children):
        return
    taken = [child for child in children if child.text and not _NO_STEP.match(child.text)]
    for order, child in enumerate(taken, 1):
        said = child.text.split("。")[0][:120]
        yield Finding("step", order, said, child.start, child.end, child.id, confidence=0.7)


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
