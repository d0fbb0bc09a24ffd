"""For every kind of finding an example that shows it: facts, a hold, moments of a clock, points.

A check that tries facts gives its own; here is what the others have, code → what makes it from the pack. What only
people read (an article without a rule) shows the words it is about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from dingfen.engine import examples_ownership, examples_rooms
from dingfen.engine.check_clocks import NEEDS
from dingfen.engine.example_facts import Example, any_case, part_at, short
from dingfen.engine.finding import Finding
from dingfen.engine.parts import Condition, Ruled, Text
from dingfen.engine.schema import Pack

Make = Callable[[Pack, Finding], Example]


def with_examples(pack: Pack, found: Iterable[Finding]) -> list[Finding]:
    """The findings, each with an example."""
    return [each if each.example else replace(each, example=_example(pack, each)) for each in found]


def _example(pack: Pack, finding: Finding) -> Example:
    return EXAMPLES.get(finding.code, _named)(pack, finding) or dict(finding.params)


def _named(pack: Pack, finding: Finding) -> Example:
    return dict(finding.params)


def _tried(pack: Pack, finding: Finding) -> Example:
    """Facts with what the condition makes of them: always the same, whatever they are."""
    condition = part_at(pack, finding.where)
    facts = any_case(condition) if isinstance(condition, Condition) else {}
    return {**facts, "holds": finding.code != "never_true"}


def _language(pack: Pack, finding: Finding) -> Example:
    text = part_at(pack, finding.where.rpartition(".")[0])
    return short(text) if isinstance(text, Text) else {}


def _article(pack: Pack, finding: Finding) -> Example:
    article = pack.article_index.get(str(finding.params.get("article", "")))
    return {"article": article.id, **short(article.text)} if article else {}


def _law(pack: Pack, finding: Finding) -> Example:
    """The value, and what the law says of it."""
    part = part_at(pack, finding.where.rpartition(".")[0])
    floor = part.floor if isinstance(part, Ruled) and part.floor else None
    floor = floor or next((each for each in pack.floors or () if each.id == finding.params["article"]), None)
    said = {"at_least": floor.at_least, "at_most": floor.at_most} if floor else {}
    return {
        "value": finding.params["length"],
        **{key: value for key, value in said.items() if value is not None},
    }


def _unknown(pack: Pack, finding: Finding) -> Example:
    """A fact that stays unknown as long as the rule beside it is missing."""
    return {"a": {str(finding.params["fact"]): "unknown"}, "needs": NEEDS[str(finding.params["fact"])]}


EXAMPLES: dict[str, Make] = {
    "always_true": _tried, "never_true": _tried, "excludes_all": _tried, "language_missing": _language,
    "article_only_read": _article, "article_without_scenario": _article, "unverified": _article,
    "looser_than_law": _law, "fact_needs_rule": _unknown, **examples_ownership.EXAMPLES, **examples_rooms.EXAMPLES,
}  # fmt: skip
