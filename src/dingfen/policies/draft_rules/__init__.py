"""The accepted proposals of a draft as rules: per topic what reads, lints and runs, and what is left as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dingfen.policies.draft_rules import complaints, conduct, incidents, others, ownership
from dingfen.policies.draft_rules.writing import Accepted, Rule, Topic, both

TOPICS: dict[str, Topic] = {
    "ownership": ownership.TOPIC,
    "complaints": complaints.TOPIC,
    "incidents": incidents.TOPIC,
    "conduct": conduct.TOPIC,
    "care": others.CARE,
    "indicators": others.INDICATORS,
}
WHOLE = ("ownership", "complaints", "incidents", "conduct")  # topics whose plain rules make a pack alone
Proposed = Mapping[str, Any]


def rules_of(
    proposals: Iterable[Proposed],
    articles: Mapping[str, str],
    texts: Mapping[str, str],
    *,
    agreed: bool = True,
) -> tuple[dict[str, Rule], list[Proposed]]:
    """Topic → its rules, from what was accepted, and what has no place in them. `articles`: of the text → of the
    pack; `texts`: what each says. Of proposals nobody has `agreed` to, none becomes a rule.
    """
    first = next(iter(articles.values()), "ART-1")
    given = list(proposals)
    rules: dict[str, Rule] = {}
    left: list[Proposed] = []
    for one in sorted(given, key=lambda each: each.get("key") != "levels"):  # others name the levels
        topic = TOPICS.get(one.get("topic", ""))
        accepted = Accepted(
            one.get("key", ""),
            one.get("value"),
            articles.get(one["article"], first),
            texts.get(one["article"], one["text"]),
        )
        put = topic.put.get(accepted.key) if topic and agreed else None
        if topic is None or put is None:
            left.append(one)
            continue
        written = rules.get(one["topic"]) or topic.plain(accepted.article)
        if put(written, accepted):
            rules[one["topic"]] = written
        else:
            left.append(one)
    if not set(rules) & set(TOPICS):
        about = _about(given)
        rules[about] = TOPICS[about].plain(first)
    for name, written in rules.items():
        TOPICS[name].finish(written, first)
    return rules | _roles(rules, first), left


def _about(given: Sequence[Proposed]) -> str:
    """What a text is about, where nothing of it became a rule yet."""
    counted = Counter(str(one.get("topic", "")) for one in given)
    most = max(WHOLE, key=lambda topic: counted[topic])
    return most if counted[most] else "ownership"


def _roles(rules: Mapping[str, Rule], article: str) -> dict[str, Rule]:
    """The roles the rules name that the installation does not have."""
    from dingfen.engine.draft.proposing.common import OWN_ROLES  # for who drafts, not at every start

    used = set(_words(rules))
    expected = [
        {"id": name, **role, "unverified": True, "article": article}
        for name, role in OWN_ROLES.items()
        if name in used
    ]
    return {"roles": {"expected": expected}} if expected else {}


def _words(part: Any) -> Iterable[str]:
    if isinstance(part, Mapping):
        for each in part.values():
            yield from _words(each)
    elif isinstance(part, list):
        for each in part:
            yield from _words(each)
    elif isinstance(part, str):
        yield part


__all__ = ["both", "rules_of"]
