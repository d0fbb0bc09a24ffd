"""A text in, its articles and findings out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from dingfen.engine.draft.finding import Finding
from dingfen.engine.draft.numbering import Article, split
from dingfen.engine.draft.phrases import phrases
from dingfen.engine.draft.proposing import Proposing
from dingfen.engine.draft.quantities import quantities
from dingfen.engine.draft.reading import read
from dingfen.engine.draft.severity import levels, spoken
from dingfen.engine.draft.tables import cells, headed

_MARK = re.compile(r"^(\s*\d{1,2})．(?=\d)")  # 2．3 分钟内: the second article, not 2.3 minutes


@dataclass(frozen=True)
class Draft:
    """What a text holds, in the order of the text."""

    articles: tuple[Article, ...]
    findings: tuple[Finding, ...]

    def as_json(self) -> dict[str, Any]:
        """As `dingfen policy draft --json` prints it."""
        articles = [
            {
                "id": a.id,
                "path": list(a.path),
                "heading": a.heading,
                "text": a.text,
                "start": a.start,
                "end": a.end,
            }
            for a in self.articles
        ]
        return {"articles": articles, "findings": [finding.as_json() for finding in self.findings]}


def draft(text: str, simplify: Callable[[str], str] | None = None) -> Draft:
    """Split a written rule and mark what could become rules.

    `simplify` turns Traditional into Simplified characters, one for one. Any text is accepted; places count
    characters of `text` as received.
    """
    reading = read(text, simplify)
    articles, found = split(reading), []
    proposing = Proposing([article for article, _, _ in articles])
    for article, start, end in articles:
        body = _MARK.sub(r"\1、", reading.text[start:end])
        above = " ".join(article.path[:-1])
        inside = [*quantities(body), *phrases(body, above, proposing.topics[article.id]), *spoken(body)]
        for finding in headed(inside, list(cells(reading.text, start, end)), start):
            place = reading.place(start + finding.start, start + finding.end)
            found.append(replace(finding, start=place[0], end=place[1], article=article.id))
    found.extend(levels([article for article, _, _ in articles]))
    return Draft(tuple(article for article, _, _ in articles), tuple(_proposed(found, proposing)))


def _proposed(found: Iterable[Finding], proposing: Proposing) -> list[Finding]:
    ordered = sorted(found, key=lambda one: (one.start, one.end, one.kind))
    return [replace(one, proposal=proposing.propose(one)) for one in ordered]
