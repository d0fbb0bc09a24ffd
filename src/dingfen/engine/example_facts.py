"""What examples of lint are made of: the part a finding is about, facts of a case, moments of a clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from dingfen.engine.calendar import Calendar
from dingfen.engine.calendar_form import CalendarForm
from dingfen.engine.conditions import NONE, Condition
from dingfen.engine.coverage import example_of, places_and_values
from dingfen.engine.deadlines import due
from dingfen.engine.durations import Duration
from dingfen.engine.parts import Text
from dingfen.engine.schema import Pack
from dingfen.engine.standing import Standing, standings
from dingfen.engine.vocabulary import FACTS
from dingfen.engine.weigh import shown_value

Example = dict[str, Any]
_ZONE = "Asia/Shanghai"
START = datetime(2026, 3, 2, 9, tzinfo=ZoneInfo(_ZONE))  # a Monday, as the desk opens


@cache
def _week() -> Calendar:
    return CalendarForm.model_validate(
        {"zone": _ZONE, "periods": {"mon-fri": ["09:00-12:00", "13:00-18:00"]}}
    ).build()


def part_at(pack: Pack, where: str) -> Any:
    """The part or value at the dotted key of a finding; None where there is none."""
    here: Any = pack
    for step in where.split("."):
        if isinstance(here, tuple):
            here = here[int(step)] if step.isdigit() and int(step) < len(here) else None
        else:
            here = getattr(here, step, getattr(here, f"{step}_", None))
    return here


def moments(**lengths: Duration | timedelta | None) -> Example:
    """When each length is over that begins at one moment, on a plain week: `received`, …, as people write them."""
    found = {}
    for name, length in lengths.items():
        if length is not None:
            at = START + length if isinstance(length, timedelta) else due(START, length, _week())
            found[name] = written(at)
    return {"at": written(START), **found}


def written(at: datetime) -> str:
    """`2026-03-02 09:00`, on the clock of the site."""
    return at.astimezone(ZoneInfo(_ZONE)).strftime("%Y-%m-%d %H:%M")


def facts_in(*conditions: Condition | None) -> Example:
    """The fewest facts of one case in which all of them hold, as facts are written; empty for none."""
    asked = [each for each in conditions if each is not None]
    found = example_of(*asked) if asked else None
    values = dict(found or {})
    for name in list(values):
        without = {**values, name: _nothing(name)}
        if all(each.of_case(without, ()) is True for each in asked):
            values = without
    return {name: plain(name, value) for name, value in values.items() if value != _nothing(name)}


def _nothing(name: str) -> Any:
    """The value of a fact in a case in which nothing happened, as conditions read it."""
    fact = FACTS[name]
    if fact.nullable:
        return NONE
    if fact.type == "boolean":
        return False
    return fact.choices[0] if fact.type == "choice" else int(fact.low or 0)


def any_case(condition: Condition) -> Example:
    """The first facts one would try a condition with: of the case, and of two people where it asks for claims."""
    found: dict[str, Example] = {}
    for (name, index), value in places_and_values(condition):
        who = "case" if index is None else "ab"[index]
        found.setdefault(who, {})[name] = plain(name, value)
    return dict(found)


def plain(name: str, value: Any) -> Any:
    """A value as facts are written."""
    return None if value is NONE else shown_value(name, value)


def hold_of(pack: Pack, words: object) -> Example:
    """The hold that lint names by these words (`H`, `grade: A, stage: deposit`, None)."""
    conditions = hold_conditions(pack)
    for standing in standings(conditions):
        if standing.words(conditions) == words:
            return standing_facts(standing, conditions)
    return {"grade": words}


def hold_conditions(pack: Pack) -> list[Condition | None]:
    """What the rules of protection ask of a hold."""
    if pack.ownership is None:
        return []
    protection = pack.ownership.protection
    return [*(rule.when for rule in protection.follow_up), *(rule.when for rule in protection.lapse)]


def standing_facts(standing: Standing, conditions: list[Condition | None]) -> Example:
    """The values of a hold that these conditions ask for."""
    used = {name for condition in conditions if condition is not None for name in condition.uses}
    return {name: getattr(standing, name) for name in sorted(used)} or {"grade": None}


def short(text: Text) -> Example:
    """The beginning of a text in both languages."""
    return {"zh": text.zh[:40], "en": text.en[:40]}
