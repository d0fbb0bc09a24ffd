"""Does a rule on complaints fit a complaint? True, False, or cannot be said, with what it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dingfen.engine.complaint_clocks_form import Fitting
from dingfen.engine.complaint_facts import ComplaintFacts, prepared
from dingfen.engine.complaints import Complaints
from dingfen.engine.conditions import Condition


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something holds: the rule, its article, and the facts its condition asked for, with their values."""

    rule: str
    article: str
    facts: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Open:
    """A rule nobody can judge yet: the names of what is not known (a fact, or `class`, `level`, `urgency`)."""

    rule: str
    article: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Complaint:
    """A complaint as rules see it. What is None or left out of the facts is not known.

    `values`: the facts in the form conditions read, made once for all rules.
    """

    facts: ComplaintFacts
    klass: str | None = None
    level: str | None = None
    urgency: str | None = None
    values: Mapping[str, Any] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", prepared(self.facts))


@dataclass(frozen=True, slots=True)
class Fit:
    """`holds`: None where it cannot be said; then `missing` names what is not known."""

    holds: bool | None
    missing: tuple[str, ...] = ()
    facts: tuple[tuple[str, Any], ...] = ()


def fit_of(rules: Complaints, part: Fitting, complaint: Complaint) -> Fit:
    """Whether a part is for this complaint."""
    named = (
        ("class", complaint.klass, part.classes, rules.line_of(complaint.klass or "")),
        ("level", complaint.level, part.levels, (complaint.level or "",)),
        ("urgency", complaint.urgency, part.urgencies, (complaint.urgency or "",)),
    )
    return fit(named, part.when, complaint)


def fit(
    named: Sequence[tuple[str, str | None, Sequence[str], Sequence[str]]],
    when: Condition | None,
    complaint: Complaint,
) -> Fit:
    """`named`: per word what the complaint has, what the rule asks for, and what counts as meeting it."""
    missing: list[str] = []
    for word, has, asked, counts in named:
        if not asked:
            continue
        if has is None:
            missing.append(word)
        elif not set(asked) & set(counts):
            return Fit(False)
    values = complaint.values
    answer = True if when is None else when.of_case(values, ())
    if answer is False:
        return Fit(False)
    facts = _asked(when, complaint.facts)
    if answer is None and when is not None:
        missing += [name for name in when.names() if name not in values]
    return Fit(None if missing else True, tuple(missing), facts)


def _asked(when: Condition | None, facts: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple((name, facts[name]) for name in when.names() if name in facts) if when else ()
