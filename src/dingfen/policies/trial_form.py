"""The facts of a story as the fields of a form, and back: generated from the vocabulary of facts.

A field is named `<whose>.<fact>`: whose is `case`, or the number of a claimant. Empty is nothing (or no, or
0), `?` unknown. Moments are written 2026-01-05 09:14 in the calendar's zone, lengths 3 days.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dingfen.engine.durations import format_length, parse_length
from dingfen.engine.retelling import used_facts
from dingfen.engine.schema import Pack
from dingfen.engine.vocabulary import FACTS, Fact, facts_of, fits
from dingfen.problems import invalid

MOST = 4
UNKNOWN = "?"
PLAIN = {"claim_within_window": "true"}
"""What holds of a story that does not say, where it is not nothing (see `engine.trying`)."""
_DERIVED = frozenset({"about", "claimants", "same_unit", "raised_at"})
_SECONDS = {"minutes": 60, "hours": 3600, "days": 86_400, "weeks": 604_800}
_WHOLE = re.compile(r"-?\d{1,9}(\.\d{1,4})?")


@dataclass(frozen=True)
class Cell:
    """One field: its name and what stands in it."""

    name: str
    value: str = ""
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class FactRow:
    """A fact with a field for the case, or one for each claimant. `used`: a rule of the pack looks at it."""

    fact: Fact
    used: bool
    cells: list[Cell] = field(default_factory=list)


def rows(pack: Pack, values: Mapping[str, str], claimants: int) -> list[FactRow]:
    """Every fact one may state, those the rules look at first."""
    used = used_facts(pack)
    found = [
        FactRow(fact, name in used, [_cell(fact, who, values) for who in whose])
        for subjects, whose in (
            (("case", "customer"), ["case"]),
            (("claim",), [str(n + 1) for n in range(claimants)]),
        )
        for name, fact in facts_of(*subjects).items()
        if name not in _DERIVED
    ]
    return sorted(found, key=lambda row: not row.used)


def _cell(fact: Fact, who: str, values: Mapping[str, str]) -> Cell:
    name = f"{who}.{fact.name}"
    options: tuple[str, ...] = ()
    if fact.type in ("boolean", "choice"):
        nothing = ("",) if fact.nullable else ()
        all_of = ("false", "true") if fact.type == "boolean" else fact.choices
        options = (*nothing, *all_of, *(() if who == "case" else (UNKNOWN,)))
    return Cell(name, values.get(name) or PLAIN.get(fact.name, ""), options)


def story_of(values: Mapping[str, str], claimants: int) -> dict[str, Any]:
    """The story a form tells. Raises Problem (422) with what is wrong at each field."""
    errors: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
    given: dict[str, dict[str, Any]] = {}
    unknown: dict[str, list[str]] = {}
    for name, who, fact in _fields(claimants):
        text = values.get(name, "").strip()
        if text == UNKNOWN and who != "case":
            unknown.setdefault(_seller(who), []).append(fact.name)
        elif text:
            try:
                given.setdefault(who, {})[fact.name] = _read(fact, text)
            except ValueError:
                errors[name] = [("trial.value", {"form": _form(fact)})]
    if errors:
        raise invalid(errors)
    facts: dict[str, Any] = {"case": given.pop("case", {})}
    facts["claims"] = {_seller(who): found for who, found in given.items()}
    if unknown:
        facts["unknown"] = unknown
    staff = {
        _seller(str(n)): values.get(f"unit.{n}", "").strip() or f"unit-{n}" for n in range(1, claimants + 1)
    }
    story: dict[str, Any] = {"staff": staff, "about": values.get("about") or "deal"}
    if at := values.get("at", "").strip():
        try:
            datetime.fromisoformat(at)
        except ValueError:
            raise invalid({"at": [("trial.value", {"form": "2026-01-05 09:14"})]}) from None
        story["at"] = at
    return story | {"facts": facts}


def values_of(story: Mapping[str, Any]) -> tuple[dict[str, str], int]:
    """The fields that tell a story again, and how many claimants it has."""
    facts = story.get("facts") or {}
    people = list(story.get("staff") or {})[:MOST]
    values = {"about": str(story.get("about", "deal")), "at": str(story.get("at") or "")}
    for name, value in (facts.get("case") or {}).items():
        values[f"case.{name}"] = _shown(FACTS[name], value)
    for number, person in enumerate(people, 1):
        values[f"unit.{number}"] = str(story["staff"][person])
        for name, value in (facts.get("claims") or {}).get(person, {}).items():
            values[f"{number}.{name}"] = _shown(FACTS[name], value)
        for name in (facts.get("unknown") or {}).get(person, ()):
            values[f"{number}.{name}"] = UNKNOWN
    return values, max(2, len(people))


def _fields(claimants: int) -> Iterator[tuple[str, str, Fact]]:
    for name, fact in facts_of("case", "customer").items():
        if name not in _DERIVED:
            yield f"case.{name}", "case", fact
    for number in range(1, claimants + 1):
        for name, fact in facts_of("claim").items():
            yield f"{number}.{name}", str(number), fact


def _seller(who: str) -> str:
    return f"seller-{who}"


def _read(fact: Fact, text: str) -> Any:
    value: Any = text
    if fact.type == "boolean":
        value = {"true": True, "false": False}.get(text)
    elif fact.type == "number":
        if not _WHOLE.fullmatch(text):
            raise ValueError(text)
        number = float(text)
        value = int(number) if number.is_integer() else number
    elif fact.type == "span":
        value = _seconds(text)
    if value is None or not fits(fact, value):
        raise ValueError(text)
    return value


def _seconds(text: str) -> int:
    if match := re.fullmatch(r"(\d{1,9}) seconds?", text):
        return int(match[1])
    amount, unit = parse_length(text)
    if unit not in _SECONDS:
        raise ValueError(text)
    return amount * _SECONDS[unit]


def _shown(fact: Fact, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if fact.type == "span":
        days, rest = divmod(int(value), 86_400)
        minutes, seconds = divmod(int(value), 60)
        if not rest:
            return format_length(days, "days")
        return f"{int(value)} seconds" if seconds else format_length(minutes, "minutes")
    return f"{value:g}" if isinstance(value, float) else str(value)


def _form(fact: Fact) -> str:
    if fact.type == "moment":
        return "2026-01-05 09:14"
    if fact.type == "span":
        return "3 days, 5 hours"
    if fact.type == "number":
        low = "0" if fact.low is None else f"{fact.low:g}"
        return f"{low}–{fact.high:g}" if fact.high is not None else f"{low}, 1, 2 …"
    return ", ".join(fact.choices) or "true, false"
