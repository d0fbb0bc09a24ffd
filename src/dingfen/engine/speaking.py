"""How to speak with a customer: the advice that fits, and wordings to avoid in a text. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dingfen.engine.complaints import Complaints, Guidance
from dingfen.engine.fitting import Complaint, fit_of
from dingfen.engine.parts import Text


@dataclass(frozen=True, slots=True)
class Marked:
    """A wording to avoid as it stands in a text (`text[start:end]`), why, and what to say instead."""

    start: int
    end: int
    said: str
    rule: str
    why: Text
    say: Text
    article: str


def advice(
    rules: Complaints,
    facts: Mapping[str, Any],
    moods: Sequence[str],
    *,
    klass: str | None = None,
    level: str | None = None,
    urgency: str | None = None,
) -> tuple[Guidance, ...]:
    """The advice for these moods and this situation, in the order of the pack.

    What names moods needs one of them; what names none fits by its condition alone.
    """
    complaint = Complaint(facts, klass, level, urgency)
    return tuple(
        one
        for one in rules.guidance
        if (not one.moods or set(one.moods) & set(moods)) and fit_of(rules, one, complaint).holds
    )


def marked(rules: Complaints, text: str) -> tuple[Marked, ...]:
    """The wordings to avoid in a text, in the order they stand; of those that overlap the first and longest."""
    lower = text.lower()
    found: list[Marked] = []
    for rule in rules.wording:
        for phrase in (*rule.avoid.zh, *rule.avoid.en):
            start = lower.find(phrase.lower())
            while start >= 0:
                end = start + len(phrase)
                if phrase.isascii() and _within_word(lower, start, end):
                    start = lower.find(phrase.lower(), end)
                    continue
                found.append(Marked(start, end, text[start:end], rule.id, rule.why, rule.say, rule.article))
                start = lower.find(phrase.lower(), end)
    kept: list[Marked] = []
    for one in sorted(found, key=lambda mark: (mark.start, -mark.end)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return tuple(kept)


def _within_word(text: str, start: int, end: int) -> bool:
    """Whether a Latin phrase is only part of a longer word."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return (before.isascii() and before.isalnum()) or (after.isascii() and after.isalnum())
