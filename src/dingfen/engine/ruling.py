"""A proposed ruling as data: codes and parameters, ids and numbers; prose is made at the edges."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from typing import Any, Literal

from dingfen.engine.events import Id

Outcome = Literal["award", "split", "declined"]
Basis = Literal["principle", "scorecard", "none"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One claim in one row. `value` is null for none; `known` is False when it is unknown."""

    staff: Id
    value: Any = None
    known: bool = True
    points: int | None = None
    evidence: tuple[Id, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A rule that applied. `kind`: excluded, awarded, preferred, split, left_to_people, points.

    `fact` is the fact the row compares, None when the rule's condition uses several or none of a claim.
    """

    rule: str
    article: str
    kind: str
    fact: str | None
    cells: tuple[Cell, ...]
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotApplied:
    """A rule that did not. `why_code`: condition_false, condition_unknown, nobody_meets, all_meet,
    several_meet, tie, all_none, fact_unknown, not_reached, small_margin, no_recipient.
    """

    rule: str
    article: str
    why_code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ShareOf:
    """`share` in hundredths of a per cent; the shares of a ruling sum to 10,000."""

    staff: Id
    share: int


@dataclass(frozen=True, slots=True)
class Unknown:
    """A fact nobody could state, and whether knowing it could change the ruling. No staff: of the case."""

    fact: str
    staff: Id | None
    could_change: bool


@dataclass(frozen=True, slots=True)
class Deciders:
    """Who rules: `head` of the one unit, heads of `units` jointly, or the general manager."""

    mode: Literal["head", "joint", "general_manager"]
    units: tuple[Id, ...]
    article: str


@dataclass(frozen=True, slots=True)
class Due:
    """An effect of the ruling: who receives what from whom, under which article."""

    id: str
    kind: str
    article: str
    to: tuple[Id, ...]
    by: tuple[Id, ...] = ()
    amount: str | None = None
    currency: str | None = None
    per: str | None = None


@dataclass(frozen=True, slots=True)
class Proposed:
    """A sanction to be considered: the employee is heard and a person decides."""

    sanction: str
    article: str
    staff: Id
    measure: str
    amount: str | None = None
    currency: str | None = None
    evidence: tuple[Id, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """An outcome in short, for comparing."""

    outcome: Outcome
    holder: Id | None
    split: tuple[ShareOf, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One fact that would change the ruling. `relation` (`before`, `after`, `same`, `less`, `more`,
    `equal`, `is`, `none`) says how the fact stands to `to`.
    """

    fact: str
    staff: Id | None
    from_: Any
    relation: str
    to: Any
    result: Result


@dataclass(frozen=True, slots=True)
class Declined:
    """The rules leave a gap: `code` is not_covered, unknown_could_change, left_to_people, tie,
    small_margin, no_policy_in_force or no_claims.
    """

    code: str
    article: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the rules propose, and why. `margin` and `threshold` are points, when the scorecard decided."""

    outcome: Outcome
    holder: Id | None
    split: tuple[ShareOf, ...]
    basis: Basis
    decisive_rule: str | None
    article: str | None
    margin: int | None
    threshold: int | None
    points: tuple[tuple[Id, int], ...]
    rows: tuple[Row, ...]
    not_applied: tuple[NotApplied, ...]
    unknowns: tuple[Unknown, ...]
    deciders: Deciders | None
    effects: tuple[Due, ...]
    sanctions: tuple[Proposed, ...]
    changes: tuple[Change, ...]
    evidence_rung: str | None
    declined: Declined | None
    policy: tuple[str, str] | None
    at: str

    @property
    def result(self) -> Result:
        """Outcome, holder and shares alone."""
        return Result(self.outcome, self.holder, self.split)


@cache
def _names(kind: type) -> tuple[tuple[str, str], ...]:
    """The fields of a dataclass and their names in JSON; none for another type."""
    return tuple((each.name, each.name.rstrip("_")) for each in fields(kind)) if is_dataclass(kind) else ()


def plain(ruling: Any) -> Any:
    """A ruling, or a part of one, as JSON-able data."""
    kind: type = type(ruling)
    if names := _names(kind):
        return {shown: plain(getattr(ruling, name)) for name, shown in names}
    if isinstance(ruling, Mapping):
        return {str(key): plain(value) for key, value in ruling.items()}
    if isinstance(ruling, tuple | list):
        return [plain(each) for each in ruling]
    return ruling


def to_bytes(ruling: Ruling) -> bytes:
    """Canonical JSON: the same facts, policy and moment give the same bytes, always (replay)."""
    return json.dumps(plain(ruling), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
