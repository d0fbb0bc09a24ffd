"""Which rule of the policy language a finding would become; None: it stays text.

A proposal is `{topic, key, value, to_confirm}`: `value` is written as the pack would hold it. Ways of counting that
the text does not state are proposed as the law's own (day of the event out, calendar days). Each topic has a table:
kind of finding → what makes the proposal.
"""

from __future__ import annotations

from collections.abc import Iterable

from dingfen.engine.draft.finding import Finding
from dingfen.engine.draft.numbering import Article
from dingfen.engine.draft.proposing import care, complaints, conduct, incidents, indicators, ownership
from dingfen.engine.draft.proposing.common import Around, Maker, Proposal
from dingfen.engine.draft.topics import topics

MAKERS: dict[str, dict[str, Maker]] = {
    "ownership": ownership.MAKERS, "complaints": complaints.MAKERS, "incidents": incidents.MAKERS,
    "conduct": conduct.MAKERS, "care": care.MAKERS, "indicators": indicators.MAKERS,
}  # fmt: skip
# What a finding measures may say its topic better than the article it stands in.
MEASURES = {
    "answer complaints": "complaints", "update records": "care", "drills": "incidents", "training": "care",
    "key customers": "care", "ordinary customers": "care", "claim window": "ownership", "lapse": "ownership",
    "look-back before the deal": "ownership", "cool-down": "ownership", "signers": "ownership",
    "pool takes": "ownership", "holding limit": "ownership", "co-workers": "ownership", "bonus per unit": "ownership",
}  # fmt: skip
KINDS = {"percentage": "indicators", "points": "ownership"}  # tried before the topic of the article


class Proposing:
    """Proposals for the findings of one text."""

    def __init__(self, articles: Iterable[Article]) -> None:
        rows = list(articles)
        self.articles = {one.id: one for one in rows}
        self.topics = topics(rows)

    def propose(self, finding: Finding) -> Proposal | None:
        """The rule a finding would become, or None."""
        topic = self.topics[finding.article]
        around = Around(self.articles[finding.article], topic, self.articles)
        graded = "ownership" if finding.grade else ""
        for name in dict.fromkeys((KINDS.get(finding.kind, ""), graded, MEASURES.get(finding.of, ""), topic)):
            maker = MAKERS.get(name, {}).get(finding.kind)
            found = maker(finding, around) if maker else None
            if found is not None:
                return found
        return None


__all__ = ["Proposal", "Proposing"]
