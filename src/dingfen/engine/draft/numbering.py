"""Articles by whatever numbering a text has: 第三章, 第十条, 一、, （一）, 1., 1、, 1）, （1）, ①, 4.1, 第一原则：, 1 目的, Ⅰ., (a).

Numbers inside sentences look the same, so a mark counts only where it continues its series (or opens one
with 1); what stands at the beginning of a line is trusted more.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, deque
from dataclasses import dataclass, field, replace

from dingfen.engine.draft.numerals import NUMBER, number
from dingfen.engine.draft.reading import Reading

ZH = "[零〇一二三四五六七八九十百壹贰叁肆伍陆柒捌玖拾]{1,5}"
LINE = r"(?<![^\n])"  # at the beginning of a line
ROMAN = r"(?:X?(?:IX|IV|V?I{1,3}|V)|X)"
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
# style → what the mark looks like; the order is the order of depth where a text does not show its own
STYLES: dict[str, str] = {
    "part": rf"第({NUMBER})[编篇部]分?(?![门位])|{LINE}(?:Part|PART)\s+(\d{{1,2}}|{ROMAN})\b",
    "chapter": rf"第\s?({NUMBER})\s?章|(?:Chapter|CHAPTER)\s+(\d{{1,3}})\b",
    "section": rf"第\s?({NUMBER})\s?节|(?:Section|SECTION)\s+(\d{{1,3}})\b",
    "article": rf"第\s?({NUMBER})\s?条|(?:Article|ARTICLE|Clause|Rule|§)\s*(\d{{1,3}})\b",
    "headed": rf"{LINE}[ \t　]*【([^】\n]{{1,24}})】",
    "question": rf"{LINE}[ \t　]*(?:Q|问题?)\s?(\d{{1,2}}|{ZH})\s?[.:：、)）]",
    "roman": rf"{LINE}[ \t]*({ROMAN})[.、．]\s?(?=\S)|([Ⅰ-Ⅻ])[.、．]",
    "letter_upper": rf"{LINE}[ \t]*([A-H])[.．、]\s?(?=\S)",
    "principle": rf"第({ZH})原则(?=[:：“\"])",
    "zh": rf"({ZH})、|{LINE}[ \t　]*({ZH})(?:[.．]|[ \t　]+(?=[㐀-鿿]{{2}}))",
    "zh_bracket": rf"[（(]({ZH})[)）]、?|([㈠-㈩])",
    "bare": rf"{LINE}[ \t　]*(\d{{1,2}})[ \t　]+(?=[A-Z㐀-鿿])(?!个|小时|分钟|天|日|月|年|人|名|次|元|位|家|户|件|周)",
    "step": rf"第({ZH}|\d{{1,2}})步[:：、]?|{LINE}(?:Step|STEP)\s+(\d{{1,2}})\b[.:]?",
    "decimal": r"(\d{1,2}\.\d{1,2})(?![\d.%])[.、\s]?",
    "decimal3": r"(\d{1,2}(?:\.\d{1,2}){2})(?![\d.%])[.、\s]?",
    "decimal4": r"(\d{1,2}(?:\.\d{1,2}){3})(?![\d.%])[.、\s]?",
    "dot": rf"(\d{{1,2}})[.．](?!\d)\s?|{LINE}[ \t　]*(\d{{1,2}})．(?=\d)|([⒈-⒛])",
    "comma": r"(\d{1,2})、",
    "bracket_both": r"[（(](\d{1,2})[)）]|([⑴-⒇])",
    "bracket": r"(\d{1,2})[)）]",
    "circled": rf"([{CIRCLED}])",
    "roman_bracket": rf"[（(]({ROMAN.lower()})[)）](?=\s|[㐀-鿿])",
    "letter_bracket": r"[（(]([a-z])[)）](?=\s|[㐀-鿿])",
    "bullet": rf"{LINE}[ \t　]*([●○•·■□◆◇▪▶※]|[-*–](?=[ \t]))[ \t　]*(?=\S)",
    "letter": r"(?<![A-Za-z(（])([a-z])[.、)](?=\s|[㐀-鿿])",
}
BEFORE = "0"  # the id of what stands before the first mark; no article has it, not even one numbered 0
DEPTH = {style: depth for depth, style in enumerate(STYLES)}
MARKS = {style: re.compile(pattern) for style, pattern in STYLES.items()}
DECIMALS = frozenset({"decimal", "decimal3", "decimal4"})
OWN_LOOK = frozenset(
    {"part", "chapter", "section", "article", "principle", "step", "headed", "question"}
)  # nothing else looks like these
SENTENCE_END = re.compile(r"[\s。；;：:！？!?”)）》]")
# a line of its own that names a rule: another document begins in the same file
TITLE = re.compile(
    r"^[ \t　]*([^\n。；;，,：:！？!?]{2,40}(?:办法|制度|预案|方案|规定|细则|章程|守则|规则|准则|指引|手册|协议|冲突|处理？?)\d{0,2}"
    r"|[A-Z][^\n.;:]{2,60}(?:Policy|Rules|Procedure|Regulations|Code))[ \t　]*$",
    re.MULTILINE,
)
HEADING = re.compile(r"[^\n。；;！？!?，,]{1,30}?(?=[:：\n]|$)")


@dataclass(frozen=True)
class Article:
    """`id` is made of the numbers above it (`2.3.1`; `D2/…` for the second document in one file).

    `start`, `end` stand in the text as received; `text` is the article without its mark and its sub-articles.
    """

    id: str
    path: tuple[str, ...]
    heading: str
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Mark:
    """A place that looks like the beginning of an article. `under`: the 4 of 4.1."""

    style: str
    ordinal: int
    label: str
    start: int
    end: int
    line_start: bool
    after_sentence: bool
    under: tuple[int, ...] = ()
    heading: str = ""


@dataclass
class _Open:
    """The series that are open at a place, outermost first: the last mark of each."""

    stack: list[Mark] = field(default_factory=list)
    document: int = 1
    counted: dict[str, int] = field(default_factory=dict)  # articles count on through chapters

    def new_document(self) -> None:
        if self.stack:
            self.stack.clear()
            self.counted.clear()
            self.document += 1

    def level(self, style: str) -> int | None:
        """The deepest open series of a style."""
        return next(
            (level for level in reversed(range(len(self.stack))) if self.stack[level].style == style), None
        )

    def put(self, level: int, mark: Mark) -> bool:
        self.stack[level:] = [mark]
        self.counted[mark.style] = mark.ordinal
        return True

    def rank(self, style: str) -> int:
        """Steps that come before articles hold them: Step 1, § 1, § 2, Step 2, § 3."""
        seen = list(self.counted)
        holds = style == "step" and "step" in seen and "article" not in seen[: seen.index("step")]
        return DEPTH["section"] if holds else DEPTH[style]

    def put_by_depth(self, mark: Mark) -> bool:
        rank = self.rank(mark.style)
        above = (level for level, one in enumerate(self.stack) if self.rank(one.style) >= rank)
        return self.put(next(above, len(self.stack)), mark)


def split(reading: Reading) -> list[tuple[Article, int, int]]:
    """Articles in order, each with start and end in the *read* text. A text without marks is one article."""
    marks = _accepted(_marks(reading.text), _titles(reading.text))
    found: list[tuple[Article, int, int]] = []
    first = marks[0][0].start if marks else len(reading.text)
    if reading.text[:first].strip():
        found.append((_article(reading, BEFORE, (), 0, 0, first), 0, first))
    for index, (mark, identity, path) in enumerate(marks):
        end = marks[index + 1][0].start if index + 1 < len(marks) else len(reading.text)
        article = _article(reading, identity, path, mark.start, mark.end, end)
        article = replace(article, heading=mark.heading) if mark.heading else article
        found.append((article, mark.start, end))
    return found


def _article(
    reading: Reading, identity: str, path: tuple[str, ...], start: int, after: int, end: int
) -> Article:
    body = reading.text[after:end].strip()
    heading = HEADING.match(body)
    title = heading[0].strip() if heading and len(heading[0]) < max(len(body), 2) else ""
    short = len(body) <= 30 and not re.search(r"[。；;：:，,]", body)
    whole = body if not title and short else title
    place = reading.place(start, max(start, start + len(reading.text[start:end].rstrip())))
    return Article(identity, path, whole, body, *place)


def _marks(text: str) -> list[Mark]:
    """All places that look like a mark; of two that overlap the one that begins first."""
    matches = [(match, style) for style, shape in MARKS.items() for match in shape.finditer(text)]
    matches.sort(key=lambda one: (one[0].start(), -one[0].end(), DEPTH[one[1]]))
    found: list[Mark] = []
    for match, style in matches:
        mark = _mark(text, match, style)
        if mark is not None and (not found or mark.start >= found[-1].end):
            found.append(mark)
    return _counted(found)


def _counted(marks: list[Mark]) -> list[Mark]:
    """Marks without a number of their own get one: 【…】 through the text, bullets anew under each other mark."""
    bullets, headed, found = 0, 0, []
    for mark in marks:
        if mark.style == "headed":
            headed, bullets = headed + 1, 0
            mark = replace(mark, ordinal=headed)
        elif mark.style == "bullet":
            bullets += 1
            mark = replace(mark, ordinal=bullets)
        elif mark.line_start:
            bullets = 0
        found.append(mark)
    return found


def _mark(text: str, match: re.Match[str], style: str) -> Mark | None:
    raw = next(group for group in match.groups() if group)
    under: tuple[int, ...] = ()
    if style.startswith("letter"):
        ordinal: float | None = ord(raw.lower()) - 96
    elif style in DECIMALS:
        *above, last = (int(part) for part in raw.split("."))
        ordinal, under = last, tuple(above)
    elif style in ("headed", "bullet"):
        ordinal = 1  # counted afterwards
    else:
        ordinal = _ordinal(raw)
    if ordinal is None or ordinal != int(ordinal):
        return None
    start = match.start()
    line = text[text.rfind("\n", 0, start) + 1 : start]
    after = start == 0 or bool(SENTENCE_END.match(text[start - 1]))
    return Mark(
        style,
        int(ordinal),
        match[0].strip(),
        start,
        match.end(),
        not line.strip(),
        after,
        under,
        raw.strip() if style == "headed" else "",
    )


def _ordinal(raw: str) -> float | None:
    """①, ㈠, ⒈ and Ⅰ have their value with them; IX is added up."""
    if len(raw) == 1 and not raw.isascii() and (value := unicodedata.numeric(raw, None)) is not None:
        return value
    if re.fullmatch(ROMAN, raw.upper()):
        ones = [{"I": 1, "V": 5, "X": 10}[char] for char in raw.upper()]
        return float(sum(-one if one < max(ones[at:]) else one for at, one in enumerate(ones)))
    return number(raw)


_MARKED = re.compile(
    "|".join(
        f"(?:{re.sub(r'[(](?![?])', '(?:', STYLES[style])})"
        for style in ("part", "chapter", "section", "article", "headed", "zh")
    )
)


def _titles(text: str) -> list[int]:
    """Where documents begin: titles on lines of their own, and lines that the next line begins with."""
    found = {match.start(1) for match in TITLE.finditer(text) if not _MARKED.match(match[1])}
    lines, start = text.split("\n"), 0
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if 4 <= len(line.strip()) <= 40 and following.strip().startswith(line.strip()):
            found.add(start)
        start += len(line) + 1
    return sorted(found)


def _accepted(marks: list[Mark], titles: list[int]) -> list[tuple[Mark, str, tuple[str, ...]]]:
    """The marks that continue their series, each with its id and the labels that lead to it."""
    state, seen = _Open(), Counter({BEFORE: 1})
    found: list[tuple[Mark, str, tuple[str, ...]]] = []
    ahead = deque(titles)
    for index, mark in enumerate(marks):
        while ahead and ahead[0] <= mark.start:
            ahead.popleft()
            state.new_document()
        glued = mark.style == "principle" and found and found[-1][0].end == mark.start  # 一、第一原则
        if glued or not _fits(state, mark, marks[index + 1 :]):
            continue
        numbers = ".".join([*map(str, state.stack[0].under), *(str(one.ordinal) for one in state.stack)])
        identity = numbers if state.document == 1 else f"D{state.document}/{numbers}"
        seen[identity] += 1
        identity += f"~{seen[identity]}" if seen[identity] > 1 else ""
        found.append((mark, identity, tuple(one.label for one in state.stack)))
    return found


def _fits(state: _Open, mark: Mark, later: list[Mark]) -> bool:
    """Whether a mark continues an open series or opens one; the state follows."""
    level = state.level(mark.style)
    if level is not None:
        last = state.stack[level]
        same = mark.under == last.under
        if same and (
            mark.ordinal == last.ordinal + 1 or (mark.line_start and 0 < mark.ordinal - last.ordinal <= 5)
        ):
            return state.put(level, mark)
        if not same and mark.ordinal == 1 and (mark.line_start or mark.after_sentence):
            return state.put(level, mark)
        if mark.ordinal != 1 or not _opens(mark, later):
            return False
        if level == 0 and len(state.stack) > 1 and not mark.line_start:  # 2. … 2.1 … 1. within it
            return state.put(len(state.stack), mark)
        if level == 0 and mark.style not in (
            "article",
            "bullet",
        ):  # numbered anew from the top: another document in the file
            state.document += 1
        return state.put(level, mark)
    follows = state.counted.get(mark.style, 0) + 1 == mark.ordinal
    if mark.style in OWN_LOOK and (follows or mark.line_start):
        return state.put_by_depth(mark)
    if mark.ordinal == 1 and _opens(mark, later):
        return state.put(len(state.stack), mark)
    if follows and mark.line_start and mark.ordinal > 1:  # 1. to 3. under one heading, 4. under the next
        return state.put(len(state.stack), mark)
    return mark.line_start and mark.style in {"zh", "bare", *DECIMALS} and state.put_by_depth(mark)


def _opens(mark: Mark, later: list[Mark]) -> bool:
    """A 1 opens a series at the beginning of a line or sentence, or where its 2 follows."""
    if mark.line_start or mark.after_sentence:
        return True
    following = next((one for one in later if one.style == mark.style), None)
    return following is not None and following.ordinal == 2
