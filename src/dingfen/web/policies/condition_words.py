"""A condition as people say it: the facts by their names, the signs as words. The source shows how it is written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from dingfen import formats
from dingfen.engine.choice_texts import words_of
from dingfen.engine.vocabulary import FACTS

TOKEN = re.compile(r"\s*(\"[^\"]*\"|'[^']*'|[A-Za-z_]\w*|\d+(?:\.\d+)?|[<>=!]=|.)")
WORDS: dict[str, tuple[str, str]] = {
    "and": ("，且", "and"), "or": ("，或", "or"), "not": ("并非", "not"), "in": ("属于", "is one of"),
    "any": ("任一方", "any"), "all": ("各方", "all"), "has": ("有", "has"), "none": ("无", "none"),
    "true": ("是", "yes"), "false": ("否", "no"), "==": ("为", "is"), "!=": ("不为", "is not"),
    ">=": ("不小于", "at least"), "<=": ("不大于", "at most"), ">": ("大于", "more than"), "<": ("小于", "less than"),
    "(": ("（", "("), ")": ("）", ")"), "[": ("", ""), "]": ("", ""), ",": ("、", ","),
}  # fmt: skip


def said(text: str, titles: Mapping[str, str]) -> str:
    """The condition in words; nothing where it speaks of something that has none. `titles`: of parts by their ids."""
    found = list(_pieces(text, titles))
    if None in found:
        return ""
    pieces = [one for one in found if one]
    if formats.chinese():
        return re.sub(r"(?<=[A-Za-z0-9])(?=[一-鿿])|(?<=[一-鿿])(?=[A-Za-z0-9])", " ", "".join(pieces))
    return re.sub(r" (?=[),])|(?<=\() ", "", " ".join(pieces))


def _pieces(text: str, titles: Mapping[str, str]) -> Iterator[str | None]:
    english, about = not formats.chinese(), ""
    for token in TOKEN.findall(text.strip()):
        if token in WORDS:
            yield WORDS[token][english]
        elif token[0] in "\"'":
            yield _value(about, token[1:-1], titles, english)
        elif fact := FACTS.get(token):
            about = token
            yield fact.en[:1].lower() + fact.en[1:] if english else fact.zh
        elif token[0].isdigit():
            yield token
        else:
            yield titles.get(token)


def _value(about: str, value: str, titles: Mapping[str, str], english: bool) -> str:
    try:
        return words_of(about, value)[english]
    except KeyError:
        return titles.get(value, value)
