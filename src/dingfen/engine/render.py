"""The rule book of a pack as Markdown: the articles people read, with the values the machine runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

from dingfen.engine.annexes import annexes
from dingfen.engine.ownership import Line
from dingfen.engine.parts import Text
from dingfen.engine.schema import Article, Pack

Language = Literal["zh", "en"]
_WORDS: dict[str, dict[Language, str]] = {
    "version": {"zh": "版本", "en": "Version"},
    "from": {"zh": "生效日期", "en": "In force from"},
    "note": {"zh": "说明", "en": "Note"},
    "unverified": {"zh": "（数值待核定）", "en": "(values to be confirmed)"},
    "scorecard": {"zh": "附：评分表", "en": "Annex: scorecard"},
    "line": {"zh": "评分项", "en": "Line"},
    "points": {"zh": "分值", "en": "Points"},
    "article": {"zh": "依据", "en": "Article"},
    "threshold": {"zh": "裁决门槛：相差 {n} 分。", "en": "Margin needed: {n}."},
}


def render(pack: Pack, language: Language) -> str:
    """The rule book in one language, ending with a line break."""
    return "\n".join(_lines(pack, language)).rstrip() + "\n"


def _lines(pack: Pack, language: Language) -> Iterator[str]:
    yield f"# {_in(pack.title, language)}"
    yield ""
    yield f"{_word('version', language)} {pack.version}" + _in_force(pack, language)
    yield ""
    chapter: Text | None = None
    for number, article in enumerate(pack.articles, 1):
        if article.chapter is not None and article.chapter != chapter:
            chapter = article.chapter
            yield from (f"## {_in(chapter, language)}", "")
        yield from _article(number, article, language)
    for annex in ANNEXES:
        yield from annex(pack, language)


def _in_force(pack: Pack, language: Language) -> str:
    if pack.in_force_from is None:
        return ""
    return f" · {_word('from', language)} {pack.in_force_from.isoformat()}"


def _article(number: int, article: Article, language: Language) -> Iterator[str]:
    name = f"第{chinese_number(number)}条" if language == "zh" else f"Article {number}"
    mark = " " + _word("unverified", language) if article.unverified else ""
    yield f"### {name}　{_in(article.title, language)} `{article.id}`{mark}"
    yield ""
    yield _in(article.text, language)
    yield ""
    colon = "：" if language == "zh" else ": "
    if article.note is not None:
        yield from (f"> {_word('note', language)}{colon}{_in(article.note, language)}", "")


def _scorecard(pack: Pack, language: Language) -> Iterator[str]:
    card = pack.ownership.scorecard if pack.ownership else None
    if card is None:
        return
    yield from (f"## {_word('scorecard', language)}", "")
    yield "| " + " | ".join(_word(word, language) for word in ("line", "points", "article")) + " |"
    yield "|---|---:|---|"
    yield from (_score_line(line, language) for line in card.lines)
    yield ""
    yield _word("threshold", language).format(n=card.threshold)


def _score_line(line: Line, language: Language) -> str:
    points = str(line.points).replace("-", "−")
    return f"| {_in(line.title, language)} | {points} | {line.article} |"


def _tables(pack: Pack, language: Language) -> Iterator[str]:
    for annex in annexes(pack, language):
        yield from (f"## {annex.title}", "")
        yield "| " + " | ".join(annex.head) + " |"
        yield "|---" * len(annex.head) + "|"
        yield from ("| " + " | ".join(row) + " |" for row in annex.rows)
        yield ""


# What topics print after the articles: each gives lines, none where the pack has nothing of the kind.
ANNEXES: tuple[Callable[[Pack, Language], Iterator[str]], ...] = (_scorecard, _tables)


def _in(text: Text, language: Language) -> str:
    return text.zh if language == "zh" else text.en


def _word(key: str, language: Language) -> str:
    return _WORDS[key][language]


def chinese_number(number: int) -> str:
    """1 to 99 as rule books number their articles: 21 → 二十一."""
    digits = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    if tens == 0:
        return digits[ones]
    return ("" if tens == 1 else digits[tens]) + "十" + (digits[ones] if ones else "")
