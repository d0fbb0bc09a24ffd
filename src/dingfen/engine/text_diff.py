"""Two texts side by side: what stays, goes and comes, in pieces people read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from dingfen.engine.schema import Article, Pack

# A Latin word, a number with its point, else one character: Chinese has no spaces to part words by.
_PIECE = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*|\d+(?:\.\d+)?|\s+|.", re.DOTALL)
Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Piece:
    """Text that is the `same` in both, or only in the older (`out`) or the newer one (`in`)."""

    kind: Literal["same", "out", "in"]
    text: str


@dataclass(frozen=True, slots=True)
class ArticleChange:
    """One article as readers see it in both versions."""

    kind: Literal["added", "removed", "changed"]
    id: str
    title: tuple[Piece, ...]
    text: tuple[Piece, ...]


def pieces(before: str, after: str) -> tuple[Piece, ...]:
    """How one text becomes the other."""
    old, new = _PIECE.findall(before), _PIECE.findall(after)
    found: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Piece("same", "".join(old[a:b])))
            continue
        found += [Piece("out", "".join(old[a:b]))] if a < b else []
        found += [Piece("in", "".join(new[c:d]))] if c < d else []
    return tuple(found)


def article_changes(before: Pack, after: Pack, language: Language) -> list[ArticleChange]:
    """The articles that differ for a reader, in the order of the newer version, removed ones last."""
    old, new = before.article_index, after.article_index
    found = [_changed(old.get(name), article, language) for name, article in new.items()]
    gone = [_changed(article, None, language) for name, article in old.items() if name not in new]
    return [each for each in (*found, *gone) if each is not None]


def _changed(before: Article | None, after: Article | None, language: Language) -> ArticleChange | None:
    known = after or before
    assert known is not None
    titles, texts = (_sides(before, after, part, language) for part in ("title", "text"))
    if titles[0] == titles[1] and texts[0] == texts[1]:
        return None
    kind: Literal["added", "removed", "changed"] = (
        "added" if before is None else "removed" if after is None else "changed"
    )
    return ArticleChange(kind, known.id, pieces(*titles), pieces(*texts))


def _sides(before: Article | None, after: Article | None, part: str, language: Language) -> Sequence[str]:
    return [str(getattr(getattr(each, part), language)) if each else "" for each in (before, after)]
